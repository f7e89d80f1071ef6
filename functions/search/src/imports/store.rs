//! Imports' items, and their files.
//!
//! | pk | sk | what |
//! |---|---|---|
//! | `TENANT#<id>#TASK#<id>` | `IMPORT` | how far an import is; its task stands beside it |
//! | `TENANT#<id>#TASK#<id>` | `CLAIM` | a lease of the worker that has it |
//! | `IMPORTING#<shard>` | `<tenant>#<id>` | that an import is not over, and when it last went on |

use futures_util::{StreamExt, TryStreamExt, stream};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use shared::Error;
use shared::auth::TenantId;
use shared::clock::Clock;
use shared::config::{ConfigError, Env};
use shared::files::{Bucket, SignedUpload};
use shared::store::{Action, Key, Lease, SdkConfig, Table};
use uuid::Uuid;

use super::model::{CONTENT_TYPE, Import};

/// Partitions of the imports that are not over.
const SHARDS: u64 = 4;

/// That an import is not over.
#[derive(Debug, Serialize, Deserialize)]
struct Running {
    tenant: TenantId,
    id: Uuid,
    #[serde(with = "jiff::fmt::serde::timestamp::millisecond::required")]
    at: Timestamp,
}

/// The imports.
#[derive(Clone, Debug)]
pub(crate) struct Imports {
    table: Table,
    bucket: Bucket,
}

impl Imports {
    pub(crate) fn from_env(env: &Env, sdk: &SdkConfig, table: Table) -> Result<Self, ConfigError> {
        Ok(Self { table, bucket: Bucket::from_env(env, sdk, "IMPORTS_BUCKET")? })
    }

    fn key(tenant: TenantId, id: Uuid) -> Key {
        Key::new(format!("TENANT#{tenant}#TASK#{id}"), "IMPORT")
    }

    fn file(tenant: TenantId, id: Uuid) -> String {
        format!("{tenant}/{id}")
    }

    /// How far one is.
    pub(super) async fn get(&self, tenant: TenantId, id: Uuid) -> Result<Option<Import>, Error> {
        self.table.get(&Self::key(tenant, id)).await
    }

    /// Writes a new one.
    pub(super) fn create(&self, tenant: TenantId, import: &Import) -> Action {
        self.table.put(&Self::key(tenant, import.id), import).if_absent()
    }

    /// Notes how far it is, unless somebody else has gone on with it.
    pub(super) fn go_on(&self, tenant: TenantId, import: &Import, from: u64) -> Action {
        let put = self.table.put(&Self::key(tenant, import.id), import);
        put.when("#offset = :from").name("#offset", "offset").value(":from", from)
    }

    fn running_key(tenant: TenantId, id: Uuid) -> Key {
        Key::new(format!("IMPORTING#{}", id.as_u128() % u128::from(SHARDS)), format!("{tenant}#{id}"))
    }

    /// For one worker alone.
    pub(super) async fn claim(
        &self,
        tenant: TenantId,
        id: Uuid,
        clock: &Clock,
        duration: SignedDuration,
    ) -> Result<Option<Lease>, Error> {
        let key = Key::new(format!("TENANT#{tenant}#TASK#{id}"), "CLAIM");
        Lease::claim(&self.table, &key, clock, duration).await
    }

    /// That it goes on now.
    pub(super) fn is_running(&self, tenant: TenantId, id: Uuid, now: Timestamp) -> Action {
        self.table.put(&Self::running_key(tenant, id), &Running { tenant, id, at: now })
    }

    /// That it is over.
    pub(super) fn is_over(&self, tenant: TenantId, id: Uuid) -> Action {
        self.table.delete(&Self::running_key(tenant, id))
    }

    /// How many of a tenant's are not over.
    pub(super) async fn open(&self, tenant: TenantId) -> Result<usize, Error> {
        let own = |shard| self.table.query(format!("IMPORTING#{shard}")).prefix(format!("{tenant}#")).all::<Running>();
        let shards: Vec<_> = (0..SHARDS).map(own).collect();
        let all: Vec<Vec<Running>> = stream::iter(shards).buffered(4).try_collect().await?;
        Ok(all.iter().map(Vec::len).sum())
    }

    /// Those that are not over and have not gone on for a while.
    pub(super) async fn stuck(&self, before: Timestamp) -> Result<Vec<(TenantId, Uuid)>, Error> {
        let shards: Vec<_> = (0..SHARDS).map(|shard| self.table.query(format!("IMPORTING#{shard}")).all()).collect();
        let all: Vec<Vec<Running>> = stream::iter(shards).buffered(4).try_collect().await?;
        Ok(all.into_iter().flatten().filter(|running| running.at <= before).map(|at| (at.tenant, at.id)).collect())
    }

    /// The one request that uploads its file.
    pub(super) async fn upload(&self, tenant: TenantId, import: &Import) -> Result<SignedUpload, Error> {
        self.bucket.upload_link(&Self::file(tenant, import.id), CONTENT_TYPE, import.bytes).await
    }

    /// Whether its file is there.
    pub(super) async fn is_uploaded(&self, tenant: TenantId, import: &Import) -> Result<bool, Error> {
        Ok(self.bucket.length(&Self::file(tenant, import.id)).await? == Some(import.bytes))
    }

    /// A part of its file.
    pub(super) async fn part(&self, tenant: TenantId, import: &Import, length: u64) -> Result<Vec<u8>, Error> {
        let part = self.bucket.get_part(&Self::file(tenant, import.id), import.offset, length).await?;
        part.ok_or_else(|| Error::internal("an uploaded file is gone"))
    }

    /// Deletes its file.
    pub(super) async fn delete_file(&self, tenant: TenantId, id: Uuid) -> Result<(), Error> {
        self.bucket.delete(&Self::file(tenant, id)).await
    }
}
