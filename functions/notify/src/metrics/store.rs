//! Counters, changed in the transaction of what they count.
//!
//! | pk | sk | what |
//! |---|---|---|
//! | `TENANT#<id>#METRICS#<day>` | `<shard>` | the tenant's, in 8 shards |
//! | `TENANT#<id>#USER#<id>#METRICS` | `<day>` | one member's |

use std::collections::BTreeMap;

use jiff::Timestamp;
use shared::auth::{TenantId, UserId};
use shared::store::{Action, Key, Table};

use crate::deliveries::Delivery;

/// Shards of a tenant's day.
pub(super) const SHARDS: u128 = 8;

/// The counters.
#[derive(Clone, Debug)]
pub(crate) struct Metrics {
    pub(super) table: Table,
}

impl Metrics {
    pub(crate) fn new(table: Table) -> Self {
        Self { table }
    }

    /// Counts that `deliveries` have come to `status`, or were `accepted`.
    pub(crate) fn count(
        &self,
        tenant: TenantId,
        deliveries: &[&Delivery],
        status: &str,
        now: Timestamp,
    ) -> Vec<Action> {
        let Some(first) = deliveries.first() else { return Vec::new() };
        let day = day(now);
        let shard = (tenant_partition(tenant, &day), (first.id.as_u128() % SHARDS).to_string());
        let mut counts: BTreeMap<(String, String), BTreeMap<String, u32>> = BTreeMap::new();
        for delivery in deliveries {
            let own = delivery.recipient.user().map(|user| (user_partition(tenant, user), day.clone()));
            for place in std::iter::once(shard.clone()).chain(own) {
                for name in counters(delivery, status) {
                    *counts.entry(place.clone()).or_default().entry(name).or_default() += 1;
                }
            }
        }
        counts.into_iter().map(|((pk, sk), counts)| self.add(&Key::new(pk, sk), &counts)).collect()
    }

    fn add(&self, key: &Key, counts: &BTreeMap<String, u32>) -> Action {
        let places: Vec<String> = (0..counts.len()).map(|index| format!("#c{index} :n{index}")).collect();
        let update = self.table.update(key, &format!("ADD {}", places.join(", ")));
        counts.iter().enumerate().fold(update, |update, (index, (name, count))| {
            update.name(&format!("#c{index}"), name).value(&format!(":n{index}"), count)
        })
    }
}

/// The names of what is counted: by channel, and by channel and template.
fn counters(delivery: &Delivery, status: &str) -> Vec<String> {
    let plain = format!("{}/{}", delivery.channel.name(), status);
    let by_template = delivery.template.map(|template| format!("{plain}/{}", template.id));
    std::iter::once(plain).chain(by_template).collect()
}

/// `2026-11-22`, in UTC.
pub(super) fn day(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d").to_string()
}

pub(super) fn tenant_partition(tenant: TenantId, day: &str) -> String {
    format!("TENANT#{tenant}#METRICS#{day}")
}

pub(super) fn user_partition(tenant: TenantId, user: UserId) -> String {
    format!("TENANT#{tenant}#USER#{user}#METRICS")
}
