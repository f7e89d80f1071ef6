//! Saved searches' items.
//!
//! | pk | sk | what |
//! |---|---|---|
//! | `TENANT#<id>#SAVED` | `USER#<id>#<id>` | a saved search |
//! | `TENANT#<id>#SAVED` | `COUNT` | how many the tenant has |
//! | `TENANT#<id>#SAVED` | `COUNT#<user>` | how many of these a user has |
//! | `TENANT#<id>#ALERTED#<search>` | `<type>#<id>` | a document that its owner is or will be told of |
//! | `TENANT#<id>#ALERTED#<search>` | `#PENDING` | documents that he is about to be told of |

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use shared::Error;
use shared::auth::{TenantId, UserId};
use shared::store::{Action, Key, Position, Rows, Table};
use uuid::Uuid;

use super::model::SavedSearch;
use crate::documents::DocumentKey;

/// Saved searches of one tenant.
const MOST: u32 = 500;
/// Of one user, so that nobody takes all of them.
const MOST_OF_ONE: u32 = 50;
/// How long it is remembered that somebody was told of a document.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(2 * 365 * 24);
/// The sort key of what its owner is about to be told.
const PENDING: &str = "#PENDING";

/// The saved searches.
#[derive(Clone, Debug)]
pub(crate) struct SavedSearches {
    table: Table,
}

/// A row: what stands beside the saved search is the store's.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Row<S> {
    saved: S,
}

#[derive(Debug, Deserialize)]
struct Pending {
    count: u64,
}

impl SavedSearches {
    pub(crate) fn new(table: Table) -> Self {
        Self { table }
    }

    fn partition(tenant: TenantId) -> String {
        format!("TENANT#{tenant}#SAVED")
    }

    fn key(tenant: TenantId, user: UserId, id: Uuid) -> Key {
        Key::new(Self::partition(tenant), format!("USER#{user}#{id}"))
    }

    fn count_key(tenant: TenantId) -> Key {
        Key::new(Self::partition(tenant), "COUNT")
    }

    fn own_count_key(tenant: TenantId, user: UserId) -> Key {
        Key::new(Self::partition(tenant), format!("COUNT#{user}"))
    }

    fn alerted_key(tenant: TenantId, search: Uuid, sk: String) -> Key {
        Key::new(format!("TENANT#{tenant}#ALERTED#{search}"), sk)
    }

    /// One of a user's own.
    pub(crate) async fn get(&self, tenant: TenantId, user: UserId, id: Uuid) -> Result<Option<SavedSearch>, Error> {
        let row: Option<Row<SavedSearch>> = self.table.get(&Self::key(tenant, user, id)).await?;
        Ok(row.map(|row| row.saved))
    }

    /// A page of a user's own, the oldest first.
    pub(crate) async fn page(
        &self,
        tenant: TenantId,
        user: UserId,
        limit: u32,
        after: Option<Position>,
    ) -> Result<Rows<SavedSearch>, Error> {
        let own = self.table.query(Self::partition(tenant)).prefix(format!("USER#{user}#"));
        let rows: Rows<Row<SavedSearch>> = own.limit(limit).after(after).page().await?;
        Ok(Rows { items: rows.items.into_iter().map(|row| row.saved).collect(), next: rows.next })
    }

    /// Everybody's of a tenant.
    pub(super) async fn all(&self, tenant: TenantId) -> Result<Vec<SavedSearch>, Error> {
        let rows: Vec<Row<SavedSearch>> = self.table.query(Self::partition(tenant)).prefix("USER#").all().await?;
        Ok(rows.into_iter().map(|row| row.saved).collect())
    }

    /// Adds a new one, unless the tenant or the user has too many.
    pub(super) fn create(&self, tenant: TenantId, saved: &SavedSearch) -> [Action; 3] {
        [
            self.table.count_one(&Self::count_key(tenant), MOST),
            self.table.count_one(&Self::own_count_key(tenant, saved.user), MOST_OF_ONE),
            self.table.put(&Self::key(tenant, saved.user, saved.id), &Row { saved }).if_absent(),
        ]
    }

    /// Replaces one that is there.
    pub(super) fn put(&self, tenant: TenantId, saved: &SavedSearch) -> Action {
        self.table.put(&Self::key(tenant, saved.user, saved.id), &Row { saved }).if_present()
    }

    /// Deletes one that is there. Whom it has told of what goes by itself.
    pub(crate) fn delete(&self, tenant: TenantId, user: UserId, id: Uuid) -> [Action; 3] {
        [
            self.table.count_off(&Self::count_key(tenant)),
            self.table.count_off(&Self::own_count_key(tenant, user)),
            self.table.delete(&Self::key(tenant, user, id)).if_present(),
        ]
    }

    /// Forgets that a user ever had some.
    pub(crate) fn forget(&self, tenant: TenantId, user: UserId) -> Action {
        self.table.delete(&Self::own_count_key(tenant, user))
    }

    /// Which of these documents the search has told nobody of.
    pub(super) async fn untold(
        &self,
        tenant: TenantId,
        search: Uuid,
        documents: Vec<DocumentKey>,
    ) -> Result<Vec<DocumentKey>, Error> {
        let keys: Vec<Key> =
            documents.iter().map(|document| Self::alerted_key(tenant, search, document.text())).collect();
        let told: Vec<Option<serde::de::IgnoredAny>> = self.table.get_all(&keys).await?;
        Ok(documents.into_iter().zip(told).filter(|(_, told)| told.is_none()).map(|(document, _)| document).collect())
    }

    /// Counts documents that the owner is to be told of, each once.
    pub(super) fn tell(
        &self,
        tenant: TenantId,
        search: Uuid,
        documents: &[DocumentKey],
        now: Timestamp,
    ) -> Vec<Action> {
        #[derive(Serialize)]
        struct Told {
            ttl: i64,
        }
        let told = Told { ttl: (now + REMEMBERED).as_second() };
        let key = |document: &DocumentKey| Self::alerted_key(tenant, search, document.text());
        let each = documents.iter().map(|document| self.table.put(&key(document), &told).if_absent());
        let pending = Self::alerted_key(tenant, search, PENDING.to_owned());
        let count = self.table.update(&pending, "SET #ttl = :ttl ADD #count :more").name("#ttl", "ttl");
        let count = count.name("#count", "count").value(":ttl", told.ttl).value(":more", documents.len());
        each.chain([count]).collect()
    }

    /// How many documents the owner is to be told of.
    pub(super) async fn pending(&self, tenant: TenantId, search: Uuid) -> Result<u64, Error> {
        let row: Option<Pending> = self.table.get(&Self::alerted_key(tenant, search, PENDING.to_owned())).await?;
        Ok(row.map_or(0, |row| row.count))
    }

    /// That he is told of so many now, and of no more.
    pub(super) fn told(&self, tenant: TenantId, search: Uuid, count: u64) -> Action {
        let pending = self.table.delete(&Self::alerted_key(tenant, search, PENDING.to_owned()));
        pending.when("#count = :count").name("#count", "count").value(":count", count)
    }
}
