//! Imports and their bodies.

use std::collections::BTreeMap;

use garde::Validate;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use shared::files::{LINK, SignedUpload};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::tasks::Task;

/// Bytes of one file: a million documents of two kilobytes each.
pub(super) const LARGEST: u64 = 2 * 1024 * 1024 * 1024;
/// What the file must be uploaded as.
pub(super) const CONTENT_TYPE: &str = "application/x-ndjson";

/// A file that is to be imported.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateImport {
    /// Its exact length in bytes, at most 2 GiB.
    #[garde(range(min = 1, max = LARGEST))]
    #[schema(minimum = 1, maximum = 2_147_483_648_u64)]
    pub(super) bytes: u64,
}

/// The one request that uploads the file, once.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ImportUpload {
    /// Always `PUT`.
    method: &'static str,
    /// Holds a signature: whoever has it can upload the file.
    url: String,
    /// Headers that must be sent as they are.
    #[schema(value_type = Object)]
    headers: BTreeMap<String, String>,
    /// When the address stops working.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
}

impl ImportUpload {
    pub(super) fn new(signed: SignedUpload, now: Timestamp) -> Self {
        Self { method: "PUT", url: signed.url, headers: signed.headers, expires_at: now + LINK }
    }
}

/// An import that waits for its file.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ImportCreated {
    /// Of the import, and of its task.
    pub(super) id: Uuid,
    pub(super) upload: ImportUpload,
}

/// How far an import is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Import {
    pub(super) id: Uuid,
    /// The file's length.
    pub(super) bytes: u64,
    /// What of it is done.
    pub(super) offset: u64,
    /// Lines that are done.
    pub(super) lines: u64,
    /// How often it had to be taken up again since it last got further.
    pub(super) resumed: u32,
    pub(super) created_at: Timestamp,
    pub(super) ttl: i64,
}

/// An import as callers see it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ImportView {
    #[serde(flatten)]
    pub(super) task: Task,
    /// The file's length.
    pub(super) bytes: u64,
    /// Bytes of it that are read.
    pub(super) bytes_read: u64,
}
