//! `/webhooks`

use axum::body::Bytes;
use axum::extract::State as Extract;
use http::HeaderMap;
use serde::Serialize;
use shared::Error;
use shared::http::{Envelope, ErrorEnvelope, PathParams, Reply};
use utoipa::ToSchema;

use super::apply::apply;
use super::gateway::{self, GatewayEvent};
use super::ses;
use super::sns::{Envelope as SnsEnvelope, Kind};
use crate::{NotifyError, State};

/// As events of SES are called in the receipts.
const SES: &str = "ses";

/// That an event was heard.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Received {
    /// Always true.
    received: bool,
}

/// Hears what SES tells by its topic of SNS. The signature is Amazon's; a subscription is confirmed.
#[utoipa::path(
    post, path = "/webhooks/ses", operation_id = "receiveSesEvent", tag = "webhooks",
    request_body(content = String, content_type = "text/plain", description = "A message of SNS"),
    responses(
        (status = 200, body = Envelope<Received>),
        (status = 401, description = "INVALID_SIGNATURE", body = ErrorEnvelope),
    )
)]
pub(crate) async fn receive_ses_event(
    Extract(state): Extract<State>,
    body: Bytes,
) -> Result<Reply<Received>, NotifyError> {
    let envelope = SnsEnvelope::parse(&body).ok_or(NotifyError::InvalidSignature)?;
    state.sns.verify(&envelope, state.platform.clock().now()).await?;
    match envelope.kind {
        Kind::Notification => {
            if let Some(told) = ses::read(&envelope.message_id, &envelope.message) {
                // SNS comes again after a 503, and drops what is refused otherwise.
                apply(&state, SES, &told).await.map_err(|error| match error {
                    Error::RateLimited { .. } => Error::unavailable("too many events at once"),
                    other => other,
                })?;
            }
        }
        Kind::SubscriptionConfirmation => state.sns.confirm(&envelope).await?,
        Kind::UnsubscribeConfirmation => tracing::warn!("the topic of SES's events was unsubscribed"),
    }
    Ok(Reply::ok(Received { received: true }))
}

/// Hears what a gateway tells, signed as Standard Webhooks says with one of its `eventSecrets`.
#[utoipa::path(
    post, path = "/webhooks/{provider}", operation_id = "receiveGatewayEvent", tag = "webhooks",
    params(("provider" = String, Path, description = "The gateway's name")), request_body = GatewayEvent,
    responses(
        (status = 200, body = Envelope<Received>),
        (status = 400, description = "VALIDATION_FAILED or INVALID_JSON", body = ErrorEnvelope),
        (status = 401, description = "INVALID_SIGNATURE: or there is no such gateway, or its clock is off", body = ErrorEnvelope),
        (status = 429, description = "RATE_LIMITED", body = ErrorEnvelope),
    )
)]
pub(crate) async fn receive_gateway_event(
    Extract(state): Extract<State>,
    PathParams(provider): PathParams<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Reply<Received>, NotifyError> {
    let now = state.platform.clock().now();
    let told = gateway::read(&state.gateways, &provider, &headers, &body, now)?;
    apply(&state, &provider, &told).await?;
    Ok(Reply::ok(Received { received: true }))
}
