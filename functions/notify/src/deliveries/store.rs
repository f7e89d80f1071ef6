//! Deliveries' items.
//!
//! | pk | sk | what |
//! |---|---|---|
//! | `TENANT#<id>#DELIVERY#<id>` | `DELIVERY` | one delivery |
//!
//! | index | pk | sk | for |
//! |---|---|---|---|
//! | `gsi1` | `TENANT#<id>#DELIVERIES#<month>#<shard>` | its id | the tenant's list |
//! | `gsi2` | `TENANT#<id>#USER#<id>#DELIVERIES` | its id | a member's list |
//! | `gsi3` | `OPEN#<shard>` | when it is due, and its id | those not yet sent, to find stuck ones |
//!
//! The indexes hold keys alone: what changes afterwards is written once.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use shared::Error;
use shared::auth::{TenantId, UserId};
use shared::jobs::{Entry, Fact, Outbox};
use shared::seal::Sealer;
use shared::store::{Action, Key, Position, Rows, Table, Transaction};
use uuid::Uuid;

use super::fact::fact;
use super::history::What;
use super::model::{Delivery, State, Status};
use crate::metrics::Metrics;

/// The counter of what was accepted.
const ACCEPTED: &str = "accepted";
/// Shards of a tenant's month.
pub(super) const SHARDS: u128 = 8;
/// Shards of what is not yet sent, all tenants together.
pub(crate) const OPEN_SHARDS: u128 = 32;

/// The deliveries.
#[derive(Clone, Debug)]
pub(crate) struct Deliveries {
    pub(super) table: Table,
    metrics: Metrics,
    outbox: Outbox,
    pub(super) sealer: Sealer,
}

/// A delivery's item, with its places in the indexes.
#[derive(Debug, Serialize)]
struct Row<'a> {
    delivery: &'a Delivery,
    gsi1pk: String,
    gsi1sk: Uuid,
    #[serde(skip_serializing_if = "Option::is_none")]
    gsi2pk: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    gsi2sk: Option<Uuid>,
    gsi3pk: String,
    gsi3sk: String,
    ttl: i64,
}

/// What is read of it.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Held {
    pub(crate) delivery: Delivery,
}

impl Deliveries {
    pub(crate) fn new(table: Table, metrics: Metrics, outbox: Outbox, sealer: Sealer) -> Self {
        Self { table, metrics, outbox, sealer }
    }

    /// One delivery.
    pub(crate) async fn get(&self, tenant: TenantId, id: Uuid) -> Result<Option<Delivery>, Error> {
        self.at(&key(tenant, id)).await
    }

    /// Those of these that are there.
    pub(crate) async fn get_all(&self, tenant: TenantId, ids: &[Uuid]) -> Result<Vec<Delivery>, Error> {
        self.at_all(&ids.iter().map(|id| key(tenant, *id)).collect::<Vec<Key>>()).await
    }

    /// The writes that make new `deliveries`, accepted together, and count them.
    pub(crate) fn create(&self, tenant: TenantId, deliveries: &[Delivery], expires_at: Timestamp) -> Vec<Action> {
        let Some(first) = deliveries.first() else { return Vec::new() };
        let puts = deliveries.iter().map(|delivery| {
            let row = Row::new(tenant, delivery, expires_at);
            self.table.put(&key(tenant, delivery.id), &row).if_absent()
        });
        let all: Vec<&Delivery> = deliveries.iter().collect();
        puts.chain(self.metrics.count(tenant, &all, ACCEPTED, first.created_at)).collect()
    }

    /// Adds the writes that make `before` into `after`, count it, and tell reports of it; the entries are to be sent after
    /// the commit. The first write is refused if `before` is not how it stands any more.
    pub(crate) fn change(
        &self,
        transaction: &mut Transaction,
        tenant: TenantId,
        before: &Delivery,
        after: &Delivery,
        now: Timestamp,
    ) -> Result<Vec<Entry>, Error> {
        self.change_all(transaction, tenant, &[(after.clone(), before.clone())], now)
    }

    /// The same for several of one recipient that come to the same status: pairs of after and before. What reports are
    /// told takes one write, of however many.
    pub(crate) fn change_all(
        &self,
        transaction: &mut Transaction,
        tenant: TenantId,
        pairs: &[(Delivery, Delivery)],
        now: Timestamp,
    ) -> Result<Vec<Entry>, Error> {
        transaction.extend(pairs.iter().map(|(after, before)| self.replace(tenant, before, after)));
        let settled = pairs.iter().filter(|(after, before)| {
            let status = after.state.status();
            status != before.state.status() && !status.is_open()
        });
        let settled: Vec<&Delivery> = settled.map(|(after, _)| after).collect();
        if let Some(first) = settled.first() {
            transaction.extend(self.metrics.count(tenant, &settled, first.state.status().name(), now));
        }
        let facts: Vec<Fact> = settled.into_iter().map(|delivery| fact(delivery, now)).collect();
        self.outbox.add_facts(transaction, tenant, facts)
    }

    /// The one write that makes `before` into `after`, without counting or telling it: for what stays open.
    pub(crate) fn replace(&self, tenant: TenantId, before: &Delivery, after: &Delivery) -> Action {
        let key = key(tenant, after.id);
        let update = match &after.state {
            State::Scheduled { .. } | State::Queued => self
                .table
                .update(&key, "SET delivery = :after, gsi3pk = :open, gsi3sk = :place")
                .value(":open", open_partition(after.id))
                .value(":place", open_place(after)),
            // It keeps its place: a lease is short.
            State::Sending { .. } => self.table.update(&key, "SET delivery = :after"),
            _ if before.state.status().is_open() => {
                self.table.update(&key, "SET delivery = :after REMOVE gsi3pk, gsi3sk")
            }
            _ => self.table.update(&key, "SET delivery = :after"),
        };
        // The version, since a state may come again; rows of before there were versions have none.
        update
            .when("delivery.#state = :before AND (delivery.version = :read OR attribute_not_exists(delivery.version))")
            .name("#state", "state")
            .value(":after", after)
            .value(":before", &before.state)
            .value(":read", before.version)
    }

    /// The delivery at this key.
    pub(crate) async fn at(&self, key: &Key) -> Result<Option<Delivery>, Error> {
        Ok(self.table.get::<Held>(key).await?.map(|held| held.delivery))
    }

    /// The deliveries at these keys that are there.
    pub(crate) async fn at_all(&self, keys: &[Key]) -> Result<Vec<Delivery>, Error> {
        let found: Vec<Option<Held>> = self.table.get_all(keys).await?;
        Ok(found.into_iter().flatten().map(|held| held.delivery).collect())
    }

    /// Where a page of a member's deliveries is.
    pub(crate) async fn places_of(
        &self,
        tenant: TenantId,
        user: UserId,
        limit: u32,
        after: Option<Position>,
    ) -> Result<Rows<Key>, Error> {
        self.table.query(user_partition(tenant, user)).index("gsi2").limit(limit).after(after).page().await
    }

    /// Where some of one shard are that were due before `time` and are still open.
    pub(crate) async fn overdue(&self, shard: u128, time: Timestamp, most: u32) -> Result<Vec<Key>, Error> {
        let query = self.table.query(format!("OPEN#{shard}")).index("gsi3").between("0", moment(time)).limit(most);
        Ok(query.page().await?.items)
    }

    /// The condition that a delivery still waits for its time.
    pub(crate) fn still_scheduled(&self, tenant: TenantId, id: Uuid) -> Action {
        let check = self.table.check(&key(tenant, id)).when("delivery.#state.#status = :scheduled");
        check.name("#state", "state").name("#status", "status").value(":scheduled", Status::Scheduled)
    }

    /// Forgets a delivery that is as `read`.
    pub(crate) fn delete(&self, tenant: TenantId, read: &Delivery) -> Action {
        let delete = self.table.delete(&key(tenant, read.id)).when("delivery.#state = :read");
        delete.name("#state", "state").value(":read", &read.state)
    }
}

impl<'a> Row<'a> {
    fn new(tenant: TenantId, delivery: &'a Delivery, expires_at: Timestamp) -> Self {
        let user = delivery.recipient.user();
        Self {
            delivery,
            gsi1pk: tenant_partition(tenant, &month(delivery.created_at), delivery.id.as_u128() % SHARDS),
            gsi1sk: delivery.id,
            gsi2pk: user.map(|user| user_partition(tenant, user)),
            gsi2sk: user.map(|_| delivery.id),
            gsi3pk: open_partition(delivery.id),
            gsi3sk: open_place(delivery),
            ttl: expires_at.as_second(),
        }
    }
}

/// Whose the item with this key is.
pub(crate) fn tenant_of(key: &Key) -> Option<TenantId> {
    key.pk.strip_prefix("TENANT#")?.split('#').next()?.parse().ok()
}

/// Where a delivery is.
pub(crate) fn key(tenant: TenantId, id: Uuid) -> Key {
    Key::new(format!("TENANT#{tenant}#DELIVERY#{id}"), "DELIVERY")
}

/// `2026-11`, in UTC.
pub(super) fn month(time: Timestamp) -> String {
    time.strftime("%Y-%m").to_string()
}

pub(super) fn tenant_partition(tenant: TenantId, month: &str, shard: u128) -> String {
    format!("TENANT#{tenant}#DELIVERIES#{month}#{shard}")
}

pub(super) fn user_partition(tenant: TenantId, user: UserId) -> String {
    format!("TENANT#{tenant}#USER#{user}#DELIVERIES")
}

/// Where a delivery is among those that are not sent yet: by when it is due.
fn open_place(delivery: &Delivery) -> String {
    let since = delivery.history.last().map_or(delivery.created_at, |event| event.at);
    // Each new message is waited for longer than the one before: it may only be the queue that is long.
    let again = delivery.history.iter().filter(|event| event.what == What::Stuck).count();
    let due = match delivery.state {
        State::Scheduled { due } => due,
        _ => since + SignedDuration::from_hours((1 << again.min(5)) - 1),
    };
    place_of(due, delivery.id)
}

/// Where something is in the index of what is open.
pub(crate) fn place_of(due: Timestamp, id: Uuid) -> String {
    format!("{}#{id}", moment(due))
}

fn moment(time: Timestamp) -> String {
    format!("{:015}", time.as_millisecond())
}

/// The shard of the index of what is open.
pub(crate) fn open_partition(id: Uuid) -> String {
    format!("OPEN#{}", id.as_u128() % OPEN_SHARDS)
}
