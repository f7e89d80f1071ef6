//! Rules in the table.
//!
//! | item | pk | sk |
//! |---|---|---|
//! | rule | `TENANT#<t>#RULES` | `RULE#<id>` |
//! | how many there are | the same | `COUNT` |

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};
use lru::LruCache;
use shared::Error;
use shared::auth::TenantId;
use shared::clock::Clock;
use shared::store::{Action, Key, Table};
use uuid::Uuid;

use super::book::{Book, Verdict};
use super::model::ContentRule;
use crate::error::ChatError;

/// Rules of a tenant.
const MOST_RULES: usize = 20;
/// How long a node goes by the rules that it has read.
const FRESH: SignedDuration = SignedDuration::from_secs(10);
/// Tenants whose rules are kept.
const KEPT: NonZeroUsize = NonZeroUsize::new(256).unwrap();

/// The rules of every tenant.
pub(crate) struct Rules {
    table: Table,
    clock: Clock,
    books: Mutex<LruCache<TenantId, (Timestamp, Arc<Book>)>>,
}

fn partition(tenant: TenantId) -> String {
    format!("TENANT#{tenant}#RULES")
}

fn key(tenant: TenantId, id: Uuid) -> Key {
    Key::new(partition(tenant), format!("RULE#{id}"))
}

impl Rules {
    pub(crate) fn new(table: Table, clock: Clock) -> Self {
        Self { table, clock, books: Mutex::new(LruCache::new(KEPT)) }
    }

    /// What becomes of what somebody says in a tenant. Rules that another node has changed hold 10 s later here.
    ///
    /// # Errors
    /// [`ChatError::InvalidMessage`] if a rule refuses it.
    pub(crate) async fn judge(&self, tenant: TenantId, content: &str) -> Result<Verdict, ChatError> {
        let verdict = self.book(tenant).await?.judge(content);
        verdict.ok_or(ChatError::InvalidMessage("it holds a word that is not allowed here"))
    }

    async fn book(&self, tenant: TenantId) -> Result<Arc<Book>, Error> {
        let now = self.clock.now();
        let known = self.books().get(&tenant).filter(|(read_at, _)| now < *read_at + FRESH).cloned();
        if let Some((_, book)) = known {
            return Ok(book);
        }
        let rules = self.all(tenant).await?;
        let made = tokio::task::spawn_blocking(move || Book::new(&rules)).await;
        let book = Arc::new(made.map_err(Error::internal)?.map_err(Error::internal)?);
        self.books().put(tenant, (now, Arc::clone(&book)));
        Ok(book)
    }

    /// All of a tenant, oldest first.
    pub(super) async fn all(&self, tenant: TenantId) -> Result<Vec<ContentRule>, Error> {
        self.table.query(partition(tenant)).prefix("RULE#").all().await
    }

    /// The writes of a new rule; the first is refused if there are 20.
    pub(super) fn create(&self, tenant: TenantId, rule: &ContentRule) -> [Action; 2] {
        let counted =
            self.count(tenant, "ADD ruleCount :one").when("attribute_not_exists(ruleCount) OR ruleCount < :most");
        let counted = counted.value(":one", 1).value(":most", MOST_RULES);
        [counted, self.table.put(&key(tenant, rule.id), rule).if_absent()]
    }

    /// The write of a changed rule, refused if it is gone.
    pub(super) fn replace(&self, tenant: TenantId, rule: &ContentRule) -> Action {
        self.table.put(&key(tenant, rule.id), rule).if_present()
    }

    /// The writes by which a rule goes; the first is refused if it has gone.
    pub(super) fn delete(&self, tenant: TenantId, id: Uuid) -> [Action; 2] {
        let counted = self.count(tenant, "ADD ruleCount :less").value(":less", -1);
        [self.table.delete(&key(tenant, id)).if_present(), counted]
    }

    /// One rule.
    pub(super) async fn get(&self, tenant: TenantId, id: Uuid) -> Result<Option<ContentRule>, Error> {
        self.table.get(&key(tenant, id)).await
    }

    /// What was read of a tenant's rules does not hold any more.
    pub(super) fn changed(&self, tenant: TenantId) {
        self.books().pop(&tenant);
    }

    fn count(&self, tenant: TenantId, expression: &str) -> Action {
        self.table.update(&Key::new(partition(tenant), "COUNT"), expression)
    }

    fn books(&self) -> MutexGuard<'_, LruCache<TenantId, (Timestamp, Arc<Book>)>> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
