//! Counters, changed in the transaction of what they count.
//!
//! | pk | sk | what |
//! |---|---|---|
//! | `TENANT#<id>#METRICS#<month>#<shard>` | `<day>#ALL`, `<day>#<template>` | the tenant's, in 8 shards |
//! | `TENANT#<id>#USER#<id>#METRICS` | `<day>#ALL` | one member's, by template too |

use std::collections::BTreeMap;

use futures_util::{StreamExt, TryStreamExt, stream};
use jiff::civil::Date;
use jiff::tz::TimeZone;
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
/// Shards of a tenant's month.
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
        let day = now.to_zoned(TimeZone::UTC).date();
        let shard = tenant_partition(tenant, day, first.id.as_u128() % SHARDS);
        let mut counts: BTreeMap<(String, String), BTreeMap<String, u32>> = BTreeMap::new();
        let mut add = |partition: &str, row: String, name: String| {
            *counts.entry((partition.to_owned(), row)).or_default().entry(name).or_default() += 1;
        };
        for delivery in deliveries {
            let name = format!("{}/{status}", delivery.channel.name());
            let template = delivery.template.map(|template| template.id);
            add(&shard, format!("{day}#ALL"), name.clone());
            if let Some(template) = template {
                add(&shard, format!("{day}#{template}"), name.clone());
            }
            // One row a member and day: a request to many has a transaction of them.
            if let Some(own) = delivery.recipient.user().map(|user| user_partition(tenant, user)) {
                add(&own, format!("{day}#ALL"), name.clone());
                if let Some(template) = template {
                    add(&own, format!("{day}#ALL"), format!("{name}/{template}"));
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

    /// The tenant's counts of some days.
    pub(super) async fn of_tenant(&self, tenant: TenantId, from: Date, to: Date) -> Result<Vec<Count>, Error> {
        let mut months: Vec<Date> = from.series(Span::new().days(1)).take_while(|day| *day <= to).collect();
        months.dedup_by_key(|day| day.first_of_month());
        let partitions = months.iter().flat_map(|day| (0..SHARDS).map(|shard| tenant_partition(tenant, *day, shard)));
        let reads: Vec<_> = partitions.map(|partition| self.between(partition, from, to)).collect();
        let counts: Vec<Vec<Count>> = stream::iter(reads).buffered(CONCURRENCY).try_collect().await?;
        Ok(counts.into_iter().flatten().collect())
    }

    /// A member's counts of some days.
    pub(super) async fn of_user(
        &self,
        tenant: TenantId,
        user: UserId,
        from: Date,
        to: Date,
    ) -> Result<Vec<Count>, Error> {
        self.between(user_partition(tenant, user), from, to).await
    }

    async fn between(&self, partition: String, from: Date, to: Date) -> Result<Vec<Count>, Error> {
        // `~` comes after every letter.
        let rows = self.table.query(partition).between(from.to_string(), format!("{to}#~"));
        let rows: Vec<Stored<Row>> = rows.all_stored().await?;
        Ok(rows.iter().flat_map(|row| counts_of(&row.key.sk, &row.item)).collect())
    }
}

/// The counts of one row.
fn counts_of(place: &str, row: &Row) -> Vec<Count> {
    let Some((Ok(day), of)) = place.split_once('#').map(|(day, of)| (day.parse::<Date>(), of)) else {
        return Vec::new();
    };
    let of_row = (of != "ALL").then_some(of);
    let count = |(name, value): (&String, &Value)| {
        let mut parts = name.split('/');
        let (channel, status, template) = (parts.next()?, parts.next()?, of_row.or(parts.next()));
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

fn tenant_partition(tenant: TenantId, day: Date, shard: u128) -> String {
    format!("TENANT#{tenant}#METRICS#{}#{shard}", day.strftime("%Y-%m"))
}

pub(crate) fn user_partition(tenant: TenantId, user: UserId) -> String {
    format!("TENANT#{tenant}#USER#{user}#METRICS")
}
