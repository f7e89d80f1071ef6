//! What is done to exports: cancel, try again, delete.

use axum::extract::State as Extract;
use serde::Serialize;
use shared::Error;
use shared::auth::Principal;
use shared::http::{Envelope, ErrorEnvelope, Finished, Idempotency, PathParams, Reply};
use shared::jobs::QueueName;
use shared::store::Transaction;
use utoipa::ToSchema;
use uuid::Uuid;

use super::cleaning::CleanUp;
use super::model::{Export, ExportView, State as ExportState, Which};
use super::routes::own;
use super::run::RunExport;
use super::work::Work;
use crate::jobs::Job;
use crate::{ReportsError, State};

/// Tries against a worker that gets further meanwhile.
const TRIES: usize = 8;

/// That an export is gone.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ExportDeleted {
    /// Always true.
    deleted: bool,
}

fn which(principal: &Principal, id: Uuid) -> Which {
    Which { tenant: principal.tenant(), user: principal.user(), id }
}

/// Stops an export that is not over.
#[utoipa::path(
    post, path = "/exports/{id}/cancel", operation_id = "cancelExport", tag = "exports", params(("id" = Uuid, Path)),
    responses(
        (status = 200, body = Envelope<ExportView>),
        (status = 404, description = "EXPORT_NOT_FOUND", body = ErrorEnvelope),
        (status = 409, description = "EXPORT_ALREADY_COMPLETED; CONFLICT: it has failed, or is cancelled", body = ErrorEnvelope),
    )
)]
pub(crate) async fn cancel_export(
    Extract(state): Extract<State>,
    principal: Principal,
    idempotency: Idempotency,
    PathParams(id): PathParams<Uuid>,
) -> Result<Reply<ExportView>, ReportsError> {
    change(&state, which(&principal, id), &idempotency, |export, work| {
        match export.state {
            ExportState::Completed { .. } => return Err(ReportsError::ExportAlreadyCompleted),
            ExportState::Failed { .. } | ExportState::Cancelled { .. } => return Err(Error::Conflict.into()),
            ExportState::Queued | ExportState::Collecting | ExportState::Rendering => {}
        }
        let now = state.platform.clock().now();
        let after = Export { state: ExportState::Cancelled { at: now }, updated_at: now, ..export.clone() };
        let job = Job::CleanUp(CleanUp::after(principal.tenant(), &after, work));
        Ok((after, Work { step: work.step + 1, ..work.clone() }, (QueueName::Reports, job)))
    })
    .await
}

/// Tries an export again that has failed, with the same rows. It takes nothing of the quota.
#[utoipa::path(
    post, path = "/exports/{id}/retry", operation_id = "retryExport", tag = "exports", params(("id" = Uuid, Path)),
    responses(
        (status = 202, body = Envelope<ExportView>),
        (status = 404, description = "EXPORT_NOT_FOUND", body = ErrorEnvelope),
        (status = 409, description = "EXPORT_ALREADY_COMPLETED, EXPORT_NOT_FAILED", body = ErrorEnvelope),
    )
)]
pub(crate) async fn retry_export(
    Extract(state): Extract<State>,
    principal: Principal,
    idempotency: Idempotency,
    PathParams(id): PathParams<Uuid>,
) -> Result<Reply<ExportView>, ReportsError> {
    let of = which(&principal, id);
    own(&state, &principal, id).await?;
    change(&state, of, &idempotency, |export, work| {
        match export.state {
            ExportState::Failed { .. } => {}
            ExportState::Completed { .. } => return Err(ReportsError::ExportAlreadyCompleted),
            _ => return Err(ReportsError::ExportNotFailed),
        }
        let (now, attempt) = (state.platform.clock().now(), export.attempt + 1);
        let queued = ExportState::Queued;
        let after = Export { state: queued, attempt, progress: 0, rows: 0, updated_at: now, ..export.clone() };
        let job = Job::RunExport(RunExport { which: of, attempt });
        Ok((after, Work::begin(work.step + 1), (QueueName::ReportsExports, job)))
    })
    .await
}

/// Changes an export as `decide` says, with the job that follows. What is to be made is answered by 202.
async fn change(
    state: &State,
    which: Which,
    idempotency: &Idempotency,
    decide: impl Fn(&Export, &Work) -> Result<(Export, Work, (QueueName, Job)), ReportsError>,
) -> Result<Reply<ExportView>, ReportsError> {
    for _ in 0..TRIES {
        let (export, work) = state.exports.get_with_work(which).await?.ok_or(ReportsError::ExportNotFound)?;
        let (after, next, (queue, job)) = decide(&export, &work)?;
        let mut transaction = Transaction::new(state.platform.store());
        transaction.add(state.exports.advance(which.tenant, &after, work.step, &next));
        transaction.add(state.exports.replace(which.tenant, &export, &after));
        let outbox = state.platform.outbox();
        let due = CleanUp::due(&export, state.platform.clock().now()).filter(|_| after.is_over());
        let mut entries = outbox.add(&mut transaction, queue, which.tenant, &job, due)?;
        let is_over = after.is_over();
        if is_over {
            entries.extend(after.tell_end(state, &mut transaction, which)?);
        }
        let view = after.view(state.platform.clock().now());
        let reply = if is_over { Reply::ok(view) } else { Reply::accepted(view) };
        if let Finished::Reply(reply) = idempotency.commit(transaction, reply).await? {
            reply.send(outbox, entries).await;
            return Ok(reply);
        }
    }
    Err(Error::unavailable("an export keeps changing").into())
}

/// Deletes an export with its file, whatever it is doing.
#[utoipa::path(
    delete, path = "/exports/{id}", operation_id = "deleteExport", tag = "exports", params(("id" = Uuid, Path)),
    responses(
        (status = 200, body = Envelope<ExportDeleted>),
        (status = 404, description = "EXPORT_NOT_FOUND", body = ErrorEnvelope),
    )
)]
pub(crate) async fn delete_export(
    Extract(state): Extract<State>,
    principal: Principal,
    idempotency: Idempotency,
    PathParams(id): PathParams<Uuid>,
) -> Result<Reply<ExportDeleted>, ReportsError> {
    let which = which(&principal, id);
    let (export, work) = state.exports.get_with_work(which).await?.ok_or(ReportsError::ExportNotFound)?;
    let mut transaction = Transaction::new(state.platform.store());
    transaction.extend(state.exports.delete(which));
    let job = Job::CleanUp(CleanUp::everything(which.tenant, &export, &work));
    let outbox = state.platform.outbox();
    let due = CleanUp::due(&export, state.platform.clock().now());
    let entries = outbox.add(&mut transaction, QueueName::Reports, which.tenant, &job, due)?;
    match idempotency.commit(transaction, Reply::ok(ExportDeleted { deleted: true })).await? {
        Finished::Reply(reply) => {
            reply.send(outbox, entries).await;
            Ok(reply)
        }
        Finished::Refused(_) => Err(ReportsError::ExportNotFound),
    }
}
