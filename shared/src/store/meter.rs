//! Counts the store calls and consumed units of one request or job.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use aws_sdk_dynamodb::types::ConsumedCapacity;

tokio::task_local! {
    static METER: Arc<Meter>;
}

/// What one request or job has used so far.
#[derive(Debug, Default)]
pub struct Meter {
    calls: AtomicU32,
    milli_units: AtomicU64,
}

/// A reading of a [`Meter`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Usage {
    /// Calls to the store.
    pub calls: u32,
    /// Consumed capacity units, read and write together.
    pub units: f64,
}

impl Meter {
    /// Runs `work` with every store call of its task counted here.
    pub async fn measure<F: Future>(self: Arc<Self>, work: F) -> F::Output {
        METER.scope(self, work).await
    }

    /// The meter of this task, if one runs.
    #[must_use]
    pub fn current() -> Option<Arc<Self>> {
        METER.try_with(Arc::clone).ok()
    }

    /// What was used so far.
    #[must_use]
    pub fn usage(&self) -> Usage {
        let millis = u32::try_from(self.milli_units.load(Ordering::Relaxed)).unwrap_or(u32::MAX);
        Usage { calls: self.calls.load(Ordering::Relaxed), units: f64::from(millis) / 1000.0 }
    }

    /// Counts one call, where a meter runs.
    pub(crate) fn count<'a>(consumed: impl IntoIterator<Item = &'a ConsumedCapacity>) {
        let units: f64 = consumed.into_iter().filter_map(ConsumedCapacity::capacity_units).sum();
        // Nothing measures what runs outside of a request or a job.
        let _ = METER.try_with(|meter| {
            meter.calls.fetch_add(1, Ordering::Relaxed);
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "units are small and positive"
            )]
            meter.milli_units.fetch_add((units * 1000.0) as u64, Ordering::Relaxed);
        });
    }
}
