//! What is told.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::model::EventType;

/// Something that has happened, as it is told to webhooks. It has no data of persons.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Event {
    /// The same for every webhook and each try: receivers drop what they have heard before.
    pub(crate) id: Uuid,
    pub(crate) at: Timestamp,
    pub(crate) data: Data,
}

/// What has happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", content = "data", rename_all_fields = "camelCase")]
pub(crate) enum Data {
    #[serde(rename = "export.completed")]
    ExportCompleted {
        export_id: Uuid,
        dataset: String,
        /// Of the schedule, if it was made for one.
        #[serde(skip_serializing_if = "Option::is_none")]
        schedule_id: Option<Uuid>,
        file_name: String,
        bytes: u64,
        sha256: String,
        rows: u64,
        as_of: Timestamp,
        /// Gives the file to whoever has it, for seven days: only for webhooks that the schedule names.
        #[serde(skip_serializing_if = "Option::is_none")]
        link: Option<String>,
    },
    #[serde(rename = "export.failed")]
    ExportFailed {
        export_id: Uuid,
        dataset: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        schedule_id: Option<Uuid>,
        /// As of an error, without the prefix.
        code: String,
        message: String,
    },
    #[serde(rename = "schedule.failed")]
    ScheduleFailed {
        schedule_id: Uuid,
        name: String,
        /// When the run was due.
        due: Timestamp,
        message: String,
    },
    /// Somebody has tried whether the webhook works.
    #[serde(rename = "webhook.test")]
    Test { message: String },
}

/// A body, as Standard Webhooks recommends.
#[derive(Serialize)]
struct Body<'a> {
    timestamp: Timestamp,
    #[serde(flatten)]
    data: &'a Data,
}

impl Event {
    /// Which subscription hears of it; a test is heard without.
    pub(super) fn kind(&self) -> Option<EventType> {
        match self.data {
            Data::ExportCompleted { .. } => Some(EventType::ExportCompleted),
            Data::ExportFailed { .. } => Some(EventType::ExportFailed),
            Data::ScheduleFailed { .. } => Some(EventType::ScheduleFailed),
            Data::Test { .. } => None,
        }
    }

    /// What is posted: the same bytes each time.
    pub(super) fn body(&self) -> Result<String, shared::Error> {
        serde_json::to_string(&Body { timestamp: self.at, data: &self.data }).map_err(shared::Error::internal)
    }
}
