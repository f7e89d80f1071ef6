//! When it is whose turn to go.

use std::time::Duration;

use shared::config::{ConfigError, Env};
use shared::ids;
use tokio_util::sync::CancellationToken;

/// The longest time, in seconds: ECS kills a task 120 s after SIGTERM, and open requests have 25 s of that.
const LONGEST: u32 = 80;

/// Whether this node is stopping, and how long it takes for that. Clones share it.
#[derive(Clone, Debug)]
pub(crate) struct Leaving {
    begun: CancellationToken,
    within: Duration,
}

impl Leaving {
    /// Reads `DRAIN_SECONDS`: 0, if it is not set, sends all sockets away at once.
    pub(crate) fn from_env(env: &Env) -> Result<Self, ConfigError> {
        let seconds = env.number_or("DRAIN_SECONDS", 0, 0..=LONGEST)?;
        Ok(Self { begun: CancellationToken::new(), within: Duration::from_secs(seconds.into()) })
    }

    /// This node stops.
    pub(crate) fn begin(&self) {
        self.begun.cancel();
    }

    /// Whether it stops.
    pub(crate) fn has_begun(&self) -> bool {
        self.begun.is_cancelled()
    }

    /// How long it takes for that.
    pub(crate) fn within(&self) -> Duration {
        self.within
    }

    /// Until it is somebody's turn to go.
    pub(crate) async fn turn(self) {
        self.begun.cancelled().await;
        let millis = u64::try_from(self.within.as_millis()).unwrap_or(u64::MAX);
        tokio::time::sleep(Duration::from_millis(ids::jitter(millis))).await;
    }
}
