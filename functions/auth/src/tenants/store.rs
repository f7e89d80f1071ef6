//! A tenant's item: `TENANT#<id>` / `TENANT`.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use shared::Error;
use shared::auth::TenantId;
use shared::clock::Clock;
use shared::store::{Key, Table};

use super::Tenant;

/// How old a tenant may be when a token is made. A changed plan reaches new tokens within this.
const FRESH: SignedDuration = SignedDuration::from_secs(15);
/// Tenants in memory at most; they are read again when needed.
const CAPACITY: usize = 10_000;

/// The tenants. Clones share the memory.
#[derive(Clone, Debug)]
pub struct Tenants {
    table: Table,
    clock: Clock,
    recent: Arc<Mutex<HashMap<TenantId, (Tenant, Timestamp)>>>,
}

impl Tenants {
    /// Tenants in `table`.
    #[must_use]
    pub fn new(table: Table, clock: Clock) -> Self {
        Self { table, clock, recent: Arc::default() }
    }

    /// A tenant as it was at most 15 s ago.
    pub async fn get(&self, id: TenantId) -> Result<Option<Tenant>, Error> {
        let recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner).get(&id).cloned();
        if let Some((tenant, read_at)) = recent
            && self.clock.now() < read_at + FRESH
        {
            return Ok(Some(tenant));
        }
        let read_at = self.clock.now();
        let tenant: Option<Tenant> = self.table.get(&key(id)).await?;
        if let Some(tenant) = &tenant {
            let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
            if recent.len() >= CAPACITY {
                recent.clear();
            }
            recent.insert(id, (tenant.clone(), read_at));
        }
        Ok(tenant)
    }

    /// Makes a tenant; `false` if there is one with this id.
    pub async fn create(&self, tenant: &Tenant) -> Result<bool, Error> {
        self.table.put(&key(tenant.id), tenant).if_absent().run().await
    }
}

fn key(id: TenantId) -> Key {
    Key::new(format!("TENANT#{id}"), "TENANT")
}
