//! What a message says.

use garde::Validate;
use serde::{Deserialize, Serialize};
use shared::http::rules::refuse_unless;
use utoipa::ToSchema;

use crate::kinds::Channel;

/// Bytes of one part.
const LARGEST_PART: usize = 64 * 1024;
/// Characters of a subject or title.
const LONGEST_LINE: usize = 255;

/// The parts of a message, each a Handlebars template until it is rendered. Which of them are needed
/// depends on the channel: mail has a subject and text or HTML, SMS and `WhatsApp` have text,
/// push and the inbox have a title or text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Content {
    /// Of a mail; one line.
    #[garde(inner(custom(one_line)))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) subject: Option<String>,
    /// Of a push or inbox message; one line.
    #[garde(inner(custom(one_line)))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) title: Option<String>,
    /// At most 64 KB.
    #[garde(inner(custom(part)))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) text: Option<String>,
    /// Of a mail or inbox message; at most 64 KB. Values are escaped.
    #[garde(inner(custom(part)))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) html: Option<String>,
}

impl Content {
    /// Bytes of all parts.
    pub(crate) fn size(&self) -> usize {
        [&self.subject, &self.title, &self.text, &self.html].into_iter().flatten().map(String::len).sum()
    }

    /// The part that `channel` cannot do without and that is not here.
    pub(crate) fn lacks(&self, channel: Channel) -> Option<&'static str> {
        let has = |part: &Option<String>| part.is_some();
        match channel {
            Channel::Email if !has(&self.subject) => Some("subject"),
            Channel::Email if !has(&self.text) && !has(&self.html) => Some("text"),
            Channel::Sms | Channel::Whatsapp if !has(&self.text) => Some("text"),
            Channel::Push | Channel::Inapp if !has(&self.title) && !has(&self.text) => Some("text"),
            _ => None,
        }
    }
}

fn one_line<C>(text: &str, _: &C) -> garde::Result {
    let good = !text.trim().is_empty() && text.chars().count() <= LONGEST_LINE && !text.contains(['\r', '\n']);
    refuse_unless(good, "must be one line of 1 to 255 characters")
}

fn part<C>(text: &str, _: &C) -> garde::Result {
    refuse_unless(!text.trim().is_empty() && text.len() <= LARGEST_PART, "must have 1 to 65536 bytes")
}
