//! `POST /notifications` and `POST /notifications/test`

use axum::extract::State as Extract;
use shared::auth::Principal;
use shared::http::{Envelope, ErrorEnvelope, Idempotency, Json, Reply};

use super::accept::accept;
use super::bodies::{SendNotification, SendTest};
use super::model::Accepted;
use crate::deliveries::Recipient;
use crate::{NotifyError, State};

/// Sends a message to one recipient by one or more channels.
#[utoipa::path(
    post, path = "/notifications", operation_id = "sendNotification", tag = "notifications",
    request_body = SendNotification,
    responses(
        (status = 202, body = Envelope<Accepted>),
        (
            status = 400, body = ErrorEnvelope,
            description = "VALIDATION_FAILED, INVALID_CHANNEL, INVALID_CONTACT, INVALID_TEMPLATE or MISSING_TEMPLATE_VARIABLES",
        ),
        (status = 402, description = "QUOTA_EXCEEDED: the month's messages are used up", body = ErrorEnvelope),
        (status = 409, description = "DUPLICATE_REQUEST: the `dedupeKey` was used in the last 24 h", body = ErrorEnvelope),
    )
)]
pub(crate) async fn send_notification(
    Extract(state): Extract<State>,
    principal: Principal,
    idempotency: Idempotency,
    Json(request): Json<SendNotification>,
) -> Result<Reply<Accepted>, NotifyError> {
    let (recipient, message, variables) = request.into_parts(state.platform.clock().now())?;
    accept(&state, &principal, &idempotency, recipient, message, variables).await
}

/// Sends a message to the caller alone.
#[utoipa::path(
    post, path = "/notifications/test", operation_id = "sendTestNotification", tag = "notifications",
    request_body = SendTest,
    responses(
        (status = 202, body = Envelope<Accepted>),
        (
            status = 400, body = ErrorEnvelope,
            description = "VALIDATION_FAILED, INVALID_CHANNEL, INVALID_TEMPLATE or MISSING_TEMPLATE_VARIABLES",
        ),
        (status = 402, description = "QUOTA_EXCEEDED: the month's messages are used up", body = ErrorEnvelope),
    )
)]
pub(crate) async fn send_test(
    Extract(state): Extract<State>,
    principal: Principal,
    idempotency: Idempotency,
    Json(request): Json<SendTest>,
) -> Result<Reply<Accepted>, NotifyError> {
    let (message, variables) = request.into_parts()?;
    let caller = Recipient::UserId(principal.user());
    accept(&state, &principal, &idempotency, caller, message, variables).await
}
