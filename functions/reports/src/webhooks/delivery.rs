//! Deliveries and their states: an event for one webhook.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::event::{Data, Event};
use crate::exports;

/// Pauses after the tries of a delivery: ten tries in a day and two hours.
const PAUSES: [SignedDuration; 9] = [
    SignedDuration::from_secs(5),
    SignedDuration::from_secs(30),
    SignedDuration::from_mins(5),
    SignedDuration::from_mins(30),
    SignedDuration::from_hours(1),
    SignedDuration::from_hours(2),
    SignedDuration::from_hours(4),
    SignedDuration::from_hours(8),
    SignedDuration::from_hours(10),
];
/// The longest pause that a receiver may ask for.
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_hours(12);
/// How late a try may be.
const LOST: SignedDuration = SignedDuration::from_hours(1);
/// Tries that are shown.
const SHOWN: usize = 20;

/// An event for a webhook, as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Delivery {
    #[serde(with = "crate::as_text")]
    pub(super) event: Event,
    /// The file that it brings a link to.
    pub(super) file: Option<FileFor>,
    pub(super) state: State,
    /// The last tries, the oldest first.
    pub(super) attempts: Vec<Attempt>,
    /// Counts the messages that it had: an older one does nothing.
    pub(super) round: u64,
    /// Counts the workers that had it.
    pub(super) claims: u64,
}

/// A file, and the address that its owner has named for it: another one gets no link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FileFor {
    pub(crate) export: exports::Which,
    pub(crate) url: String,
}

/// How a delivery is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "status")]
pub(super) enum State {
    /// It will be tried then; so often it was before, since it was asked for.
    Pending {
        due: Timestamp,
        tried: usize,
    },
    /// A worker sends it; another one may go on then.
    Sending {
        until: Timestamp,
        tried: usize,
    },
    Delivered,
    Failed,
}

/// One try.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = WebhookAttempt)]
pub(crate) struct Attempt {
    #[schema(value_type = String, format = DateTime)]
    pub(super) at: Timestamp,
    /// What the endpoint has answered; nothing, if it has not.
    pub(super) status: Option<u16>,
    /// Why there is no answer, or why it does not count.
    pub(super) problem: Option<String>,
    pub(super) duration_ms: u64,
}

/// How a delivery is, for callers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) enum DeliveryStatus {
    Pending,
    Delivered,
    Failed,
}

/// A delivery as callers see it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = WebhookDelivery)]
pub(crate) struct DeliveryView {
    /// Of the event, which `webhook-id` repeats.
    id: Uuid,
    status: DeliveryStatus,
    /// What is posted, without a link to a file.
    #[schema(value_type = Object)]
    payload: serde_json::Value,
    /// The last 20 tries, the oldest first.
    attempts: Vec<Attempt>,
    /// When it is tried next.
    #[schema(value_type = Option<String>, format = DateTime)]
    next_attempt_at: Option<Timestamp>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
}

impl Delivery {
    /// One that is to be sent at once.
    pub(super) fn new(event: Event, file: Option<FileFor>, now: Timestamp) -> Self {
        let state = State::Pending { due: now, tried: 0 };
        Self { event, file, state, attempts: Vec::new(), round: 1, claims: 0 }
    }

    /// The same in a worker's hands.
    pub(super) fn claimed(&self, until: Timestamp, tried: usize) -> Self {
        Self { state: State::Sending { until, tried }, claims: self.claims + 1, ..self.clone() }
    }

    /// The same after a try, or when it is asked for again.
    pub(super) fn after(&self, state: State, attempt: Option<Attempt>) -> Self {
        let mut attempts = self.attempts.clone();
        attempts.extend(attempt);
        let many = attempts.len().saturating_sub(SHOWN);
        attempts.drain(..many);
        Self { state, attempts, round: self.round + 1, ..self.clone() }
    }

    /// When it is tried again that was tried so often, if at all: nobody waits for a test.
    pub(super) fn next_try(&self, tried: usize, wished: Option<SignedDuration>, now: Timestamp) -> Option<Timestamp> {
        if matches!(self.event.data, Data::Test { .. }) { None } else { next_try(tried, wished, now) }
    }

    /// Whether it will be tried by itself; one that is late by an hour was lost.
    pub(super) fn is_waiting(&self, now: Timestamp) -> bool {
        match self.state {
            State::Pending { due: then, .. } | State::Sending { until: then, .. } => then + LOST > now,
            State::Delivered | State::Failed => false,
        }
    }

    pub(super) fn view(self) -> Result<DeliveryView, shared::Error> {
        let (status, next_attempt_at) = match self.state {
            State::Pending { due, .. } => (DeliveryStatus::Pending, Some(due)),
            State::Sending { .. } => (DeliveryStatus::Pending, None),
            State::Delivered => (DeliveryStatus::Delivered, None),
            State::Failed => (DeliveryStatus::Failed, None),
        };
        let payload = self.event.body()?;
        let Self { event, attempts, .. } = self;
        Ok(DeliveryView { id: event.id, status, payload, attempts, next_attempt_at, created_at: event.at })
    }
}

/// When a delivery that was tried so often is tried again, if at all.
fn next_try(tried: usize, wished: Option<SignedDuration>, now: Timestamp) -> Option<Timestamp> {
    let pause = *PAUSES.get(tried.checked_sub(1)?)?;
    Some(now + pause.max(wished.unwrap_or_default().min(LONGEST_PAUSE)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_ten_tries_with_growing_pauses() {
        let now = Timestamp::UNIX_EPOCH;
        let pauses: Vec<SignedDuration> =
            (1..).map_while(|tried| next_try(tried, None, now)).map(|next| next.duration_since(now)).collect();
        assert_eq!(pauses.len() + 1, 10);
        assert!(pauses.is_sorted() && pauses[0] == SignedDuration::from_secs(5));
        // A wish counts if it is for longer, and not too long.
        let after = |wished| next_try(1, Some(SignedDuration::from_secs(wished)), now).unwrap().as_second();
        assert_eq!([after(1), after(60), after(1_000_000)], [5, 60, 12 * 3600]);
    }
}
