//! `/documents`

use std::collections::HashMap;

use axum::extract::State as Extract;
use shared::auth::Principal;
use shared::http::{Envelope, ErrorEnvelope, Idempotency, Json, PathParams, Reply};
use shared::store::Transaction;
use shared::{Error, ids};

use super::bodies::{Accepted, PutDocuments};
use super::model::{Document, DocumentKey, EntityType};
use crate::indexing::wake;
use crate::tasks::{Announced, Task, TaskKind, TaskStatus};
use crate::{SearchError, State};

/// Stores documents, each as a whole: one that is there is replaced. `GET` shows them at once; a search finds them when
/// the task is `done`, which is usually within a second or two.
#[utoipa::path(
    put, path = "/documents", operation_id = "putDocuments", tag = "documents", request_body = PutDocuments,
    responses((status = 202, body = Envelope<Accepted>))
)]
pub(crate) async fn put_documents(
    Extract(state): Extract<State>,
    principal: Principal,
    idempotency: Idempotency,
    Json(request): Json<PutDocuments>,
) -> Result<Reply<Accepted>, SearchError> {
    let documents: HashMap<DocumentKey, &Document> =
        request.documents.0.iter().map(|document| (document.key(), document)).collect();
    let keys: Vec<DocumentKey> = documents.keys().cloned().collect();
    let written: Vec<&Document> = documents.into_values().collect();
    let tenant = principal.tenant();
    let write = state.documents.put_all(tenant, &written);
    accept(&state, &principal, &idempotency, &keys, write).await
}

/// Shows a document as it is stored, whether or not searches find it yet.
#[utoipa::path(
    get, path = "/documents/{entity_type}/{id}", operation_id = "getDocument", tag = "documents",
    params(("entity_type" = EntityType, Path), ("id" = String, Path)),
    responses((status = 200, body = Envelope<Document>))
)]
pub(crate) async fn get_document(
    Extract(state): Extract<State>,
    principal: Principal,
    PathParams((entity_type, id)): PathParams<(EntityType, String)>,
) -> Result<Reply<Document>, SearchError> {
    let key = DocumentKey { entity_type, id };
    Ok(Reply::ok(state.documents.get(principal.tenant(), &key).await?.ok_or(Error::NotFound)?))
}

/// Deletes a document. Searches do not find it any more when the task is `done`.
#[utoipa::path(
    delete, path = "/documents/{entity_type}/{id}", operation_id = "deleteDocument", tag = "documents",
    params(("entity_type" = EntityType, Path), ("id" = String, Path)),
    responses(
        (status = 202, body = Envelope<Accepted>),
        (status = 404, description = "NOT_FOUND", body = ErrorEnvelope),
    )
)]
pub(crate) async fn delete_document(
    Extract(state): Extract<State>,
    principal: Principal,
    idempotency: Idempotency,
    PathParams((entity_type, id)): PathParams<(EntityType, String)>,
) -> Result<Reply<Accepted>, SearchError> {
    let (tenant, key) = (principal.tenant(), DocumentKey { entity_type, id });
    state.documents.get(tenant, &key).await?.ok_or(Error::NotFound)?;
    let delete = state.documents.delete(tenant, &key);
    accept(&state, &principal, &idempotency, std::slice::from_ref(&key), delete).await
}

/// First the work is written down, then the documents are changed, then the task begins: whatever dies in between, what
/// was changed is indexed.
async fn accept(
    state: &State,
    principal: &Principal,
    idempotency: &Idempotency,
    keys: &[DocumentKey],
    change: impl Future<Output = Result<(), Error>>,
) -> Result<Reply<Accepted>, SearchError> {
    let (tenant, clock) = (principal.tenant(), state.platform.clock());
    let id = ids::new(clock);
    let announced = Announced { task: id, first: 0, is_last: true };
    state.tasks.announce(tenant, announced, keys, clock.now()).await?;
    change.await?;
    let count = u64::try_from(keys.len()).unwrap_or(u64::MAX);
    let task = Task::new(id, TaskKind::Documents, count, clock.now());
    let mut transaction = Transaction::new(state.platform.store()).with(state.tasks.create(tenant, &task));
    let entries = wake(state, &mut transaction, tenant, None)?;
    let reply = Reply::accepted(Accepted { task_id: id, status: TaskStatus::Queued });
    let reply = idempotency.commit(transaction, reply).await?.reply_or::<SearchError>(Error::Conflict.into())?;
    reply.send(state.platform.outbox(), entries).await;
    Ok(reply)
}
