//! `/webhooks`

use axum::extract::State as Extract;
use shared::auth::Principal;
use shared::http::{Envelope, ErrorEnvelope, Idempotency, Json, Paging, PathParams, Reply};
use shared::ids;
use shared::store::Transaction;
use uuid::Uuid;

use super::model::{SaveWebhook, Webhook, WebhookView, WebhookWithSecret};
use crate::secrets::{Kind, Secrets};
use crate::{ReportsError, State, pages};

/// One of the tenant's.
pub(super) async fn found(state: &State, principal: &Principal, id: Uuid) -> Result<Webhook, ReportsError> {
    state.webhooks.get(principal.tenant(), id).await?.ok_or(ReportsError::WebhookNotFound)
}

/// The same with its address as it is asked for, if that may be sent to, as far as can be told now.
pub(super) async fn check(state: &State, wanted: SaveWebhook) -> Result<SaveWebhook, ReportsError> {
    let url = state.client.target(&wanted.url).map_err(ReportsError::InvalidWebhookUrl)?;
    if !state.client.may_reach(&url).await {
        return Err(ReportsError::InvalidWebhookUrl("must have an address of the public internet"));
    }
    Ok(SaveWebhook { url: url.into(), ..wanted })
}

/// Makes a webhook; a tenant has at most 20. Its secret is shown this once.
#[utoipa::path(
    post, path = "/webhooks", operation_id = "createWebhook", tag = "webhooks", request_body = SaveWebhook,
    responses(
        (status = 201, body = Envelope<WebhookWithSecret>),
        (status = 400, description = "INVALID_WEBHOOK_URL", body = ErrorEnvelope),
        (status = 409, description = "IDEMPOTENCY_RESULT_NOT_STORED", body = ErrorEnvelope),
        (status = 429, description = "QUOTA_EXCEEDED: the tenant has 20", body = ErrorEnvelope),
    )
)]
pub(crate) async fn create_webhook(
    Extract(state): Extract<State>,
    principal: Principal,
    idempotency: Idempotency,
    Json(wanted): Json<SaveWebhook>,
) -> Result<Reply<WebhookWithSecret>, ReportsError> {
    let wanted = check(&state, wanted).await?;
    let (id, now) = (ids::new(state.platform.clock()), state.platform.clock().now());
    let (secrets, secret) = Secrets::new(state.platform.sealer(), Kind::Outgoing, id)?;
    let webhook = Webhook { id, wanted, secrets, gone: false, version: 1, created_at: now, updated_at: now };
    let mut transaction = Transaction::new(state.platform.store());
    transaction.extend(state.webhooks.create(principal.tenant(), &webhook));
    let reply = Reply::created(WebhookWithSecret { webhook: webhook.view(), secret });
    idempotency.commit_unkept(transaction, reply).await?.reply_or(ReportsError::QuotaExceeded)
}

/// Lists the tenant's webhooks, the oldest first.
#[utoipa::path(
    get, path = "/webhooks", operation_id = "listWebhooks", tag = "webhooks", params(Paging),
    responses((status = 200, body = Envelope<Vec<WebhookView>>))
)]
pub(crate) async fn list_webhooks(
    Extract(state): Extract<State>,
    principal: Principal,
    paging: Paging,
) -> Result<Reply<Vec<WebhookView>>, ReportsError> {
    let pager = paging.open(state.platform.sealer(), &principal, "webhooks", &())?;
    let (page, next) = pages::slice(state.webhooks.all(principal.tenant()).await?, &pager);
    Ok(Reply::page(page.into_iter().map(Webhook::view).collect(), pager.page(next.as_ref())?))
}

/// Shows a webhook.
#[utoipa::path(
    get, path = "/webhooks/{id}", operation_id = "getWebhook", tag = "webhooks", params(("id" = Uuid, Path)),
    responses(
        (status = 200, body = Envelope<WebhookView>),
        (status = 404, description = "WEBHOOK_NOT_FOUND", body = ErrorEnvelope),
    )
)]
pub(crate) async fn get_webhook(
    Extract(state): Extract<State>,
    principal: Principal,
    PathParams(id): PathParams<Uuid>,
) -> Result<Reply<WebhookView>, ReportsError> {
    Ok(Reply::ok(found(&state, &principal, id).await?.view()))
}
