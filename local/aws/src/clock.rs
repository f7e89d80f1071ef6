use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, UNIX_EPOCH};

use crate::ambient;

/// The time of queues and mail: the machine's, plus what a test has added to it.
///
/// Only ever moves forward by hand, so a message can become visible without anyone waiting.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    ahead_ms: AtomicI64,
}

impl Clock {
    /// Milliseconds since the Unix epoch.
    pub(crate) fn now_ms(&self) -> i64 {
        let now = ambient::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
        milliseconds(now) + self.ahead_ms.load(Ordering::Relaxed)
    }

    pub(crate) fn advance(&self, by: Duration) {
        self.ahead_ms.fetch_add(milliseconds(by), Ordering::Relaxed);
    }
}

/// A duration as SQLite stores it; what does not fit is as long as can be.
pub(crate) fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
