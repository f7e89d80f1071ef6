//! `/notifications`: one's own inbox.

use axum::extract::State as Extract;
use shared::Error;
use shared::auth::Principal;
use shared::http::{Envelope, ErrorEnvelope, Finished, Idempotency, Paging, PathParams, Reply};
use shared::jobs::Entry;
use shared::store::{Commit, Position, Transaction};
use uuid::Uuid;

use super::model::{InboxMessage, ReadNow, UnreadCount};
use super::store::place;
use crate::deliveries::{State as DeliveryState, What};
use crate::{NotifyError, State};

/// Messages that one transaction marks as read: each takes two writes here and one for its delivery, and up to one of
/// each takes two for counters. What reports are told of all of them is one more.
const AT_ONCE: u32 = 18;
/// Tries against others who change the same message.
const TRIES: u32 = 3;
/// Unread messages that are counted.
const MOST_COUNTED: u32 = 1000;
/// Rounds of `read-all`; who has more unread messages calls it again.
const ROUNDS: u32 = 50;

/// One's own inbox, newest first.
#[utoipa::path(
    get, path = "/notifications", operation_id = "listNotifications", tag = "inbox", params(Paging),
    responses(
        (status = 200, body = Envelope<Vec<InboxMessage>>),
        (status = 400, description = "VALIDATION_FAILED or INVALID_CURSOR", body = ErrorEnvelope),
    )
)]
pub(crate) async fn list_notifications(
    Extract(state): Extract<State>,
    principal: Principal,
    paging: Paging,
) -> Result<Reply<Vec<InboxMessage>>, NotifyError> {
    let pager = paging.open::<Position>(state.platform.sealer(), &principal, "inbox", &())?;
    let (tenant, user) = (principal.tenant(), principal.user());
    let (messages, next) = state.inbox.page(tenant, user, pager.limit(), pager.start().cloned()).await?;
    Ok(Reply::page(messages, pager.page(next.as_ref())?))
}

/// How many messages of one's own inbox are not read.
#[utoipa::path(
    get, path = "/notifications/unread-count", operation_id = "getUnreadCount", tag = "inbox",
    responses((status = 200, body = Envelope<UnreadCount>))
)]
pub(crate) async fn unread_count(
    Extract(state): Extract<State>,
    principal: Principal,
) -> Result<Reply<UnreadCount>, NotifyError> {
    let unread = state.inbox.unread(principal.tenant(), principal.user(), MOST_COUNTED).await?.len();
    Ok(Reply::ok(UnreadCount { unread }))
}

/// Marks a message as read. A second time changes nothing.
#[utoipa::path(
    post, path = "/notifications/{id}/read", operation_id = "readNotification", tag = "inbox",
    params(("id" = Uuid, Path)), responses((status = 200, body = Envelope<InboxMessage>))
)]
pub(crate) async fn read_one(
    Extract(state): Extract<State>,
    principal: Principal,
    idempotency: Idempotency,
    PathParams(id): PathParams<Uuid>,
) -> Result<Reply<InboxMessage>, NotifyError> {
    let (tenant, user) = (principal.tenant(), principal.user());
    let found = state.inbox.get(tenant, user, id).await?.ok_or(Error::NotFound)?;
    if found.read_at.is_some() {
        return Ok(Reply::ok(found));
    }
    for _ in 0..TRIES {
        let (transaction, entries) = mark(&state, &principal, &[(place(&found), id)]).await?;
        let read = found.clone().read(state.platform.clock().now());
        if let Finished::Reply(reply) = idempotency.commit(transaction, Reply::ok(read)).await? {
            reply.send(state.platform.outbox(), entries).await;
            return Ok(reply);
        }
        // Somebody else has read it meanwhile, or its delivery has changed.
        let now = state.inbox.get(tenant, user, id).await?.ok_or(Error::NotFound)?;
        if now.read_at.is_some() {
            return Ok(Reply::ok(now));
        }
    }
    Err(Error::Conflict.into())
}

/// Marks everything in one's own inbox as read; says how many messages that were.
#[utoipa::path(
    post, path = "/notifications/read-all", operation_id = "readAllNotifications", tag = "inbox",
    responses((status = 200, body = Envelope<ReadNow>))
)]
pub(crate) async fn read_all(
    Extract(state): Extract<State>,
    principal: Principal,
) -> Result<Reply<ReadNow>, NotifyError> {
    let (tenant, user) = (principal.tenant(), principal.user());
    let mut read = 0;
    for _ in 0..ROUNDS {
        let some = state.inbox.unread(tenant, user, AT_ONCE).await?;
        if some.is_empty() {
            break;
        }
        let places: Vec<_> = some.into_iter().map(|pointer| (pointer.place, pointer.id)).collect();
        let (transaction, entries) = mark(&state, &principal, &places).await?;
        // Refused if one was read meanwhile: then the rest comes in the next round.
        if transaction.commit().await? == Commit::Done {
            state.platform.outbox().send(entries).await;
            read += u32::try_from(places.len()).unwrap_or(0);
        }
    }
    Ok(Reply::ok(ReadNow { read }))
}

/// The transaction that marks messages and their deliveries as read, with what is to be sent after it.
async fn mark(
    state: &State,
    principal: &Principal,
    messages: &[(String, Uuid)],
) -> Result<(Transaction, Vec<Entry>), Error> {
    let (tenant, user, now) = (principal.tenant(), principal.user(), state.platform.clock().now());
    let mut transaction = Transaction::new(state.platform.store());
    let places: Vec<String> = messages.iter().map(|(place, _)| place.clone()).collect();
    transaction.extend(state.inbox.mark_read(tenant, user, &places, now));
    let ids: Vec<Uuid> = messages.iter().map(|(_, id)| *id).collect();
    let deliveries = state.deliveries.get_all(tenant, &ids).await?;
    let pairs: Vec<_> = deliveries
        .into_iter()
        .filter(|delivery| delivery.state == DeliveryState::Sent)
        .map(|delivery| (delivery.after(DeliveryState::Read, What::Read, now), delivery))
        .collect();
    let entries = state.deliveries.change_all(&mut transaction, tenant, &pairs, now)?;
    Ok((transaction, entries))
}
