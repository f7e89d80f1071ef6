//! Rows' items.
//!
//! | pk | sk | what |
//! |---|---|---|
//! | `TENANT#<id>#ROWS#<dataset>#<day>#<shard>` | `<milliseconds>#<id>` | a row; `gsi1`: `TENANT#<id>#USER#<id>` / `<dataset>#<sk>`, whose it is |
//! | `TENANT#<id>#DAYS` | `<dataset>#<day>` | that a day has rows, or will |
//! | `ERASED#<user>` | `ERASED` | that rows about him are not stored any more |

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::{StreamExt, TryStreamExt, stream};
use jiff::civil::Date;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use shared::Error;
use shared::auth::{TenantId, UserId};
use shared::clock::Clock;
use shared::store::{Action, Key, Position, Query, Table, Transaction};

use super::model::{Place, Row};

/// Partitions of a tenant's day.
pub(super) const SHARDS: u64 = 8;
/// Rows of one transaction.
const BATCH: usize = 100;
/// Transactions at a time.
const AT_ONCE: usize = 8;

/// Days that this process remembers; then it forgets all of them.
const MOST_DAYS: usize = 10_000;

/// The rows.
#[derive(Clone, Debug)]
pub(crate) struct Rows {
    table: Table,
    clock: Clock,
    /// Days that are marked: a busy tenant's would be written with each fact.
    marked: Arc<Mutex<HashSet<Key>>>,
}

/// A row as it is stored.
#[derive(Debug, Serialize)]
struct Item<'a> {
    #[serde(flatten)]
    row: &'a Row,
    #[serde(skip_serializing_if = "Option::is_none")]
    gsi1pk: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    gsi1sk: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ttl: Option<i64>,
}

/// That something is there.
#[derive(Serialize)]
struct Mark {}

#[derive(Deserialize)]
struct DayKey {
    sk: String,
}

impl Rows {
    pub(crate) fn new(table: Table, clock: Clock) -> Self {
        Self { table, clock, marked: Arc::default() }
    }

    fn partition(tenant: TenantId, dataset: &str, day: Date, shard: u64) -> String {
        format!("TENANT#{tenant}#ROWS#{dataset}#{day}#{shard}")
    }

    fn of_user(tenant: TenantId, user: UserId) -> String {
        format!("TENANT#{tenant}#USER#{user}")
    }

    fn erased_key(user: UserId) -> Key {
        Key::new(format!("ERASED#{user}"), "ERASED")
    }

    /// Stores rows of a dataset. Those that are there stay as they are, so twice is once.
    pub(super) async fn add(
        &self,
        tenant: TenantId,
        dataset: &str,
        rows: &[Row],
        kept_until: impl Fn(&Row) -> Option<i64>,
    ) -> Result<(), Error> {
        // First, so that no reader misses a day that has rows.
        self.mark(tenant, dataset, rows).await?;
        let batches: Vec<_> =
            rows.chunks(BATCH).map(|batch| self.add_batch(tenant, dataset, batch, &kept_until)).collect();
        stream::iter(batches).buffer_unordered(AT_ONCE).try_collect::<Vec<()>>().await.map(|_| ())
    }

    /// Marks the days of rows, those that this process has not marked before.
    async fn mark(&self, tenant: TenantId, dataset: &str, rows: &[Row]) -> Result<(), Error> {
        let days: HashSet<Date> = rows.iter().map(Row::day).collect();
        let keys = days.iter().map(|day| Key::new(format!("TENANT#{tenant}#DAYS"), format!("{dataset}#{day}")));
        let new: Vec<(Key, Mark)> = keys.filter(|key| !self.marked().contains(key)).map(|key| (key, Mark {})).collect();
        self.table.put_all(&new).await?;
        let mut marked = self.marked();
        if marked.len() + new.len() > MOST_DAYS {
            marked.clear();
        }
        marked.extend(new.into_iter().map(|(key, _)| key));
        Ok(())
    }

    fn marked(&self) -> MutexGuard<'_, HashSet<Key>> {
        self.marked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn add_batch(
        &self,
        tenant: TenantId,
        dataset: &str,
        rows: &[Row],
        kept_until: &impl Fn(&Row) -> Option<i64>,
    ) -> Result<(), Error> {
        let mut missing: Vec<&Row> = rows.iter().collect();
        while !missing.is_empty() {
            let mut transaction = Transaction::new(self.table.store());
            // As late as can be: exports have what was recorded a second before they begin.
            let recorded_at = self.clock.now().as_millisecond();
            let put = |row: &&Row| {
                let stamped = Row { recorded_at, ..(*row).clone() };
                self.put(tenant, dataset, &stamped, kept_until(row))
            };
            transaction.extend(missing.iter().map(put));
            let there = transaction.commit_each().await?;
            if there.is_empty() {
                return Ok(());
            }
            let mut place = 0;
            missing.retain(|_| {
                place += 1;
                !there.contains(&(place - 1))
            });
        }
        Ok(())
    }

    fn put(&self, tenant: TenantId, dataset: &str, row: &Row, ttl: Option<i64>) -> Action {
        let place = row.place().0;
        let item = Item {
            row,
            gsi1pk: row.user.map(|user| Self::of_user(tenant, user)),
            gsi1sk: row.user.map(|_| format!("{dataset}#{place}")),
            ttl,
        };
        let key = Key::new(Self::partition(tenant, dataset, row.day(), shard(&row.id)), place);
        self.table.put(&key, &item).if_absent()
    }

    /// The days that have rows, between these two and in their order.
    pub(super) async fn days(&self, tenant: TenantId, dataset: &str, from: Date, to: Date) -> Result<Vec<Date>, Error> {
        let days = self.table.query(format!("TENANT#{tenant}#DAYS"));
        let keys: Vec<DayKey> = days.between(format!("{dataset}#{from}"), format!("{dataset}#{to}")).all().await?;
        Ok(keys.iter().filter_map(|key| key.sk.rsplit('#').next()?.parse().ok()).collect())
    }

    /// The rows of one shard of a day, from this place to that one, in their order.
    pub(super) fn shard(
        &self,
        tenant: TenantId,
        dataset: &str,
        day: Date,
        shard: u64,
        (from, to): (&Place, &Place),
    ) -> Query {
        self.table.query(Self::partition(tenant, dataset, day, shard)).between(from.0.as_str(), to.0.as_str())
    }

    /// A user's rows of a dataset, from this place to that one, in their order.
    pub(super) fn own(&self, tenant: TenantId, dataset: &str, user: UserId, (from, to): (&Place, &Place)) -> Query {
        let own = self.table.query(Self::of_user(tenant, user)).index("gsi1");
        own.between(format!("{dataset}#{}", from.0), format!("{dataset}#{}", to.0))
    }

    /// A page of all rows about a user, of every dataset, with their keys.
    pub(crate) async fn about(
        &self,
        tenant: TenantId,
        user: UserId,
        limit: u32,
        after: Option<Position>,
    ) -> Result<shared::store::Rows<shared::store::Stored<Row>>, Error> {
        let all = self.table.query(Self::of_user(tenant, user)).index("gsi1");
        all.limit(limit).after(after).page_stored().await
    }

    /// Deletes rows.
    pub(crate) async fn delete(&self, keys: &[Key]) -> Result<(), Error> {
        self.table.delete_all(keys).await
    }

    /// Remembers that a user is erased.
    pub(crate) async fn refuse(&self, user: UserId) -> Result<(), Error> {
        self.table.put(&Self::erased_key(user), &Mark {}).run().await.map(|_| ())
    }

    /// Which of these users are erased.
    pub(crate) async fn erased(&self, users: HashSet<UserId>) -> Result<HashSet<UserId>, Error> {
        let users: Vec<UserId> = users.into_iter().collect();
        let keys: Vec<Key> = users.iter().map(|user| Self::erased_key(*user)).collect();
        let found: Vec<Option<IgnoredAny>> = self.table.get_all(&keys).await?;
        Ok(users.into_iter().zip(found).filter(|(_, found)| found.is_some()).map(|(user, _)| user).collect())
    }
}

fn shard(id: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    id.hash(&mut hasher);
    hasher.finish() % SHARDS
}
