//! `/presence`, and the same for sockets.

use axum::extract::State as Shared;
use shared::Error;
use shared::auth::{Principal, UserId};
use shared::http::{Envelope, ErrorEnvelope, Query, Reply};
use uuid::Uuid;

use super::model::{AskPresence, MOST_ASKED, Presence, PresenceQuery};
use crate::error::ChatError;
use crate::sockets::Session;
use crate::state::State;

/// Whether users are here who share a thread with the caller; others are left out.
#[utoipa::path(get, path = "/presence", operation_id = "getPresence", tag = "presence", params(PresenceQuery), responses(
    (status = 200, body = Envelope<Vec<Presence>>),
    (status = 400, description = "`VALIDATION_FAILED`", body = ErrorEnvelope),
))]
pub(crate) async fn show(
    Shared(state): Shared<State>,
    principal: Principal,
    Query(query): Query<PresenceQuery>,
) -> Result<Reply<Vec<Presence>>, ChatError> {
    let ids: Result<Vec<Uuid>, _> = query.user_ids.split(',').map(|id| id.trim().parse()).collect();
    let ids = ids.ok().filter(|ids| ids.len() <= MOST_ASKED);
    let ids = ids.ok_or_else(|| Error::field("userIds", "must be 1 to 50 ids with commas between them"))?;
    let users: Vec<UserId> = ids.into_iter().map(UserId).collect();
    let own = state.threads.memberships(principal.tenant(), principal.user()).await?;
    let threads = own.into_iter().map(|membership| membership.thread_id).collect();
    Ok(Reply::ok(state.presence.ask(&state, principal.tenant(), &threads, &users).await?))
}

/// The same for a socket, by the threads that it hears.
pub(crate) async fn ask(state: &State, session: &Session, asked: AskPresence) -> Result<Vec<Presence>, Error> {
    let threads = session.threads().into_iter().collect();
    state.presence.ask(state, session.tenant(), &threads, &asked.user_ids).await
}
