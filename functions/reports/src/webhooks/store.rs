//! Webhooks' items.
//!
//! | pk | sk | what |
//! |---|---|---|
//! | `TENANT#<id>#WEBHOOKS` | `ID#<id>` | a webhook |
//! | `TENANT#<id>#WEBHOOKS` | `COUNT` | how many the tenant has |
//! | `TENANT#<id>#WEBHOOKS` | `MINUTE#<minute>` | how many tests and repetitions were asked for in a minute |
//! | `TENANT#<id>#WEBHOOK#<id>` | `DELIVERY#<event>` | an event for it; events' ids are in the order of time |

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use shared::auth::TenantId;
use shared::store::{Action, Key, Position, Rows, Table, minute_of};
use shared::{Error, ids};
use uuid::Uuid;

use super::delivery::Delivery;
use super::model::Webhook;

/// Webhooks of one tenant.
const MOST: u32 = 20;
/// Tests and repetitions of one tenant in a minute.
const MOST_BY_HAND: u32 = 30;
/// How long a delivery is known.
const KNOWN: SignedDuration = SignedDuration::from_hours(30 * 24);

/// The webhooks and their deliveries.
#[derive(Clone, Debug)]
pub(crate) struct Webhooks {
    table: Table,
}

/// Which delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Which {
    pub(super) tenant: TenantId,
    pub(super) webhook: Uuid,
    pub(super) event: Uuid,
}

/// A row: what stands beside the webhook is the store's.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Row<W> {
    webhook: W,
}

#[derive(Debug, Serialize, Deserialize)]
struct DeliveryRow<D> {
    delivery: D,
    ttl: i64,
}

impl Webhooks {
    pub(crate) fn new(table: Table) -> Self {
        Self { table }
    }

    fn partition(tenant: TenantId) -> String {
        format!("TENANT#{tenant}#WEBHOOKS")
    }

    fn key(tenant: TenantId, id: Uuid) -> Key {
        Key::new(Self::partition(tenant), format!("ID#{id}"))
    }

    fn deliveries(tenant: TenantId, id: Uuid) -> String {
        format!("TENANT#{tenant}#WEBHOOK#{id}")
    }

    fn delivery_key(which: Which) -> Key {
        Key::new(Self::deliveries(which.tenant, which.webhook), format!("DELIVERY#{}", which.event))
    }

    pub(super) async fn get(&self, tenant: TenantId, id: Uuid) -> Result<Option<Webhook>, Error> {
        let found: Option<Row<Webhook>> = self.table.get(&Self::key(tenant, id)).await?;
        Ok(found.map(|row| row.webhook))
    }

    /// All of a tenant's, the oldest first: at most 20.
    pub(super) async fn all(&self, tenant: TenantId) -> Result<Vec<Webhook>, Error> {
        let found: Vec<Row<Webhook>> = self.table.query(Self::partition(tenant)).prefix("ID#").all().await?;
        Ok(found.into_iter().map(|row| row.webhook).collect())
    }

    /// The addresses of webhooks, if these are all the tenant's.
    pub(crate) async fn urls(&self, tenant: TenantId, ids: &[Uuid]) -> Result<Option<Vec<(Uuid, String)>>, Error> {
        let keys: Vec<Key> = ids.iter().map(|id| Self::key(tenant, *id)).collect();
        let found: Vec<Option<Row<Webhook>>> = self.table.get_all(&keys).await?;
        Ok(found.into_iter().map(|row| row.map(|row| (row.webhook.id, row.webhook.wanted.url))).collect())
    }

    /// Counts something that is sent by hand; says whether there was not too much of it in this minute.
    pub(super) async fn count_by_hand(&self, tenant: TenantId, now: Timestamp) -> Result<bool, Error> {
        let key = Key::new(Self::partition(tenant), format!("MINUTE#{}", minute_of(now)));
        self.table.count_in_minute(&key, MOST_BY_HAND, now).run().await
    }

    fn count_key(tenant: TenantId) -> Key {
        Key::new(Self::partition(tenant), "COUNT")
    }

    /// Adds one; the first action is refused if the tenant has too many.
    pub(super) fn create(&self, tenant: TenantId, webhook: &Webhook) -> [Action; 2] {
        [
            self.table.count_one(&Self::count_key(tenant), MOST),
            self.table.put(&Self::key(tenant, webhook.id), &Row { webhook }).if_absent(),
        ]
    }

    /// Changes one that still has the version before.
    pub(super) fn replace(&self, tenant: TenantId, webhook: &Webhook) -> Action {
        let put = self.table.put(&Self::key(tenant, webhook.id), &Row { webhook });
        let put = put.when("#webhook.#version = :before").name("#webhook", "webhook").name("#version", "version");
        put.value(":before", webhook.version - 1)
    }

    /// Deletes one that is there. Its deliveries are forgotten in time.
    pub(super) fn delete(&self, tenant: TenantId, id: Uuid) -> [Action; 2] {
        [self.table.delete(&Self::key(tenant, id)).if_present(), self.table.count_off(&Self::count_key(tenant))]
    }

    /// A delivery, with its webhook.
    pub(super) async fn delivery(&self, which: Which) -> Result<(Option<Webhook>, Option<Delivery>), Error> {
        let webhook = Self::key(which.tenant, which.webhook);
        let pair: (Option<Row<Webhook>>, Option<DeliveryRow<Delivery>>) =
            self.table.get_pair(&webhook, &Self::delivery_key(which)).await?;
        Ok((pair.0.map(|row| row.webhook), pair.1.map(|row| row.delivery)))
    }

    fn put(&self, which: Which, delivery: &Delivery) -> Action {
        let ttl = (delivery.event.at + KNOWN).as_second();
        self.table.put(&Self::delivery_key(which), &DeliveryRow { delivery, ttl })
    }

    /// Adds one; refused if it is there.
    pub(super) fn add_delivery(&self, which: Which, delivery: &Delivery) -> Action {
        self.put(which, delivery).if_absent()
    }

    /// Changes one that is as it was before.
    pub(super) fn replace_delivery(&self, which: Which, before: &Delivery, after: &Delivery) -> Action {
        let put =
            self.put(which, after).name("#delivery", "delivery").name("#round", "round").name("#claims", "claims");
        let put = put.when("#delivery.#round = :round AND #delivery.#claims = :claims");
        put.value(":round", before.round).value(":claims", before.claims)
    }

    /// A page of a webhook's deliveries, the newest first.
    pub(super) async fn page_of_deliveries(
        &self,
        (tenant, id): (TenantId, Uuid),
        now: Timestamp,
        limit: u32,
        after: Option<Position>,
    ) -> Result<Rows<Delivery>, Error> {
        let from = format!("DELIVERY#{}", ids::lowest_at(now - KNOWN));
        let known = self.table.query(Self::deliveries(tenant, id)).between(from, "DELIVERY#g").backwards(true);
        let rows: Rows<DeliveryRow<Delivery>> = known.limit(limit).after(after).page().await?;
        Ok(Rows { items: rows.items.into_iter().map(|row| row.delivery).collect(), next: rows.next })
    }
}
