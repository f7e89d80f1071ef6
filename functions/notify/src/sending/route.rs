//! Who is asked to carry a message: the first provider of its channel that works, and the next one behind it.

use jiff::{SignedDuration, Timestamp};
use shared::{Error, ids};

use super::deliver::Work;
use crate::kinds::Channel;
use crate::providers::{Health, Provider, Readiness};

/// Providers that one try may ask: a worker's claim on a message lasts for two.
const MOST: usize = 2;
/// Messages that wait for a provider come back spread over this time, in milliseconds.
const SPREAD_MS: u64 = 5_000;

/// A provider that may be asked.
pub(super) struct Asked<'a> {
    pub(super) provider: &'a dyn Provider,
    /// As it was read.
    pub(super) health: Health,
    /// Whether this message is the one that finds out if it works again.
    pub(super) tries: bool,
}

/// Where a message can go now.
pub(super) enum Route<'a> {
    /// To these, in this order.
    Ask(Vec<Asked<'a>>),
    /// To none of them before that.
    Wait { until: Timestamp, provider: String },
    /// The channel has no provider.
    Nobody,
}

/// The route of messages of `channel`.
pub(super) async fn route<'a>(work: &Work<'a>, channel: Channel, now: Timestamp) -> Result<Route<'a>, Error> {
    let mut asked: Vec<Asked<'a>> = Vec::new();
    let mut waiting: Option<(Timestamp, String)> = None;
    for provider in work.state.providers.of(channel) {
        let place = (channel, provider.name().to_owned());
        let health = work.healths.get(&place).cloned().unwrap_or_default();
        let tries = health.readiness(now) == Readiness::Trial;
        let free = match health.readiness(now) {
            Readiness::Ready => Ok(()),
            // Only who comes first tries: behind another one it may not come to that.
            Readiness::Trial if asked.is_empty() && work.state.watch.try_out(&place.1, channel, &health).await? => {
                Ok(())
            }
            Readiness::Trial => Err(now),
            Readiness::Wait(until) => Err(until),
        };
        match free {
            Ok(()) => asked.push(Asked { provider: provider.as_ref(), health, tries }),
            Err(until) if waiting.as_ref().is_none_or(|(first, _)| until < *first) => waiting = Some((until, place.1)),
            Err(_) => {}
        }
        if asked.len() == MOST {
            break;
        }
    }
    if !asked.is_empty() {
        return Ok(Route::Ask(asked));
    }
    Ok(match waiting {
        Some((until, provider)) => Route::Wait { until: until.max(now) + spread(), provider },
        None => Route::Nobody,
    })
}

fn spread() -> SignedDuration {
    let milliseconds = 1_000 + ids::jitter(SPREAD_MS);
    SignedDuration::from_millis(i64::try_from(milliseconds).unwrap_or(i64::MAX))
}
