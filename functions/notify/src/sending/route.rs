//! Who is asked to carry a message: the first provider of its channel that works, and the next one behind it.

use jiff::{SignedDuration, Timestamp};
use shared::ids;

use super::deliver::Work;
use crate::deliveries::Delivery;
use crate::providers::{Health, Provider, Readiness};

/// Providers that one try may ask.
const MOST: usize = 2;
/// Messages that wait for a provider come back spread over this time, in milliseconds.
const SPREAD_MS: u64 = 5_000;

/// A provider that may be asked.
pub(super) struct Asked<'a> {
    pub(super) provider: &'a dyn Provider,
    /// As it was read.
    pub(super) health: Health,
    /// Whether its circuit is half open: only the message that gets the trial may ask it.
    pub(super) on_trial: bool,
}

/// Where a message can go now.
pub(super) enum Route<'a> {
    /// To these, in this order; never to none.
    Ask(Vec<Asked<'a>>),
    /// To none of them before that.
    Wait { until: Timestamp, provider: String },
    /// The channel has no provider.
    Nobody,
}

/// The route of `delivery`. One that may have been taken goes to the provider that may have it alone.
pub(super) fn route<'a>(work: &Work<'a>, delivery: &Delivery, now: Timestamp) -> Route<'a> {
    let mut asked: Vec<Asked<'a>> = Vec::new();
    let mut waiting: Option<(Timestamp, String)> = None;
    for provider in work.state.providers.of(delivery.channel) {
        let name = provider.name();
        if delivery.bound_to.as_ref().is_some_and(|bound| bound != name) {
            continue;
        }
        let health = work.healths.get(&(delivery.channel, name.to_owned())).cloned().unwrap_or_default();
        match health.readiness(now) {
            Readiness::Ready => asked.push(Asked { provider: provider.as_ref(), health, on_trial: false }),
            // Behind another one it may not come to that.
            Readiness::Trial if asked.is_empty() => {
                asked.push(Asked { provider: provider.as_ref(), health, on_trial: true });
            }
            Readiness::Trial => {}
            Readiness::Wait(until) => {
                if waiting.as_ref().is_none_or(|(first, _)| until < *first) {
                    waiting = Some((until, name.to_owned()));
                }
            }
        }
        if asked.len() == MOST {
            break;
        }
    }
    match (asked.is_empty(), waiting) {
        (false, _) => Route::Ask(asked),
        (true, Some((until, provider))) => Route::Wait { until: until.max(now) + spread(), provider },
        (true, None) => Route::Nobody,
    }
}

/// A moment, so that not all come back at once.
pub(super) fn spread() -> SignedDuration {
    let milliseconds = 1_000 + ids::jitter(SPREAD_MS);
    SignedDuration::from_millis(i64::try_from(milliseconds).unwrap_or(i64::MAX))
}
