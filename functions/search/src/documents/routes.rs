//! `/documents`

use axum::extract::State as Extract;
use shared::Error;
use shared::auth::Principal;
use shared::http::{Envelope, ErrorEnvelope, Idempotency, Json, PathParams, Reply};

use super::accept::{self, Accepting};
use super::bodies::{Accepted, PutDocuments};
use super::model::{Document, DocumentKey, EntityType};
use crate::{SearchError, State};

/// Stores documents, each as a whole: one that is there is replaced. `GET` shows them at once; a search finds them when
/// the task is `done`, which is usually within a second or two.
#[utoipa::path(
    put, path = "/documents", operation_id = "putDocuments", tag = "documents", request_body = PutDocuments,
    responses(
        (status = 202, body = Envelope<Accepted>),
        (status = 429, description = "QUOTA_EXCEEDED: the tenant's index is as large as it may be", body = ErrorEnvelope),
    )
)]
pub(crate) async fn put_documents(
    Extract(state): Extract<State>,
    principal: Principal,
    idempotency: Idempotency,
    Json(request): Json<PutDocuments>,
) -> Result<Reply<Accepted>, SearchError> {
    if !state.quota.has_room(principal.tenant()).await? {
        return Err(SearchError::QuotaExceeded);
    }
    idempotency.hold().await?;
    let accepting = accept::put(&state, principal.tenant(), &request.documents.0).await?;
    answer(&state, &idempotency, accepting).await
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
    idempotency.hold().await?;
    let accepting = accept::delete(&state, tenant, &key).await?;
    answer(&state, &idempotency, accepting).await
}

async fn answer(
    state: &State,
    idempotency: &Idempotency,
    Accepting { task, transaction, entries }: Accepting,
) -> Result<Reply<Accepted>, SearchError> {
    let reply = Reply::accepted(Accepted { task_id: task.id, status: task.status });
    let reply = idempotency.commit(transaction, reply).await?.reply_or::<SearchError>(Error::Conflict.into())?;
    reply.send(state.platform.outbox(), entries).await;
    Ok(reply)
}
