//! `/jobs/*`: what timers do, for whoever has the internal key.

use axum::extract::State as Extract;
use serde::Serialize;
use shared::http::{Envelope, Reply};
use utoipa::ToSchema;

use crate::attachments::purge;
use crate::sending::requeue_stuck;
use crate::{NotifyError, State};

/// How much a timer's work was.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Worked {
    /// Messages that were sent on.
    messages: usize,
}

/// Sends what is due to the workers: scheduled, deferred and repeated messages, and what a crash has left behind.
#[utoipa::path(
    post, path = "/jobs/dispatch-scheduled", operation_id = "dispatchScheduled", tag = "jobs",
    responses((status = 200, body = Envelope<Worked>))
)]
pub(crate) async fn dispatch_scheduled(Extract(state): Extract<State>) -> Result<Reply<Worked>, NotifyError> {
    Ok(Reply::ok(Worked { messages: state.platform.outbox().sweep().await? }))
}

/// Sends digests whose window has ended. They wait among all that is to be sent later, so this does the same.
#[utoipa::path(
    post, path = "/jobs/flush-digests", operation_id = "flushDigests", tag = "jobs",
    responses((status = 200, body = Envelope<Worked>))
)]
pub(crate) async fn flush_digests(Extract(state): Extract<State>) -> Result<Reply<Worked>, NotifyError> {
    Ok(Reply::ok(Worked { messages: state.platform.outbox().sweep().await? }))
}

/// How much was deleted.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Purged {
    /// Files that no message needs any more.
    files: usize,
}

/// Deletes what nothing needs any more: uploaded files. Everything else goes by itself.
#[utoipa::path(
    post, path = "/jobs/purge", operation_id = "purge", tag = "jobs",
    responses((status = 200, body = Envelope<Purged>))
)]
pub(crate) async fn purge_now(Extract(state): Extract<State>) -> Result<Reply<Purged>, NotifyError> {
    Ok(Reply::ok(Purged { files: purge(&state).await? }))
}

/// Sends new messages for deliveries that should have been sent an hour ago and were not.
#[utoipa::path(
    post, path = "/jobs/requeue-stuck", operation_id = "requeueStuck", tag = "jobs",
    responses((status = 200, body = Envelope<Worked>))
)]
pub(crate) async fn requeue_stuck_now(Extract(state): Extract<State>) -> Result<Reply<Worked>, NotifyError> {
    Ok(Reply::ok(Worked { messages: requeue_stuck(&state).await? }))
}
