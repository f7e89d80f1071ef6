//! Bans in the table, beside the other rows of their thread.
//!
//! | item | pk | sk | gsi1 |
//! |---|---|---|---|
//! | ban | `TENANT#<t>#THREAD#<thread>` | `BAN#<user>` | `TENANT#<t>#BANNED#<user>` / `BAN#<thread>` |

use std::collections::BTreeSet;

use serde::Serialize;
use shared::Error;
use shared::auth::{TenantId, UserId};
use shared::clock::Clock;
use shared::store::{Action, Key, Position, Rows, Table};

use super::model::Ban;
use crate::threads::{ThreadId, thread_partition};

/// The bans of every tenant.
#[derive(Clone, Debug)]
pub(crate) struct Bans {
    table: Table,
    clock: Clock,
}

/// A ban with what its index finds it by, and when it may go.
#[derive(Serialize)]
struct Row<'a> {
    gsi1pk: String,
    gsi1sk: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    ttl: Option<i64>,
    #[serde(flatten)]
    ban: &'a Ban,
}

fn key(tenant: TenantId, thread: ThreadId, user: UserId) -> Key {
    Key::new(thread_partition(tenant, thread), format!("BAN#{user}"))
}

fn banned_partition(tenant: TenantId, user: UserId) -> String {
    format!("TENANT#{tenant}#BANNED#{user}")
}

impl Bans {
    pub(crate) fn new(table: Table, clock: Clock) -> Self {
        Self { table, clock }
    }

    /// The write of a ban.
    pub(super) fn put(&self, tenant: TenantId, ban: &Ban) -> Action {
        let row = Row {
            gsi1pk: banned_partition(tenant, ban.user_id),
            gsi1sk: format!("BAN#{}", ban.thread_id),
            ttl: ban.until.map(|until| until.as_second() + 1),
            ban,
        };
        self.table.put(&key(tenant, ban.thread_id, ban.user_id), &row)
    }

    /// The write that takes a ban back.
    pub(super) fn delete(&self, tenant: TenantId, thread: ThreadId, user: UserId) -> Action {
        self.table.delete(&key(tenant, thread, user))
    }

    /// The bans of `users` in a thread that are not over.
    pub(crate) async fn of(&self, tenant: TenantId, thread: ThreadId, users: &[UserId]) -> Result<Vec<Ban>, Error> {
        if users.is_empty() {
            return Ok(Vec::new());
        }
        let users: BTreeSet<&UserId> = users.iter().collect();
        let keys: Vec<Key> = users.into_iter().map(|user| key(tenant, thread, *user)).collect();
        let found = self.table.get_all(&keys).await?;
        Ok(self.holding(found.into_iter().flatten()))
    }

    /// A page of a thread's bans that are not over.
    pub(super) async fn page(
        &self,
        tenant: TenantId,
        thread: ThreadId,
        limit: u32,
        after: Option<Position>,
    ) -> Result<Rows<Ban>, Error> {
        let query = self.table.query(thread_partition(tenant, thread)).prefix("BAN#");
        let rows = query.limit(limit).after(after).page().await?;
        Ok(Rows { items: self.holding(rows.items), next: rows.next })
    }

    /// Forgets the bans of an erased user.
    pub(crate) async fn forget(&self, tenant: TenantId, user: UserId) -> Result<(), Error> {
        let bans = self.table.query(banned_partition(tenant, user)).index("gsi1").all_stored::<Ban>().await?;
        let keys: Vec<Key> = bans.into_iter().map(|ban| ban.key).collect();
        self.table.delete_all(&keys).await
    }

    /// Forgets why an erased user banned others from a thread.
    pub(crate) async fn forget_reasons(&self, tenant: TenantId, thread: ThreadId, user: UserId) -> Result<(), Error> {
        let bans = self.table.query(thread_partition(tenant, thread)).prefix("BAN#").all_stored::<Ban>().await?;
        for ban in bans.into_iter().filter(|ban| ban.item.banned_by == user && ban.item.reason.is_some()) {
            let _ = self.table.update(&ban.key, "REMOVE reason").if_present().run().await?;
        }
        Ok(())
    }

    fn holding(&self, bans: impl IntoIterator<Item = Ban>) -> Vec<Ban> {
        let now = self.clock.now();
        bans.into_iter().filter(|ban| ban.holds_at(now)).collect()
    }
}
