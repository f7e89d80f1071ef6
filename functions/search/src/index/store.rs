//! The manifests' items.
//!
//! | pk | sk | what |
//! |---|---|---|
//! | `TENANT#<id>#INDEX` | `MANIFEST` | the index that is searched |
//! | `TENANT#<id>#INDEX` | `NEXT` | the one that takes its place once it is whole |

use shared::Error;
use shared::auth::TenantId;
use shared::store::{Action, Key, Table};

use super::manifest::Manifest;

/// The manifests.
#[derive(Clone, Debug)]
pub(crate) struct Manifests {
    table: Table,
}

/// One of a tenant's two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Which {
    /// What is searched.
    Live,
    /// What is being made anew.
    Next,
}

impl Manifests {
    pub(crate) fn new(table: Table) -> Self {
        Self { table }
    }

    fn key(tenant: TenantId, which: Which) -> Key {
        let sk = match which {
            Which::Live => "MANIFEST",
            Which::Next => "NEXT",
        };
        Key::new(format!("TENANT#{tenant}#INDEX"), sk)
    }

    /// The manifest as it is now.
    pub(crate) async fn get(&self, tenant: TenantId, which: Which) -> Result<Option<Manifest>, Error> {
        self.table.get(&Self::key(tenant, which)).await
    }

    /// Both as they are now.
    pub(crate) async fn get_both(&self, tenant: TenantId) -> Result<(Option<Manifest>, Option<Manifest>), Error> {
        self.table.get_pair(&Self::key(tenant, Which::Live), &Self::key(tenant, Which::Next)).await
    }

    /// Replaces the manifest, if it still has this version; 0 stands for none.
    pub(crate) fn replace(&self, tenant: TenantId, which: Which, manifest: &Manifest, version: u64) -> Action {
        let put = self.table.put(&Self::key(tenant, which), manifest);
        if version == 0 {
            return put.if_absent();
        }
        put.when("#version = :version").name("#version", "version").value(":version", version)
    }

    /// Deletes the manifest of an index that is not wanted any more, if it still has this version.
    pub(crate) fn delete(&self, tenant: TenantId, which: Which, version: u64) -> Action {
        let delete = self.table.delete(&Self::key(tenant, which)).when("#version = :version");
        delete.name("#version", "version").value(":version", version)
    }
}
