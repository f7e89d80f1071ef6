//! Messages: their types, and the rules of sending and of reading back.

use std::collections::BTreeMap;

use garde::Validate;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use shared::auth::UserId;
use shared::http::AtMost;
use shared::store::TextSet;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::attachments::Attached;
use crate::error::ChatError;
use crate::moderation::rules::Reported;
use crate::threads::ThreadId;

/// Files of one message.
const MOST_ATTACHMENTS: usize = 10;
/// The longest content, in characters.
const LONGEST_CONTENT: usize = 10_000;

/// What a message is. There is also `system`, which only the platform sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum MessageType {
    /// Words.
    Text,
    /// About a picture.
    Image,
    /// About a file.
    File,
    /// About a recording.
    Audio,
    /// About a film.
    Video,
}

impl MessageType {
    /// All that users send.
    const ALL: [Self; 5] = [Self::Text, Self::Image, Self::File, Self::Audio, Self::Video];

    /// As it stands in bodies.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Image => "image",
            Self::File => "file",
            Self::Audio => "audio",
            Self::Video => "video",
        }
    }

    fn parse(text: &str) -> Result<Self, ChatError> {
        Self::ALL.into_iter().find(|kind| kind.name() == text).ok_or(ChatError::UnsupportedMessageType)
    }
}

/// A message to be sent, by HTTP or by a socket's `message:send`.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct SendMessage {
    #[garde(skip)]
    pub(crate) thread_id: ThreadId,
    /// As written; never read as markup. `INVALID_MESSAGE` if it is too long, or empty without attachments.
    #[serde(default)]
    #[schema(max_length = 10_000)]
    #[garde(skip)]
    pub(crate) content: String,
    /// `UNSUPPORTED_MESSAGE_TYPE` if it is none of these.
    #[serde(rename = "type", default = "text")]
    #[schema(value_type = MessageType, default = "text")]
    #[garde(skip)]
    pub(crate) kind: String,
    /// Chosen by the client: a message sent again with the same id is stored once, and both answers
    /// are the same.
    #[garde(length(chars, min = 1, max = 128))]
    #[schema(min_length = 1, max_length = 128)]
    pub(crate) client_message_id: Option<String>,
    /// The message of the same thread that this one answers.
    #[garde(skip)]
    pub(crate) parent_message_id: Option<Uuid>,
    /// Files that the sender has uploaded for this thread, by their ids; each is sent once.
    #[serde(default)]
    #[schema(value_type = Vec<Uuid>, max_items = 10)]
    #[garde(skip)]
    pub(crate) attachments: AtMost<Uuid, MOST_ATTACHMENTS>,
    /// Members of the thread who are spoken to.
    #[serde(default)]
    #[garde(length(max = 50))]
    #[schema(max_items = 50)]
    pub(crate) mentions: Vec<UserId>,
}

fn text() -> String {
    "text".to_owned()
}

/// A message that keeps the rules and has no number yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Draft {
    pub(crate) thread_id: ThreadId,
    pub(crate) content: String,
    pub(crate) kind: MessageType,
    pub(crate) client_message_id: Option<String>,
    pub(crate) parent_message_id: Option<Uuid>,
    pub(crate) attachments: Vec<Attached>,
    pub(crate) mentions: Vec<UserId>,
    /// By which rule about words it is reported.
    pub(crate) reported: Option<Reported>,
}

/// Content that keeps the rules of a message with so many attachments.
pub(crate) fn check_content(content: &str, attachments: usize) -> Result<(), ChatError> {
    if content.is_empty() && attachments == 0 {
        return Err(ChatError::InvalidMessage("its content is empty"));
    }
    if content.chars().count() > LONGEST_CONTENT {
        return Err(ChatError::InvalidMessage("its content is longer than 10000 characters"));
    }
    Ok(())
}

impl SendMessage {
    /// The message, if it keeps the rules, and the files that it names.
    pub(crate) fn checked(self) -> Result<(Draft, Vec<Uuid>), ChatError> {
        let kind = MessageType::parse(&self.kind)?;
        let AtMost(files) = self.attachments;
        check_content(&self.content, files.len())?;
        let draft = Draft {
            thread_id: self.thread_id,
            content: self.content,
            kind,
            client_message_id: self.client_message_id,
            parent_message_id: self.parent_message_id,
            attachments: Vec::new(),
            mentions: self.mentions,
            reported: None,
        };
        Ok((draft, files))
    }
}

impl Draft {
    /// The message as number `seq` of its thread.
    pub(crate) fn numbered(&self, id: Uuid, sender_id: UserId, seq: u64, created_at: Timestamp) -> StoredMessage {
        StoredMessage {
            id,
            thread_id: self.thread_id,
            sender_id,
            content: self.content.clone(),
            kind: self.kind,
            seq,
            client_message_id: self.client_message_id.clone(),
            parent_message_id: self.parent_message_id,
            attachments: self.attachments.clone(),
            mentions: self.mentions.clone(),
            reactions: TextSet::default(),
            created_at,
            edited_at: None,
            deleted_at: None,
            edits: 0,
            version: 0,
        }
    }
}

/// A message as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StoredMessage {
    pub(crate) id: Uuid,
    pub(crate) thread_id: ThreadId,
    pub(crate) sender_id: UserId,
    pub(crate) content: String,
    #[serde(rename = "type")]
    pub(crate) kind: MessageType,
    pub(crate) seq: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) client_message_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) parent_message_id: Option<Uuid>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) attachments: Vec<Attached>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) mentions: Vec<UserId>,
    /// Each as `<emoji> <user>`: one set beside the other attributes, since DynamoDB adds to no set within a map.
    #[serde(default, skip_serializing_if = "is_empty")]
    pub(crate) reactions: TextSet,
    pub(crate) created_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) edited_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) deleted_at: Option<Timestamp>,
    /// How often it was edited: so many earlier contents are kept.
    #[serde(default)]
    pub(crate) edits: u32,
    /// Counts changes of its content.
    #[serde(default)]
    pub(crate) version: u64,
}

impl StoredMessage {
    /// What it said goes; its number stays.
    pub(crate) fn clear(&mut self, now: Timestamp) {
        self.content.clear();
        self.attachments.clear();
        self.mentions.clear();
        self.reactions.0.clear();
        self.client_message_id = None;
        self.deleted_at = Some(now);
        self.edits = 0;
    }
}

/// What a message said before it was edited.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EarlierContent {
    pub(crate) content: String,
    /// When that was written.
    #[schema(value_type = String, format = DateTime)]
    pub(crate) written_at: Timestamp,
    /// When something else took its place.
    #[schema(value_type = String, format = DateTime)]
    pub(crate) replaced_at: Timestamp,
}

/// Who has reacted to a message with the same emoji.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Reactions {
    pub(crate) emoji: String,
    pub(crate) count: usize,
    #[schema(value_type = Vec<UserId>)]
    pub(crate) user_ids: Vec<String>,
}

/// A message as members see it, in answers and in `message:new`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Message {
    pub(crate) id: Uuid,
    pub(crate) thread_id: ThreadId,
    pub(crate) sender_id: UserId,
    pub(crate) content: String,
    #[serde(rename = "type")]
    #[schema(inline)]
    pub(crate) kind: MessageType,
    /// Its number in the thread, from 1 on and without gaps.
    pub(crate) seq: u64,
    pub(crate) client_message_id: Option<String>,
    /// The message that this one answers.
    pub(crate) parent_message_id: Option<Uuid>,
    pub(crate) attachments: Vec<Attached>,
    pub(crate) mentions: Vec<UserId>,
    pub(crate) reactions: Vec<Reactions>,
    #[schema(value_type = String, format = DateTime)]
    pub(crate) created_at: Timestamp,
    /// Null until it is edited.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(crate) edited_at: Option<Timestamp>,
    /// Null until it is deleted; then its content is gone.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(crate) deleted_at: Option<Timestamp>,
    /// Counts changes of what it says: of two that cross on their way, the greater one is how it is.
    pub(crate) version: u64,
}

/// A set without elements is none to the store.
fn is_empty(set: &TextSet) -> bool {
    set.0.is_empty()
}

/// A reaction as it is stored.
pub(crate) fn stored_reaction(emoji: &str, user: UserId) -> String {
    format!("{emoji} {user}")
}

/// The users of each emoji, both in their order.
pub(crate) fn grouped(TextSet(reactions): &TextSet) -> Vec<Reactions> {
    let mut users: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (emoji, user) in reactions.iter().filter_map(|reaction| reaction.split_once(' ')) {
        users.entry(emoji).or_default().push(user.to_owned());
    }
    let group = |(emoji, mut user_ids): (&str, Vec<String>)| {
        user_ids.sort_unstable();
        Reactions { emoji: emoji.to_owned(), count: user_ids.len(), user_ids }
    };
    users.into_iter().map(group).collect()
}

impl From<StoredMessage> for Message {
    fn from(stored: StoredMessage) -> Self {
        Self {
            id: stored.id,
            thread_id: stored.thread_id,
            sender_id: stored.sender_id,
            content: stored.content,
            kind: stored.kind,
            seq: stored.seq,
            client_message_id: stored.client_message_id,
            parent_message_id: stored.parent_message_id,
            attachments: stored.attachments,
            mentions: stored.mentions,
            reactions: grouped(&stored.reactions),
            created_at: stored.created_at,
            edited_at: stored.edited_at,
            deleted_at: stored.deleted_at,
            version: stored.version,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::ServiceError;

    fn message(content: &str, kind: &str) -> SendMessage {
        SendMessage {
            thread_id: ThreadId(Uuid::nil()),
            content: content.to_owned(),
            kind: kind.to_owned(),
            client_message_id: None,
            parent_message_id: None,
            attachments: AtMost::default(),
            mentions: Vec::new(),
        }
    }

    fn refusal(content: &str, kind: &str) -> &'static str {
        message(content, kind).checked().unwrap_err().problem().code
    }

    #[test]
    fn content_is_counted_in_characters() {
        assert_eq!(refusal("", "text"), "INVALID_MESSAGE");
        assert_eq!(refusal(&"ü".repeat(10_001), "text"), "INVALID_MESSAGE");
        assert!(message(&"ü".repeat(10_000), "text").checked().is_ok());
    }

    #[test]
    fn nobody_sends_system_messages() {
        for wrong in ["system", "Text", "", "poll"] {
            assert_eq!(refusal("hello", wrong), "UNSUPPORTED_MESSAGE_TYPE", "{wrong}");
        }
    }
}
