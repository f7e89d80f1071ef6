//! Exports and their states.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use shared::auth::{TenantId, UserId};
use shared::jobs::ReportFile;
use utoipa::ToSchema;
use uuid::Uuid;

use super::formats::Format;
use crate::datasets::Scope;
use crate::definitions::{Definition, Given};
use crate::schedules::Planned;

/// How long a file can be fetched.
pub(super) const FILE_KEPT: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How long an export is known.
const KNOWN: SignedDuration = SignedDuration::from_hours(37 * 24);

/// An export as it is stored, with everything that its file is made of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Export {
    pub(crate) id: Uuid,
    pub(crate) user: UserId,
    pub(super) template: Option<TemplateVersion>,
    /// As JSON text: filters hold any values.
    #[serde(with = "crate::as_text")]
    pub(super) definition: Definition,
    #[serde(with = "crate::as_text")]
    pub(super) parameters: Given,
    pub(super) format: Format,
    /// Whose rows.
    pub(super) scope: Scope,
    /// Rows that were stored later do not count.
    pub(super) as_of: Timestamp,
    /// Counts tries that somebody has asked for, from 1.
    pub(super) attempt: u32,
    pub(super) state: State,
    /// Percent.
    pub(super) progress: u8,
    /// Rows that are read, then rows that are written.
    pub(super) rows: u64,
    /// The run that it is made for, if it is for one.
    pub(super) planned: Option<Planned>,
    pub(super) created_at: Timestamp,
    pub(super) updated_at: Timestamp,
}

/// How an export has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    Completed { rows: u64, file: ReportFile },
    Failed { problem: String },
    Cancelled,
}

/// The version of a template that an export was made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TemplateVersion {
    pub(crate) id: Uuid,
    pub(crate) version: u32,
}

/// Where an export is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "status")]
pub(super) enum State {
    /// It waits.
    Queued,
    /// Rows are read.
    Collecting,
    /// The file is written.
    Rendering,
    Completed {
        file: File,
        at: Timestamp,
        expires_at: Timestamp,
    },
    Failed {
        failure: Failure,
        at: Timestamp,
    },
    Cancelled {
        at: Timestamp,
    },
}

/// A file that is whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct File {
    /// What it is saved as.
    pub(super) name: String,
    pub(super) bytes: u64,
    /// In hexadecimal.
    pub(super) sha256: String,
}

/// Why there is no file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ExportFailure)]
pub(super) struct Failure {
    /// As of an error, without the prefix: `INVALID_TEMPLATE`.
    pub(super) code: String,
    pub(super) message: String,
}

/// What callers see of the state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Status {
    Queued,
    /// Rows are read.
    Collecting,
    /// The file is written.
    Rendering,
    Completed,
    Failed,
    Cancelled,
    /// It was completed, and its file is gone.
    Expired,
}

/// An export as callers see it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Export)]
pub(crate) struct ExportView {
    id: Uuid,
    #[schema(value_type = Uuid)]
    user_id: UserId,
    /// Of the definition's layout.
    title: Option<String>,
    dataset: String,
    /// The version of the template that it is made of.
    template: Option<TemplateVersion>,
    parameters: Given,
    format: Format,
    status: Status,
    /// Percent.
    progress: u8,
    /// Rows that are read; then rows that are written, without header and totals.
    rows: u64,
    /// What the file is saved as.
    #[serde(skip_serializing_if = "Option::is_none")]
    file_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bytes: Option<u64>,
    /// Of the file's bytes, in hexadecimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    sha256: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<Failure>,
    /// Rows that were stored later are not in it.
    #[schema(value_type = String, format = DateTime)]
    as_of: Timestamp,
    /// Counts tries, from 1.
    attempt: u32,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
    /// When it was completed, failed or cancelled.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    ended_at: Option<Timestamp>,
    /// Until when the file can be fetched.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<Timestamp>,
}

impl Export {
    /// When the store may forget it.
    pub(super) fn ttl(&self) -> i64 {
        (self.created_at + KNOWN).as_second()
    }

    /// Whether nothing more happens to it by itself.
    pub(super) fn is_over(&self) -> bool {
        !matches!(self.state, State::Queued | State::Collecting | State::Rendering)
    }

    /// Moments in words are seen from here: a run that is late is about its own time.
    pub(super) fn seen_from(&self) -> Timestamp {
        self.planned.as_ref().map_or(self.as_of, |planned| planned.due)
    }

    /// The file, while it can be fetched.
    pub(super) fn file(&self, now: Timestamp) -> Option<&File> {
        match &self.state {
            State::Completed { file, expires_at, .. } if *expires_at > now => Some(file),
            _ => None,
        }
    }

    /// What the file is called: plain letters of the title, and the day.
    pub(super) fn file_name(&self) -> String {
        let title = self.definition.layout.title.as_deref().unwrap_or(&self.definition.dataset);
        let plain: String =
            title.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '-' }).collect();
        let parts: Vec<&str> = plain.split('-').filter(|part| !part.is_empty()).collect();
        let plain: String = parts.join("-").chars().take(60).collect();
        let plain = if plain.is_empty() { "report" } else { &plain };
        format!("{}-{}.{}", plain.to_lowercase(), self.as_of.strftime("%Y-%m-%d"), self.format.extension())
    }

    pub(crate) fn view(self, now: Timestamp) -> ExportView {
        let status = match &self.state {
            State::Queued => Status::Queued,
            State::Collecting => Status::Collecting,
            State::Rendering => Status::Rendering,
            State::Completed { .. } if self.file(now).is_none() => Status::Expired,
            State::Completed { .. } => Status::Completed,
            State::Failed { .. } => Status::Failed,
            State::Cancelled { .. } => Status::Cancelled,
        };
        let (mut file, mut failure, mut ended_at, mut expires_at) = (None, None, None, None);
        match self.state {
            State::Queued | State::Collecting | State::Rendering => {}
            State::Completed { file: made, at, expires_at: until } => {
                (file, ended_at, expires_at) = (Some(made), Some(at), Some(until));
            }
            State::Failed { failure: reason, at } => (failure, ended_at) = (Some(reason), Some(at)),
            State::Cancelled { at } => ended_at = Some(at),
        }
        let Self { id, user, template, definition, parameters, format, as_of, attempt, progress, rows, .. } = self;
        ExportView {
            id,
            user_id: user,
            title: definition.layout.title,
            dataset: definition.dataset,
            template,
            parameters,
            format,
            status,
            progress,
            rows,
            file_name: file.as_ref().map(|file| file.name.clone()),
            bytes: file.as_ref().map(|file| file.bytes),
            sha256: file.map(|file| file.sha256),
            failure,
            as_of,
            attempt,
            created_at: self.created_at,
            updated_at: self.updated_at,
            ended_at,
            expires_at,
        }
    }
}

/// Which export, for jobs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Which {
    pub(crate) tenant: TenantId,
    pub(crate) user: UserId,
    pub(crate) id: Uuid,
}
