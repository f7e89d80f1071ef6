//! A delivery: one message to one recipient by one channel.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use shared::auth::UserId;
use utoipa::ToSchema;
use uuid::Uuid;

use super::history::{Event, What};
use crate::kinds::{Category, Channel, Priority};
use crate::rendering::Variables;

/// Events that are kept.
const LONGEST_HISTORY: usize = 40;

/// What became of a message, as callers see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Status {
    /// Waits for its time.
    Scheduled,
    /// Waits for its turn.
    Queued,
    /// Is with a provider.
    Sending,
    /// The provider has taken it.
    Sent,
    /// It has arrived.
    Delivered,
    /// The recipient has opened it.
    Read,
    /// It could not be sent.
    Failed,
    /// The recipient's side gave it back.
    Bounced,
    /// The recipient calls it spam.
    Complained,
    /// It was not to be sent.
    Suppressed,
    /// Somebody stopped it.
    Cancelled,
}

impl Status {
    /// As it stands in bodies and counters.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Scheduled => "scheduled",
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Read => "read",
            Self::Failed => "failed",
            Self::Bounced => "bounced",
            Self::Complained => "complained",
            Self::Suppressed => "suppressed",
            Self::Cancelled => "cancelled",
        }
    }

    /// Whether it is still to be sent.
    pub(crate) fn is_open(self) -> bool {
        matches!(self, Self::Scheduled | Self::Queued | Self::Sending)
    }
}

/// Where a delivery stands, with what belongs to that.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "lowercase", rename_all_fields = "camelCase")]
pub(crate) enum State {
    Scheduled {
        due: Timestamp,
    },
    Queued,
    /// One worker has it until then; after that, another one may take it.
    Sending {
        worker: Uuid,
        until: Timestamp,
        /// Who is asked.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        provider: Option<String>,
    },
    Sent,
    Delivered,
    Read,
    Failed,
    Bounced,
    Complained,
    Suppressed,
    Cancelled,
}

impl State {
    pub(crate) fn status(&self) -> Status {
        match self {
            Self::Scheduled { .. } => Status::Scheduled,
            Self::Queued => Status::Queued,
            Self::Sending { .. } => Status::Sending,
            Self::Sent => Status::Sent,
            Self::Delivered => Status::Delivered,
            Self::Bounced => Status::Bounced,
            Self::Complained => Status::Complained,
            Self::Read => Status::Read,
            Self::Failed => Status::Failed,
            Self::Suppressed => Status::Suppressed,
            Self::Cancelled => Status::Cancelled,
        }
    }
}

/// Who gets it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Recipient {
    /// A member, reached by what is known of him when it is sent.
    #[schema(title = "User")]
    UserId(UserId),
    /// An address or a phone number.
    #[schema(title = "Address")]
    To(String),
}

impl Recipient {
    /// The member, if it is one.
    pub(crate) fn user(&self) -> Option<UserId> {
        match self {
            Self::UserId(user) => Some(*user),
            Self::To(_) => None,
        }
    }
}

/// One version of a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TemplateVersion {
    pub(crate) id: Uuid,
    pub(crate) version: u32,
}

/// A delivery as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Delivery {
    pub(crate) id: Uuid,
    pub(crate) notification_id: Uuid,
    pub(crate) channel: Channel,
    pub(crate) recipient: Recipient,
    pub(crate) category: Category,
    pub(crate) priority: Priority,
    /// The version it was made with; without one the notification has the content.
    pub(crate) template: Option<TemplateVersion>,
    /// As JSON text, so that numbers stay as they were written.
    #[serde(with = "json_text")]
    pub(crate) variables: Variables,
    /// Variables that hold links with tokens, until the message is sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) sealed: Option<String>,
    /// The month of whose quota it took one; none for what another service tells.
    #[serde(default)]
    pub(crate) quota_month: Option<String>,
    pub(crate) created_at: Timestamp,
    /// When it was to be sent, whatever has held it up since: providers alone do not move that.
    #[serde(default)]
    pub(crate) wanted_at: Option<Timestamp>,
    /// Changes with the state, so that nobody writes what he has read too long ago.
    #[serde(default)]
    pub(crate) version: u64,
    pub(crate) state: State,
    /// Tries that a provider has answered with an error, or that were cut off.
    pub(crate) attempts: u32,
    /// The provider that may have taken it: no other one is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) bound_to: Option<String>,
    /// Devices that have it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) reached: Vec<Uuid>,
    /// Devices that turned out not to be there any more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) gone: Vec<Uuid>,
    pub(crate) history: Vec<Event>,
}

/// Why it stands where it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Reason {
    /// Stable: `QUIET_HOURS`, `SUPPRESSED_BOUNCE`, …
    code: &'static str,
    /// In words.
    message: String,
}

/// A delivery in lists.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DeliverySummary {
    id: Uuid,
    notification_id: Uuid,
    channel: Channel,
    status: Status,
    recipient: Recipient,
    category: Category,
    priority: Priority,
    template: Option<TemplateVersion>,
    /// The last thing that happened to it.
    reason: Option<Reason>,
    /// Tries that failed.
    attempts: u32,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// When it is to be sent, while it waits for that.
    #[schema(value_type = Option<String>, format = DateTime)]
    due_at: Option<Timestamp>,
}

/// One thing that happened to a delivery.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HistoryEntry {
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    #[serde(flatten)]
    reason: Reason,
    /// The provider that was asked.
    provider: Option<String>,
    /// The provider's id of the message.
    provider_message_id: Option<String>,
}

/// A delivery with all that happened to it: why it was or was not sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DeliveryDetail {
    #[serde(flatten)]
    summary: DeliverySummary,
    /// Oldest first.
    history: Vec<HistoryEntry>,
}

impl Delivery {
    /// The same delivery after something has happened to it.
    #[must_use]
    pub(crate) fn after(&self, state: State, what: What, now: Timestamp) -> Self {
        let mut after = self.in_state(state);
        match &what {
            What::QuietHours { until } => after.wanted_at = Some(*until),
            What::Requeued => after.wanted_at = Some(now),
            _ => {}
        }
        // What has failed may be tried again.
        if !after.state.status().is_open() && after.state != State::Failed {
            after.sealed = None;
        }
        after.note(what, now);
        after
    }

    /// The same delivery in another state, of which its history says nothing.
    #[must_use]
    pub(crate) fn in_state(&self, state: State) -> Self {
        Self { state, version: self.version + 1, ..self.clone() }
    }

    /// Adds to its history.
    pub(crate) fn note(&mut self, what: What, now: Timestamp) {
        // Of a provider that is down for long the last time is told.
        if matches!((self.history.last(), &what), (Some(last), What::ProviderDown { .. }) if last.what.code() == what.code())
        {
            self.history.pop();
        }
        // The beginning and the end are told; what a long outage put between them is not. By what was sent its
        // receipts are found.
        if self.history.len() >= LONGEST_HISTORY {
            let dropped = (1..self.history.len()).find(|place| !matches!(self.history[*place].what, What::Sent { .. }));
            self.history.remove(dropped.unwrap_or(1));
        }
        self.history.push(Event { at: now, what });
    }

    /// What follows when its worker has died, or its message was lost: whoever may have taken it alone is asked again.
    #[must_use]
    pub(crate) fn interrupted(&self, what: What, now: Timestamp) -> Self {
        let mut after = self.after(State::Queued, what, now);
        if let State::Sending { provider, .. } = &self.state {
            after.attempts += 1;
            after.bound_to = provider.clone().or(after.bound_to);
        }
        after
    }

    /// When it was to be sent.
    pub(crate) fn wanted_at(&self) -> Timestamp {
        // Rows of before this was kept tell it by their history alone.
        let told = || {
            self.history.iter().rev().find_map(|event| match event.what {
                What::Scheduled { due } | What::Digest { due } | What::QuietHours { until: due } => Some(due),
                _ => None,
            })
        };
        self.wanted_at.or_else(told).unwrap_or(self.created_at)
    }

    /// When it is to be sent, while it waits for that.
    pub(crate) fn due(&self) -> Option<Timestamp> {
        match self.state {
            State::Scheduled { due } => Some(due),
            _ => None,
        }
    }

    pub(crate) fn summary(&self) -> DeliverySummary {
        DeliverySummary {
            id: self.id,
            notification_id: self.notification_id,
            channel: self.channel,
            status: self.state.status(),
            recipient: self.recipient.clone(),
            category: self.category,
            priority: self.priority,
            template: self.template,
            reason: self.history.last().map(|event| reason(&event.what)),
            attempts: self.attempts,
            created_at: self.created_at,
            due_at: self.due(),
        }
    }

    pub(crate) fn detail(&self) -> DeliveryDetail {
        let history = self.history.iter().map(|event| HistoryEntry {
            at: event.at,
            reason: reason(&event.what),
            provider: event.what.provider().map(str::to_owned),
            provider_message_id: event.what.provider_message_id().map(str::to_owned),
        });
        DeliveryDetail { summary: self.summary(), history: history.collect() }
    }
}

fn reason(what: &What) -> Reason {
    Reason { code: what.code(), message: what.to_string() }
}

mod json_text {
    use serde::{Deserialize, Deserializer, Serializer, de, ser};

    use super::Variables;

    pub(super) fn serialize<S: Serializer>(variables: &Variables, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&serde_json::to_string(variables).map_err(ser::Error::custom)?)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Variables, D::Error> {
        serde_json::from_str(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}
