//! The settings' item, and a copy of it in memory.
//!
//! | pk | sk | what |
//! |---|---|---|
//! | `TENANT#<id>#SETTINGS` | `SETTINGS` | a tenant's settings |

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use lru::LruCache;
use serde::{Deserialize, Serialize};
use shared::Error;
use shared::auth::TenantId;
use shared::clock::Clock;
use shared::store::{Action, Key, Table};

use super::model::Settings;

/// How long a copy is good.
const FRESH: SignedDuration = SignedDuration::from_secs(2);
/// Copies.
const MOST: NonZeroUsize = NonZeroUsize::new(1000).unwrap();

/// A tenant's settings, and when they were read.
type Copies = LruCache<TenantId, (Arc<Settings>, Timestamp)>;

/// A row: what stands beside the settings is the store's.
#[derive(Debug, Serialize, Deserialize)]
struct Row<S> {
    settings: S,
}

/// The settings.
#[derive(Clone)]
pub(crate) struct SettingsStore {
    table: Table,
    clock: Clock,
    copies: Arc<Mutex<Copies>>,
}

impl SettingsStore {
    pub(crate) fn new(table: Table, clock: Clock) -> Self {
        Self { table, clock, copies: Arc::new(Mutex::new(LruCache::new(MOST))) }
    }

    fn key(tenant: TenantId) -> Key {
        Key::new(format!("TENANT#{tenant}#SETTINGS"), "SETTINGS")
    }

    /// The tenant's settings as they are now.
    pub(super) async fn read(&self, tenant: TenantId) -> Result<Settings, Error> {
        let row: Option<Row<Settings>> = self.table.get(&Self::key(tenant)).await?;
        Ok(row.map(|row| row.settings).unwrap_or_default())
    }

    /// The tenant's settings as they were two seconds ago or later.
    pub(crate) async fn get(&self, tenant: TenantId) -> Result<Arc<Settings>, Error> {
        let now = self.clock.now();
        let copy = self.copies.lock().unwrap_or_else(PoisonError::into_inner).get(&tenant).cloned();
        if let Some((settings, _)) = copy.filter(|(_, read)| *read + FRESH > now) {
            return Ok(settings);
        }
        let settings = Arc::new(self.read(tenant).await?);
        let copy = (Arc::clone(&settings), now);
        self.copies.lock().unwrap_or_else(PoisonError::into_inner).put(tenant, copy);
        Ok(settings)
    }

    pub(super) fn put(&self, tenant: TenantId, settings: &Settings) -> Action {
        self.table.put(&Self::key(tenant), &Row { settings })
    }
}
