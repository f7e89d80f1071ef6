//! When it is whose turn to go.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use shared::config::{ConfigError, Env};
use shared::ids;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// The longest time, in seconds: ECS kills a task 120 s after SIGTERM, and open requests have 25 s of that.
const LONGEST: u32 = 80;

/// Whether this node is stopping, and how long it takes for that. Clones share it.
#[derive(Clone, Debug)]
pub(crate) struct Leaving {
    begun: CancellationToken,
    began_at: Arc<OnceLock<Instant>>,
    within: Duration,
}

impl Leaving {
    /// Reads `DRAIN_SECONDS`: 0, if it is not set, sends all sockets away at once.
    pub(crate) fn from_env(env: &Env) -> Result<Self, ConfigError> {
        let seconds = env.number_or("DRAIN_SECONDS", 0, 0..=LONGEST)?;
        let (begun, began_at) = (CancellationToken::new(), Arc::default());
        Ok(Self { begun, began_at, within: Duration::from_secs(seconds.into()) })
    }

    /// This node stops.
    pub(crate) fn begin(&self) {
        self.began_at.get_or_init(Instant::now);
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

    /// Until it is somebody's turn to go: at a random time.
    pub(crate) fn turn(&self) -> impl Future<Output = ()> + use<> {
        self.at(ids::jitter(u64::MAX - 1))
    }

    /// The same for a session, always at the same time.
    pub(crate) fn turn_of(&self, session: &str) -> impl Future<Output = ()> + use<> {
        let mut hasher = DefaultHasher::new();
        session.hash(&mut hasher);
        self.at(hasher.finish())
    }

    fn at(&self, place: u64) -> impl Future<Output = ()> + use<> {
        let millis = u64::try_from(self.within.as_millis()).unwrap_or(u64::MAX);
        let (leaving, wait) = (self.clone(), Duration::from_millis(place % (millis + 1)));
        async move {
            leaving.begun.cancelled().await;
            // From the beginning, also for what asks later.
            let began_at = leaving.began_at.get().copied().unwrap_or_else(Instant::now);
            tokio::time::sleep_until(began_at + wait).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_session_goes_at_one_time_however_often_it_asks() {
        let env: Env = [("DRAIN_SECONDS".to_owned(), "1".to_owned())].into_iter().collect();
        let leaving = Leaving::from_env(&env).unwrap();
        leaving.begin();
        leaving.turn_of("a session").await;
        let late = tokio::time::timeout(Duration::ZERO, leaving.turn_of("a session"));
        assert!(late.await.is_ok(), "its time is over");
    }
}
