//! A claim that is kept while its worker lives, however long a step takes.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::task::JoinHandle;

use super::model::Which;
use crate::State;

/// Well below the length of a claim.
const PAUSE: Duration = Duration::from_secs(12);

/// Renews the claim on an export until it is dropped, or somebody else has got further.
pub(super) struct Heartbeat {
    step: Arc<AtomicU64>,
    task: JoinHandle<()>,
}

impl Heartbeat {
    pub(super) fn begin(state: &State, which: Which, step: u64) -> Self {
        let (state, step) = (state.clone(), Arc::new(AtomicU64::new(step)));
        let kept = Arc::clone(&step);
        let task = tokio::spawn(async move {
            loop {
                tokio::time::sleep(PAUSE).await;
                let now = state.platform.clock().now();
                // What fails is tried again: the claim lasts for some of these.
                let _ = state.exports.renew(which, kept.load(Ordering::Relaxed), now).await;
            }
        });
        Self { step, task }
    }

    /// The claim is on this step now.
    pub(super) fn keep(&self, step: u64) {
        self.step.store(step, Ordering::Relaxed);
    }
}

impl Drop for Heartbeat {
    fn drop(&mut self) {
        self.task.abort();
    }
}
