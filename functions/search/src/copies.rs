//! What was read lately, in memory.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};
use lru::LruCache;
use shared::auth::TenantId;
use shared::clock::Clock;

/// Tenants of whom something is kept.
const MOST: NonZeroUsize = NonZeroUsize::new(1000).unwrap();

/// One value a tenant, with when it was read.
type Known<V> = LruCache<TenantId, (V, Timestamp)>;

/// Values that are good for a while.
#[derive(Clone)]
pub(crate) struct Copies<V> {
    clock: Clock,
    good_for: SignedDuration,
    known: Arc<Mutex<Known<V>>>,
}

impl<V: Clone> Copies<V> {
    pub(crate) fn new(clock: Clock, good_for: SignedDuration) -> Self {
        Self { clock, good_for, known: Arc::new(Mutex::new(LruCache::new(MOST))) }
    }

    /// The tenant's value, if it is still good.
    pub(crate) fn get(&self, tenant: TenantId) -> Option<V> {
        let now = self.clock.now();
        self.known().get(&tenant).filter(|(_, read)| *read + self.good_for > now).map(|(value, _)| value.clone())
    }

    /// Keeps a value that was read at this time.
    pub(crate) fn put(&self, tenant: TenantId, value: V, read: Timestamp) {
        self.known().put(tenant, (value, read));
    }

    fn known(&self) -> MutexGuard<'_, Known<V>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
