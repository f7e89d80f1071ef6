//! Something of a provider's that stays the same for a while.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use shared::clock::Clock;
use tokio::sync::Mutex;

use super::ProviderFault;

/// What was fetched last, and when. Of requests at once one fetches.
#[derive(Debug)]
pub(super) struct Cached<T> {
    clock: Clock,
    held: Mutex<Option<(Arc<T>, Timestamp)>>,
}

impl<T> Cached<T> {
    pub(super) fn new(clock: Clock) -> Self {
        Self { clock, held: Mutex::default() }
    }

    /// What is held, if it is younger than `age`; else what `fetch` brings.
    pub(super) async fn get(
        &self,
        age: SignedDuration,
        fetch: impl Future<Output = Result<T, ProviderFault>>,
    ) -> Result<Arc<T>, ProviderFault> {
        let mut held = self.held.lock().await;
        let now = self.clock.now();
        if let Some((value, fetched_at)) = held.as_ref()
            && now < *fetched_at + age
        {
            return Ok(Arc::clone(value));
        }
        let value = Arc::new(fetch.await?);
        *held = Some((Arc::clone(&value), now));
        Ok(value)
    }
}
