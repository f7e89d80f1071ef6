//! What is told.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use shared::Error;
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

    /// What is posted, and shown.
    pub(super) fn body(&self) -> Result<serde_json::Value, Error> {
        serde_json::to_value(Body { timestamp: self.at, data: &self.data }).map_err(Error::internal)
    }

    /// What is posted to whoever may have the file, too: `data.link` gives it. Nobody keeps this.
    pub(super) fn body_with(&self, link: String) -> Result<serde_json::Value, Error> {
        let mut body = self.body()?;
        if let Some(data) = body.get_mut("data").and_then(|data| data.as_object_mut()) {
            data.insert("link".to_owned(), link.into());
        }
        Ok(body)
    }
}
