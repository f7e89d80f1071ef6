//! The platform's own datasets, and the facts that they are made of.

use serde_json::{Value as Json, json};
use shared::jobs::{Fact, What};

use super::model::Column;
use crate::values::Kind;

/// What services tell reports of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Platform {
    SignIns,
    Deliveries,
    ChatActivity,
    Searches,
}

impl Platform {
    pub(crate) const ALL: [Self; 4] = [Self::SignIns, Self::Deliveries, Self::ChatActivity, Self::Searches];

    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|platform| platform.name() == name)
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::SignIns => "sign_ins",
            Self::Deliveries => "deliveries",
            Self::ChatActivity => "chat_activity",
            Self::Searches => "searches",
        }
    }

    pub(super) fn description(self) -> &'static str {
        match self {
            Self::SignIns => "A row for each sign-in, and for each that was asked for a second factor",
            Self::Deliveries => {
                "A row for each state that a message has got: sent, delivered, read, failed, bounced, complained, suppressed, cancelled"
            }
            Self::ChatActivity => "A row for each message that was sent in a thread",
            Self::Searches => "A row for each search",
        }
    }

    pub(super) fn columns(self) -> Vec<Column> {
        let (text, number, integer, boolean) = (Kind::Text, Kind::Number, Kind::Integer, Kind::Boolean);
        let own: &[(&str, Kind, bool, &str)] = match self {
            Self::SignIns => &[
                ("method", text, true, "password, magicLink, passkey, google, microsoft, github or apple"),
                ("secondFactor", text, false, "totp or backupCode"),
                ("outcome", text, true, "success or challenged"),
            ],
            Self::Deliveries => &[
                ("deliveryId", text, true, ""),
                ("channel", text, true, "email, sms, push, whatsapp or inapp"),
                ("category", text, true, "transactional, marketing, reminder or system"),
                ("priority", text, true, "low, normal, high or critical"),
                ("templateId", text, false, ""),
                ("status", text, true, "The state that it has got"),
                ("attempts", integer, true, "How often it was tried until then"),
            ],
            Self::ChatActivity => &[
                ("threadId", text, true, ""),
                ("messageId", text, true, ""),
                ("messageType", text, true, "text, image, file, audio or video"),
                ("isReply", boolean, true, ""),
                ("attachments", integer, true, "How many files it has"),
            ],
            Self::Searches => &[
                ("query", text, true, "Without case, accents and needless spaces"),
                ("results", integer, true, "How many there were in all"),
                ("tookMs", number, true, "Milliseconds"),
            ],
        };
        let user = ("userId", Kind::User, false, "Whose doing it is, or whom it is about");
        let column = |(name, kind, required, description): &(&str, Kind, bool, &str)| Column {
            name: (*name).to_owned(),
            kind: *kind,
            required: *required,
            description: (*description).to_owned(),
        };
        std::iter::once(&user).chain(own).map(column).collect()
    }
}

/// The dataset that a fact belongs to, and its cells.
pub(crate) fn of_fact(fact: &Fact) -> (Platform, Json) {
    let (platform, mut cells) = match &fact.what {
        What::SignIn { method, second_factor, outcome } => {
            (Platform::SignIns, json!({"method": method, "secondFactor": second_factor, "outcome": outcome}))
        }
        What::Delivery { delivery_id, channel, category, priority, template_id, status, attempts } => (
            Platform::Deliveries,
            json!({
                "deliveryId": delivery_id, "channel": channel, "category": category, "priority": priority,
                "templateId": template_id, "status": status, "attempts": attempts,
            }),
        ),
        What::ChatMessage { thread_id, message_id, message_type, is_reply, attachments } => (
            Platform::ChatActivity,
            json!({
                "threadId": thread_id, "messageId": message_id, "messageType": message_type, "isReply": is_reply,
                "attachments": attachments,
            }),
        ),
        What::Search { query, results, took_ms } => {
            (Platform::Searches, json!({"query": query, "results": results, "tookMs": took_ms}))
        }
    };
    cells["userId"] = json!(fact.user_id);
    (platform, cells)
}
