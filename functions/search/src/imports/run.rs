//! The job of an import, in steps that can be repeated.
//!
//! A step reads a piece of the file, writes down that its documents are to be indexed, stores them, and then, in one
//! transaction, how far it is. What dies before that does the piece again, with the same documents.

use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use shared::Error;
use shared::auth::TenantId;
use shared::jobs::QueueName;
use shared::store::{Commit, Transaction};
use uuid::Uuid;

use super::lines::read;
use super::model::Import;
use crate::State;
use crate::documents::{Document, DocumentKey};
use crate::indexing::wake;
use crate::jobs::Job;
use crate::tasks::{Announced, Task, TaskStatus};

/// How often it is looked whether the file is there.
pub(super) const LOOK: SignedDuration = SignedDuration::from_secs(2);
/// After this it does not come any more: the address has stopped working, and what was begun before is over.
const LATEST: SignedDuration = SignedDuration::from_mins(10);
/// It is looked for the less often the longer it is not there: after this part of the time that it was not.
const PATIENT: i32 = 10;
/// How long a worker that has died keeps others away: no message is worked on for longer.
const CLAIM: SignedDuration = SignedDuration::from_secs(125);
/// How long an import that goes on says nothing, at most.
const STUCK: SignedDuration = SignedDuration::from_mins(3);
/// How often one is taken up again that gets no further: each worker dies of it, or the queue is down for hours.
const MOST_RESUMED: u32 = 100;
/// Bytes of a piece.
const PIECE: u64 = 4 * 1024 * 1024;
/// How long one message works before another one goes on: well below the worker's timeout.
const PATIENCE: Duration = Duration::from_secs(40);

/// That an import is to be gone on with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ImportJob {
    pub(super) tenant: TenantId,
    pub(super) id: Uuid,
}

/// Goes on with an import. Twice is once: another worker that has it is left alone.
pub(crate) async fn go_on(state: &State, job: &ImportJob) -> Result<(), Error> {
    let Some(claim) = state.imports.claim(job.tenant, job.id, state.platform.clock(), CLAIM).await? else {
        return Ok(());
    };
    let outcome = work(state, job).await;
    claim.release(state.platform.table()).run().await?;
    outcome
}

async fn work(state: &State, job: &ImportJob) -> Result<(), Error> {
    let (tenant, now) = (job.tenant, state.platform.clock().now());
    let (Some(mut import), Some(mut task)) =
        (state.imports.get(tenant, job.id).await?, state.tasks.get(tenant, job.id).await?)
    else {
        return Ok(());
    };
    if task.is_over() {
        return close(state, tenant, import.id).await;
    }
    if import.offset == 0 && !state.imports.is_uploaded(tenant, &import).await? {
        if import.created_at + LATEST <= now {
            return fail(state, tenant, task, "the file was not uploaded").await;
        }
        return look_again(state, job, LOOK.max(now.duration_since(import.created_at) / PATIENT)).await;
    }
    let began = Instant::now();
    while import.offset < import.bytes {
        if !state.quota.has_room(tenant).await? {
            return fail(state, tenant, task, "the tenant's index is as large as it may be").await;
        }
        // What is stored and not found yet is to be little: the index comes behind.
        if state.tasks.backlog(tenant, 0).await?.is_long {
            return look_again(state, job, LOOK).await;
        }
        if began.elapsed() > PATIENCE {
            return later(state, Transaction::new(state.platform.store()), job, None).await;
        }
        if !step(state, tenant, &mut import, &mut task).await? {
            return fail(state, tenant, task, "a line is longer than 4 MiB").await;
        }
    }
    end(state, tenant, &import).await
}

/// Takes up again what has not gone on for a while: its message was given up, since each worker that had it has died.
pub(crate) async fn resume_stuck(state: &State) -> Result<(), Error> {
    let now = state.platform.clock().now();
    let mut outcome = Ok(());
    for (tenant, id) in state.imports.stuck(now - STUCK).await? {
        outcome = outcome.and(resume(state, tenant, id).await);
    }
    outcome
}

async fn resume(state: &State, tenant: TenantId, id: Uuid) -> Result<(), Error> {
    let now = state.platform.clock().now();
    let (import, task) = (state.imports.get(tenant, id).await?, state.tasks.get(tenant, id).await?);
    let (Some(mut import), Some(task)) = (import, task.filter(|task| !task.is_over())) else {
        return close(state, tenant, id).await;
    };
    import.resumed += 1;
    if import.resumed > MOST_RESUMED {
        return fail(state, tenant, task, "it could not be finished").await;
    }
    let job = ImportJob { tenant, id };
    let mut transaction = Transaction::new(state.platform.store())
        .with(state.imports.go_on(tenant, &import, import.offset))
        .with(state.imports.is_running(tenant, id, now));
    let outbox = state.platform.outbox();
    let entries = outbox.add(&mut transaction, QueueName::Search, tenant, &Job::Import(job), None)?;
    // It has gone on meanwhile otherwise.
    if transaction.commit().await? == Commit::Done {
        outbox.send(entries).await;
    }
    Ok(())
}

/// One piece; false if it has no whole line.
async fn step(state: &State, tenant: TenantId, import: &mut Import, task: &mut Task) -> Result<bool, Error> {
    let length = PIECE.min(import.bytes - import.offset);
    let piece = state.imports.part(tenant, import, length).await?;
    let is_last = import.offset + length == import.bytes;
    let lines = read(&piece, is_last, import.lines);
    if lines.bytes == 0 {
        return Ok(false);
    }
    let now = state.platform.clock().now();
    let documents = last_of_each(&lines.documents);
    let keys: Vec<DocumentKey> = documents.iter().map(|document| document.key()).collect();
    let count = task.documents + u64::try_from(documents.len()).unwrap_or(0);
    let announced = Announced { task: import.id, first: import.lines, is_last: false, ready_at: count };
    state.tasks.announce(tenant, announced, (&keys, lines.bytes), state.platform.clock()).await?;
    state.documents.put_all(tenant, &documents).await?;
    let from = import.offset;
    import.offset += u64::try_from(lines.bytes).unwrap_or(0);
    import.lines += lines.count;
    import.resumed = 0;
    task.status = TaskStatus::Processing;
    task.documents = count;
    task.processed = count;
    task.updated_at = now;
    lines.failures.into_iter().for_each(|failure| task.fail(failure));
    let mut transaction = Transaction::new(state.platform.store())
        .with(state.imports.go_on(tenant, import, from))
        .with(state.imports.is_running(tenant, import.id, now))
        .with(state.tasks.put(tenant, task));
    let entries = wake(state, &mut transaction, tenant, None)?;
    match transaction.commit().await? {
        Commit::Done => state.platform.outbox().send(entries).await,
        Commit::Refused(_) => return Err(Error::unavailable("somebody else goes on with this import")),
    }
    Ok(true)
}

/// Of several documents with the same key in a piece, the last one.
fn last_of_each(documents: &[Document]) -> Vec<&Document> {
    let mut by_key: std::collections::HashMap<DocumentKey, &Document> = std::collections::HashMap::new();
    by_key.extend(documents.iter().map(|document| (document.key(), document)));
    by_key.into_values().collect()
}

/// When the index has everything, it has this work too, and the task is done.
async fn end(state: &State, tenant: TenantId, import: &Import) -> Result<(), Error> {
    let announced = Announced { task: import.id, first: import.lines, is_last: true, ready_at: 0 };
    state.tasks.announce(tenant, announced, (&[], 0), state.platform.clock()).await?;
    let mut transaction = Transaction::new(state.platform.store()).with(state.imports.is_over(tenant, import.id));
    let entries = wake(state, &mut transaction, tenant, None)?;
    let _ = transaction.commit().await?;
    state.platform.outbox().send(entries).await;
    state.imports.delete_file(tenant, import.id).await
}

async fn fail(state: &State, tenant: TenantId, mut task: Task, reason: &str) -> Result<(), Error> {
    task.status = TaskStatus::Failed;
    task.reason = Some(reason.to_owned());
    task.updated_at = state.platform.clock().now();
    // It may be done meanwhile.
    let _ = state.tasks.put(tenant, &task).run().await?;
    close(state, tenant, task.id).await
}

/// Of an import whose task is over nothing else is needed.
async fn close(state: &State, tenant: TenantId, id: Uuid) -> Result<(), Error> {
    state.imports.delete_file(tenant, id).await?;
    state.imports.is_over(tenant, id).run().await.map(|_| ())
}

/// It waits for something, and is not stuck.
async fn look_again(state: &State, job: &ImportJob, pause: SignedDuration) -> Result<(), Error> {
    let now = state.platform.clock().now();
    let running = state.imports.is_running(job.tenant, job.id, now);
    later(state, Transaction::new(state.platform.store()).with(running), job, Some(now + pause)).await
}

async fn later(state: &State, transaction: Transaction, job: &ImportJob, due: Option<Timestamp>) -> Result<(), Error> {
    let next = Job::Import(job.clone());
    state.platform.outbox().commit_with(transaction, (QueueName::Search, job.tenant, due), &next).await
}
