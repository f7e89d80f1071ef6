//! Whom a user does not want to hear from: no direct messages, in either direction, and no threads that he is added to.
//!
//! | item | pk | sk | gsi1 |
//! |---|---|---|---|
//! | block | `TENANT#<t>#USER#<user>` | `BLOCK#<blocked>` | `TENANT#<t>#BLOCKED#<blocked>` / `BLOCK#<user>` |
//!
//! The pair's direct thread knows of it, too, so that sending there asks nothing more.

use axum::extract::State as Shared;
use garde::Validate;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use shared::Error;
use shared::auth::{Principal, TenantId, UserId};
use shared::http::{Envelope, ErrorEnvelope, Finished, Idempotency, Json, Paging, PathParams, Reply};
use shared::store::{Action, Key, Position, Rows, Table, Transaction};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::error::ChatError;
use crate::state::State;
use crate::threads::user_partition;

/// Tries of a change while others change the same thread.
const ROUNDS: usize = 5;

/// Whom to block.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub(crate) struct BlockUser {
    /// Somebody else; that he is a user of the tenant is not looked up.
    user_id: UserId,
}

/// Somebody who is blocked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Block {
    pub(crate) user_id: UserId,
    #[schema(value_type = String, format = DateTime)]
    pub(crate) blocked_at: Timestamp,
}

/// A block with what its index finds it by.
#[derive(Serialize)]
struct Row<'a> {
    gsi1pk: String,
    gsi1sk: String,
    #[serde(flatten)]
    block: &'a Block,
}

/// The blocks of every tenant.
#[derive(Clone, Debug)]
pub(crate) struct Blocks {
    table: Table,
}

fn key(tenant: TenantId, user: UserId, blocked: UserId) -> Key {
    Key::new(user_partition(tenant, user), format!("BLOCK#{blocked}"))
}

fn blocked_partition(tenant: TenantId, blocked: UserId) -> String {
    format!("TENANT#{tenant}#BLOCKED#{blocked}")
}

impl Blocks {
    pub(crate) fn new(table: Table) -> Self {
        Self { table }
    }

    fn put(&self, tenant: TenantId, user: UserId, block: &Block) -> Action {
        let blocked = block.user_id;
        let row = Row { gsi1pk: blocked_partition(tenant, blocked), gsi1sk: format!("BLOCK#{user}"), block };
        self.table.put(&key(tenant, user, blocked), &row)
    }

    /// The write that is refused if `user` blocks `blocked`.
    pub(crate) fn none(&self, tenant: TenantId, user: UserId, blocked: UserId) -> Action {
        self.table.check(&key(tenant, user, blocked)).if_absent()
    }

    /// That none of `users` blocks `user`.
    ///
    /// # Errors
    /// [`ChatError::UserBlocked`].
    pub(crate) async fn require_none(&self, tenant: TenantId, users: &[UserId], user: UserId) -> Result<(), ChatError> {
        let keys: Vec<Key> = users.iter().map(|other| key(tenant, *other, user)).collect();
        let found = self.table.get_all::<Block>(&keys).await?;
        if found.iter().any(Option::is_some) { Err(ChatError::UserBlocked) } else { Ok(()) }
    }

    /// A page of those whom `user` blocks.
    pub(crate) async fn page(
        &self,
        tenant: TenantId,
        user: UserId,
        limit: u32,
        after: Option<Position>,
    ) -> Result<Rows<Block>, Error> {
        self.table.query(user_partition(tenant, user)).prefix("BLOCK#").limit(limit).after(after).page().await
    }

    /// Forgets whom an erased user blocks, and who blocks him.
    pub(crate) async fn forget(&self, tenant: TenantId, user: UserId) -> Result<(), Error> {
        let own = self.table.query(user_partition(tenant, user)).prefix("BLOCK#").all_stored::<Block>().await?;
        let others = self.table.query(blocked_partition(tenant, user)).index("gsi1").all_stored::<Block>().await?;
        let keys: Vec<Key> = own.into_iter().chain(others).map(|block| block.key).collect();
        self.table.delete_all(&keys).await
    }
}

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
        transaction.extend(state.threads.set_blocked(tenant, (user, blocked), true).await?);
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
        transaction.extend(state.threads.set_blocked(tenant, (user, blocked), false).await?);
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
