//! Tasks and their states.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::documents::EntityType;

/// How long a task can be asked for.
const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);
/// Failures that a task names; it counts all of them.
const MOST_FAILURES: usize = 100;

/// How far a task is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum TaskStatus {
    /// Stored, and not begun.
    Queued,
    /// Begun.
    Processing,
    /// Everything of it can be found, but for what `failures` names.
    Done,
    /// It ended without.
    Failed,
}

/// What a task does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum TaskKind {
    /// Indexes documents that were written.
    Documents,
    /// Stores and indexes an uploaded file.
    Import,
    /// Makes the index anew.
    Reindex,
}

/// A document that could not be taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) struct Failure {
    /// The line of the import, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) line: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) entity_type: Option<EntityType>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) id: Option<String>,
    /// Why, in words.
    pub(crate) reason: String,
}

/// A task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) struct Task {
    pub(crate) id: Uuid,
    pub(crate) kind: TaskKind,
    pub(crate) status: TaskStatus,
    /// Documents that it is about, as far as that is known.
    pub(crate) documents: u64,
    /// Documents that are done.
    pub(crate) processed: u64,
    /// Documents that could not be taken.
    pub(crate) failed: u64,
    /// The first 100 of those.
    pub(crate) failures: Vec<Failure>,
    /// Why it failed as a whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<String>,
    /// The version of the index that has all of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) index_version: Option<u64>,
    #[schema(value_type = String, format = DateTime)]
    pub(crate) created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    pub(crate) updated_at: Timestamp,
}

impl Task {
    /// One that waits.
    pub(crate) fn new(id: Uuid, kind: TaskKind, documents: u64, now: Timestamp) -> Self {
        Self {
            id,
            kind,
            status: TaskStatus::Queued,
            documents,
            processed: 0,
            failed: 0,
            failures: Vec::new(),
            reason: None,
            index_version: None,
            created_at: now,
            updated_at: now,
        }
    }

    /// When the store may forget it.
    pub(super) fn ttl(&self) -> i64 {
        (self.created_at + KEPT).as_second()
    }

    /// Counts a document that could not be taken.
    pub(crate) fn fail(&mut self, failure: Failure) {
        self.failed += 1;
        if self.failures.len() < MOST_FAILURES {
            self.failures.push(failure);
        }
    }

    /// Whether nothing more happens to it.
    pub(crate) fn is_over(&self) -> bool {
        matches!(self.status, TaskStatus::Done | TaskStatus::Failed)
    }
}
