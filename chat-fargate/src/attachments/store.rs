//! Attachments in the table and in their bucket.
//!
//! | item | pk | sk |
//! |---|---|---|
//! | file | `TENANT#<t>#ATTACHMENT#<id>` | `FILE` |
//!
//! The object's key is `<tenant>/<id>`.

use shared::Error;
use shared::auth::TenantId;
use shared::config::{ConfigError, Env};
use shared::files::{Bucket, SignedUpload};
use shared::store::{Action, Key, SdkConfig, Table};
use uuid::Uuid;

use super::model::{Attached, Attachment};

/// The files of every tenant.
#[derive(Clone, Debug)]
pub(crate) struct Attachments {
    table: Table,
    bucket: Bucket,
}

fn key(tenant: TenantId, id: Uuid) -> Key {
    Key::new(format!("TENANT#{tenant}#ATTACHMENT#{id}"), "FILE")
}

fn object(tenant: TenantId, id: Uuid) -> String {
    format!("{tenant}/{id}")
}

impl Attachments {
    /// Reads `FILES_BUCKET`.
    pub(crate) fn from_env(table: Table, env: &Env, sdk: &SdkConfig) -> Result<Self, ConfigError> {
        Ok(Self { table, bucket: Bucket::from_env(env, sdk, "FILES_BUCKET")? })
    }

    /// The write of a file that is announced.
    pub(super) fn create(&self, tenant: TenantId, attachment: &Attachment) -> Action {
        self.table.put(&key(tenant, attachment.file.id), attachment).if_absent()
    }

    pub(super) async fn get(&self, tenant: TenantId, id: Uuid) -> Result<Option<Attachment>, Error> {
        self.table.get(&key(tenant, id)).await
    }

    /// Files by their ids, in their order.
    pub(crate) async fn all(&self, tenant: TenantId, ids: &[Uuid]) -> Result<Vec<Option<Attachment>>, Error> {
        let keys: Vec<Key> = ids.iter().map(|id| key(tenant, *id)).collect();
        let mut found = self.table.get_each(&keys).await?;
        keys.iter().map(|key| found.take(key)).collect()
    }

    /// The write by which a file belongs to a message; refused if it does to another one, or is gone.
    pub(crate) fn use_for(&self, tenant: TenantId, file: Uuid, message: Uuid) -> Action {
        let update = self.table.update(&key(tenant, file), "SET usedBy = :message");
        update.when("attribute_exists(pk) AND attribute_not_exists(usedBy)").value(":message", message)
    }

    /// The write by which a file is nobody's any more.
    pub(crate) fn forget(&self, tenant: TenantId, file: Uuid) -> Action {
        self.table.delete(&key(tenant, file))
    }

    /// The same for one that was never sent.
    pub(super) fn forget_unused(&self, tenant: TenantId, file: Uuid) -> Action {
        self.forget(tenant, file).when("attribute_not_exists(usedBy)")
    }

    /// Whether the very bytes that were announced are there.
    pub(crate) async fn is_there(&self, tenant: TenantId, file: &Attached) -> Result<bool, Error> {
        Ok(self.bucket.length(&object(tenant, file.id)).await? == Some(file.size))
    }

    pub(super) async fn upload(&self, tenant: TenantId, file: &Attached) -> Result<SignedUpload, Error> {
        self.bucket.upload_link(&object(tenant, file.id), &file.content_type, file.size).await
    }

    pub(super) async fn download(&self, tenant: TenantId, file: &Attached) -> Result<String, Error> {
        let plain = |letter: char| if letter.is_ascii_alphanumeric() || ".-_".contains(letter) { letter } else { '_' };
        let name: String = file.name.chars().map(plain).collect();
        self.bucket.download_link(&object(tenant, file.id), &name).await
    }

    pub(super) async fn delete(&self, tenant: TenantId, file: Uuid) -> Result<(), Error> {
        self.bucket.delete(&object(tenant, file)).await
    }
}
