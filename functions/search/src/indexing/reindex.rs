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

use super::apply::{Indexes, Into, commit, tell_of_new};
use crate::State;
use crate::documents::SHARDS;
use crate::index::{Manifest, Which};
use crate::tasks::{Task, TaskKind, TaskStatus};

/// Documents that are read at a time.
const PAGE: u32 = 500;
/// Documents of one step.
const STEP: usize = 2500;
/// Pages of one step, of a megabyte at most.
const PAGES: usize = 32;

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

    /// Unless another one has begun.
    fn end(&self, tenant: TenantId, progress: &Progress) -> Action {
        self.table.delete(&Self::key(tenant)).when("task = :task").value(":task", progress.task)
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
    begin(state, tenant, &live).await
}

/// Begins, or begins again, if parts of an index are gone; whether anything could be done.
pub(super) async fn mend(state: &State, tenant: TenantId) -> Result<bool, Error> {
    let (live, next) = state.manifests.get_both(tenant).await?;
    if let (Some(progress), Some(next)) = (state.reindexing.get(tenant).await?, next)
        && !state.segments.are_whole(tenant, &next).await?
    {
        tracing::error!(%tenant, "segments of a new index are gone: it is begun again");
        return start(state, tenant, &progress, next.version).await;
    }
    let Some(live) = live else { return Ok(false) };
    if state.segments.are_whole(tenant, &live).await? {
        return Ok(false);
    }
    tracing::error!(%tenant, "segments of an index are gone: it is made anew");
    begin(state, tenant, &live).await
}

async fn begin(state: &State, tenant: TenantId, live: &Manifest) -> Result<bool, Error> {
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
    let next = state.manifests.get(tenant, Which::Next).await?;
    if !next.as_ref().is_some_and(Manifest::is_readable) {
        return start(state, tenant, &progress, next.map_or(0, |next| next.version)).await;
    }
    let (indexes, mut documents, mut pages) = (Indexes::read(state, tenant).await?, Vec::new(), 0);
    while documents.len() < STEP && pages < PAGES && progress.shard < SHARDS {
        pages += 1;
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
        // One of them may be new, and its work comes later, when the index has it. What a broken index has nobody knows.
        if let Err(error) = tell_of_new(state, tenant, &indexes, &documents).await {
            if indexes.are_whole(state, tenant).await? {
                return Err(error);
            }
            tracing::warn!(%tenant, %error, "nobody is told of what is new in a page");
        }
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
        transaction.add(state.reindexing.end(tenant, &progress));
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

/// The new index, still empty, and the first page. What another version of search has begun is of no use.
async fn start(state: &State, tenant: TenantId, progress: &Progress, version: u64) -> Result<bool, Error> {
    let empty = Manifest::empty(model(state).await?, state.platform.clock().now());
    let empty = Manifest { version: version + 1, ..empty };
    let first = Progress { task: progress.task, shard: 0, after: None, processed: 0 };
    let transaction = Transaction::new(state.platform.store())
        .with(state.manifests.replace(tenant, Which::Next, &empty, version))
        .with(state.reindexing.put(tenant, &first, progress.processed));
    match transaction.commit().await? {
        Commit::Done => Ok(true),
        Commit::Refused(_) => Err(Error::unavailable("the index has changed meanwhile")),
    }
}
