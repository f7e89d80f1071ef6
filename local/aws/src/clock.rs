use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, UNIX_EPOCH};

use jiff::Timestamp;

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
        machine_ms() + self.ahead_ms.load(Ordering::Relaxed)
    }

    pub(crate) fn advance(&self, by: Duration) {
        self.ahead_ms.fetch_add(milliseconds(by), Ordering::Relaxed);
    }
}

/// Milliseconds since the Unix epoch by the machine's time, whatever a test has added to it.
pub(crate) fn machine_ms() -> i64 {
    milliseconds(ambient::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO))
}

/// Milliseconds since the Unix epoch as SES and SNS write them: `2026-01-31T12:00:00.000Z`.
pub(crate) fn iso(ms: i64) -> String {
    let at = Timestamp::from_millisecond(ms).unwrap_or_default();
    at.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

/// A duration as SQLite stores it; what does not fit is as long as can be.
pub(crate) fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
