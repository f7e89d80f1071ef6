//! The counts' items.
//!
//! | pk | sk | what |
//! |---|---|---|
//! | `TENANT#<id>#QUERIES#<day>#<shard>` | `<query>` | how often a query was asked on a day, and with what result |

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use futures_util::{StreamExt, TryStreamExt, stream};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use shared::Error;
use shared::auth::TenantId;
use shared::store::{Key, Table};

use super::model::Counts;

/// How long counts are kept.
const KEPT: SignedDuration = SignedDuration::from_hours(90 * 24);
/// Partitions of a tenant's day.
const SHARDS: u64 = 4;
/// Calls at a time.
const AT_ONCE: usize = 16;

/// A day, UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Day(pub(super) Date);

impl Day {
    pub(super) fn of(time: Timestamp) -> Self {
        Self(time.to_zoned(TimeZone::UTC).date())
    }
}

/// The counts.
#[derive(Clone, Debug)]
pub(super) struct QueryStore {
    table: Table,
}

#[derive(Debug, Deserialize)]
struct Row {
    sk: String,
    #[serde(flatten)]
    counts: Counts,
}

impl QueryStore {
    pub(super) fn new(table: Table) -> Self {
        Self { table }
    }

    fn partition(tenant: TenantId, day: Day, shard: u64) -> String {
        format!("TENANT#{tenant}#QUERIES#{}#{shard}", day.0)
    }

    /// Adds to the counts.
    pub(super) async fn add(
        &self,
        counts: HashMap<(TenantId, Day, String), Counts>,
        now: Timestamp,
    ) -> Result<(), Error> {
        let updates = counts.into_iter().map(|((tenant, day, query), counts)| {
            let mut hasher = DefaultHasher::new();
            query.hash(&mut hasher);
            let key = Key::new(Self::partition(tenant, day, hasher.finish() % SHARDS), query);
            let add = "SET #ttl = :ttl ADD searches :searches, #empty :empty, took_micros :took, clicks :clicks, #positions :positions";
            let update = self.table.update(&key, add).name("#ttl", "ttl").name("#empty", "empty").name("#positions", "positions");
            let update = update.value(":searches", counts.searches).value(":empty", counts.empty);
            let update = update.value(":took", counts.took_micros).value(":clicks", counts.clicks);
            let update = update.value(":positions", counts.positions);
            update.value(":ttl", (now + KEPT).as_second()).run()
        });
        stream::iter(updates).buffer_unordered(AT_ONCE).try_collect::<Vec<bool>>().await.map(|_| ())
    }

    /// All queries of some days.
    pub(super) async fn of_days(&self, tenant: TenantId, days: &[Day]) -> Result<HashMap<String, Counts>, Error> {
        let partitions = days.iter().flat_map(|day| (0..SHARDS).map(|shard| Self::partition(tenant, *day, shard)));
        let reads: Vec<_> = partitions.map(|partition| self.table.query(partition).all::<Row>()).collect();
        let rows: Vec<Vec<Row>> = stream::iter(reads).buffer_unordered(AT_ONCE).try_collect().await?;
        let mut all: HashMap<String, Counts> = HashMap::new();
        for row in rows.into_iter().flatten() {
            all.entry(row.sk).or_default().add(row.counts);
        }
        Ok(all)
    }
}
