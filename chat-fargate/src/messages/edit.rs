//! Changing and deleting a message; what it said before.

use axum::extract::State as Shared;
use garde::Validate;
use serde::Deserialize;
use shared::Error;
use shared::auth::Principal;
use shared::http::{Envelope, ErrorEnvelope, Finished, Idempotency, Json, Paging, PathParams, Reply, to_its_end};
use utoipa::ToSchema;
use uuid::Uuid;

use super::find::find_for;
use super::forget::clear;
use super::model::{EarlierContent, Message, check_content};
use crate::error::ChatError;
use crate::moderation::audit::{Act, Event};
use crate::moderation::reports::Report;
use crate::state::State;
use crate::threads::MemberRole;

/// How often a message may be edited: what it said before goes with it in one transaction.
const MOST_EDITS: u32 = 80;
/// Tries of a change while somebody else changes the same message.
const ROUNDS: usize = 5;

/// What a message is to say.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub(crate) struct EditMessage {
    /// As of a new message. `INVALID_MESSAGE` if it is too long, or empty without attachments.
    #[schema(max_length = 10_000)]
    pub(crate) content: String,
}

/// Changes what one's own message says. What it said before stays readable for the thread's members, and a message is
/// edited 80 times at most. The members hear `message:updated`.
#[utoipa::path(patch, path = "/messages/{id}", operation_id = "editMessage", tag = "messages", params(("id" = Uuid, Path)), request_body = EditMessage, responses(
    (status = 200, body = Envelope<Message>),
    (status = 400, description = "`INVALID_MESSAGE`, `VALIDATION_FAILED`, `INVALID_JSON`", body = ErrorEnvelope),
    (status = 403, description = "`MESSAGE_EDIT_FORBIDDEN`: somebody else's, deleted, or edited too often; `NOT_THREAD_MEMBER`, `USER_BLOCKED`; `FORBIDDEN`: also of who is silenced", body = ErrorEnvelope),
    (status = 404, description = "`MESSAGE_NOT_FOUND`", body = ErrorEnvelope),
    (status = 409, description = "`THREAD_ARCHIVED`", body = ErrorEnvelope),
))]
pub(crate) async fn update(
    Shared(state): Shared<State>,
    principal: Principal,
    idempotency: Idempotency,
    PathParams(id): PathParams<Uuid>,
    Json(request): Json<EditMessage>,
) -> Result<Reply<Message>, ChatError> {
    edit(&state, &principal, id, request, idempotency).await
}

/// The same for sockets.
pub(crate) async fn edit(
    state: &State,
    principal: &Principal,
    id: Uuid,
    request: EditMessage,
    idempotency: Idempotency,
) -> Result<Reply<Message>, ChatError> {
    let (state, principal) = (state.clone(), principal.clone());
    let editing = async move {
        let tenant = principal.tenant();
        for _ in 0..ROUNDS {
            let (mut message, standing) = find_for(&state, &principal, id).await?;
            standing.require_open()?;
            standing.require_unblocked()?;
            let own = message.sender_id == principal.user();
            if !own || message.deleted_at.is_some() || message.edits >= MOST_EDITS {
                return Err(ChatError::MessageEditForbidden);
            }
            if standing.role == Some(MemberRole::Member) {
                state.threads.require_unsilenced(tenant, principal.user(), message.thread_id).await?;
            }
            check_content(&request.content, message.attachments.len())?;
            let verdict = state.rules.judge(tenant, &request.content).await?;
            let now = state.clock().now();
            let mut transaction = state.messages.transaction();
            transaction.add(state.messages.keep(tenant, &message, now));
            message.content = verdict.content;
            message.edited_at = Some(now);
            message.edits += 1;
            transaction.add(state.messages.save_edited(tenant, &mut message));
            if let Some(reported) = &verdict.reported {
                transaction.extend(state.reports.put_new(tenant, &Report::by_rule(reported, &message, now)));
            }
            let thread = message.thread_id;
            if let Finished::Reply(reply) = idempotency.commit(transaction, Reply::ok(message.into())).await? {
                if let Some(message) = reply.fresh() {
                    state.hubs.tell(tenant, thread, "message:updated", message);
                }
                return Ok(reply);
            }
        }
        Err(Error::unavailable("the message keeps changing").into())
    };
    to_its_end(editing).await?
}

/// Deletes a message: its number stays, what it said is gone, also what it said before. One's own to do, and those who
/// keep order in the thread. A second time changes nothing. The members hear `message:deleted`.
#[utoipa::path(delete, path = "/messages/{id}", operation_id = "deleteMessage", tag = "messages", params(("id" = Uuid, Path)), responses(
    (status = 200, description = "What is left of it", body = Envelope<Message>),
    (status = 403, description = "`MESSAGE_EDIT_FORBIDDEN`, `NOT_THREAD_MEMBER`, `FORBIDDEN`", body = ErrorEnvelope),
    (status = 404, description = "`MESSAGE_NOT_FOUND`", body = ErrorEnvelope),
))]
pub(crate) async fn remove(
    Shared(state): Shared<State>,
    principal: Principal,
    idempotency: Idempotency,
    PathParams(id): PathParams<Uuid>,
) -> Result<Reply<Message>, ChatError> {
    delete(&state, &principal, id, idempotency).await
}

/// The same for sockets.
pub(crate) async fn delete(
    state: &State,
    principal: &Principal,
    id: Uuid,
    idempotency: Idempotency,
) -> Result<Reply<Message>, ChatError> {
    let (state, principal) = (state.clone(), principal.clone());
    let deleting = async move {
        let tenant = principal.tenant();
        for _ in 0..ROUNDS {
            let (mut message, standing) = find_for(&state, &principal, id).await?;
            if message.sender_id != principal.user() && !standing.keeps_order(&principal) {
                return Err(ChatError::MessageEditForbidden);
            }
            if message.deleted_at.is_some() {
                return Ok(Reply::ok(message.into()));
            }
            let now = state.clock().now();
            let (mut transaction, entries) = clear(&state, tenant, &mut message, now)?;
            if message.sender_id != principal.user() {
                let event = Event::new(Act::MessageRemoved, principal.user(), now).in_thread(message.thread_id);
                let event = event.on(message.sender_id).about(message.id);
                transaction.add(state.audit.record(tenant, &event));
            }
            let thread = message.thread_id;
            if let Finished::Reply(reply) = idempotency.commit(transaction, Reply::ok(message.into())).await? {
                reply.send(state.platform.outbox(), entries).await;
                if let Some(message) = reply.fresh() {
                    state.hubs.tell(tenant, thread, "message:deleted", message);
                }
                return Ok(reply);
            }
        }
        Err(Error::unavailable("the message keeps changing").into())
    };
    to_its_end(deleting).await?
}

/// What a message said before it was edited, oldest first. Nothing for a deleted one.
#[utoipa::path(get, path = "/messages/{id}/history", operation_id = "listMessageHistory", tag = "messages", params(("id" = Uuid, Path), Paging), responses(
    (status = 200, body = Envelope<Vec<EarlierContent>>),
    (status = 400, description = "`VALIDATION_FAILED`, `INVALID_CURSOR`", body = ErrorEnvelope),
    (status = 403, description = "`NOT_THREAD_MEMBER`, `FORBIDDEN`", body = ErrorEnvelope),
    (status = 404, description = "`MESSAGE_NOT_FOUND`", body = ErrorEnvelope),
))]
pub(crate) async fn history(
    Shared(state): Shared<State>,
    principal: Principal,
    PathParams(id): PathParams<Uuid>,
    paging: Paging,
) -> Result<Reply<Vec<EarlierContent>>, ChatError> {
    let pager = paging.open::<u32>(state.platform.sealer(), &principal, "history", &id)?;
    let (message, _) = find_for(&state, &principal, id).await?;
    let start = pager.start().copied().unwrap_or(0);
    // A deleted message has none.
    let earlier = if start < message.edits {
        state.messages.edits(principal.tenant(), &message, start, pager.limit()).await?
    } else {
        Vec::new()
    };
    let next = start + u32::try_from(earlier.len()).unwrap_or(0);
    let page = pager.page((start < next && next < message.edits).then_some(&next))?;
    Ok(Reply::page(earlier, page))
}
