//! When a message is tried again.

use jiff::SignedDuration;
use shared::ids;

/// Tries that may fail or be cut off before a message is given up.
pub(super) const MOST_ATTEMPTS: u32 = 8;
/// The longest pause before the second try; each later one may be twice as long.
const FIRST: SignedDuration = SignedDuration::from_secs(10);
/// The longest of all.
const LONGEST: SignedDuration = SignedDuration::from_hours(1);

/// The pause after the `attempts`-th failed try: half of it fixed, half of it random, so that many messages
/// that failed together do not come back together. Eight tries take about half an hour.
pub(super) fn after(attempts: u32) -> SignedDuration {
    let doubled = FIRST.checked_mul(1 << attempts.saturating_sub(1).min(20)).unwrap_or(LONGEST).min(LONGEST);
    jittered(doubled)
}

/// Between half and all of `most`.
pub(super) fn jittered(most: SignedDuration) -> SignedDuration {
    let half = u64::try_from(most.as_millis() / 2).unwrap_or(0);
    SignedDuration::from_millis(i64::try_from(half + ids::jitter(half)).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_end() {
        for attempts in 1..=40 {
            let most = (10_u64 << (attempts - 1).min(20)).min(3600);
            let pause = u64::try_from(after(attempts).as_millis()).unwrap();
            assert!((most * 500..=most * 1000).contains(&pause), "{attempts}: {pause}");
        }
    }
}
