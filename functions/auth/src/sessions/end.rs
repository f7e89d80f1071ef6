//! `DELETE /sessions/{id}`: ends one of one's own sessions.

use axum::extract::State as Extract;
use serde::Serialize;
use shared::auth::{Principal, UserId};
use shared::http::{Envelope, Finished, Idempotency, PathParams, Reply};
use shared::store::Commit;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{AuthError, State};

/// That a session has ended.
#[derive(Debug, Serialize, ToSchema)]
pub struct Ended {
    /// Always true.
    ended: bool,
}

impl Ended {
    pub(super) const NOW: Self = Self { ended: true };
}

/// Ends a session: its tokens stop working everywhere within 30 s.
#[utoipa::path(
    delete, path = "/sessions/{id}", tag = "sessions", params(("id" = Uuid, Path, description = "The session")),
    responses(
        (status = 200, body = Envelope<Ended>),
        (status = 404, description = "SESSION_NOT_FOUND", body = shared::http::ErrorEnvelope),
    )
)]
pub(crate) async fn end_session(
    Extract(state): Extract<State>,
    principal: Principal,
    idempotency: Idempotency,
    PathParams(id): PathParams<Uuid>,
) -> Result<Reply<Ended>, AuthError> {
    let revocations = state.platform.authenticator().revocations();
    let (transaction, revocation) = state.sessions.end(principal.user(), id, revocations);
    match idempotency.commit(transaction, Reply::ok(Ended::NOW)).await? {
        Finished::Reply(reply) => {
            revocations.note(revocation);
            Ok(reply)
        }
        Finished::Refused(_) => Err(AuthError::SessionNotFound),
    }
}

/// Ends a session, whether or not it is still there.
pub(super) async fn end(state: &State, user: UserId, session: Uuid) -> Result<(), AuthError> {
    let revocations = state.platform.authenticator().revocations();
    let (transaction, revocation) = state.sessions.end(user, session, revocations);
    if transaction.commit().await? == Commit::Done {
        revocations.note(revocation);
    }
    Ok(())
}
