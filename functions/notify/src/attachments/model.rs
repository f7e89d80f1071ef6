//! Attachments and their rules.

use garde::Validate;
use jiff::Timestamp;
use lettre::message::header::ContentType;
use serde::{Deserialize, Serialize};
use shared::files::Upload;
use shared::http::rules::{file_name, refuse_unless};
use utoipa::ToSchema;
use uuid::Uuid;

/// Bytes of all attachments of one mail: SES takes 10 MB, encoded.
pub(crate) const LARGEST: u64 = 7_000_000;
/// Attachments of one mail.
pub(crate) const MOST: usize = 10;

/// A file that a mail takes along.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Attached {
    pub(crate) id: Uuid,
    pub(crate) name: String,
    pub(crate) content_type: String,
    /// In bytes.
    pub(crate) size: u64,
    /// Its key among reports' files, if it is one of them and was not uploaded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) report: Option<String>,
}

/// A file that is to be uploaded.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct CreateAttachment {
    /// What the recipient sees: `ticket.pdf`.
    #[garde(custom(file_name))]
    pub(super) name: String,
    /// `application/pdf`, without parameters.
    #[garde(length(max = 100), custom(media_type))]
    pub(super) content_type: String,
    /// In bytes; at most 7 MB for all attachments of a mail.
    #[garde(range(min = 1, max = LARGEST))]
    #[schema(minimum = 1, maximum = 7_000_000)]
    pub(super) size: u64,
}

/// Where the file goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AttachmentView {
    /// To be named in `attachments` of a request to send.
    pub(super) id: Uuid,
    pub(super) upload: Upload,
    /// When it goes by itself, unless a request has named it by then.
    #[schema(value_type = String, format = DateTime)]
    pub(super) expires_at: Timestamp,
}

fn media_type<C>(text: &str, _: &C) -> garde::Result {
    let plain = text.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b';' | b',' | b'"'));
    let whole = ["multipart/", "message/"].iter().any(|kind| text.to_ascii_lowercase().starts_with(kind));
    refuse_unless(plain && !whole && ContentType::parse(text).is_ok(), "must be a media type like application/pdf")
}
