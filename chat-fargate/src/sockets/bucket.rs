//! How often one socket may speak.

use std::time::Instant;

/// Events a second, in the long run.
const RATE: f64 = 20.0;
/// Events at once.
const BURST: f64 = 40.0;

/// A token bucket.
#[derive(Debug)]
pub(super) struct TokenBucket {
    tokens: f64,
    filled_at: Instant,
}

impl TokenBucket {
    /// A full one.
    pub(super) fn full(now: Instant) -> Self {
        Self { tokens: BURST, filled_at: now }
    }

    /// Takes a token, if there is one.
    pub(super) fn take(&mut self, now: Instant) -> bool {
        let since = now.saturating_duration_since(self.filled_at).as_secs_f64();
        self.tokens = (self.tokens + since * RATE).min(BURST);
        self.filled_at = now;
        if self.tokens < 1.0 {
            return false;
        }
        self.tokens -= 1.0;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_burst_and_then_twenty_a_second() {
        let start = Instant::now();
        let mut bucket = TokenBucket::full(start);
        assert_eq!((0..100).filter(|_| bucket.take(start)).count(), 40);
        let later = start + Duration::from_millis(501);
        assert_eq!((0..100).filter(|_| bucket.take(later)).count(), 10);
        let much_later = start + Duration::from_hours(1);
        assert_eq!((0..100).filter(|_| bucket.take(much_later)).count(), 40);
    }
}
