//! When a message is tried again.

use jiff::SignedDuration;
use shared::ids;

use crate::deliveries::{Event, What};

/// Tries that may fail or be cut off before a message is given up.
pub(super) const MOST_ATTEMPTS: u32 = 8;
/// The longest pause before the second try; each later one may be four times as long.
const FIRST: SignedDuration = SignedDuration::from_secs(30);
/// The longest of all.
const LONGEST: SignedDuration = SignedDuration::from_hours(4);
/// The longest pause of a message that was throttled again and again.
const LONGEST_THROTTLED: SignedDuration = SignedDuration::from_mins(15);

/// The pause after the `attempts`-th failed try: half of it fixed, half of it random, so that many messages
/// that failed together do not come back together. Eight tries take five to eleven hours.
pub(super) fn after(attempts: u32) -> SignedDuration {
    let pause = FIRST.checked_mul(1 << (2 * attempts.saturating_sub(1)).min(20)).unwrap_or(LONGEST);
    jittered(pause.min(LONGEST))
}

/// The pause of a throttled message: `hint`, and twice as long each time that it is throttled again.
pub(super) fn throttled(hint: SignedDuration, history: &[Event]) -> SignedDuration {
    let is_throttled = |event: &&Event| matches!(event.what, What::Throttled { .. });
    let passing = |event: &&Event| !matches!(event.what, What::FailedOver { .. } | What::ProviderDown { .. });
    let again = history.iter().rev().filter(passing).take_while(is_throttled).count();
    let doubled = hint.checked_mul(1 << again.min(20)).unwrap_or(LONGEST_THROTTLED).min(LONGEST_THROTTLED);
    doubled + jittered(doubled)
}

/// Between half and all of `most`.
fn jittered(most: SignedDuration) -> SignedDuration {
    let half = u64::try_from(most.as_millis() / 2).unwrap_or(0);
    SignedDuration::from_millis(i64::try_from(half + ids::jitter(half)).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_end() {
        for attempts in 1..=40 {
            let most = (30_u64 << (2 * (attempts - 1)).min(20)).min(4 * 3600);
            let pause = u64::try_from(after(attempts).as_millis()).unwrap();
            assert!((most * 500..=most * 1000).contains(&pause), "{attempts}: {pause}");
        }
    }
}
