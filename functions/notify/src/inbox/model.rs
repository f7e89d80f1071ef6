//! Messages in the inbox.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::deliveries::Delivery;
use crate::kinds::Category;
use crate::rendering::Content;

/// A message in a member's inbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct InboxMessage {
    /// The delivery's.
    pub(super) id: Uuid,
    notification_id: Uuid,
    category: Category,
    title: Option<String>,
    text: Option<String>,
    html: Option<String>,
    /// When it came.
    #[schema(value_type = String, format = DateTime)]
    pub(super) created_at: Timestamp,
    /// When it was read; null if it was not.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(super) read_at: Option<Timestamp>,
}

impl InboxMessage {
    pub(super) fn new(delivery: &Delivery, content: Content, now: Timestamp) -> Self {
        Self {
            id: delivery.id,
            notification_id: delivery.notification_id,
            category: delivery.category,
            title: content.title.or(content.subject),
            text: content.text,
            html: content.html,
            created_at: now,
            read_at: None,
        }
    }

    /// The same message once it is read.
    #[must_use]
    pub(super) fn read(self, now: Timestamp) -> Self {
        Self { read_at: Some(now), ..self }
    }
}

/// How many messages wait to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UnreadCount {
    /// At most 1000: there may be more.
    pub(super) unread: usize,
}

/// How many messages were read now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ReadNow {
    pub(super) read: u32,
}
