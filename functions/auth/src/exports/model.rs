//! An export, from the request until its files go.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use shared::auth::UserId;
use shared::jobs::ExportedFile;
use shared::store::TextSet;
use utoipa::ToSchema;
use uuid::Uuid;

/// How long the files can be fetched; the bucket forgets them a day later.
pub(super) const KEPT: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How long one that is not complete keeps its owner from another one: services answer within minutes.
pub(super) const PATIENCE: SignedDuration = SignedDuration::from_hours(1);
/// How long it is told that there was one.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(30 * 24);

/// The latest export of an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Export {
    /// Its id, which the answers of the services name.
    pub id: Uuid,
    /// Whose it is.
    pub user_id: UserId,
    /// When its owner asked for it. In milliseconds, so that conditions can compare it.
    #[serde(with = "jiff::fmt::serde::timestamp::millisecond::required")]
    pub requested_at: Timestamp,
    /// Services that were asked, by name.
    pub services: Vec<String>,
    /// Those of them that have not answered yet.
    #[serde(default, skip_serializing_if = "is_empty")]
    pub awaited: TextSet,
    /// What the others have stored, by their names.
    pub files: BTreeMap<String, Vec<ExportedFile>>,
    /// When the last one had answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub completed_at: Option<Timestamp>,
    ttl: i64,
}

/// A set without elements is none to the store.
fn is_empty(set: &TextSet) -> bool {
    set.0.is_empty()
}

/// How far an export is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum ExportStatus {
    /// Some service has not answered yet.
    Processing,
    /// Its files can be fetched.
    Completed,
    /// They could be.
    Expired,
    /// Some service has not answered within an hour: its owner may ask anew.
    Failed,
}

/// An export as its owner sees it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ExportView {
    id: Uuid,
    status: ExportStatus,
    #[schema(value_type = String, format = DateTime)]
    requested_at: Timestamp,
    #[schema(value_type = Option<String>, format = DateTime)]
    completed_at: Option<Timestamp>,
    /// Until when the files can be fetched.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
    /// Who was asked.
    #[schema(example = json!(["auth", "notify"]))]
    services: Vec<String>,
}

/// A file of an export, and where it is for the next five minutes.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ExportFileView {
    /// Whose file it is: JSON with what this service knows.
    #[schema(example = "notify")]
    pub(super) service: String,
    /// What it is saved as.
    #[schema(example = "notify.json")]
    pub(super) name: String,
    /// In bytes.
    pub(super) bytes: u64,
    /// Of its bytes, in hexadecimal.
    pub(super) sha256: String,
    /// Holds a signature: whoever has it can fetch the file.
    pub(super) url: String,
    /// When the address stops working.
    #[schema(value_type = String, format = DateTime)]
    pub(super) expires_at: Timestamp,
}

impl Export {
    /// One that begins, and waits for these services.
    pub(super) fn new(id: Uuid, user_id: UserId, services: Vec<String>, now: Timestamp) -> Self {
        Self {
            id,
            user_id,
            requested_at: now,
            awaited: TextSet(services.clone()),
            services,
            files: BTreeMap::new(),
            completed_at: None,
            ttl: (now + REMEMBERED).as_second(),
        }
    }

    /// How far it is.
    #[must_use]
    pub fn status(&self, now: Timestamp) -> ExportStatus {
        match self.completed_at {
            _ if now >= self.expires_at() => ExportStatus::Expired,
            Some(_) => ExportStatus::Completed,
            None if now >= self.requested_at + PATIENCE => ExportStatus::Failed,
            None => ExportStatus::Processing,
        }
    }

    fn expires_at(&self) -> Timestamp {
        self.requested_at + KEPT
    }

    pub(super) fn view(self, now: Timestamp) -> ExportView {
        ExportView {
            id: self.id,
            status: self.status(now),
            requested_at: self.requested_at,
            completed_at: self.completed_at,
            expires_at: self.expires_at(),
            services: self.services,
        }
    }
}
