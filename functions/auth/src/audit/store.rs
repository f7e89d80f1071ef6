//! The audit log's items.
//!
//! | pk | sk | what |
//! |---|---|---|
//! | `TENANT#<id>#AUDIT#<day>#<shard>` | its id | one event; `gsi1` by whose account (or what identifier) it concerns, `gsi2` by who did it to somebody else |

use futures_util::{StreamExt, TryStreamExt, stream};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use shared::auth::{TenantId, UserId};
use shared::store::{Action, Key, Position, Query, Rows, Table};
use shared::{Error, ids};
use uuid::Uuid;

use super::Event;

/// How long an event is kept.
const KEPT: SignedDuration = SignedDuration::from_hours(400 * 24);
/// Shards of a tenant's day.
const SHARDS: u128 = 4;
/// Reads at a time.
const CONCURRENCY: usize = 8;

/// The audit logs of all tenants.
#[derive(Clone, Debug)]
pub struct Audit {
    table: Table,
}

#[derive(Debug, Serialize)]
struct Row<'a> {
    event: &'a Event,
    #[serde(skip_serializing_if = "Option::is_none")]
    gsi1pk: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    gsi1sk: Option<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    gsi2pk: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    gsi2sk: Option<Uuid>,
    ttl: i64,
}

#[derive(Debug, Deserialize)]
struct Held {
    event: Event,
}

/// Ids from `low` to below `high`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    pub(super) low: Uuid,
    pub(super) high: Uuid,
}

impl<'a> Row<'a> {
    fn of(event: &'a Event) -> Self {
        let by_another = event.actor.filter(|actor| event.user != Some(*actor));
        // What nobody has is told apart by its tag, and costs as much to write as what somebody has.
        let identifier = event.details.identifier.as_deref();
        let concerns = event.user.map(|user| user_partition(event.tenant_id, user));
        let concerns = concerns.or_else(|| identifier.map(|tag| identifier_partition(event.tenant_id, tag)));
        Self {
            event,
            gsi1sk: concerns.is_some().then_some(event.id),
            gsi1pk: concerns,
            gsi2pk: by_another.map(|actor| actor_partition(event.tenant_id, actor)),
            gsi2sk: by_another.map(|_| event.id),
            ttl: (event.at + KEPT).as_second(),
        }
    }
}

impl Audit {
    /// Logs in `table`.
    #[must_use]
    pub fn new(table: Table) -> Self {
        Self { table }
    }

    /// The write of an event, for the transaction of what it tells.
    pub fn record(&self, event: &Event) -> Action {
        let shard = event.id.as_u128() % SHARDS;
        let key = Key::new(day_partition(event.tenant_id, &day(event.at), shard), event.id.to_string());
        self.table.put(&key, &Row::of(event))
    }

    /// The newest events of a span, at most `most`: of a tenant, or of one of its members.
    pub(super) async fn newest(
        &self,
        tenant: TenantId,
        user: Option<UserId>,
        span: Span,
        most: usize,
    ) -> Result<Vec<Event>, Error> {
        if let Some(user) = user {
            return self.read(Some("gsi1"), user_partition(tenant, user), span, most).await;
        }
        let mut found = Vec::new();
        for day in days(span) {
            let shards = (0..SHARDS).map(|shard| day_partition(tenant, &day, shard));
            let reads: Vec<_> = shards.map(|pk| self.read(None, pk, span, most)).collect();
            let shards: Vec<Vec<Event>> = stream::iter(reads).buffered(CONCURRENCY).try_collect().await?;
            let mut merged: Vec<Event> = shards.into_iter().flatten().collect();
            merged.sort_unstable_by_key(|event| std::cmp::Reverse(event.id));
            found.append(&mut merged);
            if found.len() >= most {
                found.truncate(most);
                break;
            }
        }
        Ok(found)
    }

    /// A page of what the log of a tenant says of somebody's account, oldest first.
    pub(crate) async fn about(
        &self,
        tenant: TenantId,
        user: UserId,
        most: u32,
        after: Option<Position>,
    ) -> Result<Rows<Event>, Error> {
        self.page(self.table.query(user_partition(tenant, user)).index("gsi1"), most, after).await
    }

    /// A page of what somebody did to others, oldest first.
    pub(crate) async fn acts_of(
        &self,
        tenant: TenantId,
        user: UserId,
        most: u32,
        after: Option<Position>,
    ) -> Result<Rows<Event>, Error> {
        self.page(self.table.query(actor_partition(tenant, user)).index("gsi2"), most, after).await
    }

    async fn page(&self, query: Query, most: u32, after: Option<Position>) -> Result<Rows<Event>, Error> {
        let rows = query.limit(most).after(after).page::<Held>().await?;
        Ok(Rows { items: rows.items.into_iter().map(|held| held.event).collect(), next: rows.next })
    }

    /// Forgets what the log of a tenant says of somebody: what concerns his account goes, and what he did to others'
    /// stays without him.
    pub(crate) async fn forget(&self, tenant: TenantId, user: UserId) -> Result<(), Error> {
        let concerning = self.table.query(user_partition(tenant, user)).index("gsi1").all_stored::<Held>().await?;
        let keys: Vec<Key> = concerning.into_iter().map(|row| row.key).collect();
        self.table.delete_all(&keys).await?;
        let done = self.table.query(actor_partition(tenant, user)).index("gsi2").all_stored::<Held>().await?;
        let done = done.into_iter().map(|row| {
            let event = Event { actor: None, address: None, device: None, ..row.item.event };
            (row.key, event)
        });
        let done: Vec<(Key, Event)> = done.collect();
        let rows: Vec<(Key, Row<'_>)> = done.iter().map(|(key, event)| (key.clone(), Row::of(event))).collect();
        self.table.put_all(&rows).await
    }

    async fn read(
        &self,
        index: Option<&'static str>,
        pk: String,
        span: Span,
        most: usize,
    ) -> Result<Vec<Event>, Error> {
        if span.low >= span.high {
            return Ok(Vec::new());
        }
        let last = Uuid::from_u128(span.high.as_u128() - 1);
        let mut query = self.table.query(pk).between(span.low.to_string(), last.to_string()).backwards(true);
        if let Some(index) = index {
            query = query.index(index);
        }
        let rows = query.limit(u32::try_from(most).unwrap_or(u32::MAX)).page::<Held>().await?;
        Ok(rows.items.into_iter().map(|held| held.event).collect())
    }
}

fn day_partition(tenant: TenantId, day: &str, shard: u128) -> String {
    format!("TENANT#{tenant}#AUDIT#{day}#{shard}")
}

fn user_partition(tenant: TenantId, user: UserId) -> String {
    format!("TENANT#{tenant}#AUDIT#USER#{user}")
}

fn identifier_partition(tenant: TenantId, tag: &str) -> String {
    format!("TENANT#{tenant}#AUDIT#IDENTIFIER#{tag}")
}

fn actor_partition(tenant: TenantId, actor: UserId) -> String {
    format!("TENANT#{tenant}#AUDIT#ACTOR#{actor}")
}

/// `2026-11-22`, in UTC.
fn day(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d").to_string()
}

/// The days that a span of ids touches, newest first.
fn days(span: Span) -> Vec<String> {
    let time = |id: &Uuid| ids::made_at_millis(id).and_then(|millis| Timestamp::from_millisecond(millis).ok());
    let (Some(from), Some(to)) = (time(&span.low), time(&span.high)) else {
        return Vec::new();
    };
    let mut names = vec![day(to)];
    let mut at = to;
    while at > from {
        at = (at - SignedDuration::from_hours(24)).max(from);
        let name = day(at);
        if names.last() != Some(&name) {
            names.push(name);
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_touches_its_days_newest_first() {
        let at = |text: &str| ids::lowest_at(text.parse().unwrap());
        let span = Span { low: at("2026-02-27T23:00:00Z"), high: at("2026-03-01T01:00:00Z") };
        assert_eq!(days(span), ["2026-03-01", "2026-02-28", "2026-02-27"]);
        let short = Span { low: at("2026-02-27T23:00:00Z"), high: at("2026-02-27T23:00:01Z") };
        assert_eq!(days(short), ["2026-02-27"]);
    }
}
