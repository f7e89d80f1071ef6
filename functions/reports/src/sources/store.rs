//! Sources' items.
//!
//! | pk | sk | what |
//! |---|---|---|
//! | `TENANT#<id>#SOURCES` | `ID#<dataset>#<id>` | a source |
//! | `TENANT#<id>#SOURCES` | `COUNT` | how many the tenant has |
//! | `SOURCE#<id>` | `PLACE` | where it belongs: all that a request names is its id |
//! | `SOURCE#<id>` | `MINUTE#<minute>` | how many requests came in a minute |
//! | `SOURCE#<id>#HEARD#<message>` | `HEARD` | that a message came, and its batch; the id is made of the sender's |
//! | `TENANT#<id>#REJECTED#<source>` | `<batch>#<number>` | a row that does not fit |
//! | `TENANT#<id>#REJECTED-OF#<user>` | `<source>#<batch>#<number>` | that such a row is about a user |

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use shared::auth::{TenantId, UserId};
use shared::seal::name_id;
use shared::store::{Action, Key, Position, Rows, Table, minute_of};
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

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Heard {
    batch: Uuid,
    /// In milliseconds, so that conditions can compare it.
    expires_at: i64,
    ttl: i64,
}

/// A row that does not fit, or that one is about somebody: what stands beside it is the store's.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct RejectedRow<R> {
    rejected: R,
    ttl: i64,
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

    fn count_key(tenant: TenantId) -> Key {
        Key::new(Self::partition(tenant), "COUNT")
    }

    /// Adds one; the first action is refused if the tenant has too many.
    pub(super) fn create(&self, place: &Place, source: &Source) -> [Action; 3] {
        [
            self.table.count_one(&Self::count_key(place.tenant), MOST),
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
        [
            self.table.delete(&Self::key(place)).if_present(),
            place_key,
            self.table.count_off(&Self::count_key(place.tenant)),
        ]
    }

    fn heard_key(id: Uuid, message: &str) -> Key {
        Key::new(format!("SOURCE#{id}#HEARD#{}", name_id("message", message.as_bytes())), "HEARD")
    }

    /// Remembers a message of a source; refused if it came within a day.
    pub(super) fn remember(&self, id: Uuid, message: &str, batch: Uuid, now: Timestamp) -> Action {
        let until = now + REMEMBERED;
        let heard = Heard { batch, expires_at: until.as_millisecond(), ttl: until.as_second() };
        let put = self.table.put(&Self::heard_key(id, message), &heard);
        put.when("attribute_not_exists(pk) OR expiresAt <= :now").value(":now", now.as_millisecond())
    }

    /// The batch of a message that came within a day.
    pub(super) async fn heard(&self, id: Uuid, message: &str, now: Timestamp) -> Result<Option<Uuid>, Error> {
        let heard: Option<Heard> = self.table.get(&Self::heard_key(id, message)).await?;
        Ok(heard.filter(|heard| heard.expires_at > now.as_millisecond()).map(|heard| heard.batch))
    }

    /// Counts a request of a source; says whether there were not too many in this minute.
    pub(super) async fn count_request(&self, id: Uuid, now: Timestamp) -> Result<bool, Error> {
        let key = Key::new(format!("SOURCE#{id}"), format!("MINUTE#{}", minute_of(now)));
        self.table.count_in_minute(&key, MOST_A_MINUTE, now).run().await
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
        let (mut rows, mut about) = (Vec::with_capacity(rejected.len()), Vec::new());
        for rejected in rejected {
            let (sk, ttl) = (format!("{batch}#{:04}", rejected.number), (rejected.received_at + KEPT).as_second());
            for user in &rejected.users {
                let key = Key::new(Self::rejected_of(tenant, *user), format!("{source}#{sk}"));
                about.push((key, RejectedRow { rejected: (), ttl }));
            }
            rows.push((Key::new(Self::rejected(tenant, source), sk), RejectedRow { rejected, ttl }));
        }
        // By these they are found when somebody is erased, so these come first.
        self.table.put_all(&about).await?;
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
        let found: Rows<RejectedRow<Rejected>> = kept.limit(limit).after(after).page().await?;
        Ok(Rows { items: found.items.into_iter().map(|row| row.rejected).collect(), next: found.next })
    }

    /// A page of where rows are that do not fit and are about a user, of every source.
    async fn places_about(
        &self,
        tenant: TenantId,
        user: UserId,
        limit: u32,
        after: Option<Position>,
    ) -> Result<Rows<(Key, Key)>, Error> {
        let own = self.table.query(Self::rejected_of(tenant, user)).limit(limit).after(after);
        let found: Rows<Key> = own.page().await?;
        let place = |about: Key| {
            let (source, sk) = about.sk.split_once('#')?;
            let row = Key::new(Self::rejected(tenant, source.parse().ok()?), sk);
            Some((about, row))
        };
        Ok(Rows { items: found.items.into_iter().filter_map(place).collect(), next: found.next })
    }

    /// A page of a user's rows that do not fit, of every source: why, and as they came.
    pub(crate) async fn rejected_about(
        &self,
        tenant: TenantId,
        user: UserId,
        limit: u32,
        after: Option<Position>,
    ) -> Result<Rows<(String, String)>, Error> {
        let places = self.places_about(tenant, user, limit, after).await?;
        let keys: Vec<Key> = places.items.into_iter().map(|(_, row)| row).collect();
        let found: Vec<Option<RejectedRow<Rejected>>> = self.table.get_all(&keys).await?;
        let rows = found.into_iter().flatten().map(|row| (row.rejected.reason, row.rejected.given));
        Ok(Rows { items: rows.collect(), next: places.next })
    }

    /// Deletes some of a user's rows that do not fit; says whether those were all.
    pub(crate) async fn forget_rejected(&self, tenant: TenantId, user: UserId, limit: u32) -> Result<bool, Error> {
        let places = self.places_about(tenant, user, limit, None).await?;
        let (about, rows): (Vec<Key>, Vec<Key>) = places.items.into_iter().unzip();
        self.table.delete_all(&rows).await?;
        self.table.delete_all(&about).await?;
        Ok(places.next.is_none())
    }
}
