//! `/blocks`

use axum::extract::State as Shared;
use shared::Error;
use shared::auth::{Principal, UserId};
use shared::http::{Envelope, ErrorEnvelope, Finished, Idempotency, Json, Paging, PathParams, Reply};
use shared::store::{Position, Transaction};
use uuid::Uuid;

use super::model::{Block, BlockUser};
use super::store::key;
use crate::error::ChatError;
use crate::moderation::audit::{Act, Event};
use crate::state::State;

/// Tries of a change while others change the same thread.
const ROUNDS: usize = 5;

/// Blocks somebody. A second time changes nothing.
#[utoipa::path(post, path = "/blocks", operation_id = "blockUser", tag = "blocks", request_body = BlockUser, responses(
    (status = 201, body = Envelope<Block>),
    (status = 400, description = "`VALIDATION_FAILED`: oneself; `INVALID_JSON`", body = ErrorEnvelope),
))]
pub(crate) async fn block(
    Shared(state): Shared<State>,
    principal: Principal,
    idempotency: Idempotency,
    Json(request): Json<BlockUser>,
) -> Result<Reply<Block>, ChatError> {
    let (tenant, user, blocked) = (principal.tenant(), principal.user(), request.user_id);
    if blocked == user {
        return Err(Error::field("userId", "must be somebody else").into());
    }
    for _ in 0..ROUNDS {
        let block = Block { user_id: blocked, blocked_at: state.clock().now() };
        let mut transaction = Transaction::new(state.platform.store());
        transaction.add(state.blocks.put(tenant, user, &block));
        let event = Event::new(Act::UserBlocked, user, block.blocked_at).on(blocked);
        transaction.add(state.audit.record(tenant, &event));
        transaction.add(state.threads.set_blocked(tenant, (user, blocked), true).await?);
        if let Finished::Reply(reply) = idempotency.commit(transaction, Reply::created(block)).await? {
            return Ok(reply);
        }
    }
    Err(Error::unavailable("the pair's thread keeps changing").into())
}

/// Ends a block.
#[utoipa::path(delete, path = "/blocks/{userId}", operation_id = "unblockUser", tag = "blocks", params(("userId" = Uuid, Path)), responses(
    (status = 200, description = "Who was blocked", body = Envelope<Block>),
    (status = 404, description = "`NOT_FOUND`: the caller does not block this user", body = ErrorEnvelope),
))]
pub(crate) async fn unblock(
    Shared(state): Shared<State>,
    principal: Principal,
    idempotency: Idempotency,
    PathParams(blocked): PathParams<Uuid>,
) -> Result<Reply<Block>, ChatError> {
    let (tenant, user, blocked) = (principal.tenant(), principal.user(), UserId(blocked));
    for _ in 0..ROUNDS {
        let key = key(tenant, user, blocked);
        let block: Block = state.blocks.table.get(&key).await?.ok_or(Error::NotFound)?;
        let mut transaction = Transaction::new(state.platform.store());
        transaction.add(state.blocks.table.delete(&key).if_present());
        let event = Event::new(Act::UserUnblocked, user, state.clock().now()).on(blocked);
        transaction.add(state.audit.record(tenant, &event));
        transaction.add(state.threads.set_blocked(tenant, (user, blocked), false).await?);
        if let Finished::Reply(reply) = idempotency.commit(transaction, Reply::ok(block)).await? {
            return Ok(reply);
        }
    }
    Err(Error::unavailable("the pair's thread keeps changing").into())
}

/// Whom the caller blocks.
#[utoipa::path(get, path = "/blocks", operation_id = "listBlocks", tag = "blocks", params(Paging), responses(
    (status = 200, body = Envelope<Vec<Block>>),
    (status = 400, description = "`VALIDATION_FAILED`, `INVALID_CURSOR`", body = ErrorEnvelope),
))]
pub(crate) async fn list(
    Shared(state): Shared<State>,
    principal: Principal,
    paging: Paging,
) -> Result<Reply<Vec<Block>>, ChatError> {
    let pager = paging.open::<Position>(state.platform.sealer(), &principal, "blocks", &())?;
    let start = pager.start().cloned();
    let rows = state.blocks.page(principal.tenant(), principal.user(), pager.limit(), start).await?;
    let page = pager.page(rows.next.as_ref())?;
    Ok(Reply::page(rows.items, page))
}
