//! What is done to webhooks: change, exchange the secret, delete.

use axum::extract::State as Extract;
use serde::Serialize;
use shared::Error;
use shared::auth::Principal;
use shared::http::{Envelope, ErrorEnvelope, Idempotency, Json, PathParams, Reply};
use shared::store::Transaction;
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::{SaveWebhook, Webhook, WebhookView, WebhookWithSecret};
use super::routes::{check, found};
use crate::secrets::Kind;
use crate::{ReportsError, State};

/// That a webhook is gone.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WebhookDeleted {
    /// Always true.
    deleted: bool,
}

/// Replaces a webhook; its secret stays. What waits goes to the new address.
#[utoipa::path(
    put, path = "/webhooks/{id}", operation_id = "putWebhook", tag = "webhooks", params(("id" = Uuid, Path)),
    request_body = SaveWebhook,
    responses(
        (status = 200, body = Envelope<WebhookView>),
        (status = 400, description = "INVALID_WEBHOOK_URL", body = ErrorEnvelope),
        (status = 404, description = "WEBHOOK_NOT_FOUND", body = ErrorEnvelope),
        (status = 409, description = "CONFLICT: it has changed meanwhile", body = ErrorEnvelope),
    )
)]
pub(crate) async fn put_webhook(
    Extract(state): Extract<State>,
    principal: Principal,
    idempotency: Idempotency,
    PathParams(id): PathParams<Uuid>,
    Json(wanted): Json<SaveWebhook>,
) -> Result<Reply<WebhookView>, ReportsError> {
    let before = found(&state, &principal, id).await?;
    let wanted = check(&state, wanted).await?;
    let (gone, now) = (before.gone && !wanted.enabled, state.platform.clock().now());
    let after = Webhook { wanted, gone, version: before.version + 1, updated_at: now, ..before };
    let replace = state.webhooks.replace(principal.tenant(), &after);
    let transaction = Transaction::new(state.platform.store()).with(replace);
    idempotency.commit(transaction, Reply::ok(after.view())).await?.reply_or(Error::Conflict.into())
}

/// Gives a webhook a new secret, which is shown this once. For 24 hours it signs with the one of before, too.
#[utoipa::path(
    post, path = "/webhooks/{id}/rotate-secret", operation_id = "rotateWebhookSecret", tag = "webhooks",
    params(("id" = Uuid, Path)),
    responses(
        (status = 200, body = Envelope<WebhookWithSecret>),
        (status = 404, description = "WEBHOOK_NOT_FOUND", body = ErrorEnvelope),
        (status = 409, description = "CONFLICT: it has changed meanwhile; IDEMPOTENCY_RESULT_NOT_STORED", body = ErrorEnvelope),
    )
)]
pub(crate) async fn rotate_webhook_secret(
    Extract(state): Extract<State>,
    principal: Principal,
    idempotency: Idempotency,
    PathParams(id): PathParams<Uuid>,
) -> Result<Reply<WebhookWithSecret>, ReportsError> {
    let (before, now) = (found(&state, &principal, id).await?, state.platform.clock().now());
    let (secrets, secret) = before.secrets.rotated(state.platform.sealer(), Kind::Outgoing, id, now)?;
    let after = Webhook { secrets, version: before.version + 1, updated_at: now, ..before };
    let replace = state.webhooks.replace(principal.tenant(), &after);
    let transaction = Transaction::new(state.platform.store()).with(replace);
    let reply = Reply::ok(WebhookWithSecret { webhook: after.view(), secret });
    idempotency.commit_unkept(transaction, reply).await?.reply_or(Error::Conflict.into())
}

/// Deletes a webhook; what waits for it is not sent.
#[utoipa::path(
    delete, path = "/webhooks/{id}", operation_id = "deleteWebhook", tag = "webhooks", params(("id" = Uuid, Path)),
    responses(
        (status = 200, body = Envelope<WebhookDeleted>),
        (status = 404, description = "WEBHOOK_NOT_FOUND", body = ErrorEnvelope),
    )
)]
pub(crate) async fn delete_webhook(
    Extract(state): Extract<State>,
    principal: Principal,
    idempotency: Idempotency,
    PathParams(id): PathParams<Uuid>,
) -> Result<Reply<WebhookDeleted>, ReportsError> {
    let mut transaction = Transaction::new(state.platform.store());
    transaction.extend(state.webhooks.delete(principal.tenant(), id));
    let reply = Reply::ok(WebhookDeleted { deleted: true });
    idempotency.commit(transaction, reply).await?.reply_or(ReportsError::WebhookNotFound)
}
