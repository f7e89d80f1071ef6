//! Taking documents, so that whatever dies in between, what was changed is indexed.

use std::collections::HashMap;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use shared::auth::TenantId;
use shared::jobs::Entry;
use shared::store::Transaction;
use shared::{Error, ids};

use super::model::{Document, DocumentKey};
use crate::State;
use crate::indexing::wake;
use crate::tasks::{Announced, Task, TaskKind};

/// A task that is not yet committed, with what is sent afterwards.
pub(crate) struct Accepting {
    pub(crate) task: Task,
    pub(crate) transaction: Transaction,
    pub(crate) entries: Vec<Entry>,
}

/// Writes documents; of several with the same key the last one.
pub(crate) async fn put(state: &State, tenant: TenantId, documents: &[Document]) -> Result<Accepting, Error> {
    let documents: HashMap<DocumentKey, &Document> =
        documents.iter().map(|document| (document.key(), document)).collect();
    let keys: Vec<DocumentKey> = documents.keys().cloned().collect();
    let written: Vec<&Document> = documents.into_values().collect();
    let bytes = written.iter().map(|document| document.bytes()).sum();
    change(state, tenant, (&keys, bytes), state.documents.put_all(tenant, &written).boxed()).await
}

/// Deletes a document.
pub(crate) async fn delete(state: &State, tenant: TenantId, key: &DocumentKey) -> Result<Accepting, Error> {
    change(state, tenant, (std::slice::from_ref(key), 0), state.documents.delete(tenant, key).boxed()).await
}

/// First the work is written down, then the documents are changed, then the task begins.
async fn change(
    state: &State,
    tenant: TenantId,
    (keys, bytes): (&[DocumentKey], usize),
    change: BoxFuture<'_, Result<(), Error>>,
) -> Result<Accepting, Error> {
    let clock = state.platform.clock();
    let id = ids::new(clock);
    let announced = Announced { task: id, first: 0, is_last: true, ready_at: 0 };
    state.tasks.announce(tenant, announced, (keys, bytes), clock).await?;
    change.await?;
    let count = u64::try_from(keys.len()).unwrap_or(u64::MAX);
    let task = Task::new(id, TaskKind::Documents, count, clock.now());
    let mut transaction = Transaction::new(state.platform.store()).with(state.tasks.create(tenant, &task));
    let entries = wake(state, &mut transaction, tenant, None)?;
    Ok(Accepting { task, transaction, entries })
}
