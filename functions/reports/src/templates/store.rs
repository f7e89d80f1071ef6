//! Templates' items.
//!
//! | pk | sk | what |
//! |---|---|---|
//! | `TENANT#<id>#TEMPLATES` | `ID#<id>` | a template without its definition |
//! | `TENANT#<id>#TEMPLATES` | `COUNT` | how many the tenant has |
//! | `TENANT#<id>#TEMPLATES` | `COUNT#<user>` | how many of these a user has made |
//! | `TENANT#<id>#TEMPLATE#<id>` | `V#<version>` | a version's definition |

use serde::{Deserialize, Serialize};
use shared::Error;
use shared::auth::{TenantId, UserId};
use shared::store::{Action, Key, Stored, Table};
use uuid::Uuid;

use super::model::Head;
use crate::definitions::Definition;

/// Templates of one tenant, archived ones too.
const MOST: u32 = 500;
/// Of one user, so that nobody takes all of them.
const MOST_OF_ONE: u32 = 100;

/// The templates.
#[derive(Clone, Debug)]
pub(crate) struct Templates {
    table: Table,
}

/// A row: what stands beside the template is the store's.
#[derive(Debug, Serialize, Deserialize)]
struct HeadRow<H> {
    template: H,
}

/// A version. As JSON text: filters hold any values.
#[derive(Debug, Serialize, Deserialize)]
struct VersionRow {
    definition: String,
}

impl Templates {
    pub(crate) fn new(table: Table) -> Self {
        Self { table }
    }

    fn partition(tenant: TenantId) -> String {
        format!("TENANT#{tenant}#TEMPLATES")
    }

    fn key(tenant: TenantId, id: Uuid) -> Key {
        Key::new(Self::partition(tenant), format!("ID#{id}"))
    }

    fn versions(tenant: TenantId, id: Uuid) -> String {
        format!("TENANT#{tenant}#TEMPLATE#{id}")
    }

    fn version_key(tenant: TenantId, id: Uuid, version: u32) -> Key {
        Key::new(Self::versions(tenant, id), format!("V#{version:06}"))
    }

    pub(crate) async fn head(&self, tenant: TenantId, id: Uuid) -> Result<Option<Head>, Error> {
        let row: Option<HeadRow<Head>> = self.table.get(&Self::key(tenant, id)).await?;
        Ok(row.map(|row| row.template))
    }

    /// The definition of a version.
    pub(crate) async fn definition(
        &self,
        tenant: TenantId,
        id: Uuid,
        version: u32,
    ) -> Result<Option<Definition>, Error> {
        let row: Option<VersionRow> = self.table.get(&Self::version_key(tenant, id, version)).await?;
        row.map(|row| serde_json::from_str(&row.definition).map_err(Error::internal)).transpose()
    }

    /// All of a tenant's, the oldest first: at most 500, without their definitions.
    pub(crate) async fn all(&self, tenant: TenantId) -> Result<Vec<Head>, Error> {
        let rows: Vec<HeadRow<Head>> = self.table.query(Self::partition(tenant)).prefix("ID#").all().await?;
        Ok(rows.into_iter().map(|row| row.template).collect())
    }

    fn count_key(tenant: TenantId, of: Option<UserId>) -> Key {
        let sk = of.map_or_else(|| "COUNT".to_owned(), |user| format!("COUNT#{user}"));
        Key::new(Self::partition(tenant), sk)
    }

    /// Adds one, unless the tenant or its owner has too many.
    pub(super) fn create(&self, tenant: TenantId, head: &Head, definition: &Definition) -> Result<[Action; 4], Error> {
        let put = self.table.put(&Self::key(tenant, head.id), &HeadRow { template: head }).if_absent();
        Ok([
            self.table.count_one(&Self::count_key(tenant, None), MOST),
            self.table.count_one(&Self::count_key(tenant, Some(head.owner_id)), MOST_OF_ONE),
            put,
            self.put_version(tenant, head, definition)?,
        ])
    }

    /// Changes one that still has the version before; the version is a new one.
    pub(super) fn replace(&self, tenant: TenantId, head: &Head, definition: &Definition) -> Result<[Action; 2], Error> {
        Ok([self.put_head(tenant, head, head.version - 1), self.put_version(tenant, head, definition)?])
    }

    /// Changes what stands beside the definition.
    pub(super) fn put_head(&self, tenant: TenantId, head: &Head, version_before: u32) -> Action {
        let put = self.table.put(&Self::key(tenant, head.id), &HeadRow { template: head });
        put.when("#template.#version = :before")
            .name("#template", "template")
            .name("#version", "version")
            .value(":before", version_before)
    }

    fn put_version(&self, tenant: TenantId, head: &Head, definition: &Definition) -> Result<Action, Error> {
        let definition = serde_json::to_string(definition).map_err(Error::internal)?;
        Ok(self.table.put(&Self::version_key(tenant, head.id, head.version), &VersionRow { definition }))
    }

    /// Deletes one with all its versions. Twice is once.
    pub(crate) async fn delete(&self, tenant: TenantId, head: &Head) -> Result<(), Error> {
        let id = head.id;
        let versions: Vec<Stored<serde::de::IgnoredAny>> =
            self.table.query(Self::versions(tenant, id)).all_stored().await?;
        self.table.delete_all(&versions.into_iter().map(|version| version.key).collect::<Vec<_>>()).await?;
        let transaction = shared::store::Transaction::new(self.table.store())
            .with(self.table.delete(&Self::key(tenant, id)).if_present())
            .with(self.table.count_off(&Self::count_key(tenant, None)))
            .with(self.table.count_off(&Self::count_key(tenant, Some(head.owner_id))));
        // Somebody else may have deleted it.
        let _ = transaction.commit().await?;
        Ok(())
    }
}
