//! A tenant's item: `TENANT#<id>` / `TENANT`, and in `gsi1` among all tenants.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use shared::Error;
use shared::auth::TenantId;
use shared::clock::Clock;
use shared::store::{Action, Key, Position, Rows, Table};

use super::Tenant;

/// How old a tenant may be when a token is made. A changed plan reaches new tokens within this.
const FRESH: SignedDuration = SignedDuration::from_secs(15);
/// Tenants in memory at most; they are read again when needed.
const CAPACITY: usize = 10_000;

/// The partition of the index that lists all tenants: they are made by hand.
const ALL: &str = "TENANTS";

/// A tenant's item, with its place in the index.
#[derive(Debug, Serialize)]
struct Row<'a> {
    #[serde(flatten)]
    tenant: &'a Tenant,
    gsi1pk: &'static str,
    gsi1sk: TenantId,
}

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
        let tenant = self.read(id).await?;
        if let Some(tenant) = &tenant {
            let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
            if recent.len() >= CAPACITY {
                recent.clear();
            }
            recent.insert(id, (tenant.clone(), read_at));
        }
        Ok(tenant)
    }

    /// A tenant as it is now.
    pub async fn read(&self, id: TenantId) -> Result<Option<Tenant>, Error> {
        self.table.get(&key(id)).await
    }

    /// Makes a tenant; `false` if there is one with this id.
    pub async fn create(&self, tenant: &Tenant) -> Result<bool, Error> {
        self.put_new(tenant).run().await
    }

    /// The write of a new tenant.
    pub(crate) fn put_new(&self, tenant: &Tenant) -> Action {
        self.table.put(&key(tenant.id), &Row::of(tenant)).if_absent()
    }

    /// The write of a changed tenant, if it is still as it was read.
    pub(crate) fn replace(&self, read: &Tenant, tenant: &Tenant) -> Action {
        let put = self.table.put(&key(tenant.id), &Row::of(tenant));
        put.when("#name = :name AND #plan = :plan AND openSignup = :open")
            .name("#name", "name")
            .name("#plan", "plan")
            .value(":name", &read.name)
            .value(":plan", read.plan)
            .value(":open", read.open_signup)
    }

    /// Forgets what this process remembers of a tenant.
    pub(crate) fn forget(&self, id: TenantId) {
        self.recent.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
    }

    /// A page of all tenants.
    pub(crate) async fn page(&self, limit: u32, after: Option<Position>) -> Result<Rows<Tenant>, Error> {
        self.table.query(ALL).index("gsi1").limit(limit).after(after).page().await
    }
}

impl<'a> Row<'a> {
    fn of(tenant: &'a Tenant) -> Self {
        Self { tenant, gsi1pk: ALL, gsi1sk: tenant.id }
    }
}

fn key(id: TenantId) -> Key {
    Key::new(format!("TENANT#{id}"), "TENANT")
}
