//! Templates' items.
//!
//! | pk | sk | what |
//! |---|---|---|
//! | `TENANT#<id>#TEMPLATES` | `<name>#<channel>#<locale>` | a variant's head: there is one of each |
//! | `TENANT#<id>#TEMPLATE#<id>` | `PLACE` | where the head with this id is; it never moves |
//! | `TENANT#<id>#TEMPLATE#<id>` | `VERSION#<version>` | a version; it stays when the head is deleted, for what was made with it |

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use lru::LruCache;
use serde::{Deserialize, Serialize};
use shared::Error;
use shared::auth::TenantId;
use shared::store::{Action, Key, Position, Table};
use uuid::Uuid;

use super::model::{Head, Version};
use crate::deliveries::TemplateVersion;
use crate::rendering::Compiled;

/// Compiled versions that a process keeps; each is a MB at most.
const KEPT: usize = 64;

/// Compiled versions, the latest used ones.
type Compilations = LruCache<(TenantId, TemplateVersion), Arc<Compiled>>;

/// The templates. Clones share what is compiled.
#[derive(Clone)]
pub(crate) struct Templates {
    table: Table,
    compiled: Arc<Mutex<Compilations>>,
}

/// Where a head is.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Place {
    place: String,
}

impl Templates {
    pub(crate) fn new(table: Table) -> Self {
        let kept = NonZeroUsize::new(KEPT).unwrap_or(NonZeroUsize::MIN);
        Self { table, compiled: Arc::new(Mutex::new(LruCache::new(kept))) }
    }

    /// A variant's head.
    pub(crate) async fn head(&self, tenant: TenantId, id: Uuid) -> Result<Option<Head>, Error> {
        match self.table.get::<Place>(&place_key(tenant, id)).await? {
            Some(Place { place }) => self.table.get(&Key::new(heads(tenant), place)).await,
            None => Ok(None),
        }
    }

    /// Every variant of a name.
    pub(crate) async fn variants(&self, tenant: TenantId, name: &str) -> Result<Vec<Head>, Error> {
        self.table.query(heads(tenant)).prefix(format!("{name}#")).all().await
    }

    /// One page, by name, channel and locale.
    pub(super) async fn page(
        &self,
        tenant: TenantId,
        limit: u32,
        after: Option<Position>,
    ) -> Result<(Vec<Head>, Option<Position>), Error> {
        let rows = self.table.query(heads(tenant)).limit(limit).after(after).page().await?;
        Ok((rows.items, rows.next))
    }

    /// One version.
    pub(super) async fn version(&self, tenant: TenantId, id: Uuid, version: u32) -> Result<Option<Version>, Error> {
        self.table.get(&version_key(tenant, TemplateVersion { id, version })).await
    }

    /// One version, ready to be rendered; `None` if there is none.
    pub(crate) async fn compiled(
        &self,
        tenant: TenantId,
        template: TemplateVersion,
    ) -> Result<Option<Arc<Compiled>>, Error> {
        let place = (tenant, template);
        if let Some(compiled) = self.cache().get(&place) {
            return Ok(Some(Arc::clone(compiled)));
        }
        let Some(version) = self.version(tenant, template.id, template.version).await? else {
            return Ok(None);
        };
        let compiled = Arc::new(version.compile().map_err(Error::internal)?);
        self.cache().put(place, Arc::clone(&compiled));
        Ok(Some(compiled))
    }

    /// The writes that make a new variant; the first one is refused if there is one like it.
    pub(super) fn create(&self, tenant: TenantId, head: &Head, version: &Version) -> Vec<Action> {
        let place = place(head);
        vec![
            self.table.put(&Key::new(heads(tenant), &place), head).if_absent(),
            self.table.put(&place_key(tenant, head.id), &Place { place }),
            self.put_version(tenant, head, version),
        ]
    }

    /// The writes that add a version; the first one is refused if somebody else has added one.
    pub(super) fn change(&self, tenant: TenantId, head: &Head, version: &Version) -> Vec<Action> {
        let put = self.table.put(&Key::new(heads(tenant), place(head)), head);
        vec![
            put.when("id = :id AND version = :read").value(":id", head.id).value(":read", head.version - 1),
            self.put_version(tenant, head, version),
        ]
    }

    /// The writes that delete a variant; the first one is refused if it is gone.
    pub(super) fn delete(&self, tenant: TenantId, head: &Head) -> Vec<Action> {
        vec![
            self.table.delete(&Key::new(heads(tenant), place(head))).when("id = :id").value(":id", head.id),
            self.table.delete(&place_key(tenant, head.id)),
        ]
    }

    fn put_version(&self, tenant: TenantId, head: &Head, version: &Version) -> Action {
        let place = TemplateVersion { id: head.id, version: head.version };
        self.table.put(&version_key(tenant, place), version).if_absent()
    }

    fn cache(&self) -> MutexGuard<'_, Compilations> {
        self.compiled.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn heads(tenant: TenantId) -> String {
    format!("TENANT#{tenant}#TEMPLATES")
}

fn place(head: &Head) -> String {
    format!("{}#{}#{}", head.name, head.channel.name(), head.locale.to_lowercase())
}

fn place_key(tenant: TenantId, id: Uuid) -> Key {
    Key::new(format!("TENANT#{tenant}#TEMPLATE#{id}"), "PLACE")
}

fn version_key(tenant: TenantId, template: TemplateVersion) -> Key {
    let TemplateVersion { id, version } = template;
    Key::new(format!("TENANT#{tenant}#TEMPLATE#{id}"), format!("VERSION#{version:06}"))
}
