//! Counters, changed in the transaction of what they count.
//!
//! | pk | sk | what |
//! |---|---|---|
//! | `TENANT#<id>#METRICS#<day>` | `<shard>` | the tenant's, in 8 shards |
//! | `TENANT#<id>#USER#<id>#METRICS` | `<day>` | one member's |

use std::collections::BTreeMap;

use futures_util::{StreamExt, TryStreamExt, stream};
use jiff::civil::Date;
use jiff::{Span, Timestamp};
use serde_json::Value;
use shared::Error;
use shared::auth::{TenantId, UserId};
use shared::store::{Action, Key, Stored, Table};

use super::model::Count;
use crate::deliveries::Delivery;

/// A row's attributes.
type Row = BTreeMap<String, Value>;

/// Store calls at a time.
const CONCURRENCY: usize = 8;
/// Shards of a tenant's day.
const SHARDS: u128 = 8;

/// The counters.
#[derive(Clone, Debug)]
pub(crate) struct Metrics {
    table: Table,
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

    /// The tenant's counts of some days.
    pub(super) async fn of_tenant(&self, tenant: TenantId, from: Date, to: Date) -> Result<Vec<Count>, Error> {
        let days: Vec<Date> = from.series(Span::new().days(1)).take_while(|day| *day <= to).collect();
        let reads = days.into_iter().map(|day| async move {
            let rows: Vec<Row> = self.table.query(tenant_partition(tenant, &day.to_string())).all().await?;
            Ok::<_, Error>(rows.iter().flat_map(|row| counts_of(day, row)).collect::<Vec<_>>())
        });
        let reads: Vec<_> = reads.collect();
        let days: Vec<Vec<Count>> = stream::iter(reads).buffered(CONCURRENCY).try_collect().await?;
        Ok(days.into_iter().flatten().collect())
    }

    /// A member's counts of some days.
    pub(super) async fn of_user(
        &self,
        tenant: TenantId,
        user: UserId,
        from: Date,
        to: Date,
    ) -> Result<Vec<Count>, Error> {
        let query = self.table.query(user_partition(tenant, user)).between(from.to_string(), to.to_string());
        let rows: Vec<Stored<Row>> = query.all_stored().await?;
        let day = |row: &Stored<Row>| row.key.sk.parse().unwrap_or(from);
        Ok(rows.iter().flat_map(|row| counts_of(day(row), &row.item)).collect())
    }

    fn add(&self, key: &Key, counts: &BTreeMap<String, u32>) -> Action {
        let places: Vec<String> = (0..counts.len()).map(|index| format!("#c{index} :n{index}")).collect();
        let update = self.table.update(key, &format!("ADD {}", places.join(", ")));
        counts.iter().enumerate().fold(update, |update, (index, (name, count))| {
            update.name(&format!("#c{index}"), name).value(&format!(":n{index}"), count)
        })
    }
}

/// The counts of one row, by the names that [`counters`] gives them.
fn counts_of(day: Date, row: &Row) -> Vec<Count> {
    let count = |(name, value): (&String, &Value)| {
        let mut parts = name.split('/');
        let (channel, status, template) = (parts.next()?, parts.next()?, parts.next());
        Some(Count {
            day,
            channel: channel.to_owned(),
            status: status.to_owned(),
            template: template.map(str::to_owned),
            messages: value.as_u64()?,
        })
    };
    row.iter().filter_map(count).collect()
}

/// The names of what is counted: by channel, and by channel and template.
fn counters(delivery: &Delivery, status: &str) -> Vec<String> {
    let plain = format!("{}/{}", delivery.channel.name(), status);
    let by_template = delivery.template.map(|template| format!("{plain}/{}", template.id));
    std::iter::once(plain).chain(by_template).collect()
}

/// `2026-11-22`, in UTC.
fn day(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d").to_string()
}

fn tenant_partition(tenant: TenantId, day: &str) -> String {
    format!("TENANT#{tenant}#METRICS#{day}")
}

fn user_partition(tenant: TenantId, user: UserId) -> String {
    format!("TENANT#{tenant}#USER#{user}#METRICS")
}
