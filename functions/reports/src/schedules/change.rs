//! What is done to schedules: pause, resume, run now, delete.

use axum::extract::State as Extract;
use serde::Serialize;
use shared::Error;
use shared::auth::Principal;
use shared::http::{Envelope, ErrorEnvelope, Finished, Idempotency, PathParams, Reply};
use shared::store::Transaction;
use utoipa::ToSchema;
use uuid::Uuid;

use super::begin;
use super::model::{Planned, Schedule, ScheduleView};
use super::routes::found;
use crate::{ReportsError, State};

/// That a schedule is gone.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ScheduleDeleted {
    /// Always true.
    deleted: bool,
}

/// Pauses a schedule: what it is due for meanwhile is not made up for. Twice is once.
#[utoipa::path(
    post, path = "/schedules/{id}/pause", operation_id = "pauseSchedule", tag = "schedules", params(("id" = Uuid, Path)),
    responses(
        (status = 200, body = Envelope<ScheduleView>),
        (status = 404, description = "SCHEDULE_NOT_FOUND", body = ErrorEnvelope),
        (status = 409, description = "CONFLICT: it has changed meanwhile", body = ErrorEnvelope),
    )
)]
pub(crate) async fn pause_schedule(
    Extract(state): Extract<State>,
    principal: Principal,
    idempotency: Idempotency,
    PathParams(id): PathParams<Uuid>,
) -> Result<Reply<ScheduleView>, ReportsError> {
    let before = found(&state, &principal, id).await?;
    let after = Schedule { next: None, paused: true, ..before };
    replace(&state, &principal, &idempotency, after).await
}

/// Goes on with a schedule, from the next time that it is due. Twice is once.
#[utoipa::path(
    post, path = "/schedules/{id}/resume", operation_id = "resumeSchedule", tag = "schedules", params(("id" = Uuid, Path)),
    responses(
        (status = 200, body = Envelope<ScheduleView>),
        (status = 400, description = "INVALID_CRON: it is never due", body = ErrorEnvelope),
        (status = 404, description = "SCHEDULE_NOT_FOUND", body = ErrorEnvelope),
        (status = 409, description = "CONFLICT: it has changed meanwhile", body = ErrorEnvelope),
    )
)]
pub(crate) async fn resume_schedule(
    Extract(state): Extract<State>,
    principal: Principal,
    idempotency: Idempotency,
    PathParams(id): PathParams<Uuid>,
) -> Result<Reply<ScheduleView>, ReportsError> {
    let (before, now) = (found(&state, &principal, id).await?, state.platform.clock().now());
    let next = match before.next.filter(|_| !before.paused) {
        Some(next) => Some(next),
        None => before.wanted.calendar(now)?.after(now),
    };
    replace(&state, &principal, &idempotency, Schedule { next, paused: false, ..before }).await
}

async fn replace(
    state: &State,
    principal: &Principal,
    idempotency: &Idempotency,
    schedule: Schedule,
) -> Result<Reply<ScheduleView>, ReportsError> {
    let now = state.platform.clock().now();
    let schedule = Schedule { version: schedule.version + 1, updated_at: now, ..schedule };
    let replace = state.schedules.replace(principal.tenant(), &schedule);
    let transaction = Transaction::new(state.platform.store()).with(replace);
    idempotency.commit(transaction, Reply::ok(schedule.view(now))).await?.reply_or(Error::Conflict.into())
}

/// Makes a schedule's report now, besides the times when it is due; also while it is paused.
#[utoipa::path(
    post, path = "/schedules/{id}/run", operation_id = "runSchedule", tag = "schedules", params(("id" = Uuid, Path)),
    responses(
        (status = 202, body = Envelope<ScheduleView>),
        (status = 404, description = "SCHEDULE_NOT_FOUND", body = ErrorEnvelope),
        (status = 429, description = "QUOTA_EXCEEDED: somebody else has just used up today's exports", body = ErrorEnvelope),
    )
)]
pub(crate) async fn run_schedule(
    Extract(state): Extract<State>,
    principal: Principal,
    idempotency: Idempotency,
    PathParams(id): PathParams<Uuid>,
) -> Result<Reply<ScheduleView>, ReportsError> {
    let (schedule, now) = (found(&state, &principal, id).await?, state.platform.clock().now());
    let planned = Planned { schedule: id, due: now, manual: true };
    let mut transaction = Transaction::new(state.platform.store());
    let entries = begin::add(&state, &mut transaction, principal.tenant(), &schedule, &planned).await?;
    match idempotency.commit(transaction, Reply::accepted(schedule.view(now))).await? {
        Finished::Reply(reply) => {
            reply.send(state.platform.outbox(), entries).await;
            Ok(reply)
        }
        Finished::Refused(_) => Err(ReportsError::QuotaExceeded),
    }
}

/// Deletes a schedule. Exports that it has made stay their owner's.
#[utoipa::path(
    delete, path = "/schedules/{id}", operation_id = "deleteSchedule", tag = "schedules", params(("id" = Uuid, Path)),
    responses(
        (status = 200, body = Envelope<ScheduleDeleted>),
        (status = 404, description = "SCHEDULE_NOT_FOUND", body = ErrorEnvelope),
    )
)]
pub(crate) async fn delete_schedule(
    Extract(state): Extract<State>,
    principal: Principal,
    idempotency: Idempotency,
    PathParams(id): PathParams<Uuid>,
) -> Result<Reply<ScheduleDeleted>, ReportsError> {
    let mut transaction = Transaction::new(state.platform.store());
    transaction.extend(state.schedules.delete(principal.tenant(), id));
    let reply = Reply::ok(ScheduleDeleted { deleted: true });
    idempotency.commit(transaction, reply).await?.reply_or(ReportsError::ScheduleNotFound)
}
