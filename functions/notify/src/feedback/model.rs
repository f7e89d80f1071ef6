//! What can be told of a message.

use jiff::Timestamp;

use crate::deliveries::{Delivery, State, What};
use crate::suppressions::SuppressionReason;

/// Something that a provider tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Told {
    /// The event's id: the same when it is told twice.
    pub(super) event: String,
    /// The provider's id of the message.
    pub(super) message: String,
    /// When it happened, as the provider says.
    pub(super) at: Timestamp,
    pub(super) what: Happened,
}

/// What has happened to a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Happened {
    Delivered,
    Read,
    /// The recipient's side gave it back; `permanent` if its address does not exist.
    Bounced {
        permanent: bool,
        code: String,
    },
    Complained,
    /// The provider took it, and then did not send it.
    Refused {
        code: String,
    },
}

impl Happened {
    /// The delivery after this; `None` if it has come further already, or its fate was decided otherwise.
    pub(super) fn after(&self, before: &Delivery, provider: &str, now: Timestamp) -> Option<Delivery> {
        let provider = provider.to_owned();
        let (state, rank, what) = match self {
            Self::Delivered => (State::Delivered, 1, What::Delivered { provider }),
            Self::Read => (State::Read, 2, What::Opened { provider }),
            Self::Refused { code } => (State::Failed, 3, What::ProviderRefused { provider, error: code.clone() }),
            Self::Bounced { code, .. } => (State::Bounced, 3, What::Bounced { provider, error: code.clone() }),
            Self::Complained => (State::Complained, 4, What::Complained { provider }),
        };
        (Self::rank(&before.state)? < rank).then(|| before.after(state, what, now))
    }

    /// How far a message has come; `None` where no event changes it.
    fn rank(state: &State) -> Option<u8> {
        match state {
            State::Sent => Some(0),
            State::Delivered => Some(1),
            State::Read => Some(2),
            State::Bounced => Some(3),
            State::Complained => Some(4),
            State::Scheduled { .. }
            | State::Queued
            | State::Sending { .. }
            | State::Failed
            | State::Suppressed
            | State::Cancelled => None,
        }
    }

    /// Why the address must not be written to any more.
    pub(super) fn suppresses(&self) -> Option<SuppressionReason> {
        match self {
            Self::Bounced { permanent: true, .. } => Some(SuppressionReason::Bounce),
            Self::Complained => Some(SuppressionReason::Complaint),
            _ => None,
        }
    }
}
