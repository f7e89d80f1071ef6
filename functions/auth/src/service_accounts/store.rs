//! Service accounts' items: `TENANT#<id>` / `SERVICE#<id>`.

use shared::Error;
use shared::auth::{TenantId, UserId};
use shared::store::{Action, Key, Position, Rows, Table};

use super::ServiceAccount;

const SERVICE: &str = "SERVICE#";

/// The service accounts.
#[derive(Clone, Debug)]
pub struct ServiceAccounts {
    table: Table,
}

impl ServiceAccounts {
    /// Service accounts in `table`.
    #[must_use]
    pub fn new(table: Table) -> Self {
        Self { table }
    }

    /// One of a tenant's.
    pub(crate) async fn get(&self, tenant: TenantId, id: UserId) -> Result<Option<ServiceAccount>, Error> {
        self.table.get(&key(tenant, id)).await
    }

    /// A page of a tenant's, oldest first.
    pub(super) async fn page(
        &self,
        tenant: TenantId,
        limit: u32,
        after: Option<Position>,
    ) -> Result<Rows<ServiceAccount>, Error> {
        self.table.query(format!("TENANT#{tenant}")).prefix(SERVICE).limit(limit).after(after).page().await
    }

    /// The write of a new one.
    pub(super) fn create(&self, account: &ServiceAccount) -> Action {
        self.table.put(&key(account.tenant_id, account.id), account).if_absent()
    }

    /// The write of a changed one, if it is still as it was read.
    pub(super) fn save(&self, account: &mut ServiceAccount) -> Action {
        let read = account.version;
        account.version += 1;
        self.table.put(&key(account.tenant_id, account.id), account).when("version = :read").value(":read", read)
    }

    /// The write that deletes one.
    pub(super) fn delete(&self, tenant: TenantId, id: UserId) -> Action {
        self.table.delete(&key(tenant, id)).if_present()
    }
}

fn key(tenant: TenantId, id: UserId) -> Key {
    Key::new(format!("TENANT#{tenant}"), format!("{SERVICE}{id}"))
}
