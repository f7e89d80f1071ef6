//! Datasets' items.
//!
//! | pk | sk | what |
//! |---|---|---|
//! | `TENANT#<id>#DATASETS` | `NAME#<name>` | a dataset of the tenant's own |
//! | `TENANT#<id>#DATASETS` | `COUNT` | how many it has |

use serde::{Deserialize, Serialize};
use shared::Error;
use shared::auth::TenantId;
use shared::store::{Action, Key, Table};

use super::model::{Custom, Dataset, is_dataset_name};
use super::platform::Platform;

/// Datasets of one tenant.
const MOST: u32 = 50;

/// The datasets.
#[derive(Clone, Debug)]
pub(crate) struct Datasets {
    table: Table,
}

/// A row: what stands beside the dataset is the store's.
#[derive(Debug, Serialize, Deserialize)]
struct Row<D> {
    dataset: D,
}

impl Datasets {
    pub(crate) fn new(table: Table) -> Self {
        Self { table }
    }

    fn key(tenant: TenantId, sk: impl Into<String>) -> Key {
        Key::new(format!("TENANT#{tenant}#DATASETS"), sk)
    }

    fn name_key(tenant: TenantId, name: &str) -> Key {
        Self::key(tenant, format!("NAME#{name}"))
    }

    /// One of the platform's or of the tenant's.
    pub(crate) async fn get(&self, tenant: TenantId, name: &str) -> Result<Option<Dataset>, Error> {
        if let Some(platform) = Platform::named(name) {
            return Ok(Some(Dataset::Platform(platform)));
        }
        if !is_dataset_name(name) {
            return Ok(None);
        }
        let row: Option<Row<Custom>> = self.table.get(&Self::name_key(tenant, name)).await?;
        Ok(row.map(|row| Dataset::Custom(row.dataset)))
    }

    /// The platform's, then the tenant's by name: at most 54.
    pub(super) async fn all(&self, tenant: TenantId) -> Result<Vec<Dataset>, Error> {
        let own = self.table.query(format!("TENANT#{tenant}#DATASETS")).prefix("NAME#");
        let rows: Vec<Row<Custom>> = own.all().await?;
        let own = rows.into_iter().map(|row| Dataset::Custom(row.dataset));
        Ok(Platform::ALL.into_iter().map(Dataset::Platform).chain(own).collect())
    }

    /// Adds one: the first action is refused if there is one of this name, the second if the tenant has too many.
    pub(super) fn create(&self, tenant: TenantId, dataset: &Custom) -> [Action; 2] {
        [
            self.table.put(&Self::name_key(tenant, &dataset.name), &Row { dataset }).if_absent(),
            self.table.count_one(&Self::key(tenant, "COUNT"), MOST),
        ]
    }
}
