//! Suppressions' items.
//!
//! | pk | sk | what |
//! |---|---|---|
//! | `TENANT#<id>#SUPPRESSION#<id>` | `SUPPRESSION` | one; its id comes from channel, address and kind of reason |
//!
//! `gsi1pk` is `TENANT#<id>#SUPPRESSIONS`, `gsi1sk` its time and id; the index holds keys alone.

use serde::{Deserialize, Serialize};
use shared::Error;
use shared::auth::TenantId;
use shared::clock::Clock;
use shared::store::{Action, Key, Position, Table};
use uuid::Uuid;

use super::model::{CreateSuppression, Suppression, SuppressionReason, SuppressionSource, id_of, normalized};
use crate::contacts::HeldAddress;
use crate::kinds::Channel;

/// One reason of each kind; what stops everything comes first.
const KINDS: [SuppressionReason; 2] = [SuppressionReason::Manual, SuppressionReason::Unsubscribe];

/// The suppressions.
#[derive(Clone, Debug)]
pub(crate) struct Suppressions {
    table: Table,
    clock: Clock,
}

/// A suppression's item, with its place in the index.
#[derive(Serialize)]
struct Row<'a> {
    suppression: &'a Suppression,
    gsi1pk: String,
    gsi1sk: String,
}

/// What is read of it.
#[derive(Clone, Debug, Deserialize)]
struct Held {
    suppression: Suppression,
}

impl Suppressions {
    pub(crate) fn new(table: Table, clock: Clock) -> Self {
        Self { table, clock }
    }

    /// What is said of each of these addresses, in their order; what stops everything comes first.
    pub(crate) async fn of(
        &self,
        tenant: TenantId,
        addresses: &[(Channel, String)],
    ) -> Result<Vec<Vec<Suppression>>, Error> {
        let found: Vec<Option<Held>> = self.table.get_all(&Self::places(tenant, addresses)).await?;
        let said = |some: &[Option<Held>]| some.iter().flatten().map(|held| held.suppression.clone()).collect();
        Ok(found.chunks(KINDS.len()).map(said).collect())
    }

    /// What was said of these addresses while they were somebody's.
    pub(crate) async fn of_held(&self, tenant: TenantId, held: &[HeldAddress]) -> Result<Vec<Suppression>, Error> {
        let addresses: Vec<(Channel, String)> =
            held.iter().map(|address| (address.channel, address.contact.clone())).collect();
        let said = self.of(tenant, &addresses).await?.into_iter().zip(held);
        let his = said.flat_map(|(said, held)| {
            said.into_iter().filter(|said| held.until.is_none_or(|until| said.created_at <= until))
        });
        Ok(his.collect())
    }

    /// Where these are.
    pub(crate) fn keys(tenant: TenantId, suppressions: &[Suppression]) -> Vec<Key> {
        suppressions.iter().map(|suppression| key(tenant, suppression.id)).collect()
    }

    /// Where what is said of these addresses is.
    fn places(tenant: TenantId, addresses: &[(Channel, String)]) -> Vec<Key> {
        addresses.iter().flat_map(|(channel, contact)| keys_of(tenant, *channel, contact)).collect()
    }

    /// One page of the tenant's, newest first.
    pub(super) async fn page(
        &self,
        tenant: TenantId,
        limit: u32,
        after: Option<Position>,
    ) -> Result<(Vec<Suppression>, Option<Position>), Error> {
        let query = self.table.query(format!("TENANT#{tenant}#SUPPRESSIONS")).index("gsi1").backwards(true);
        let rows = query.limit(limit).after(after).page::<Key>().await?;
        let found: Vec<Option<Held>> = self.table.get_all(&rows.items).await?;
        Ok((found.into_iter().flatten().map(|held| held.suppression).collect(), rows.next))
    }

    /// The suppression as it will be, and the write that makes it so. A later reason replaces an earlier one; what a
    /// provider has said stays said.
    pub(super) async fn set(
        &self,
        tenant: TenantId,
        change: &CreateSuppression,
    ) -> Result<(Suppression, Action), Error> {
        let id = id_of(tenant, change.channel, &change.contact, change.reason);
        let known: Option<Held> = self.table.get(&key(tenant, id)).await?;
        let told = known.is_some_and(|held| held.suppression.source == SuppressionSource::Provider);
        let source = if told { SuppressionSource::Provider } else { SuppressionSource::Tenant };
        Ok(self.suppress(tenant, change.channel, &change.contact, change.reason, source))
    }

    /// The same, for what a provider or an owner tells.
    pub(crate) fn suppress(
        &self,
        tenant: TenantId,
        channel: Channel,
        contact: &str,
        reason: SuppressionReason,
        source: SuppressionSource,
    ) -> (Suppression, Action) {
        let contact = normalized(contact);
        let id = id_of(tenant, channel, &contact, reason);
        let suppression = Suppression { id, channel, contact, reason, source, created_at: self.clock.now() };
        let row = Row {
            suppression: &suppression,
            gsi1pk: format!("TENANT#{tenant}#SUPPRESSIONS"),
            gsi1sk: format!("{:015}#{id}", suppression.created_at.as_millisecond()),
        };
        let write = self.table.put(&key(tenant, id), &row);
        (suppression, write)
    }

    /// The write that lifts one; refused if there is none.
    pub(super) fn lift(&self, tenant: TenantId, id: Uuid) -> Action {
        self.table.delete(&key(tenant, id)).if_present()
    }
}

fn keys_of(tenant: TenantId, channel: Channel, contact: &str) -> [Key; 2] {
    KINDS.map(|reason| key(tenant, id_of(tenant, channel, contact, reason)))
}

fn key(tenant: TenantId, id: Uuid) -> Key {
    Key::new(format!("TENANT#{tenant}#SUPPRESSION#{id}"), "SUPPRESSION")
}
