//! What can go wrong in every service, and what a caller is told of it.

use std::time::Duration;

use serde::Serialize;
use serde_json::Value;

/// A source error whose detail goes to the log only.
pub type Cause = Box<dyn std::error::Error + Send + Sync>;

/// How long callers are asked to wait when the store or a queue is down or throttling.
const UNAVAILABLE_RETRY: Duration = Duration::from_secs(2);

/// One field of a refused request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct FieldError {
    /// Path of the field, `recipients[3].to`; empty for the body as a whole.
    pub field: String,
    /// What the field must be.
    pub message: String,
}

/// The errors that all services share. A service's own enum wraps this one.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A field breaks its rule.
    #[error("The request is not valid.")]
    Validation(Vec<FieldError>),
    /// The body is not JSON at all.
    #[error("The body is not valid JSON: {0}")]
    InvalidJson(String),
    /// A cursor that is broken, of somebody else, or of another list.
    #[error("The cursor is not valid for this list.")]
    InvalidCursor,
    /// No token, or one that proves nothing.
    #[error("A valid bearer token is needed.")]
    Unauthorized,
    /// A token of ours whose time is over.
    #[error("The token has expired.")]
    TokenExpired,
    /// The caller may not do this.
    #[error("You may not do this.")]
    Forbidden,
    /// The tenant's plan does not include this.
    #[error("Your plan does not include this.")]
    SubscriptionRequired,
    /// Not there, or another tenant's.
    #[error("There is nothing here.")]
    NotFound,
    /// The route exists, but not for this method.
    #[error("This method is not allowed here.")]
    MethodNotAllowed,
    /// Somebody else changed the same thing.
    #[error("This conflicts with the current state; read it again.")]
    Conflict,
    /// The body is over the route's limit, in bytes.
    #[error("The body is larger than {limit} bytes.")]
    PayloadTooLarge {
        /// What the route takes at most, in bytes.
        limit: usize,
    },
    /// The body is not `application/json`.
    #[error("The body must be application/json.")]
    UnsupportedMediaType,
    /// Too many requests.
    #[error("Too many requests; try again later.")]
    RateLimited {
        /// When to come back.
        retry_after: Duration,
    },
    /// The same Idempotency-Key is being worked on.
    #[error("A request with this Idempotency-Key is still running.")]
    IdempotencyInProgress {
        /// When to ask again.
        retry_after: Duration,
    },
    /// The same Idempotency-Key came with another body.
    #[error("This Idempotency-Key was used with another body.")]
    IdempotencyKeyReused,
    /// The first answer held a secret, so it was not kept.
    #[error("The request was done; its answer held a secret and was not kept.")]
    IdempotencyResultNotStored,
    /// A fault of ours.
    #[error("Something went wrong on our side.")]
    Internal(#[source] Cause),
    /// The store or a queue is down or throttling.
    #[error("The service is busy; try again.")]
    Unavailable(#[source] Cause),
    /// The request took too long.
    #[error("The request took too long.")]
    Timeout,
}

impl Error {
    /// A fault of ours; `cause` is logged once, at the boundary.
    pub fn internal(cause: impl Into<Cause>) -> Self {
        Self::Internal(cause.into())
    }

    /// Something we depend on is down or throttling.
    pub fn unavailable(cause: impl Into<Cause>) -> Self {
        Self::Unavailable(cause.into())
    }

    /// One field that breaks its rule.
    pub fn field(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Validation(vec![FieldError { field: field.into(), message: message.into() }])
    }
}

/// An error with everything that caused it, for the log.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

/// Whether sending the same request again can help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// The answer would be the same.
    Never,
    /// After this long it may succeed; sent as `Retry-After`.
    After(Duration),
    /// Once the caller has done something else first.
    Later,
}

/// What a caller is told of an error, but for its message.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    /// HTTP status.
    pub status: u16,
    /// Code without the service's prefix: `NOT_FOUND`.
    pub code: &'static str,
    /// Whether a retry can help.
    pub retry: Retry,
    /// `error.details`.
    pub details: Option<Value>,
}

impl Problem {
    /// An error that the same request will meet again.
    #[must_use]
    pub fn new(status: u16, code: &'static str) -> Self {
        Self { status, code, retry: Retry::Never, details: None }
    }

    /// An error that passes.
    #[must_use]
    pub fn retry_after(status: u16, code: &'static str, after: Duration) -> Self {
        Self { status, code, retry: Retry::After(after), details: None }
    }

    /// An error that passes once the caller has done something else.
    #[must_use]
    pub fn later(status: u16, code: &'static str) -> Self {
        Self { status, code, retry: Retry::Later, details: None }
    }
}

/// Implemented by each service's error enum with one exhaustive `match`.
/// The `Display` text is the message that callers see.
pub trait ServiceError: std::error::Error + Send + Sync + 'static {
    /// Status, code and whether a retry can help.
    fn problem(&self) -> Problem;
}

impl ServiceError for Error {
    fn problem(&self) -> Problem {
        match self {
            Self::Validation(fields) => {
                Problem { details: serde_json::to_value(fields).ok(), ..Problem::new(400, "VALIDATION_FAILED") }
            }
            Self::InvalidJson(_) => Problem::new(400, "INVALID_JSON"),
            Self::InvalidCursor => Problem::new(400, "INVALID_CURSOR"),
            Self::Unauthorized => Problem::new(401, "UNAUTHORIZED"),
            Self::TokenExpired => Problem::new(401, "TOKEN_EXPIRED"),
            Self::Forbidden => Problem::new(403, "FORBIDDEN"),
            Self::SubscriptionRequired => Problem::new(403, "SUBSCRIPTION_REQUIRED"),
            Self::NotFound => Problem::new(404, "NOT_FOUND"),
            Self::MethodNotAllowed => Problem::new(405, "METHOD_NOT_ALLOWED"),
            Self::Conflict => Problem::new(409, "CONFLICT"),
            Self::PayloadTooLarge { .. } => Problem::new(413, "PAYLOAD_TOO_LARGE"),
            Self::UnsupportedMediaType => Problem::new(415, "UNSUPPORTED_MEDIA_TYPE"),
            Self::RateLimited { retry_after } => Problem::retry_after(429, "RATE_LIMITED", *retry_after),
            Self::IdempotencyInProgress { retry_after } => {
                Problem::retry_after(409, "IDEMPOTENCY_IN_PROGRESS", *retry_after)
            }
            Self::IdempotencyKeyReused => Problem::new(422, "IDEMPOTENCY_KEY_REUSED"),
            Self::IdempotencyResultNotStored => Problem::new(409, "IDEMPOTENCY_RESULT_NOT_STORED"),
            Self::Internal(_) => Problem::new(500, "INTERNAL"),
            Self::Unavailable(_) => Problem::retry_after(503, "UNAVAILABLE", UNAVAILABLE_RETRY),
            Self::Timeout => Problem::retry_after(504, "TIMEOUT", UNAVAILABLE_RETRY),
        }
    }
}

/// What a panic said.
pub(crate) fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    match (panic.downcast_ref::<&str>(), panic.downcast_ref::<String>()) {
        (Some(text), _) => (*text).to_owned(),
        (_, Some(text)) => text.clone(),
        _ => "without a message".to_owned(),
    }
}
