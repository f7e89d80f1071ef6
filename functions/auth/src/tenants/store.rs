//! A tenant's item: `TENANT#<id>` / `TENANT`.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use shared::Error;
use shared::auth::TenantId;
use shared::store::{Key, Table};

use super::Tenant;

/// How old a tenant may be when a token is made. A changed plan reaches new tokens within this.
const FRESH: Duration = Duration::from_secs(15);
/// Tenants in memory at most; they are read again when needed.
const CAPACITY: usize = 10_000;

/// The tenants. Clones share the memory.
#[derive(Clone, Debug)]
pub struct Tenants {
    table: Table,
    recent: Arc<Mutex<HashMap<TenantId, (Tenant, Instant)>>>,
}

impl Tenants {
    /// Tenants in `table`.
    #[must_use]
    pub fn new(table: Table) -> Self {
        Self { table, recent: Arc::default() }
    }

    /// A tenant as it was at most 15 s ago.
    pub async fn get(&self, id: TenantId) -> Result<Option<Tenant>, Error> {
        let recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner).get(&id).cloned();
        if let Some((tenant, read_at)) = recent
            && read_at.elapsed() < FRESH
        {
            return Ok(Some(tenant));
        }
        let read_at = Instant::now();
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
