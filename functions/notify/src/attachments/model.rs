//! Attachments and their rules.

use garde::Validate;
use jiff::Timestamp;
use lettre::message::header::ContentType;
use serde::{Deserialize, Serialize};
use shared::http::rules::refuse_unless;
use utoipa::ToSchema;
use uuid::Uuid;

/// Bytes of all attachments of one mail: SES takes 10 MB, encoded.
pub(crate) const LARGEST: u64 = 7_000_000;
/// Attachments of one mail.
pub(crate) const MOST: usize = 10;
/// Characters of a name.
const LONGEST_NAME: usize = 150;

/// A file that a mail takes along.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Attached {
    pub(crate) id: Uuid,
    pub(crate) name: String,
    pub(crate) content_type: String,
    /// In bytes.
    pub(crate) size: u64,
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

/// The one request that stores the file: the very bytes that were announced.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Upload {
    /// Always `PUT`.
    pub(super) method: &'static str,
    /// Holds a signature: whoever has it can upload this file.
    pub(super) url: String,
    /// Headers that must be sent as they are.
    #[schema(value_type = Object)]
    pub(super) headers: std::collections::BTreeMap<String, String>,
    /// When the address stops working.
    #[schema(value_type = String, format = DateTime)]
    pub(super) expires_at: Timestamp,
}

fn file_name<C>(text: &str, _: &C) -> garde::Result {
    let good = !text.trim().is_empty()
        && text.chars().count() <= LONGEST_NAME
        && !text.chars().any(|letter| letter.is_control() || matches!(letter, '/' | '\\' | '"') || turns(letter));
    refuse_unless(good, "must be a file's name of 1 to 150 characters, without slashes and quotes")
}

fn media_type<C>(text: &str, _: &C) -> garde::Result {
    let plain = text.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b';' | b',' | b'"'));
    let whole = ["multipart/", "message/"].iter().any(|kind| text.to_ascii_lowercase().starts_with(kind));
    refuse_unless(plain && !whole && ContentType::parse(text).is_ok(), "must be a media type like application/pdf")
}

/// Whether it changes the direction of writing: a name could look like another one.
fn turns(letter: char) -> bool {
    matches!(letter, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}
