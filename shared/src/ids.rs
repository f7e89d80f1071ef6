//! The only source of ids and random bytes.

use jiff::Timestamp;
use uuid::{NoContext, Uuid};

use crate::clock::Clock;

/// A new `UUIDv7` (RFC 9562), ordered by the clock's time.
#[must_use]
pub fn new(clock: &Clock) -> Uuid {
    at(clock.now())
}

/// A new `UUIDv7` for the given time.
#[must_use]
pub fn at(time: Timestamp) -> Uuid {
    let seconds = u64::try_from(time.as_second()).unwrap_or(0);
    let nanos = u32::try_from(time.subsec_nanosecond()).unwrap_or(0);
    Uuid::new_v7(uuid::Timestamp::from_unix(NoContext, seconds, nanos))
}

/// The lowest `UUIDv7` that can be made at the given time: where a range of ids begins.
#[must_use]
pub fn lowest_at(time: Timestamp) -> Uuid {
    let millis = u64::try_from(time.as_millisecond()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &[0; 10]).into_uuid()
}

/// The millisecond at which a `UUIDv7` was made; `None` for every other kind of UUID.
#[must_use]
pub fn made_at_millis(id: &Uuid) -> Option<i64> {
    let (seconds, nanos) = id.get_timestamp()?.to_unix();
    let millis = seconds.checked_mul(1000)?.checked_add(u64::from(nanos / 1_000_000))?;
    (id.get_version_num() == 7).then(|| i64::try_from(millis).ok()).flatten()
}

/// `N` bytes from the operating system's generator.
///
/// # Errors
/// When the operating system has no randomness to give.
pub fn random<const N: usize>() -> Result<[u8; N], crate::Error> {
    let mut bytes = [0; N];
    #[expect(clippy::disallowed_methods, reason = "the one place that draws random bytes")]
    aws_lc_rs::rand::fill(&mut bytes).map_err(crate::Error::internal)?;
    Ok(bytes)
}

/// A random whole number in `0..=max`, for jitter and shards. Not for secrets.
#[must_use]
pub fn jitter(max: u64) -> u64 {
    random::<8>().map_or(max, |bytes| u64::from_le_bytes(bytes) % max.saturating_add(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_keeps_the_millisecond_it_was_made_in() {
        let time = Timestamp::from_millisecond(1_740_000_000_123).unwrap();
        let id = new(&Clock::manual(time));
        assert_eq!(made_at_millis(&id), Some(1_740_000_000_123));
        assert_eq!(made_at_millis(&Uuid::nil()), None);
        assert!(lowest_at(time) < id && id < lowest_at(time + jiff::SignedDuration::from_millis(1)));
    }
}
