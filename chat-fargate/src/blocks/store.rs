//! Blocks in the table.
//!
//! | item | pk | sk | gsi1 |
//! |---|---|---|---|
//! | block | `TENANT#<t>#USER#<user>` | `BLOCK#<blocked>` | `TENANT#<t>#BLOCKED#<blocked>` / `BLOCK#<user>` |
//!
//! The pair's direct thread knows of it, too, so that sending there asks nothing more.

use serde::Serialize;
use shared::Error;
use shared::auth::{TenantId, UserId};
use shared::store::{Action, Key, Position, Rows, Table};

use super::model::Block;
use crate::error::ChatError;
use crate::threads::user_partition;

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
    pub(super) table: Table,
}

pub(super) fn key(tenant: TenantId, user: UserId, blocked: UserId) -> Key {
    Key::new(user_partition(tenant, user), format!("BLOCK#{blocked}"))
}

fn blocked_partition(tenant: TenantId, blocked: UserId) -> String {
    format!("TENANT#{tenant}#BLOCKED#{blocked}")
}

impl Blocks {
    pub(crate) fn new(table: Table) -> Self {
        Self { table }
    }

    /// The write of a block.
    pub(super) fn put(&self, tenant: TenantId, user: UserId, block: &Block) -> Action {
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
