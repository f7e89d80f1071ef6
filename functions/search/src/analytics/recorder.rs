//! Counts, and facts for reports, that are not yet written: a search does not wait for them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use shared::auth::{TenantId, UserId};
use shared::clock::Clock;
use shared::jobs::{Fact, Outbox, What};
use shared::store::Store;
use shared::{Platform, ids};

use super::facts::WaitingFacts;
use super::model::{Counts, normalized};
use super::store::{Day, QueryStore};

/// How long counts and facts are kept in memory. A process that is killed takes those of its last second along: reports
/// miss them, as counts do.
const PAUSE: Duration = Duration::from_secs(1);
/// Queries that wait, at most; further ones are not counted until these are written.
const MOST: usize = 10_000;

#[derive(Default)]
struct Waiting {
    counts: HashMap<(TenantId, Day, String), Counts>,
    facts: WaitingFacts,
}

/// Counts queries, and tells reports of each search that is counted.
#[derive(Clone)]
pub(crate) struct Recorder {
    queries: QueryStore,
    store: Store,
    outbox: Outbox,
    clock: Clock,
    waiting: Arc<Mutex<Waiting>>,
}

impl Recorder {
    pub(crate) fn new(platform: &Platform) -> Self {
        Self {
            queries: QueryStore::new(platform.table().clone()),
            store: platform.store().clone(),
            outbox: platform.outbox().clone(),
            clock: platform.clock().clone(),
            waiting: Arc::default(),
        }
    }

    /// The counts that are written.
    pub(super) fn queries(&self) -> &QueryStore {
        &self.queries
    }

    /// Counts a search of `user`.
    pub(crate) fn searched(&self, tenant: TenantId, user: UserId, query: &str, total: u64, took: Duration) {
        let (query, at) = (normalized(query), self.clock.now());
        let took_micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let counts = Counts { searches: 1, empty: u64::from(total == 0), took_micros, ..Counts::default() };
        let took_ms = took.as_secs_f64() * 1000.0;
        let what = What::Search { query: query.clone(), results: total, took_ms };
        self.count(tenant, query, counts, Some(Fact { id: ids::at(at), user_id: Some(user), at, what }));
    }

    /// Counts a click on the result at this place.
    pub(super) fn clicked(&self, tenant: TenantId, query: &str, position: u64) {
        let counts = Counts { clicks: 1, positions: position, ..Counts::default() };
        self.count(tenant, normalized(query), counts, None);
    }

    fn count(&self, tenant: TenantId, query: String, counts: Counts, fact: Option<Fact>) {
        if query.is_empty() {
            return;
        }
        let is_first = {
            let mut waiting = self.waiting();
            let is_first = waiting.counts.is_empty();
            if waiting.counts.len() < MOST {
                waiting.counts.entry((tenant, Day::of(self.clock.now()), query)).or_default().add(counts);
                if let Some(fact) = fact {
                    waiting.facts.add(tenant, fact);
                }
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
        let Waiting { counts, facts } = std::mem::take(&mut *self.waiting());
        let counting = async {
            if let Err(error) = self.queries.add(counts, self.clock.now()).await {
                tracing::warn!(%error, "counts of queries are lost");
            }
        };
        tokio::join!(counting, facts.write(&self.store, &self.outbox));
    }
}
