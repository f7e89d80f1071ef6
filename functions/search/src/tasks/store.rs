//! Tasks' items, and the work that waits for the index.
//!
//! | pk | sk | what |
//! |---|---|---|
//! | `TENANT#<id>#TASK#<id>` | `TASK` | a task |
//! | `TENANT#<id>#WORK` | `<task>#<chunk>#<time>` | documents that were written and are not yet indexed |
//! | `WAITING#<shard>` | `<tenant>` | that a tenant has such work |
//!
//! Work is written *before* its documents, and its task, or that the task has come so far, *after* them: what a crash
//! leaves behind is found by its tenant in `WAITING`, and is done although nobody says that it is ready.

use std::collections::BTreeMap;

use futures_util::{StreamExt, TryStreamExt, stream};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use shared::auth::TenantId;
use shared::clock::Clock;
use shared::store::{Action, Key, Stored, Table};
use shared::{Error, ids};
use uuid::Uuid;

use super::model::{Task, TaskKind, TaskStatus};
use crate::documents::DocumentKey;

/// Documents of one item of work: their ids may have 512 bytes each, an item 400 KB.
const CHUNK: usize = 250;
/// Items of work that are read at a time.
const READ: u32 = 200;
/// Bytes of documents that are indexed together, about.
const MOST_BYTES: u64 = 32 * 1024 * 1024;
/// Work of this age that is not ready never will be: its request or its worker has died, which live two minutes at most.
const ABANDONED: SignedDuration = SignedDuration::from_mins(3);
/// Partitions of the tenants that have work.
const SHARDS: u64 = 8;
/// Writes at a time.
const AT_ONCE: usize = 16;

/// The tasks and their work.
#[derive(Clone, Debug)]
pub(crate) struct Tasks {
    table: Table,
}

/// A task as it is stored.
#[derive(Debug, Serialize)]
struct Row<'a> {
    #[serde(flatten)]
    task: &'a Task,
    ttl: i64,
}

/// Documents that are to be indexed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Work {
    pub(crate) task: Uuid,
    /// Whether it is the task's last one.
    pub(crate) last: bool,
    pub(crate) documents: Vec<DocumentKey>,
    /// Bytes of these, about.
    #[serde(default)]
    bytes: u64,
    /// It is ready once its task counts so many documents.
    #[serde(default)]
    ready_at: u64,
    /// When it was written, in milliseconds.
    #[serde(with = "jiff::fmt::serde::timestamp::millisecond::required")]
    pub(crate) at: Timestamp,
}

/// Whose documents are about to be written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Announced {
    pub(crate) task: Uuid,
    /// Above everything that the task has announced before.
    pub(crate) first: u64,
    /// Whether nothing more follows.
    pub(crate) is_last: bool,
    /// How many documents the task counts once these are written.
    pub(crate) ready_at: u64,
}

/// Work that can be done.
#[derive(Debug, Default)]
pub(crate) struct Ready {
    pub(crate) works: Vec<Stored<Work>>,
    /// Whether there is other work, which waits for its documents or for its turn.
    pub(crate) more: bool,
}

/// Documents that wait for the index.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Backlog {
    pub(crate) documents: u64,
    /// Of these documents, about.
    pub(crate) bytes: u64,
    /// Whether it is more than one page.
    pub(crate) is_long: bool,
}

/// That a tenant has work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Waiting {
    pub(crate) tenant: TenantId,
    /// Which request said so last.
    pub(crate) by: Uuid,
    #[serde(with = "jiff::fmt::serde::timestamp::millisecond::required")]
    pub(crate) at: Timestamp,
}

impl Tasks {
    pub(crate) fn new(table: Table) -> Self {
        Self { table }
    }

    fn key(tenant: TenantId, id: Uuid) -> Key {
        Key::new(format!("TENANT#{tenant}#TASK#{id}"), "TASK")
    }

    fn work_partition(tenant: TenantId) -> String {
        format!("TENANT#{tenant}#WORK")
    }

    fn waiting_key(tenant: TenantId) -> Key {
        Key::new(format!("WAITING#{}", tenant.0.as_u128() % u128::from(SHARDS)), tenant.to_string())
    }

    /// A task as it is now.
    pub(crate) async fn get(&self, tenant: TenantId, id: Uuid) -> Result<Option<Task>, Error> {
        self.table.get(&Self::key(tenant, id)).await
    }

    /// Writes a task that is new.
    pub(crate) fn create(&self, tenant: TenantId, task: &Task) -> Action {
        self.table.put(&Self::key(tenant, task.id), &Row { task, ttl: task.ttl() }).if_absent()
    }

    /// Replaces a task that is not done, and that nobody else changes otherwise.
    pub(crate) fn put(&self, tenant: TenantId, task: &Task) -> Action {
        let put = self.table.put(&Self::key(tenant, task.id), &Row { task, ttl: task.ttl() });
        let put = put.when("attribute_exists(pk) AND #status <> :done").name("#status", "status");
        put.value(":done", TaskStatus::Done)
    }

    /// Writes down which documents, of so many bytes together, are about to be written.
    pub(crate) async fn announce(
        &self,
        tenant: TenantId,
        Announced { task, first, is_last, ready_at }: Announced,
        (documents, bytes): (&[DocumentKey], usize),
        clock: &Clock,
    ) -> Result<(), Error> {
        // What is announced again is other work: the first may be at its end, which deletes it.
        let (chunks, now, time) = (documents.chunks(CHUNK), clock.now(), ids::new(clock));
        // What is there is one piece of work at least.
        let nothing = (chunks.len() == 0 && is_last).then_some(&[] as &[DocumentKey]);
        let bytes = u64::try_from(bytes / chunks.len().max(1)).unwrap_or(u64::MAX);
        let row = |(chunk, number): (&[DocumentKey], u64)| {
            let key = Key::new(Self::work_partition(tenant), format!("{task}#{number:012}#{time}"));
            (key, Work { task, last: false, documents: chunk.to_vec(), bytes, ready_at, at: now })
        };
        let mut rows: Vec<(Key, Work)> = chunks.chain(nothing).zip(first..).map(row).collect();
        if let Some((_, work)) = rows.last_mut() {
            work.last = is_last;
        }
        self.table.put_all(&rows).await?;
        // Behind the work: who sees that there is some finds it, and does not say that there is none.
        let waiting = Waiting { tenant, by: task, at: now };
        self.table.put(&Self::waiting_key(tenant), &waiting).run().await.map(|_| ())
    }

    /// The oldest work of a tenant that is ready, up to about `most` documents.
    pub(crate) async fn ready(&self, tenant: TenantId, most: usize, now: Timestamp) -> Result<Ready, Error> {
        let (mut ready, mut count, mut bytes, mut after) = (Ready::default(), 0, 0, None);
        loop {
            let page = self.table.query(Self::work_partition(tenant)).limit(READ).after(after).page_stored().await?;
            let keys: Vec<Key> = page.items.iter().map(|row: &Stored<Work>| Self::key(tenant, row.item.task)).collect();
            let tasks: Vec<Option<Task>> = self.table.get_all(&keys).await?;
            for (row, task) in page.items.into_iter().zip(tasks) {
                let abandoned = row.item.at + ABANDONED <= now;
                if count >= most || bytes >= MOST_BYTES {
                    return Ok(Ready { more: true, ..ready });
                }
                if task.is_some_and(|task| task.documents >= row.item.ready_at) || abandoned {
                    count += row.item.documents.len();
                    bytes += row.item.bytes;
                    ready.works.push(row);
                } else {
                    ready.more = true;
                }
            }
            after = page.next;
            if after.is_none() {
                return Ok(ready);
            }
        }
    }

    /// Notes what came of work that is in the index's version: a task whose last work it was is done.
    pub(crate) async fn finish(
        &self,
        tenant: TenantId,
        works: &[Stored<Work>],
        version: u64,
        now: Timestamp,
    ) -> Result<(), Error> {
        let mut tasks: BTreeMap<Uuid, (usize, bool)> = BTreeMap::new();
        for Stored { item, .. } in works {
            let (count, last) = tasks.entry(item.task).or_default();
            *count += item.documents.len();
            *last |= item.last;
        }
        let updates = tasks.into_iter().map(|(task, (count, last))| {
            let key = Self::key(tenant, task);
            let update = if last { self.done(&key, version) } else { self.go_on(&key, count) };
            update.name("#status", "status").name("#processed", "processed").value(":now", now).run()
        });
        stream::iter(updates).buffer_unordered(AT_ONCE).try_collect::<Vec<bool>>().await?;
        let keys: Vec<Key> = works.iter().map(|row| row.key.clone()).collect();
        self.table.delete_all(&keys).await
    }

    fn done(&self, key: &Key, version: u64) -> Action {
        let all = "SET #status = :done, #processed = documents, index_version = :version, updated_at = :now";
        let update = self.table.update(key, all).if_present();
        update.value(":done", TaskStatus::Done).value(":version", version)
    }

    /// Of an import, its own job says how far it is.
    fn go_on(&self, key: &Key, count: usize) -> Action {
        let update = self.table.update(key, "SET #status = :processing, updated_at = :now ADD #processed :count");
        let update = update.when("attribute_exists(pk) AND #status <> :done AND kind = :documents");
        let update = update.value(":processing", TaskStatus::Processing).value(":done", TaskStatus::Done);
        update.value(":documents", TaskKind::Documents).value(":count", count)
    }

    /// What of a tenant's documents waits for the index: a page of work, and further ones until these are enough bytes.
    pub(crate) async fn backlog(&self, tenant: TenantId, enough: u64) -> Result<Backlog, Error> {
        let (mut backlog, mut after) = (Backlog::default(), None);
        loop {
            let page = self.table.query(Self::work_partition(tenant)).limit(READ).after(after).page::<Work>().await?;
            for work in page.items {
                backlog.documents += u64::try_from(work.documents.len()).unwrap_or(0);
                backlog.bytes += work.bytes;
            }
            after = page.next;
            backlog.is_long |= after.is_some();
            if after.is_none() || backlog.bytes >= enough {
                return Ok(backlog);
            }
        }
    }

    /// What says that this tenant has work.
    pub(crate) async fn waiting(&self, tenant: TenantId) -> Result<Option<Waiting>, Error> {
        self.table.get(&Self::waiting_key(tenant)).await
    }

    /// That there is no more work, unless somebody has said otherwise meanwhile.
    pub(crate) async fn rest(&self, waiting: &Waiting) -> Result<(), Error> {
        let delete = self.table.delete(&Self::waiting_key(waiting.tenant)).when("#by = :by AND #at = :at");
        let delete = delete.name("#by", "by").name("#at", "at");
        delete.value(":by", waiting.by).value(":at", waiting.at.as_millisecond()).run().await.map(|_| ())
    }

    /// Every tenant that has had work for a while.
    pub(crate) async fn overdue(&self, before: Timestamp) -> Result<Vec<TenantId>, Error> {
        let shards = (0..SHARDS).map(|shard| self.table.query(format!("WAITING#{shard}")).all::<Waiting>());
        let found: Vec<Vec<Waiting>> = stream::iter(shards).buffered(AT_ONCE).try_collect().await?;
        Ok(found.into_iter().flatten().filter(|waiting| waiting.at <= before).map(|waiting| waiting.tenant).collect())
    }
}
