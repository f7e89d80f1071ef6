//! What keeps indexes small: segments are merged, and what nobody names any more is deleted.
//!
//! | pk | sk | what |
//! |---|---|---|
//! | `MAINTAIN#<shard>` | `<tenant>` | that an index was written |

use futures_util::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use shared::Error;
use shared::auth::TenantId;
use shared::jobs::QueueName;
use shared::store::{Action, Commit, Key, Table, Transaction};

use super::queue::{each, wake_now};
use super::turn::{Taken, Turn};
use crate::State;
use crate::index::{Which, may_be_merged, merge};
use crate::jobs::Job;

/// Partitions of the tenants whose indexes were written.
const SHARDS: u64 = 8;

/// Knows which indexes were written.
#[derive(Clone, Debug)]
pub(crate) struct Maintenance {
    table: Table,
}

/// That an index was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Written {
    tenant: TenantId,
    #[serde(with = "jiff::fmt::serde::timestamp::millisecond::required")]
    last: Timestamp,
}

impl Maintenance {
    pub(crate) fn new(table: Table) -> Self {
        Self { table }
    }

    fn key(tenant: TenantId) -> Key {
        Key::new(format!("MAINTAIN#{}", tenant.0.as_u128() % u128::from(SHARDS)), tenant.to_string())
    }

    /// That the tenant's index is written now.
    pub(crate) fn want(&self, tenant: TenantId, now: Timestamp) -> Action {
        self.table.put(&Self::key(tenant), &Written { tenant, last: now })
    }

    async fn wanted(&self, tenant: TenantId) -> Result<Option<Written>, Error> {
        self.table.get(&Self::key(tenant)).await
    }

    /// That there is nothing to do, unless the index was written meanwhile.
    async fn done(&self, written: &Written) -> Result<(), Error> {
        let delete = self.table.delete(&Self::key(written.tenant)).when("#last = :last").name("#last", "last");
        delete.value(":last", written.last.as_millisecond()).run().await.map(|_| ())
    }

    /// Adds a job for each index that was written. Called every five minutes.
    pub(crate) async fn begin(&self, state: &State) -> Result<(), Error> {
        let shards = (0..SHARDS).map(|shard| self.table.query(format!("MAINTAIN#{shard}")).all::<Written>());
        let written: Vec<Vec<Written>> = stream::iter(shards).buffered(8).try_collect().await?;
        each(written.into_iter().flatten().map(|Written { tenant, .. }| async move {
            let (transaction, job) = (Transaction::new(state.platform.store()), Job::Maintain { tenant });
            state.platform.outbox().commit_with(transaction, (QueueName::Search, tenant, None), &job).await
        }))
        .await
    }
}

/// Merges segments of the tenant's index until there are few, and deletes its garbage. If somebody else works on the
/// index, the next timer comes again.
pub(crate) async fn maintain(state: &State, tenant: TenantId) -> Result<(), Error> {
    let Taken::Turn(mut turn) = Turn::take(state, tenant).await? else {
        return Ok(());
    };
    let written = state.maintenance.wanted(tenant).await?;
    merge_live(state, tenant).await?;
    // In this order: what is next becomes live, and never the other way.
    let next = state.manifests.get(tenant, Which::Next).await?;
    let live = state.manifests.get(tenant, Which::Live).await?;
    let manifests: Vec<_> = live.iter().chain(&next).collect();
    let left = state.segments.collect_garbage(tenant, &manifests, state.platform.clock().now()).await?;
    if let Some(written) = written.filter(|_| left == 0) {
        state.maintenance.done(&written).await?;
    }
    if turn.end().await? {
        return Ok(());
    }
    // Somebody has called meanwhile.
    turn.release().await?;
    wake_now(state, tenant, None).await
}

async fn merge_live(state: &State, tenant: TenantId) -> Result<(), Error> {
    let live = state.manifests.get(tenant, Which::Live).await?;
    let Some(before) = live.filter(|live| live.is_readable() && may_be_merged(live)) else {
        return Ok(());
    };
    let fetched = state.segments.fetch(tenant, &before).await?;
    let (clock, version) = (state.platform.clock().clone(), before.version);
    let merged = tokio::task::spawn_blocking(move || merge(&before, &fetched, &clock));
    let Some(made) = merged.await.map_err(Error::internal)?.map_err(Error::internal)? else {
        return Ok(());
    };
    state.segments.put_all(tenant, made.objects).await?;
    let replace = state.manifests.replace(tenant, Which::Live, &made.manifest, version);
    match Transaction::new(state.platform.store()).with(replace).commit().await? {
        Commit::Done => Ok(()),
        Commit::Refused(_) => Err(Error::unavailable("somebody else has written this index meanwhile")),
    }
}
