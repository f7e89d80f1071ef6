use http::{Response, StatusCode};

use crate::ambient;
use crate::edge::{Body, escape_xml, xml};

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
        let (status, fault, code) = match &self {
            Self::Invalid(_) => (StatusCode::BAD_REQUEST, "Sender", "InvalidParameter"),
            Self::Missing(_) => (StatusCode::BAD_REQUEST, "Sender", "ValidationError"),
            Self::NotFound(_) => (StatusCode::NOT_FOUND, "Sender", "NotFound"),
            Self::EndpointDisabled => (StatusCode::BAD_REQUEST, "Sender", "EndpointDisabled"),
            Self::UnknownAction(_) => (StatusCode::BAD_REQUEST, "Sender", "InvalidAction"),
            Self::Serialization(_) | Self::Sqlite(_) | Self::Worker(_) => {
                tracing::error!(error = %self, "the store of publications failed");
                (StatusCode::INTERNAL_SERVER_ERROR, "Receiver", "InternalError")
            }
        };
        let message = escape_xml(&self.to_string());
        xml(
            status,
            format!(
                "<ErrorResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\">\
                 <Error><Type>{fault}</Type><Code>{code}</Code><Message>{message}</Message></Error>\
                 <RequestId>{}</RequestId></ErrorResponse>",
                ambient::id()
            ),
        )
    }
}
