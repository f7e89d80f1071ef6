//! The words of notify: channels, categories, priorities.

use serde::{Deserialize, Serialize};
use shared::jobs::QueueName;
use utoipa::ToSchema;

/// A way to reach somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Channel {
    /// Mail.
    Email,
    /// Text messages.
    Sms,
    /// To the user's devices.
    Push,
    /// `WhatsApp`.
    Whatsapp,
    /// The inbox of the app.
    Inapp,
}

impl Channel {
    /// All of them.
    pub(crate) const ALL: [Self; 5] = [Self::Email, Self::Sms, Self::Push, Self::Whatsapp, Self::Inapp];

    /// As it stands in bodies and keys.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Sms => "sms",
            Self::Push => "push",
            Self::Whatsapp => "whatsapp",
            Self::Inapp => "inapp",
        }
    }

    /// Whether it reaches addresses, which can be suppressed; the others reach members.
    pub(crate) fn has_addresses(self) -> bool {
        matches!(self, Self::Email | Self::Sms | Self::Whatsapp)
    }

    /// The channel of this name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|channel| channel.name() == name)
    }
}

/// What a message is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Category {
    /// What the user has asked for: an order, a ticket.
    #[default]
    Transactional,
    /// What somebody wants to sell.
    Marketing,
    /// That something is near.
    Reminder,
    /// About the account itself. Cannot be switched off.
    System,
}

impl Category {
    /// All of them.
    pub(crate) const ALL: [Self; 4] = [Self::Transactional, Self::Marketing, Self::Reminder, Self::System];

    /// As it stands in bodies.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Transactional => "transactional",
            Self::Marketing => "marketing",
            Self::Reminder => "reminder",
            Self::System => "system",
        }
    }

    /// Whether frequency caps count it.
    pub(crate) fn is_capped(self) -> bool {
        matches!(self, Self::Marketing | Self::Reminder)
    }
}

/// How much a message hurries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Priority {
    /// After everything else.
    Low,
    /// In its turn.
    #[default]
    Normal,
    /// Before others.
    High,
    /// Before others, and in quiet hours too.
    Critical,
}

impl Priority {
    /// As it stands in bodies.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Normal => "normal",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    /// Where its messages wait: more of them than one class can do hold up no higher one.
    pub(crate) fn queue(self) -> QueueName {
        match self {
            Self::Low => QueueName::NotifyLow,
            Self::Normal => QueueName::Notify,
            Self::High | Self::Critical => QueueName::NotifyHigh,
        }
    }
}
