//! Reactions: an emoji of a member's to a message.

use axum::extract::State as Shared;
use serde::Serialize;
use shared::Error;
use shared::auth::{Principal, UserId};
use shared::http::{Envelope, ErrorEnvelope, Finished, Idempotency, PathParams, Reply, to_its_end};
use utoipa::ToSchema;
use uuid::Uuid;

use super::find::find_for;
use super::model::{StoredMessage, grouped};
use crate::error::ChatError;
use crate::state::State;
use crate::threads::ThreadId;

/// Different emojis of one message.
const MOST_KINDS: usize = 20;

/// That somebody reacts to a message, or does so no more; what `reaction:added` and `reaction:removed` say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Reaction {
    thread_id: ThreadId,
    message_id: Uuid,
    /// The message's number in its thread.
    seq: u64,
    user_id: UserId,
    emoji: String,
}

/// Whether a reaction comes or goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Turn {
    Add,
    Remove,
}

/// Reacts to a message with an emoji, each once: 20 different ones and 500 in all a message. The members hear
/// `reaction:added`.
#[utoipa::path(post, path = "/messages/{id}/reactions/{emoji}", operation_id = "addReaction", tag = "messages", params(("id" = Uuid, Path), ("emoji" = String, Path, description = "One emoji, percent-encoded")), responses(
    (status = 201, body = Envelope<Reaction>),
    (status = 400, description = "`INVALID_EMOJI`", body = ErrorEnvelope),
    (status = 403, description = "`MESSAGE_EDIT_FORBIDDEN`: deleted; `NOT_THREAD_MEMBER`, `USER_BLOCKED`, `FORBIDDEN`", body = ErrorEnvelope),
    (status = 404, description = "`MESSAGE_NOT_FOUND`", body = ErrorEnvelope),
    (status = 409, description = "`REACTION_EXISTS`: the caller's own, or as many as there may be; `THREAD_ARCHIVED`", body = ErrorEnvelope),
))]
pub(crate) async fn add(
    Shared(state): Shared<State>,
    principal: Principal,
    idempotency: Idempotency,
    PathParams((id, emoji)): PathParams<(Uuid, String)>,
) -> Result<Reply<Reaction>, ChatError> {
    react(&state, &principal, (id, &emoji), Turn::Add, idempotency).await
}

/// Takes one's own reaction back. The members hear `reaction:removed`.
#[utoipa::path(delete, path = "/messages/{id}/reactions/{emoji}", operation_id = "removeReaction", tag = "messages", params(("id" = Uuid, Path), ("emoji" = String, Path, description = "One emoji, percent-encoded")), responses(
    (status = 200, body = Envelope<Reaction>),
    (status = 400, description = "`INVALID_EMOJI`", body = ErrorEnvelope),
    (status = 403, description = "`NOT_THREAD_MEMBER`, `FORBIDDEN`", body = ErrorEnvelope),
    (status = 404, description = "`MESSAGE_NOT_FOUND`, `NOT_FOUND`: the caller has not reacted so", body = ErrorEnvelope),
    (status = 409, description = "`THREAD_ARCHIVED`", body = ErrorEnvelope),
))]
pub(crate) async fn remove(
    Shared(state): Shared<State>,
    principal: Principal,
    idempotency: Idempotency,
    PathParams((id, emoji)): PathParams<(Uuid, String)>,
) -> Result<Reply<Reaction>, ChatError> {
    react(&state, &principal, (id, &emoji), Turn::Remove, idempotency).await
}

/// The same for sockets.
pub(crate) async fn react(
    state: &State,
    principal: &Principal,
    (id, emoji): (Uuid, &str),
    turn: Turn,
    idempotency: Idempotency,
) -> Result<Reply<Reaction>, ChatError> {
    // However it is written, it is one emoji.
    let emoji = emojis::get(emoji).ok_or(ChatError::InvalidEmoji)?.as_str();
    let (state, principal) = (state.clone(), principal.clone());
    let reacting = async move {
        let (message, standing) = find_for(&state, &principal, id).await?;
        standing.require_open()?;
        if turn == Turn::Add {
            standing.require_unblocked()?;
        }
        let (tenant, user_id) = (principal.tenant(), principal.user());
        let transaction = match turn {
            Turn::Add if message.deleted_at.is_some() => return Err(ChatError::MessageEditForbidden),
            Turn::Add => {
                let kinds = grouped(&message.reactions);
                if kinds.len() >= MOST_KINDS && !kinds.iter().any(|kind| kind.emoji == emoji) {
                    return Err(ChatError::ReactionExists);
                }
                state.messages.transaction().with(state.messages.add_reaction(tenant, &message, user_id, emoji))
            }
            Turn::Remove => {
                state.messages.transaction().with(state.messages.take_back(tenant, &message, user_id, emoji))
            }
        };
        let StoredMessage { thread_id, id: message_id, seq, .. } = message;
        let reaction = Reaction { thread_id, message_id, seq, user_id, emoji: emoji.to_owned() };
        let (event, reply, refused) = match turn {
            Turn::Add => ("reaction:added", Reply::created(reaction), ChatError::ReactionExists),
            Turn::Remove => ("reaction:removed", Reply::ok(reaction), Error::NotFound.into()),
        };
        match idempotency.commit(transaction, reply).await? {
            Finished::Reply(reply) => {
                if let Some(reaction) = reply.fresh() {
                    state.hubs.tell(tenant, thread_id, event, reaction);
                }
                Ok(reply)
            }
            Finished::Refused(_) => Err(refused),
        }
    };
    to_its_end(reacting).await?
}
