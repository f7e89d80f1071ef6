//! The files of all exports.

use std::fmt::Write;

use aws_lc_rs::digest::{SHA256, digest};
use uuid::Uuid;

use crate::auth::UserId;
use crate::config::{ConfigError, Env};
use crate::error::Error;
use crate::files::Bucket;
use crate::jobs::{ExportUser, ExportedFile};
use crate::service::Service;
use crate::store::SdkConfig;

/// The files of all exports, as `<user>/<export>/<version>/<name>`: an account belongs to no tenant, so neither do they,
/// and what is stored again does not change what somebody has been told of.
#[derive(Clone, Debug)]
pub struct ExportFiles {
    bucket: Bucket,
}

impl ExportFiles {
    /// Reads `EXPORTS_BUCKET`.
    pub fn from_env(env: &Env, sdk: &SdkConfig) -> Result<Self, ConfigError> {
        Ok(Self { bucket: Bucket::from_env(env, sdk, "EXPORTS_BUCKET")? })
    }

    /// Stores the file of this number, from 1, of a service.
    pub async fn store(
        &self,
        wanted: &ExportUser,
        service: &Service,
        number: usize,
        bytes: Vec<u8>,
    ) -> Result<ExportedFile, Error> {
        let name = match number {
            1 => format!("{}.json", service.name),
            _ => format!("{}-{number}.json", service.name),
        };
        let length = u64::try_from(bytes.len()).map_err(Error::internal)?;
        let file = ExportedFile { bytes: length, sha256: sha256(&bytes), name };
        self.bucket.put(&key(wanted.user_id, wanted.export_id, &file), "application/json", bytes).await?;
        Ok(file)
    }

    /// An address that gives a file, for the five minutes of [`LINK`](crate::files::LINK).
    pub async fn link(&self, user: UserId, export: Uuid, file: &ExportedFile) -> Result<String, Error> {
        self.bucket.download_link(&key(user, export, file), &file.name).await
    }

    /// Deletes the files of one export.
    pub async fn delete(&self, user: UserId, export: Uuid) -> Result<(), Error> {
        self.bucket.delete_all(&of_export(user, export), None).await
    }

    /// Deletes the files of a user's exports before one, by the time that their ids tell.
    pub async fn delete_before(&self, user: UserId, export: Uuid) -> Result<(), Error> {
        self.bucket.delete_all(&format!("{user}/"), Some(&of_export(user, export))).await
    }

    /// Deletes the files of all of a user's exports.
    pub async fn delete_all(&self, user: UserId) -> Result<(), Error> {
        self.bucket.delete_all(&format!("{user}/"), None).await
    }
}

fn of_export(user: UserId, export: Uuid) -> String {
    format!("{user}/{export}/")
}

fn key(user: UserId, export: Uuid, file: &ExportedFile) -> String {
    // 64 bits are enough: they only part the versions that repetitions of one job may store.
    let version = file.sha256.get(..16).unwrap_or(&file.sha256);
    format!("{}{version}/{}", of_export(user, export), file.name)
}

fn sha256(bytes: &[u8]) -> String {
    digest(&SHA256, bytes).as_ref().iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
