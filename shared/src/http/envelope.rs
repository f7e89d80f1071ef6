//! The one shape of every answer.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::auth::TenantId;

/// Every answer that has a body.
#[derive(Debug, Serialize, ToSchema)]
pub struct Envelope<T> {
    /// What was asked for; null with an error.
    pub data: Option<T>,
    /// What went wrong; null otherwise.
    pub error: Option<ErrorBody>,
    /// Where a list goes on; null otherwise.
    pub page: Option<Page>,
    /// About this answer.
    pub meta: Meta,
}

/// An answer that is an error.
#[derive(Debug, Serialize, ToSchema)]
pub struct ErrorEnvelope {
    /// Always null.
    #[schema(value_type = Option<String>)]
    pub data: (),
    /// What went wrong.
    pub error: ErrorBody,
    /// Always null.
    #[schema(value_type = Option<String>)]
    pub page: (),
    /// About this answer.
    pub meta: Meta,
}

/// What went wrong, for the caller.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ErrorBody {
    /// A stable code with the service's prefix.
    #[schema(example = "ERR_AUTH_NOT_FOUND")]
    pub code: String,
    /// For people; may change.
    pub message: String,
    /// The HTTP status again.
    pub http: u16,
    /// More, by code; the fields of a `VALIDATION_FAILED`.
    #[schema(value_type = Option<Object>)]
    pub details: Option<Value>,
}

/// Where a list goes on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Page {
    /// To be given as `cursor`; null at the end.
    pub next_cursor: Option<String>,
    /// Whether there is more.
    pub has_more: bool,
    /// How many rows were asked for.
    pub limit: u32,
}

/// About an answer.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Meta {
    /// Also in the header `x-request-id`.
    pub request_id: Uuid,
    /// Follows the request through the platform.
    pub trace_id: String,
    /// The caller's tenant; null on public endpoints.
    #[schema(value_type = Option<Uuid>)]
    pub tenant_id: Option<TenantId>,
    /// Who answered.
    #[schema(example = "auth-svc")]
    pub service: &'static str,
    /// When, with milliseconds.
    #[serde(serialize_with = "millis")]
    #[schema(value_type = String, format = DateTime)]
    pub timestamp: Timestamp,
}

fn millis<S: serde::Serializer>(time: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&format_args!("{time:.3}"))
}
