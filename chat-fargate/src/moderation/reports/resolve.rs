//! `POST /moderation/reports/{id}/resolve`

use axum::extract::State as Shared;
use serde_json::json;
use shared::Error;
use shared::auth::{Principal, Role};
use shared::http::{Envelope, ErrorEnvelope, Finished, Idempotency, Json, PathParams, Reply, to_its_end};
use shared::store::Transaction;
use uuid::Uuid;

use super::model::{Outcome, Report, ReportStatus, ResolveReport};
use crate::error::ChatError;
use crate::messages::{Message, clear};
use crate::moderation::audit::{Act, Event};
use crate::state::State;

/// Tries of a decision while its message changes.
const ROUNDS: usize = 5;

/// Decides on a report: its message is deleted, or stays. For the tenant's admins and those who keep order in the thread,
/// but not about a message of one's own. The members hear `message:deleted`.
#[utoipa::path(post, path = "/moderation/reports/{id}/resolve", operation_id = "resolveReport", tag = "moderation", params(("id" = Uuid, Path)), request_body = ResolveReport, responses(
    (status = 200, body = Envelope<Report>),
    (status = 400, description = "`VALIDATION_FAILED`, `INVALID_JSON`", body = ErrorEnvelope),
    (status = 403, description = "`NOT_THREAD_MEMBER`, `FORBIDDEN`", body = ErrorEnvelope),
    (status = 404, description = "`NOT_FOUND`", body = ErrorEnvelope),
    (status = 409, description = "`CONFLICT`: somebody has decided before", body = ErrorEnvelope),
))]
pub(crate) async fn resolve(
    Shared(state): Shared<State>,
    principal: Principal,
    idempotency: Idempotency,
    PathParams(id): PathParams<Uuid>,
    Json(request): Json<ResolveReport>,
) -> Result<Reply<Report>, ChatError> {
    let resolving = async move {
        for _ in 0..ROUNDS {
            if let Some(reply) = decide(&state, &principal, &idempotency, id, &request).await? {
                return Ok(reply);
            }
        }
        Err(Error::unavailable("the message keeps changing").into())
    };
    to_its_end(resolving).await?
}

/// `None` if the report or its message was changed meanwhile.
async fn decide(
    state: &State,
    principal: &Principal,
    idempotency: &Idempotency,
    id: Uuid,
    request: &ResolveReport,
) -> Result<Option<Reply<Report>>, ChatError> {
    let (tenant, user, now) = (principal.tenant(), principal.user(), state.clock().now());
    let mut report = state.reports.get(tenant, id).await?.ok_or(Error::NotFound)?;
    let standing = state.threads.standing(tenant, user, report.thread_id).await?;
    standing.require_member_or_admin(principal)?;
    let admin = principal.roles().include(Role::Admin);
    if report.sender_id == user || !(admin || standing.keeps_order(principal)) {
        return Err(Error::Forbidden.into());
    }
    if report.status != ReportStatus::Open {
        return Err(Error::Conflict.into());
    }
    let message = state.messages.get(tenant, report.thread_id, report.seq).await?;
    let removed = message.filter(|message| request.outcome == Outcome::Removed && message.deleted_at.is_none());
    let (mut transaction, mut entries) = (Transaction::new(state.platform.store()), Vec::new());
    let removed = match removed {
        Some(mut message) => {
            (transaction, entries) = clear(state, tenant, &mut message, now)?;
            Some(Message::from(message))
        }
        None => None,
    };
    report.status = match request.outcome {
        Outcome::Removed => ReportStatus::Removed,
        Outcome::Dismissed => ReportStatus::Dismissed,
    };
    (report.resolved_by, report.resolved_at, report.note) = (Some(user), Some(now), request.note.clone());
    transaction.extend(state.reports.close(tenant, &report));
    let event = Event::new(Act::ReportResolved, user, now).in_thread(report.thread_id);
    let event = event.on(report.sender_id).about(report.message_id).of(report.id).value(json!(report.status));
    transaction.add(state.audit.record(tenant, &event));
    let thread = report.thread_id;
    let seen = if admin { report } else { report.without_reporter() };
    let Finished::Reply(reply) = idempotency.commit(transaction, Reply::ok(seen)).await? else { return Ok(None) };
    reply.send(state.platform.outbox(), entries).await;
    if let Some(removed) = removed.filter(|_| reply.fresh().is_some()) {
        state.hubs.tell(tenant, thread, "message:deleted", &removed);
    }
    Ok(Some(reply))
}
