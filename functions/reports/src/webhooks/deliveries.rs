//! `/webhooks/{id}/deliveries` and `/webhooks/{id}/test`

use std::time::Duration;

use axum::extract::State as Extract;
use shared::auth::Principal;
use shared::http::{Envelope, ErrorEnvelope, Finished, Idempotency, Paging, PathParams, Reply};
use shared::jobs::QueueName;
use shared::store::Transaction;
use shared::{Error, ids};
use uuid::Uuid;

use super::announce::begin;
use super::deliver::Deliver;
use super::delivery::{Delivery, DeliveryView, State as DeliveryState};
use super::event::{Data, Event};
use super::model::Webhook;
use super::routes::found;
use super::store::Which;
use crate::jobs::Job;
use crate::{ReportsError, State};

/// Lists what a webhook was told within 30 days, the newest first.
#[utoipa::path(
    get, path = "/webhooks/{id}/deliveries", operation_id = "listWebhookDeliveries", tag = "webhooks",
    params(("id" = Uuid, Path), Paging),
    responses(
        (status = 200, body = Envelope<Vec<DeliveryView>>),
        (status = 404, description = "WEBHOOK_NOT_FOUND", body = ErrorEnvelope),
    )
)]
pub(crate) async fn list_webhook_deliveries(
    Extract(state): Extract<State>,
    principal: Principal,
    PathParams(id): PathParams<Uuid>,
    paging: Paging,
) -> Result<Reply<Vec<DeliveryView>>, ReportsError> {
    let pager = paging.open(state.platform.sealer(), &principal, "webhook-deliveries", &id)?;
    found(&state, &principal, id).await?;
    let (now, limit, after) = (state.platform.clock().now(), pager.limit(), pager.start().cloned());
    let rows = state.webhooks.page_of_deliveries((principal.tenant(), id), now, limit, after).await?;
    let page = pager.page(rows.next.as_ref())?;
    Ok(Reply::page(rows.items.into_iter().map(Delivery::view).collect::<Result<_, _>>()?, page))
}

/// Tells a webhook something, once, to try whether it works.
#[utoipa::path(
    post, path = "/webhooks/{id}/test", operation_id = "testWebhook", tag = "webhooks", params(("id" = Uuid, Path)),
    responses(
        (status = 202, body = Envelope<DeliveryView>),
        (status = 404, description = "WEBHOOK_NOT_FOUND", body = ErrorEnvelope),
        (status = 409, description = "CONFLICT: it is disabled", body = ErrorEnvelope),
        (status = 429, description = "RATE_LIMITED: the tenant has asked for 30 in a minute", body = ErrorEnvelope),
    )
)]
pub(crate) async fn test_webhook(
    Extract(state): Extract<State>,
    principal: Principal,
    idempotency: Idempotency,
    PathParams(id): PathParams<Uuid>,
) -> Result<Reply<DeliveryView>, ReportsError> {
    let webhook = enabled(&state, &principal, id).await?;
    let data = Data::Test { message: "It works.".to_owned() };
    let event = Event { id: ids::new(state.platform.clock()), at: state.platform.clock().now(), data };
    let mut transaction = Transaction::new(state.platform.store());
    let (delivery, entries) = begin(&state, &mut transaction, principal.tenant(), &webhook, (event, None))?;
    match idempotency.commit(transaction, Reply::accepted(delivery.view()?)).await? {
        Finished::Reply(reply) => {
            reply.send(state.platform.outbox(), entries).await;
            Ok(reply)
        }
        Finished::Refused(_) => Err(Error::Conflict.into()),
    }
}

/// Sends an event again, with ten new tries, however it went before.
#[utoipa::path(
    post, path = "/webhooks/{id}/deliveries/{deliveryId}/redeliver", operation_id = "redeliver", tag = "webhooks",
    params(("id" = Uuid, Path), ("deliveryId" = Uuid, Path)),
    responses(
        (status = 202, body = Envelope<DeliveryView>),
        (status = 404, description = "WEBHOOK_NOT_FOUND, DELIVERY_NOT_FOUND", body = ErrorEnvelope),
        (status = 409, description = "CONFLICT: it is still tried, or the webhook is disabled", body = ErrorEnvelope),
        (status = 429, description = "RATE_LIMITED: the tenant has asked for 30 in a minute", body = ErrorEnvelope),
    )
)]
pub(crate) async fn redeliver(
    Extract(state): Extract<State>,
    principal: Principal,
    idempotency: Idempotency,
    PathParams((id, event)): PathParams<(Uuid, Uuid)>,
) -> Result<Reply<DeliveryView>, ReportsError> {
    enabled(&state, &principal, id).await?;
    let (which, now) = (Which { tenant: principal.tenant(), webhook: id, event }, state.platform.clock().now());
    let before = state.webhooks.delivery(which).await?.1.ok_or(ReportsError::DeliveryNotFound)?;
    if before.is_waiting(now) {
        return Err(Error::Conflict.into());
    }
    let after = before.after(DeliveryState::Pending { due: now, tried: 0 }, None);
    let mut transaction = Transaction::new(state.platform.store());
    transaction.add(state.webhooks.replace_delivery(which, &before, &after));
    let (outbox, job) = (state.platform.outbox(), Job::Deliver(Deliver { which, round: after.round }));
    let entries = outbox.add(&mut transaction, QueueName::ReportsWebhooks, which.tenant, &job, None)?;
    match idempotency.commit(transaction, Reply::accepted(after.view()?)).await? {
        Finished::Reply(reply) => {
            reply.send(outbox, entries).await;
            Ok(reply)
        }
        Finished::Refused(_) => Err(Error::Conflict.into()),
    }
}

/// One of the tenant's that is told things, if not too much was asked for in this minute.
async fn enabled(state: &State, principal: &Principal, id: Uuid) -> Result<Webhook, ReportsError> {
    let webhook = found(state, principal, id).await?;
    if !webhook.is_enabled() {
        return Err(Error::Conflict.into());
    }
    // Nobody's server is to be kept busy by hand.
    if state.webhooks.count_by_hand(principal.tenant(), state.platform.clock().now()).await? {
        Ok(webhook)
    } else {
        Err(Error::RateLimited { retry_after: Duration::from_mins(1) }.into())
    }
}
