//! What can go wrong in notify.

use axum::response::{IntoResponse, Response};
use shared::{Error, Problem, ServiceError};

/// notify's errors; each has one code.
#[derive(Debug, thiserror::Error)]
pub enum NotifyError {
    /// What every service can answer.
    #[error(transparent)]
    Common(#[from] Error),
}

impl ServiceError for NotifyError {
    fn problem(&self) -> Problem {
        match self {
            Self::Common(error) => error.problem(),
        }
    }
}

impl IntoResponse for NotifyError {
    fn into_response(self) -> Response {
        shared::http::refuse(&self).into_response()
    }
}
