//! How large a tenant's index may become: searches and workers have it in memory.

use jiff::SignedDuration;
use shared::Error;
use shared::auth::TenantId;
use shared::clock::Clock;
use shared::config::{ConfigError, Env};

use crate::copies::Copies;
use crate::index::{Manifests, Which, cache_bytes};
use crate::tasks::Tasks;

/// How long it is known how large an index is.
const FRESH: SignedDuration = SignedDuration::from_secs(2);

/// Knows how large the tenants' indexes are.
#[derive(Clone)]
pub(crate) struct Quota {
    manifests: Manifests,
    tasks: Tasks,
    clock: Clock,
    most_bytes: u64,
    used: Copies<u64>,
}

impl Quota {
    /// What may be in memory, `INDEX_CACHE_MB`, is what one tenant may have.
    pub(crate) fn from_env(env: &Env, manifests: Manifests, tasks: Tasks, clock: Clock) -> Result<Self, ConfigError> {
        let most_bytes = u64::try_from(cache_bytes(env)?).unwrap_or(u64::MAX);
        Ok(Self { manifests, tasks, most_bytes, used: Copies::new(clock.clone(), FRESH), clock })
    }

    /// Whether the tenant may add documents: its index, with what waits for it, is small enough.
    pub(crate) async fn has_room(&self, tenant: TenantId) -> Result<bool, Error> {
        let used = match self.used.get(tenant) {
            Some(used) => used,
            None => self.look(tenant).await?,
        };
        Ok(used < self.most_bytes)
    }

    async fn look(&self, tenant: TenantId) -> Result<u64, Error> {
        let now = self.clock.now();
        let live = self.manifests.get(tenant, Which::Live).await?;
        let indexed = live.map_or(0, |live| live.bytes_of_documents());
        let left = self.most_bytes.saturating_sub(indexed);
        let used = indexed.saturating_add(self.tasks.backlog(tenant, left).await?.bytes);
        self.used.put(tenant, used, now);
        Ok(used)
    }
}
