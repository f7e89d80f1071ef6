//! The settings' item, and a copy of it in memory.
//!
//! | pk | sk | what |
//! |---|---|---|
//! | `TENANT#<id>#SETTINGS` | `SETTINGS` | a tenant's settings |

use std::sync::Arc;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use shared::Error;
use shared::auth::TenantId;
use shared::clock::Clock;
use shared::store::{Action, Key, Table};

use super::model::Settings;
use super::prepared::Prepared;
use crate::copies::Copies;

/// How long a copy is good.
const FRESH: SignedDuration = SignedDuration::from_secs(2);

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
    copies: Copies<Arc<Prepared>>,
}

impl SettingsStore {
    pub(crate) fn new(table: Table, clock: Clock) -> Self {
        Self { table, copies: Copies::new(clock.clone(), FRESH), clock }
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
    pub(crate) async fn get(&self, tenant: TenantId) -> Result<Arc<Prepared>, Error> {
        if let Some(settings) = self.copies.get(tenant) {
            return Ok(settings);
        }
        let now = self.clock.now();
        let settings = Arc::new(Prepared::new(self.read(tenant).await?));
        self.copies.put(tenant, Arc::clone(&settings), now);
        Ok(settings)
    }

    pub(super) fn put(&self, tenant: TenantId, settings: &Settings) -> Action {
        self.table.put(&Self::key(tenant), &Row { settings })
    }
}
