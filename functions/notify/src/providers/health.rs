//! Whether a provider is asked at all: its circuit, and the pauses that it asks for.
//!
//! Five failures, none of them a minute after the one before, open the circuit: nobody asks the provider for a
//! while. Then one message tries. If that works the circuit is closed; if not, it stays open for twice as long.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Failures in a row that open the circuit.
const MOST_FAILURES: u32 = 5;
/// What is further apart than this is no row.
const APART: SignedDuration = SignedDuration::from_mins(1);
/// How long the circuit is open the first time.
const FIRST: SignedDuration = SignedDuration::from_secs(15);
/// The longest that it is open.
const LONGEST: SignedDuration = SignedDuration::from_mins(10);
/// How long the one message that tries may take before another one does.
const TRIAL: SignedDuration = SignedDuration::from_secs(40);

/// What is known of a provider on one channel. A provider that works has no row.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Health {
    /// Changes with each write, so that none is overwritten unread.
    pub(super) version: u64,
    pub(super) failures: u32,
    pub(super) last_error: Option<String>,
    pub(super) last_failure_at: Option<Timestamp>,
    /// How often the circuit has opened since the provider last worked.
    pub(super) opened: u32,
    pub(super) open_until: Option<Timestamp>,
    pub(super) paused_until: Option<Timestamp>,
}

/// Where a circuit stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Circuit {
    /// Messages go through.
    Closed,
    /// Nobody asks the provider.
    Open,
    /// The next message tries.
    HalfOpen,
}

/// What may be done now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Readiness {
    Ready,
    /// One message may try, if it gets the trial.
    Trial,
    /// Not before then.
    Wait(Timestamp),
}

impl Health {
    pub(super) fn circuit(&self, now: Timestamp) -> Circuit {
        match self.open_until {
            None => Circuit::Closed,
            Some(until) if until > now => Circuit::Open,
            Some(_) => Circuit::HalfOpen,
        }
    }

    pub(crate) fn readiness(&self, now: Timestamp) -> Readiness {
        let paused = self.paused_until.filter(|until| *until > now);
        match (self.circuit(now), paused) {
            (Circuit::Closed, None) => Readiness::Ready,
            (Circuit::HalfOpen, None) => Readiness::Trial,
            (_, paused) => Readiness::Wait(paused.max(self.open_until).unwrap_or(now)),
        }
    }

    /// Whether there is nothing to say.
    pub(crate) fn is_clean(&self) -> bool {
        self.failures == 0 && self.open_until.is_none()
    }

    /// After a failure that is the provider's; of the message that `tried`, or of another one.
    pub(super) fn failed(&self, error: &str, tried: bool, now: Timestamp) -> Self {
        let in_a_row = self.last_failure_at.is_some_and(|last| now.duration_since(last) < APART);
        let failures = if in_a_row || tried { self.failures.saturating_add(1) } else { 1 };
        let mut after =
            Self { failures, last_error: Some(error.to_owned()), last_failure_at: Some(now), ..self.clone() };
        // While it is open, the others' failures are of messages that had begun before.
        if tried || (failures >= MOST_FAILURES && self.circuit(now) == Circuit::Closed) {
            let open = FIRST.checked_mul(1 << self.opened.min(10)).unwrap_or(LONGEST).min(LONGEST);
            after.open_until = Some(now + open);
            after.opened = self.opened.saturating_add(1);
        }
        after
    }

    /// After a message that went through.
    pub(super) fn worked(&self) -> Self {
        Self { failures: 0, opened: 0, open_until: None, ..self.clone() }
    }

    /// After it asked to slow down.
    pub(super) fn paused(&self, until: Timestamp) -> Self {
        Self { paused_until: self.paused_until.max(Some(until)), ..self.clone() }
    }

    /// While one message tries.
    pub(super) fn tried(&self, now: Timestamp) -> Self {
        Self { open_until: Some(now + TRIAL), ..self.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + seconds).unwrap()
    }

    fn broken(from: i64) -> Health {
        (0..5).fold(Health::default(), |health, second| health.failed("X", false, at(from + second)))
    }

    #[test]
    fn five_failures_in_a_row_open_it_and_one_message_tries() {
        let four = (0..4).fold(Health::default(), |health, second| health.failed("X", false, at(second)));
        assert_eq!(four.readiness(at(4)), Readiness::Ready);
        let open = broken(0);
        assert_eq!(open.readiness(at(5)), Readiness::Wait(at(19)));
        assert_eq!(open.readiness(at(19)), Readiness::Trial);
        // Somebody tries: nobody else does, until that takes too long.
        let tried = open.tried(at(19));
        assert_eq!(tried.readiness(at(20)), Readiness::Wait(at(59)));
        assert_eq!(tried.readiness(at(59)), Readiness::Trial);
        assert_eq!(tried.worked().readiness(at(20)), Readiness::Ready);
        assert!(tried.worked().is_clean());
    }

    #[test]
    fn each_failed_trial_doubles_the_pause() {
        let mut health = broken(0);
        let mut now = at(4);
        for expected in [15, 30, 60, 120, 240, 480, 600, 600] {
            let Readiness::Wait(until) = health.readiness(now) else { panic!("{health:?}") };
            assert_eq!(until.duration_since(now), SignedDuration::from_secs(expected));
            now = until;
            assert_eq!(health.readiness(now), Readiness::Trial);
            health = health.tried(now).failed("X", true, now);
        }
    }

    #[test]
    fn failures_far_apart_open_nothing() {
        let health = (0..50).fold(Health::default(), |health, minute| health.failed("X", false, at(minute * 60)));
        assert_eq!(health.readiness(at(50 * 60)), Readiness::Ready);
    }

    #[test]
    fn a_pause_ends_by_itself_and_is_never_shortened() {
        let paused = Health::default().paused(at(30)).paused(at(10));
        assert_eq!(paused.readiness(at(29)), Readiness::Wait(at(30)));
        assert_eq!(paused.readiness(at(30)), Readiness::Ready);
        assert_eq!(paused.worked().readiness(at(29)), Readiness::Wait(at(30)));
    }
}
