//! Counts that are not yet written: a search does not wait for them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use shared::auth::TenantId;
use shared::clock::Clock;

use super::model::{Counts, normalized};
use super::store::{Day, QueryStore};

/// How long counts are kept in memory. A process that is killed takes them along.
const PAUSE: Duration = Duration::from_secs(1);
/// Queries that wait, at most; further ones are not counted until these are written.
const MOST: usize = 10_000;

type Waiting = HashMap<(TenantId, Day, String), Counts>;

/// Counts queries.
#[derive(Clone)]
pub(crate) struct Recorder {
    store: QueryStore,
    clock: Clock,
    waiting: Arc<Mutex<Waiting>>,
}

impl Recorder {
    pub(crate) fn new(table: shared::store::Table, clock: Clock) -> Self {
        Self { store: QueryStore::new(table), clock, waiting: Arc::default() }
    }

    /// The counts that are written.
    pub(super) fn store(&self) -> &QueryStore {
        &self.store
    }

    /// Counts a search.
    pub(crate) fn searched(&self, tenant: TenantId, query: &str, total: u64, took: Duration) {
        let took_micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let counts = Counts { searches: 1, empty: u64::from(total == 0), took_micros, ..Counts::default() };
        self.count(tenant, query, counts);
    }

    /// Counts a click on the result at this place.
    pub(super) fn clicked(&self, tenant: TenantId, query: &str, position: u64) {
        self.count(tenant, query, Counts { clicks: 1, positions: position, ..Counts::default() });
    }

    fn count(&self, tenant: TenantId, query: &str, counts: Counts) {
        let query = normalized(query);
        if query.is_empty() {
            return;
        }
        let is_first = {
            let mut waiting = self.waiting();
            let is_first = waiting.is_empty();
            if waiting.len() < MOST {
                waiting.entry((tenant, Day::of(self.clock.now()), query)).or_default().add(counts);
            }
            is_first
        };
        if is_first {
            let recorder = self.clone();
            tokio::spawn(async move {
                tokio::time::sleep(PAUSE).await;
                recorder.write().await;
            });
        }
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes what waits. What cannot be written is lost: it is a count, and no promise.
    pub(super) async fn write(&self) {
        let waiting = std::mem::take(&mut *self.waiting());
        if let Err(error) = self.store.add(waiting, self.clock.now()).await {
            tracing::warn!(%error, "counts of queries are lost");
        }
    }
}
