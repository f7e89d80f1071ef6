//! `/imports`

use axum::extract::State as Extract;
use jiff::SignedDuration;
use shared::auth::Principal;
use shared::http::{Envelope, ErrorEnvelope, Idempotency, Json, PathParams, Reply};
use shared::jobs::QueueName;
use shared::store::Transaction;
use shared::{Error, ids};
use uuid::Uuid;

use super::model::{CreateImport, Import, ImportCreated, ImportUpload, ImportView};
use super::run::{ImportJob, LOOK};
use crate::jobs::Job;
use crate::tasks::{Task, TaskKind};
use crate::{SearchError, State};

/// Imports of a tenant that are not over.
const MOST: usize = 20;
/// How long it is known.
const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Announces a file with one document a line (newline-delimited JSON), and gives the address to upload it to within five
/// minutes. It is imported some seconds after it is there: lines that are no documents are named by the task and left out.
#[utoipa::path(
    post, path = "/imports", operation_id = "createImport", tag = "documents", request_body = CreateImport,
    responses(
        (status = 202, body = Envelope<ImportCreated>),
        (status = 409, description = "IDEMPOTENCY_RESULT_NOT_STORED: the first answer held an address that is not kept", body = ErrorEnvelope),
        (status = 429, description = "QUOTA_EXCEEDED: the tenant's index is as large as it may be, or 20 imports are under way", body = ErrorEnvelope),
    )
)]
pub(crate) async fn create_import(
    Extract(state): Extract<State>,
    principal: Principal,
    idempotency: Idempotency,
    Json(request): Json<CreateImport>,
) -> Result<Reply<ImportCreated>, SearchError> {
    let (tenant, clock) = (principal.tenant(), state.platform.clock());
    if !state.quota.has_room(tenant).await? || state.imports.open(tenant).await? >= MOST {
        return Err(SearchError::QuotaExceeded);
    }
    let (id, now) = (ids::new(clock), clock.now());
    let ttl = (now + KEPT).as_second();
    let import = Import { id, bytes: request.bytes, offset: 0, lines: 0, resumed: 0, created_at: now, ttl };
    let upload = ImportUpload::new(state.imports.upload(tenant, &import).await?, now);
    let mut transaction = Transaction::new(state.platform.store())
        .with(state.imports.create(tenant, &import))
        .with(state.imports.is_running(tenant, id, now))
        .with(state.tasks.create(tenant, &Task::new(id, TaskKind::Import, 0, now)));
    let job = Job::Import(ImportJob { tenant, id });
    let outbox = state.platform.outbox();
    let entries = outbox.add(&mut transaction, QueueName::Search, tenant, &job, Some(now + LOOK))?;
    let reply = Reply::accepted(ImportCreated { id, upload });
    let reply = idempotency.commit_unkept(transaction, reply).await?.reply_or::<SearchError>(Error::Conflict.into())?;
    reply.send(outbox, entries).await;
    Ok(reply)
}

/// How far an import is.
#[utoipa::path(
    get, path = "/imports/{id}", operation_id = "getImport", tag = "documents", params(("id" = Uuid, Path)),
    responses((status = 200, body = Envelope<ImportView>))
)]
pub(crate) async fn get_import(
    Extract(state): Extract<State>,
    principal: Principal,
    PathParams(id): PathParams<Uuid>,
) -> Result<Reply<ImportView>, SearchError> {
    let tenant = principal.tenant();
    let import = state.imports.get(tenant, id).await?.ok_or(Error::NotFound)?;
    let task = state.tasks.get(tenant, id).await?.ok_or(Error::NotFound)?;
    Ok(Reply::ok(ImportView { task, bytes: import.bytes, bytes_read: import.offset }))
}
