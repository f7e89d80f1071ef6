//! Refreshes of one session in every order in which their steps can fall: each reads the session, then stores its
//! successor if nobody was faster, else begins again.

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::{Presented, RefreshTokenFamily};

/// The stored session.
#[derive(Clone, Debug, Default)]
struct Stored {
    family: RefreshTokenFamily,
    revoked: bool,
}

/// A request on its way.
#[derive(Clone, Debug)]
struct Request {
    shows: u32,
    read: Option<Stored>,
    answer: Option<Answer>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    Successor(u32),
    Reused,
    Revoked,
}

impl Request {
    fn new(shows: u32) -> Self {
        Self { shows, read: None, answer: None }
    }

    /// One step: a read, or the conditional write that follows it.
    fn step(&mut self, stored: &mut Stored, now: Timestamp) {
        let Some(read) = self.read.take() else {
            self.read = Some(stored.clone());
            return;
        };
        self.answer = if read.revoked {
            Some(Answer::Revoked)
        } else {
            match read.family.present(self.shows, now) {
                Presented::Same => Some(Answer::Successor(read.family.live())),
                Presented::Next(next) => {
                    let unchanged = !stored.revoked && stored.family.live() == read.family.live();
                    if unchanged {
                        stored.family = next.clone();
                    }
                    unchanged.then(|| Answer::Successor(next.live()))
                }
                Presented::Theft => {
                    stored.revoked = true;
                    Some(Answer::Reused)
                }
            }
        };
    }
}

/// Runs the requests to their ends, their steps in the order that `order` chooses.
fn run(stored: &mut Stored, requests: &mut [Request], order: &[usize], now: Timestamp) {
    let mut order = order.iter().copied().chain(0..);
    while requests.iter().any(|request| request.answer.is_none()) {
        let waiting: Vec<usize> = (0..requests.len()).filter(|index| requests[*index].answer.is_none()).collect();
        let chosen = waiting[order.next().unwrap() % waiting.len()];
        requests[chosen].step(stored, now);
    }
}

fn at(second: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_secs(second)
}

proptest! {
    /// An honest client refreshes its newest token, many times at once, loses answers, and is never logged out: all of
    /// a token's refreshes agree.
    #[test]
    fn honest_refreshes_at_once_agree_and_go_on(
        rounds in prop::collection::vec((1_usize..20, prop::collection::vec(0_usize..20, 0..80), 0_i64..30, any::<bool>()), 1..12),
    ) {
        let (mut stored, mut holds, mut now) = (Stored::default(), 1, 0);
        for (tabs, order, pause, lost) in rounds {
            now += pause;
            let mut requests = vec![Request::new(holds); tabs];
            run(&mut stored, &mut requests, &order, at(now));
            let answers: Vec<Answer> = requests.iter().filter_map(|request| request.answer).collect();
            prop_assert!(answers.iter().all(|answer| *answer == answers[0]), "{:?}", answers);
            let Answer::Successor(successor) = answers[0] else { panic!("logged out: {answers:?}") };
            // Every answer is lost: the client shows the same token again.
            if !lost {
                holds = successor;
            }
        }
        prop_assert!(!stored.revoked);
    }

    /// A thief has copied one token and shows it while the owner goes on. Whoever of the two comes second with a token
    /// whose successor was used ends the family: nobody refreshes any more.
    #[test]
    fn a_stolen_token_shown_later_ends_the_family(
        before in 0_usize..6,
        after in 2_usize..6,
        pauses in prop::collection::vec(0_i64..90, 12),
        order in prop::collection::vec(0_usize..20, 0..80),
        at_once in 0_usize..5,
    ) {
        let (mut stored, mut holds, mut now) = (Stored::default(), 1, 0);
        let mut pauses = pauses.into_iter();
        let mut refresh = |stored: &mut Stored, holds: u32| {
            now += pauses.next().unwrap();
            let mut request = [Request::new(holds)];
            run(stored, &mut request, &[], at(now));
            (request[0].answer, now)
        };
        for _ in 0..before {
            if let (Some(Answer::Successor(next)), _) = refresh(&mut stored, holds) {
                holds = next;
            }
        }
        let stolen = holds;
        let mut last = 0;
        for _ in 0..after {
            if let (Some(Answer::Successor(next)), now) = refresh(&mut stored, holds) {
                (holds, last) = (next, now);
            }
        }
        // The thief, and the owner's own requests in any order with his.
        let mut requests = vec![Request::new(stolen)];
        requests.extend(std::iter::repeat_n(Request::new(holds), at_once));
        run(&mut stored, &mut requests, &order, at(last));
        prop_assert_eq!(requests[0].answer, Some(Answer::Reused));
        prop_assert!(stored.revoked);
        let mut owner = [Request::new(stored.family.live())];
        run(&mut stored, &mut owner, &[], at(last));
        prop_assert_eq!(owner[0].answer, Some(Answer::Revoked));
    }
}
