//! The refresh tokens of one session: rotation, lost answers, and theft.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// How long after its first use a token gets the same successor again, so that refreshes that
/// run at once agree.
const SAME_SUCCESSOR: SignedDuration = SignedDuration::from_secs(30);

/// All refresh tokens that a session has had. Tokens are numbered by generation; only the
/// newest is good, and the one before it while the newest is unused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RefreshTokenFamily {
    /// The newest token, not used yet.
    live: u32,
    /// The one that it was given for.
    consumed: Option<Consumed>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Consumed {
    generation: u32,
    at: Timestamp,
}

/// What showing a token comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Presented {
    /// The family goes on like this; its live token is the answer.
    Next(RefreshTokenFamily),
    /// Its successor was given a moment ago; the live token is the answer again.
    Same,
    /// A superseded token: somebody else has had it.
    Theft,
}

impl Default for RefreshTokenFamily {
    fn default() -> Self {
        Self { live: 1, consumed: None }
    }
}

impl RefreshTokenFamily {
    /// The generation of the newest token.
    #[must_use]
    pub fn live(&self) -> u32 {
        self.live
    }

    /// Shows the token of `generation` at `now`.
    #[must_use]
    pub fn present(&self, generation: u32, now: Timestamp) -> Presented {
        if generation == self.live {
            return self.succeeded(generation, now);
        }
        match self.consumed {
            Some(consumed) if consumed.generation == generation => {
                if now.duration_since(consumed.at) <= SAME_SUCCESSOR {
                    Presented::Same
                } else {
                    // The answer was lost: the unused successor is replaced.
                    self.succeeded(generation, now)
                }
            }
            _ => Presented::Theft,
        }
    }

    fn succeeded(&self, by: u32, now: Timestamp) -> Presented {
        match self.live.checked_add(1) {
            Some(live) => Presented::Next(Self { live, consumed: Some(Consumed { generation: by, at: now }) }),
            None => Presented::Theft,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn next(family: &RefreshTokenFamily, generation: u32, second: i64) -> RefreshTokenFamily {
        match family.present(generation, at(second)) {
            Presented::Next(next) => next,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn refreshes_at_once_get_the_same_successor() {
        let family = next(&RefreshTokenFamily::default(), 1, 0);
        assert_eq!(family.live(), 2);
        assert_eq!(family.present(1, at(30)), Presented::Same);
    }

    #[test]
    fn a_lost_answer_replaces_the_unused_successor() {
        let family = next(&RefreshTokenFamily::default(), 1, 0);
        let replaced = next(&family, 1, 31);
        assert_eq!(replaced.live(), 3);
        assert_eq!(replaced.present(2, at(32)), Presented::Theft);
        assert_eq!(replaced.present(1, at(61)), Presented::Same);
        assert_eq!(next(&replaced, 3, 40).live(), 4);
    }

    #[test]
    fn a_token_whose_successor_was_used_is_theft() {
        let family = next(&next(&RefreshTokenFamily::default(), 1, 0), 2, 1);
        assert_eq!(family.present(1, at(1)), Presented::Theft);
    }

    proptest! {
        /// Whoever holds the newest answer can always go on; nobody who holds an answer that
        /// was followed by a used one can.
        #[test]
        fn only_the_newest_holder_goes_on(steps in proptest::collection::vec((0_u32..12, 0_i64..90), 1..40)) {
            let mut family = RefreshTokenFamily::default();
            let mut used: Vec<u32> = Vec::new();
            let mut now = 0;
            for (generation, pause) in steps {
                now += pause;
                match family.present(generation, at(now)) {
                    Presented::Next(next) => {
                        prop_assert!(next.live() > family.live());
                        prop_assert!(used.iter().all(|earlier| *earlier <= generation));
                        used.push(generation);
                        family = next;
                    }
                    Presented::Same => prop_assert!(used.contains(&generation)),
                    Presented::Theft => prop_assert_ne!(generation, family.live()),
                }
                prop_assert!(matches!(family.present(family.live(), at(now)), Presented::Next(_)));
            }
        }
    }
}
