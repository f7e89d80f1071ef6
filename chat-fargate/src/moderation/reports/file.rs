//! `POST /messages/{id}/report`

use axum::extract::State as Shared;
use shared::Error;
use shared::auth::Principal;
use shared::http::{Envelope, ErrorEnvelope, Finished, Idempotency, Json, PathParams, Reply};
use shared::store::Transaction;
use uuid::Uuid;

use super::model::{Report, ReportMessage};
use crate::error::ChatError;
use crate::messages::find_for;
use crate::moderation::audit::{Act, Event};
use crate::state::State;

/// Reports a message of somebody else to the tenant's admins and to those who keep order in its thread, with what it says
/// now. A second time answers with the first report, until the message is edited.
#[utoipa::path(post, path = "/messages/{id}/report", operation_id = "reportMessage", tag = "moderation", params(("id" = Uuid, Path)), request_body = ReportMessage, responses(
    (status = 201, body = Envelope<Report>),
    (status = 400, description = "`VALIDATION_FAILED`, `INVALID_JSON`", body = ErrorEnvelope),
    (status = 403, description = "`NOT_THREAD_MEMBER`, `FORBIDDEN`: one's own message", body = ErrorEnvelope),
    (status = 404, description = "`MESSAGE_NOT_FOUND`: also of one that was deleted", body = ErrorEnvelope),
))]
pub(crate) async fn file(
    Shared(state): Shared<State>,
    principal: Principal,
    idempotency: Idempotency,
    PathParams(id): PathParams<Uuid>,
    Json(request): Json<ReportMessage>,
) -> Result<Reply<Report>, ChatError> {
    request.check()?;
    let (tenant, user, now) = (principal.tenant(), principal.user(), state.clock().now());
    let (message, _) = find_for(&state, &principal, id).await?;
    if message.sender_id == user {
        return Err(Error::Forbidden.into());
    }
    let report = Report::by_member(user, request, &message, now);
    let before = state.reports.like(tenant, &report).await?;
    if let Some(before) = before {
        return Ok(Reply::created(seen_by_reporter(before)));
    }
    if message.deleted_at.is_some() {
        return Err(ChatError::MessageNotFound);
    }
    let event = Event::new(Act::MessageReported, user, now).in_thread(message.thread_id);
    let event = event.on(message.sender_id).about(message.id).of(report.id);
    let mut transaction = Transaction::new(state.platform.store());
    transaction.extend(state.reports.put_new(tenant, &report));
    transaction.add(state.audit.record(tenant, &event));
    match idempotency.commit(transaction, Reply::created(seen_by_reporter(report.clone()))).await? {
        Finished::Reply(reply) => Ok(reply),
        Finished::Refused(_) => {
            let before = state.reports.like(tenant, &report).await?;
            let before = before.ok_or_else(|| Error::unavailable("a report went while it was repeated"))?;
            Ok(Reply::created(seen_by_reporter(before)))
        }
    }
}

/// What the message said, which may be deleted meanwhile, and who decides is not for who has reported.
fn seen_by_reporter(report: Report) -> Report {
    Report { content: None, resolved_by: None, note: None, ..report }
}
