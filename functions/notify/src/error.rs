//! What can go wrong in notify.

use axum::response::{IntoResponse, Response};
use shared::{Error, Problem, ServiceError};

use crate::rendering::TemplateProblem;

/// notify's errors; each has one code.
#[derive(Debug, thiserror::Error)]
pub enum NotifyError {
    /// What every service can answer.
    #[error(transparent)]
    Common(#[from] Error),
    /// A channel that does not exist, or cannot reach this recipient.
    #[error("The channel cannot be used: {0}.")]
    InvalidChannel(String),
    /// A file that is not there, not the tenant's, or too large.
    #[error("The attachments cannot be used: {0}.")]
    InvalidAttachment(String),
    /// Nobody can be reached by this.
    #[error("The recipient cannot be reached: {0}.")]
    InvalidContact(String),
    /// A text that is no template of ours.
    #[error("The template is not valid: {0}.")]
    InvalidTemplate(String),
    /// Variables that a template names and the request does not have.
    #[error("Variables are missing: {}.", .0.join(", "))]
    MissingTemplateVariables(Vec<String>),
    /// What is named in a template is not in its variables, or it makes too much.
    #[error("The template cannot be rendered: {0}.")]
    TemplateRenderingFailed(String),
    /// The `dedupeKey` was used before.
    #[error("A request with this dedupeKey was accepted in the last 24 hours.")]
    DuplicateRequest,
    /// It is being sent, or its fate is decided.
    #[error("The delivery cannot be cancelled any more.")]
    DeliveryNotCancellable,
    /// Whoever has sent this has not proven to be one of our providers.
    #[error("The signature is not valid.")]
    InvalidSignature,
    /// The month's messages are used up.
    #[error("This month's quota is used up.")]
    QuotaExceeded,
}

impl NotifyError {
    /// The named user is not of the tenant.
    pub(crate) fn not_member() -> Self {
        Self::InvalidContact("`userId` is no member of the tenant".to_owned())
    }
}

impl From<TemplateProblem> for NotifyError {
    fn from(problem: TemplateProblem) -> Self {
        Self::InvalidTemplate(problem.to_string())
    }
}

impl ServiceError for NotifyError {
    fn problem(&self) -> Problem {
        match self {
            Self::Common(error) => error.problem(),
            Self::InvalidChannel(_) => Problem::new(400, "INVALID_CHANNEL"),
            Self::InvalidAttachment(_) => Problem::new(400, "INVALID_ATTACHMENT"),
            Self::InvalidContact(_) => Problem::new(400, "INVALID_CONTACT"),
            Self::InvalidTemplate(_) => Problem::new(400, "INVALID_TEMPLATE"),
            Self::MissingTemplateVariables(names) => {
                let details = serde_json::json!({ "missing": names });
                Problem { details: Some(details), ..Problem::new(400, "MISSING_TEMPLATE_VARIABLES") }
            }
            Self::TemplateRenderingFailed(_) => Problem::new(400, "TEMPLATE_RENDERING_FAILED"),
            Self::DuplicateRequest => Problem::new(409, "DUPLICATE_REQUEST"),
            Self::DeliveryNotCancellable => Problem::new(409, "DELIVERY_NOT_CANCELLABLE"),
            Self::InvalidSignature => Problem::new(401, "INVALID_SIGNATURE"),
            Self::QuotaExceeded => Problem::new(402, "QUOTA_EXCEEDED"),
        }
    }
}

impl IntoResponse for NotifyError {
    fn into_response(self) -> Response {
        shared::http::refuse(&self).into_response()
    }
}
