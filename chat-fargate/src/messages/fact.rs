//! What reports are told of a message.

use shared::ids;
use shared::jobs::{Fact, What};

use super::model::StoredMessage;

/// That somebody has sent a message.
pub(super) fn fact(message: &StoredMessage) -> Fact {
    let at = message.created_at;
    let what = What::ChatMessage {
        thread_id: message.thread_id.0,
        message_id: message.id,
        message_type: message.kind.name().to_owned(),
        is_reply: message.parent_message_id.is_some(),
        attachments: u32::try_from(message.attachments.len()).unwrap_or(u32::MAX),
    };
    Fact { id: ids::at(at), user_id: Some(message.sender_id), at, what }
}
