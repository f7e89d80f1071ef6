//! `/messages` and `/threads/{id}/messages`

use axum::extract::State as Shared;
use shared::auth::Principal;
use shared::http::{Envelope, ErrorEnvelope, Idempotency, Json, Paging, PathParams, Query, Reply};
use uuid::Uuid;

use super::model::{Message, SendMessage};
use super::span::Span;
use crate::error::ChatError;
use crate::state::State;
use crate::threads::ThreadId;

/// Sends a message. The thread's members hear of it by the socket event `message:new`.
#[utoipa::path(post, path = "/messages", operation_id = "sendMessage", tag = "messages", request_body = SendMessage, responses(
    (status = 201, description = "Sent, or sent before with the same `clientMessageId`", body = Envelope<Message>),
    (status = 400, description = "`INVALID_MESSAGE`, `UNSUPPORTED_MESSAGE_TYPE`, `VALIDATION_FAILED`, `INVALID_JSON`", body = ErrorEnvelope),
    (status = 403, description = "`NOT_THREAD_MEMBER`, `USER_BLOCKED`: one of the two of a direct thread blocks the other; `FORBIDDEN`: also of who is silenced", body = ErrorEnvelope),
    (status = 404, description = "`THREAD_NOT_FOUND`", body = ErrorEnvelope),
    (status = 409, description = "`THREAD_ARCHIVED`; `IDEMPOTENCY_IN_PROGRESS`", body = ErrorEnvelope),
    (status = 429, description = "`RATE_LIMITED`: the thread is in slow mode; see `Retry-After`", body = ErrorEnvelope),
))]
pub(crate) async fn create(
    Shared(state): Shared<State>,
    principal: Principal,
    idempotency: Idempotency,
    Json(message): Json<SendMessage>,
) -> Result<Reply<Message>, ChatError> {
    super::send(&state, &principal, message, idempotency).await
}

/// A thread's messages by number: the newest first, or with `after` the oldest first.
#[utoipa::path(get, path = "/threads/{id}/messages", operation_id = "listMessages", tag = "messages", params(("id" = Uuid, Path), Span, Paging), responses(
    (status = 200, body = Envelope<Vec<Message>>),
    (status = 400, description = "`VALIDATION_FAILED`, `INVALID_CURSOR`", body = ErrorEnvelope),
    (status = 403, description = "`NOT_THREAD_MEMBER`, `FORBIDDEN`", body = ErrorEnvelope),
    (status = 404, description = "`THREAD_NOT_FOUND`", body = ErrorEnvelope),
))]
pub(crate) async fn list(
    Shared(state): Shared<State>,
    principal: Principal,
    PathParams(thread): PathParams<Uuid>,
    Query(span): Query<Span>,
    paging: Paging,
) -> Result<Reply<Vec<Message>>, ChatError> {
    let (tenant, thread) = (principal.tenant(), ThreadId(thread));
    let pager = paging.open::<u64>(state.platform.sealer(), &principal, "messages", &(thread, span))?;
    let head = state.threads.head_for(tenant, principal.user(), thread).await?;
    let Some(left) = span.left(head.last_seq, pager.start().copied()) else {
        return Ok(Reply::page(Vec::new(), pager.page(None)?));
    };
    let stored = state.messages.page(tenant, thread, left, span.newest_first(), pager.limit()).await?;
    let messages: Vec<Message> = stored.into_iter().map(Message::from).collect();
    let shown = messages.last().map(|message| message.seq);
    let more = shown.filter(|shown| span.left(head.last_seq, Some(*shown)).is_some());
    Ok(Reply::page(messages, pager.page(more.as_ref())?))
}
