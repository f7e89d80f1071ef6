//! What a member says of a thread for himself: how far he has read, and whether he is to be left alone.

use axum::extract::State as Shared;
use garde::Validate;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use shared::Error;
use shared::auth::{Principal, TenantId, UserId};
use shared::http::{Envelope, ErrorEnvelope, Finished, Idempotency, Json, PathParams, Reply};
use shared::store::Transaction;
use utoipa::ToSchema;
use uuid::Uuid;

use super::membership::Mute;
use super::model::ThreadId;
use crate::error::ChatError;
use crate::state::State;

/// How far somebody has read.
#[derive(Clone, Copy, Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub(crate) struct ReadUpTo {
    /// The last message that was read; without it, the newest.
    pub(crate) seq: Option<u64>,
}

/// How far a member has read; what `message:read` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Receipt {
    pub(crate) thread_id: ThreadId,
    pub(crate) user_id: UserId,
    pub(crate) seq: u64,
}

/// Whether a member is to be left alone by a thread.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub(crate) struct MuteThread {
    /// `false` takes it back.
    muted: bool,
    /// When it ends by itself; never without it.
    #[schema(value_type = Option<String>, format = DateTime)]
    until: Option<Timestamp>,
}

/// What of a thread is muted for the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Muted {
    muted: bool,
    #[schema(value_type = Option<String>, format = DateTime)]
    muted_until: Option<Timestamp>,
}

/// Says how far one has read: one cursor a member, which only moves forward. The others hear it as `message:read`.
#[utoipa::path(post, path = "/threads/{id}/read", operation_id = "readThread", tag = "threads", params(("id" = Uuid, Path)), request_body(content = Option<ReadUpTo>, description = "Without one, everything is read"), responses(
    (status = 200, description = "How far the caller has read now", body = Envelope<Receipt>),
    (status = 400, description = "`VALIDATION_FAILED`: no such message yet; `INVALID_JSON`", body = ErrorEnvelope),
    (status = 403, description = "`NOT_THREAD_MEMBER`, `FORBIDDEN`", body = ErrorEnvelope),
    (status = 404, description = "`THREAD_NOT_FOUND`", body = ErrorEnvelope),
))]
pub(crate) async fn read_up_to(
    Shared(state): Shared<State>,
    principal: Principal,
    PathParams(id): PathParams<Uuid>,
    request: Option<Json<ReadUpTo>>,
) -> Result<Reply<Receipt>, ChatError> {
    let (tenant, user, thread) = (principal.tenant(), principal.user(), ThreadId(id));
    let seq = request.and_then(|Json(request)| request.seq);
    let receipt = state.receipts.check(&state, (tenant, user), thread, seq).await?;
    if state.threads.move_cursor(tenant, user, thread, receipt.seq).await? {
        tell(&state, tenant, receipt);
    }
    Ok(Reply::ok(receipt))
}

/// The other members hear how far somebody has read.
pub(crate) fn tell(state: &State, tenant: TenantId, receipt: Receipt) {
    state.hubs.tell_others((tenant, receipt.thread_id), receipt.user_id, "message:read", &receipt);
}

/// Mutes a thread for oneself, or takes that back. One still hears it on open sockets.
#[utoipa::path(post, path = "/threads/{id}/mute", operation_id = "muteThread", tag = "threads", params(("id" = Uuid, Path)), request_body(content = Option<MuteThread>, description = "Without one it is muted without an end"), responses(
    (status = 200, body = Envelope<Muted>),
    (status = 400, description = "`VALIDATION_FAILED`, `INVALID_JSON`", body = ErrorEnvelope),
    (status = 403, description = "`NOT_THREAD_MEMBER`, `FORBIDDEN`", body = ErrorEnvelope),
    (status = 404, description = "`THREAD_NOT_FOUND`", body = ErrorEnvelope),
))]
pub(crate) async fn mute(
    Shared(state): Shared<State>,
    principal: Principal,
    idempotency: Idempotency,
    PathParams(id): PathParams<Uuid>,
    request: Option<Json<MuteThread>>,
) -> Result<Reply<Muted>, ChatError> {
    let (tenant, user, thread) = (principal.tenant(), principal.user(), ThreadId(id));
    let Json(request) = request.unwrap_or(Json(MuteThread { muted: true, until: None }));
    if request.until.is_some_and(|until| !request.muted || until <= state.clock().now()) {
        return Err(Error::field("until", "must lie ahead, and says nothing of what is not muted").into());
    }
    state.threads.head_for(tenant, user, thread).await?;
    let mute = request.muted.then_some(Mute { until: request.until });
    let write = state.threads.set_mute(tenant, user, thread, mute);
    let transaction = Transaction::new(state.platform.store()).with(write);
    let reply = Reply::ok(Muted { muted: request.muted, muted_until: request.until });
    match idempotency.commit(transaction, reply).await? {
        Finished::Reply(reply) => Ok(reply),
        Finished::Refused(_) => Err(ChatError::NotThreadMember),
    }
}
