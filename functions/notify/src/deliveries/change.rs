//! What administrators do to deliveries: cancel, try again, forget.

use axum::extract::State as Extract;
use serde::Serialize;
use shared::Error;
use shared::auth::Principal;
use shared::http::{Envelope, ErrorEnvelope, Idempotency, PathParams, Reply};
use shared::store::Transaction;
use utoipa::ToSchema;
use uuid::Uuid;

use super::history::What;
use super::model::{Delivery, DeliveryDetail, State as DeliveryState};
use crate::jobs::{Deliver, Job};
use crate::{NotifyError, State};

/// That a delivery is gone.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Deleted {
    /// Always true.
    deleted: bool,
}

/// Stops a delivery that is not sent yet, and gives back what it took of the quota.
#[utoipa::path(
    post, path = "/deliveries/{id}/cancel", operation_id = "cancelDelivery", tag = "deliveries",
    params(("id" = Uuid, Path)),
    responses(
        (status = 200, body = Envelope<DeliveryDetail>),
        (status = 409, description = "DELIVERY_NOT_CANCELLABLE: it is being sent, or its fate is decided", body = ErrorEnvelope),
    )
)]
pub(crate) async fn cancel_delivery(
    Extract(state): Extract<State>,
    principal: Principal,
    idempotency: Idempotency,
    PathParams(id): PathParams<Uuid>,
) -> Result<Reply<DeliveryDetail>, NotifyError> {
    let (tenant, now) = (principal.tenant(), state.platform.clock().now());
    let before = state.deliveries.get(tenant, id).await?.ok_or(Error::NotFound)?;
    let waits = matches!(before.state, DeliveryState::Scheduled { .. } | DeliveryState::Queued);
    if !waits || !before.reached.is_empty() {
        return Err(NotifyError::DeliveryNotCancellable);
    }
    let after = before.after(DeliveryState::Cancelled, What::Cancelled, now);
    let mut transaction = Transaction::new(state.platform.store());
    let entries = state.deliveries.change(&mut transaction, tenant, &before, &after, now)?;
    transaction.extend(before.quota_month.as_ref().map(|month| state.quotas.give_back(tenant, before.channel, month)));
    let committed = idempotency.commit(transaction, Reply::ok(after.detail())).await?;
    let reply = committed.reply_or(NotifyError::DeliveryNotCancellable)?;
    reply.send(state.platform.outbox(), entries).await;
    Ok(reply)
}

/// Has a delivery tried again that has failed.
#[utoipa::path(
    post, path = "/deliveries/{id}/retry", operation_id = "retryDelivery", tag = "deliveries",
    params(("id" = Uuid, Path)),
    responses(
        (status = 202, body = Envelope<DeliveryDetail>),
        (status = 409, description = "CONFLICT: it has not failed", body = ErrorEnvelope),
    )
)]
pub(crate) async fn retry_delivery(
    Extract(state): Extract<State>,
    principal: Principal,
    idempotency: Idempotency,
    PathParams(id): PathParams<Uuid>,
) -> Result<Reply<DeliveryDetail>, NotifyError> {
    let (tenant, now) = (principal.tenant(), state.platform.clock().now());
    let before = state.deliveries.get(tenant, id).await?.ok_or(Error::NotFound)?;
    if before.state != DeliveryState::Failed {
        return Err(Error::Conflict.into());
    }
    let after = Delivery { attempts: 0, bound_to: None, ..before.after(DeliveryState::Queued, What::Requeued, now) };
    let mut transaction = Transaction::new(state.platform.store());
    let mut entries = state.deliveries.change(&mut transaction, tenant, &before, &after, now)?;
    let job = Job::Deliver(Deliver::one(tenant, &after));
    let outbox = state.platform.outbox();
    entries.extend(outbox.add(&mut transaction, after.priority.queue(), tenant, &job, None)?);
    let committed = idempotency.commit(transaction, Reply::accepted(after.detail())).await?;
    let reply = committed.reply_or(Error::Conflict)?;
    reply.send(outbox, entries).await;
    Ok(reply)
}

/// Forgets a delivery whose fate is decided.
#[utoipa::path(
    delete, path = "/deliveries/{id}", operation_id = "deleteDelivery", tag = "deliveries",
    params(("id" = Uuid, Path)),
    responses(
        (status = 200, body = Envelope<Deleted>),
        (status = 409, description = "CONFLICT: it is still to be sent; cancel it first", body = ErrorEnvelope),
    )
)]
pub(crate) async fn delete_delivery(
    Extract(state): Extract<State>,
    principal: Principal,
    idempotency: Idempotency,
    PathParams(id): PathParams<Uuid>,
) -> Result<Reply<Deleted>, NotifyError> {
    let tenant = principal.tenant();
    let found = state.deliveries.get(tenant, id).await?.ok_or(Error::NotFound)?;
    if found.state.status().is_open() {
        return Err(Error::Conflict.into());
    }
    let transaction = Transaction::new(state.platform.store()).with(state.deliveries.delete(tenant, &found));
    idempotency.commit(transaction, Reply::ok(Deleted { deleted: true })).await?.reply_or(Error::Conflict.into())
}
