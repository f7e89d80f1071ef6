//! Presence: what is told of somebody, and how that is asked for.

use std::time::Duration;

use garde::Validate;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use shared::auth::UserId;
use utoipa::{IntoParams, ToSchema};

/// A user whose sockets say nothing for so long is away.
const AWAY_AFTER: Duration = Duration::from_mins(5);
/// Users of one question.
pub(super) const MOST_ASKED: usize = 50;

/// Whether somebody is here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Status {
    /// Has a socket, and says something now and then.
    Online,
    /// Has a socket that has said nothing for five minutes.
    Away,
    /// Has none.
    Offline,
}

impl Status {
    /// As nodes tell each other of who is here.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Online => "online",
            Self::Away => "away",
            Self::Offline => "offline",
        }
    }

    /// That of somebody who is here.
    pub(super) fn of_name(name: &str) -> Option<Self> {
        [Self::Online, Self::Away].into_iter().find(|status| status.name() == name)
    }
}

/// Whether a user is here; what `presence:update` says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Presence {
    pub(super) user_id: UserId,
    #[schema(inline)]
    pub(super) status: Status,
    /// When the last socket went; null while there is one, and of who never had one.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(super) last_seen_at: Option<Timestamp>,
}

/// The status of who has sockets that were idle for so long; `None` of who has none.
pub(super) fn status(idle: impl Iterator<Item = Duration>) -> Option<Status> {
    let least = idle.min()?;
    Some(if least >= AWAY_AFTER { Status::Away } else { Status::Online })
}

/// Whose presence is wanted.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PresenceQuery {
    /// Up to 50 ids, with commas between them.
    #[garde(length(min = 1, max = 2000))]
    #[param(example = "018f3c5a-0000-7000-8000-000000000000")]
    pub(super) user_ids: String,
}

/// Whose presence is wanted, by a socket.
#[derive(Debug, Deserialize, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct AskPresence {
    #[garde(length(min = 1, max = MOST_ASKED))]
    pub(super) user_ids: Vec<UserId>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_silent_on_all_sockets_for_five_minutes_is_away() {
        let minutes = |minutes: &[u64]| status(minutes.iter().map(|minutes| Duration::from_mins(*minutes)));
        assert_eq!(minutes(&[]), None);
        assert_eq!(minutes(&[0, 90]), Some(Status::Online));
        assert_eq!(minutes(&[4]), Some(Status::Online));
        assert_eq!(minutes(&[5, 90]), Some(Status::Away));
    }
}
