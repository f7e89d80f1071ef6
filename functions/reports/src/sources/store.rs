//! Sources' items.
//!
//! | pk | sk | what |
//! |---|---|---|
//! | `TENANT#<id>#SOURCES` | `ID#<dataset>#<id>` | a source |
//! | `TENANT#<id>#SOURCES` | `COUNT` | how many the tenant has |
//! | `SOURCE#<id>` | `PLACE` | where it belongs: all that a request names is its id |
//! | `SOURCE#<id>` | `MINUTE#<minute>` | how many requests came in a minute |
//! | `SOURCE#<id>#HEARD#<message>` | `HEARD` | that a message came; the id is made of the sender's |
//! | `TENANT#<id>#REJECTED#<source>` | `<batch>#<number>` | a row that does not fit; `gsi1`: `TENANT#<id>#REJECTED-OF#<user>` / `<sk>`, whose it is |

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use shared::auth::{TenantId, UserId};
use shared::seal::name_id;
use shared::store::{Action, Key, Position, Rows, Stored, Table};
use shared::{Error, ids};
use uuid::Uuid;

use super::model::{Place, Rejected, Source};

/// Sources of one tenant.
const MOST: u32 = 20;
/// Requests of one source in a minute.
const MOST_A_MINUTE: u32 = 600;
/// How long a message is remembered.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(24);
/// How long rows that do not fit are kept.
const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

/// The sources.
#[derive(Clone, Debug)]
pub(crate) struct Sources {
    table: Table,
}

/// A row: what stands beside the source is the store's.
#[derive(Debug, Serialize, Deserialize)]
struct Row<S> {
    source: S,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Heard {
    /// In milliseconds, so that conditions can compare it.
    expires_at: i64,
    ttl: i64,
}

/// What stands beside a row that does not fit.
#[derive(Debug, Serialize)]
struct RejectedRow<'a> {
    rejected: &'a Rejected,
    #[serde(skip_serializing_if = "Option::is_none")]
    gsi1pk: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    gsi1sk: Option<String>,
    ttl: i64,
}

#[derive(Debug, Deserialize)]
struct Found {
    rejected: Rejected,
}

impl Sources {
    pub(crate) fn new(table: Table) -> Self {
        Self { table }
    }

    fn partition(tenant: TenantId) -> String {
        format!("TENANT#{tenant}#SOURCES")
    }

    fn key(place: &Place) -> Key {
        Key::new(Self::partition(place.tenant), format!("ID#{}#{}", place.dataset, place.id))
    }

    fn place_key(id: Uuid) -> Key {
        Key::new(format!("SOURCE#{id}"), "PLACE")
    }

    /// Where a source belongs, if there is one.
    pub(super) async fn place(&self, id: Uuid) -> Result<Option<Place>, Error> {
        self.table.get(&Self::place_key(id)).await
    }

    pub(super) async fn get(&self, place: &Place) -> Result<Option<Source>, Error> {
        let found: Option<Row<Source>> = self.table.get(&Self::key(place)).await?;
        Ok(found.map(|row| row.source))
    }

    /// All of a dataset, the oldest first: at most 20.
    pub(super) async fn all(&self, tenant: TenantId, dataset: &str) -> Result<Vec<Source>, Error> {
        let own = self.table.query(Self::partition(tenant)).prefix(format!("ID#{dataset}#"));
        let found: Vec<Row<Source>> = own.all().await?;
        Ok(found.into_iter().map(|row| row.source).collect())
    }

    fn count(&self, tenant: TenantId, by: i32) -> Action {
        let key = Key::new(Self::partition(tenant), "COUNT");
        self.table.update(&key, "ADD #count :by").name("#count", "count").value(":by", by)
    }

    /// Adds one; the first action is refused if the tenant has too many.
    pub(super) fn create(&self, place: &Place, source: &Source) -> [Action; 3] {
        let few = self.count(place.tenant, 1).when("attribute_not_exists(#count) OR #count < :most");
        [
            few.value(":most", MOST),
            self.table.put(&Self::key(place), &Row { source }).if_absent(),
            self.table.put(&Self::place_key(place.id), place).if_absent(),
        ]
    }

    /// Changes one whose secret is still that of before.
    pub(super) fn replace(&self, place: &Place, before: &Source, after: &Source) -> Action {
        let put = self.table.put(&Self::key(place), &Row { source: after });
        put.when("#source.#at = :before")
            .name("#source", "source")
            .name("#at", "secretAt")
            .value(":before", before.secret_at)
    }

    /// Deletes one that is there.
    pub(super) fn delete(&self, place: &Place) -> [Action; 3] {
        let place_key = self.table.delete(&Self::place_key(place.id));
        [self.table.delete(&Self::key(place)).if_present(), place_key, self.count(place.tenant, -1)]
    }

    /// Remembers a message of a source; refused if it came within a day.
    pub(super) fn remember(&self, id: Uuid, message: &str, now: Timestamp) -> Action {
        let key = Key::new(format!("SOURCE#{id}#HEARD#{}", name_id("message", message.as_bytes())), "HEARD");
        let until = now + REMEMBERED;
        let heard = Heard { expires_at: until.as_millisecond(), ttl: until.as_second() };
        let put = self.table.put(&key, &heard).when("attribute_not_exists(pk) OR expiresAt <= :now");
        put.value(":now", now.as_millisecond())
    }

    /// Counts a request of a source; refused if there are too many in this minute.
    pub(super) fn count_request(&self, id: Uuid, now: Timestamp) -> Action {
        let key = Key::new(format!("SOURCE#{id}"), format!("MINUTE#{}", now.as_second().div_euclid(60)));
        let count = self.table.update(&key, "ADD #count :one SET #ttl = :ttl");
        let count = count.when("attribute_not_exists(#count) OR #count < :most").value(":most", MOST_A_MINUTE);
        let count = count.name("#count", "count").name("#ttl", "ttl").value(":one", 1);
        count.value(":ttl", (now + SignedDuration::from_hours(1)).as_second())
    }

    fn rejected(tenant: TenantId, source: Uuid) -> String {
        format!("TENANT#{tenant}#REJECTED#{source}")
    }

    fn rejected_of(tenant: TenantId, user: UserId) -> String {
        format!("TENANT#{tenant}#REJECTED-OF#{user}")
    }

    /// Keeps rows of a batch that do not fit. Twice is once.
    pub(super) async fn reject(
        &self,
        (tenant, source): (TenantId, Uuid),
        batch: Uuid,
        rejected: &[Rejected],
    ) -> Result<(), Error> {
        let mut rows = Vec::with_capacity(rejected.len());
        for rejected in rejected {
            let sk = format!("{batch}#{:04}", rejected.number);
            let row = RejectedRow {
                rejected,
                gsi1pk: rejected.user.map(|user| Self::rejected_of(tenant, user)),
                gsi1sk: rejected.user.map(|_| sk.clone()),
                ttl: (rejected.received_at + KEPT).as_second(),
            };
            rows.push((Key::new(Self::rejected(tenant, source), sk), row));
        }
        self.table.put_all(&rows).await
    }

    /// A page of a source's rows that do not fit, the newest first.
    pub(super) async fn page_of_rejected(
        &self,
        (tenant, source): (TenantId, Uuid),
        now: Timestamp,
        limit: u32,
        after: Option<Position>,
    ) -> Result<Rows<Rejected>, Error> {
        // Batches are named by when they came.
        let from = ids::lowest_at(now - KEPT).to_string();
        let kept = self.table.query(Self::rejected(tenant, source)).between(from, "g").backwards(true);
        let found: Rows<Found> = kept.limit(limit).after(after).page().await?;
        Ok(Rows { items: found.items.into_iter().map(|row| row.rejected).collect(), next: found.next })
    }

    /// A page of a user's rows that do not fit, of every source: where they are, why, and as they came.
    pub(crate) async fn rejected_about(
        &self,
        tenant: TenantId,
        user: UserId,
        limit: u32,
        after: Option<Position>,
    ) -> Result<Rows<(Key, String, String)>, Error> {
        let own = self.table.query(Self::rejected_of(tenant, user)).index("gsi1");
        let found: Rows<Stored<Found>> = own.limit(limit).after(after).page_stored().await?;
        let row = |row: Stored<Found>| (row.key, row.item.rejected.reason, row.item.rejected.given);
        Ok(Rows { items: found.items.into_iter().map(row).collect(), next: found.next })
    }
}
