//! Making an index anew from the documents, while the old one is searched.
//!
//! | pk | sk | what |
//! |---|---|---|
//! | `TENANT#<id>#INDEX` | `REINDEX` | how far that is |
//!
//! Pages of documents and batches of new work take turns. What is written meanwhile goes into both indexes, so nothing
//! is missing when the new one takes the place of the old one, which is one transaction.

use serde::{Deserialize, Serialize};
use shared::auth::TenantId;
use shared::store::{Action, Commit, Key, Position, Table, Transaction};
use shared::{Error, ids};
use uuid::Uuid;

use super::apply::{Indexes, Into, commit};
use crate::State;
use crate::documents::SHARDS;
use crate::index::{Manifest, Which};
use crate::tasks::{Task, TaskKind, TaskStatus};

/// Documents that are read at a time.
const PAGE: u32 = 500;
/// Documents of one step.
const STEP: usize = 2500;

/// Knows which indexes are being made anew.
#[derive(Clone, Debug)]
pub(crate) struct Reindexing {
    table: Table,
}

/// How far it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Progress {
    pub(crate) task: Uuid,
    shard: u8,
    after: Option<Position>,
    processed: u64,
}

impl Reindexing {
    pub(crate) fn new(table: Table) -> Self {
        Self { table }
    }

    fn key(tenant: TenantId) -> Key {
        Key::new(format!("TENANT#{tenant}#INDEX"), "REINDEX")
    }

    /// Begins, unless it has begun before.
    pub(crate) fn begin(&self, tenant: TenantId, task: Uuid) -> Action {
        let progress = Progress { task, shard: 0, after: None, processed: 0 };
        self.table.put(&Self::key(tenant), &progress).if_absent()
    }

    /// How far it is, if it has begun.
    pub(crate) async fn get(&self, tenant: TenantId) -> Result<Option<Progress>, Error> {
        self.table.get(&Self::key(tenant)).await
    }

    /// Unless somebody else has gone on with it, or it is over and another one has begun.
    fn put(&self, tenant: TenantId, progress: &Progress, before: u64) -> Action {
        let put = self.table.put(&Self::key(tenant), progress).when("task = :task AND #processed = :before");
        put.name("#processed", "processed").value(":task", progress.task).value(":before", before)
    }

    fn end(&self, tenant: TenantId) -> Action {
        self.table.delete(&Self::key(tenant)).if_present()
    }
}

/// Begins if the index cannot be used as it should be: it has another layout, or lacks vectors that there could be.
pub(super) async fn begin_if_needed(state: &State, tenant: TenantId) -> Result<bool, Error> {
    let (live, next) = state.manifests.get_both(tenant).await?;
    let Some(live) = live.filter(|_| next.is_none()) else { return Ok(false) };
    let model = model(state).await?;
    let lacks_vectors = model.is_some() && live.model != model && !live.segments.is_empty();
    if live.is_readable() && !lacks_vectors {
        return Ok(false);
    }
    let clock = state.platform.clock();
    let task = Task::new(ids::new(clock), TaskKind::Reindex, live.documents(), clock.now());
    let transaction = Transaction::new(state.platform.store())
        .with(state.reindexing.begin(tenant, task.id))
        .with(state.tasks.create(tenant, &task));
    Ok(transaction.commit().await? == Commit::Done)
}

/// The model of this process, once it is known.
async fn model(state: &State) -> Result<Option<String>, Error> {
    let semantics = state.semantics.clone();
    let model = tokio::task::spawn_blocking(move || semantics.wait().map(|embedder| embedder.model().to_owned()));
    model.await.map_err(Error::internal)
}

/// Does one step, in the tenant's turn; whether there was anything to do.
pub(super) async fn go_on(state: &State, tenant: TenantId) -> Result<bool, Error> {
    let Some(mut progress) = state.reindexing.get(tenant).await? else {
        return Ok(false);
    };
    if state.manifests.get(tenant, Which::Next).await?.is_none() {
        begin(state, tenant).await?;
    }
    let (indexes, mut documents) = (Indexes::read(state, tenant).await?, Vec::new());
    while documents.len() < STEP && progress.shard < SHARDS {
        let page = state.documents.page(tenant, progress.shard, PAGE, progress.after.take()).await?;
        documents.extend(page.items.into_iter().map(|document| (document.key(), Some(document))));
        progress.after = page.next;
        if progress.after.is_none() {
            progress.shard += 1;
        }
    }
    let before = progress.processed;
    progress.processed += u64::try_from(documents.len()).unwrap_or(0);
    if !documents.is_empty() {
        // A repeated page replaces itself.
        commit(state, tenant, indexes, documents, Into::Next).await?;
    }
    let mut task = state.tasks.get(tenant, progress.task).await?;
    if let Some(task) = &mut task {
        task.status = TaskStatus::Processing;
        task.processed = progress.processed;
        task.documents = task.documents.max(progress.processed);
        task.updated_at = state.platform.clock().now();
    }
    let mut transaction = Transaction::new(state.platform.store());
    if progress.shard < SHARDS {
        transaction.add(state.reindexing.put(tenant, &progress, before));
    } else {
        let (live, next) = state.manifests.get_both(tenant).await?;
        let next = next.ok_or_else(|| Error::internal("the new index is gone"))?;
        let (version, made) = (live.map_or(0, |live| live.version), next.version);
        let whole = Manifest { version: version + 1, ..next };
        transaction.add(state.manifests.replace(tenant, Which::Live, &whole, version));
        transaction.add(state.manifests.delete(tenant, Which::Next, made));
        transaction.add(state.reindexing.end(tenant));
        transaction.add(state.maintenance.want(tenant, whole.updated_at));
        if let Some(task) = &mut task {
            task.status = TaskStatus::Done;
            task.documents = task.processed;
            task.index_version = Some(whole.version);
        }
    }
    transaction.extend(task.map(|task| state.tasks.put(tenant, &task)));
    match transaction.commit().await? {
        Commit::Done => Ok(true),
        Commit::Refused(_) => Err(Error::unavailable("the index has changed meanwhile")),
    }
}

/// The new index, still empty.
async fn begin(state: &State, tenant: TenantId) -> Result<(), Error> {
    let mut empty = Manifest::empty(model(state).await?, state.platform.clock().now());
    empty.version = 1;
    let _ = state.manifests.replace(tenant, Which::Next, &empty, 0).run().await?;
    Ok(())
}
