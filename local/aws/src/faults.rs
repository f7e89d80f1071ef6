//! Faults between a service's SDK client and the emulator.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::ambient;

/// What goes wrong with a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// Another transaction holds the item: `TransactionCanceledException` whose first reason is
    /// `TransactionConflict` (for a single write `TransactionConflictException`). Nothing is
    /// applied.
    TransactionConflict,
    /// `ThrottlingException`; nothing is applied.
    Throttling,
    /// `ProvisionedThroughputExceededException`; nothing is applied.
    ThroughputExceeded,
    /// HTTP 500; nothing is applied.
    InternalError,
    /// The connection is closed and nothing is applied.
    DroppedBefore,
    /// The call has its effect, and the connection is closed instead of the answer.
    DroppedAfter,
    /// The call waits this long, then goes on as always.
    Delay(Duration),
}

/// Which calls of an operation a fault hits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum When {
    /// The next so many calls.
    Next(u32),
    /// Each call with this probability, 0 to 1, until [`Faults::clear`].
    Probability(f64),
}

/// The faults to come. Harmless until something is injected.
#[derive(Debug)]
pub struct Faults {
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    random: fastrand::Rng,
    rules: BTreeMap<String, Vec<Rule>>,
    struck: BTreeMap<String, u64>,
}

#[derive(Debug)]
struct Rule {
    fault: Fault,
    when: When,
}

impl Default for Faults {
    fn default() -> Self {
        let (seed, _) = ambient::id().as_u64_pair();
        Self {
            state: Mutex::new(State {
                random: fastrand::Rng::with_seed(seed),
                rules: BTreeMap::new(),
                struck: BTreeMap::new(),
            }),
        }
    }
}

impl Faults {
    /// Lets calls of an operation fail, by its AWS name (`TransactWriteItems`, `SendMessage`).
    ///
    /// Several rules for one operation are asked in the order of their injection; the first that
    /// applies to a call wins.
    pub fn inject(&self, operation: &str, fault: Fault, when: When) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let rules = state.rules.entry(operation.to_owned()).or_default();
        rules.push(Rule { fault, when });
    }

    /// Makes the probabilities repeatable. Without it the seed is another one each time.
    pub fn seed(&self, seed: u64) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.random = fastrand::Rng::with_seed(seed);
    }

    /// Forgets every rule; what has struck stays counted.
    pub fn clear(&self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.rules.clear();
    }

    /// How many calls of an operation were hit so far.
    #[must_use]
    pub fn struck(&self, operation: &str) -> u64 {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.struck.get(operation).copied().unwrap_or(0)
    }

    pub(crate) fn strike(&self, operation: &str) -> Option<Fault> {
        let mut guard = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let state = &mut *guard;
        let rules = state.rules.get_mut(operation)?;
        rules.retain(|rule| rule.when != When::Next(0));
        let mut hit = None;
        for rule in rules.iter_mut() {
            let applies = match &mut rule.when {
                When::Next(left) => {
                    *left = left.saturating_sub(1);
                    true
                }
                When::Probability(probability) => state.random.f64() < *probability,
            };
            if applies {
                hit = Some(rule.fault);
                break;
            }
        }
        if hit.is_some() {
            *state.struck.entry(operation.to_owned()).or_default() += 1;
        }
        hit
    }
}
