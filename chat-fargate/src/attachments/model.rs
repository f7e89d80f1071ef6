//! Attachments and their rules.

use garde::Validate;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use shared::auth::UserId;
use shared::files::Upload;
use shared::http::rules::{file_name, refuse_unless};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::error::ChatError;
use crate::threads::ThreadId;

/// Bytes of one file.
const LARGEST: u64 = 25_000_000;
/// Beside pictures, sound and films: what people send each other, and browsers do not run.
const TYPES: [&str; 11] = [
    "application/pdf",
    "application/zip",
    "application/json",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "application/vnd.oasis.opendocument.text",
    "application/vnd.oasis.opendocument.spreadsheet",
    "text/plain",
    "text/csv",
    "text/calendar",
];
/// Of these kinds everything but what may hold scripts.
const KINDS: [&str; 3] = ["image/", "audio/", "video/"];
const SCRIPTED: &str = "image/svg+xml";

/// A file that is to be uploaded.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct CreateAttachment {
    /// The thread that it is to be sent to.
    #[garde(skip)]
    pub(super) thread_id: ThreadId,
    /// What others see: `stage-plan.pdf`.
    #[garde(custom(file_name))]
    pub(super) name: String,
    /// Pictures, sound and films (no SVG), PDF, ZIP, JSON, office documents, plain text, CSV and calendars; without
    /// parameters.
    #[garde(custom(sendable))]
    #[schema(example = "application/pdf")]
    pub(super) content_type: String,
    /// In bytes. `ATTACHMENT_TOO_LARGE` above 25 MB.
    #[garde(range(min = 1))]
    #[schema(minimum = 1, maximum = 25_000_000)]
    pub(super) size: u64,
}

impl CreateAttachment {
    pub(super) fn check_size(&self) -> Result<(), ChatError> {
        if self.size > LARGEST { Err(ChatError::AttachmentTooLarge) } else { Ok(()) }
    }
}

fn sendable<C>(text: &str, _: &C) -> garde::Result {
    let plain = text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"/+.-".contains(&byte));
    let media =
        KINDS.iter().any(|kind| text.strip_prefix(kind).is_some_and(|rest| !rest.is_empty() && !rest.contains('/')));
    let sendable = TYPES.contains(&text) || (media && text != SCRIPTED && text.len() <= 100);
    refuse_unless(plain && sendable, "must be a media type that can be sent, like application/pdf")
}

/// A file of a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Attached {
    /// By which it is downloaded: `GET /attachments/{id}`.
    pub(crate) id: Uuid,
    pub(crate) name: String,
    pub(crate) content_type: String,
    /// In bytes.
    pub(crate) size: u64,
}

/// A file as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Attachment {
    #[serde(flatten)]
    pub(crate) file: Attached,
    pub(crate) user_id: UserId,
    pub(crate) thread_id: ThreadId,
    /// The message that it was sent with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) used_by: Option<Uuid>,
}

/// Where a file goes.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AttachmentView {
    /// To be named in `attachments` of a message.
    pub(super) id: Uuid,
    pub(super) upload: Upload,
    /// When it goes by itself, unless it was sent by then.
    #[schema(value_type = String, format = DateTime)]
    pub(super) expires_at: Timestamp,
}

/// Where a file is for the next five minutes.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Download {
    #[serde(flatten)]
    pub(super) file: Attached,
    /// Holds a signature: whoever has it can fetch the file.
    pub(super) url: String,
    /// When the address stops working.
    #[schema(value_type = String, format = DateTime)]
    pub(super) expires_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_browsers_run_cannot_be_sent() {
        for right in ["image/png", "video/mp4", "audio/ogg", "application/pdf", "text/plain", "image/heic"] {
            assert!(sendable(right, &()).is_ok(), "{right}");
        }
        let wrong = [
            "image/svg+xml",
            "text/html",
            "application/javascript",
            "image/",
            "image/png; charset=x",
            "IMAGE/PNG",
            "image/a/b",
            "",
        ];
        for wrong in wrong {
            assert!(sendable(wrong, &()).is_err(), "{wrong}");
        }
    }
}
