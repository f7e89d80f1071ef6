use http::{Response, StatusCode};

use crate::edge::{Body, query_error};

/// What SNS answers when it refuses.
#[derive(Debug, thiserror::Error)]
pub(super) enum SnsError {
    #[error("Invalid parameter: {0}")]
    Invalid(String),
    #[error("1 validation error detected: Value null at '{0}' failed to satisfy constraint: Member must not be null")]
    Missing(&'static str),
    #[error("{0} does not exist")]
    NotFound(&'static str),
    #[error("Endpoint is disabled")]
    EndpointDisabled,
    #[error("Could not find operation {0} for version 2010-03-31")]
    UnknownAction(String),
    #[error("{0}")]
    Serialization(#[from] serde_json::Error),
    #[error("{0}")]
    Sqlite(#[from] rusqlite::Error),
    #[error("{0}")]
    Worker(#[from] tokio::task::JoinError),
}

impl SnsError {
    pub(super) fn invalid(reason: impl Into<String>) -> Self {
        Self::Invalid(reason.into())
    }

    pub(super) fn into_response(self) -> Response<Body> {
        let (status, code) = match &self {
            Self::Invalid(_) => (StatusCode::BAD_REQUEST, "InvalidParameter"),
            Self::Missing(_) => (StatusCode::BAD_REQUEST, "ValidationError"),
            Self::NotFound(_) => (StatusCode::NOT_FOUND, "NotFound"),
            Self::EndpointDisabled => (StatusCode::BAD_REQUEST, "EndpointDisabled"),
            Self::UnknownAction(_) => (StatusCode::BAD_REQUEST, "InvalidAction"),
            Self::Serialization(_) | Self::Sqlite(_) | Self::Worker(_) => {
                tracing::error!(error = %self, "the store of publications failed");
                (StatusCode::INTERNAL_SERVER_ERROR, "InternalError")
            }
        };
        query_error(status, code, &self.to_string())
    }
}
