//! `DELETE /sessions/{id}`: ends one of one's own sessions.

use axum::extract::State as Extract;
use serde::Serialize;
use shared::http::{Envelope, Finished, Idempotency, PathParams, Reply};
use shared::store::Commit;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Device, Session};
use crate::audit::{Act, Event};
use crate::caller::Caller;
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
    caller: Caller,
    idempotency: Idempotency,
    PathParams(id): PathParams<Uuid>,
) -> Result<Reply<Ended>, AuthError> {
    let revocations = state.platform.authenticator().revocations();
    let (mut transaction, revocation) = state.sessions.end(caller.principal.user(), id, revocations);
    transaction.add(state.audit.record(&caller.event(Act::SessionEnded, &state).with(|it| it.session_id = Some(id))));
    match idempotency.commit(transaction, Reply::ok(Ended::NOW)).await? {
        Finished::Reply(reply) => {
            revocations.note(revocation);
            Ok(reply)
        }
        Finished::Refused(_) => Err(AuthError::SessionNotFound),
    }
}

/// Ends a session of which a superseded refresh token was shown.
pub(super) async fn end_stolen(state: &State, session: &Session, device: &Device) -> Result<(), AuthError> {
    let revocations = state.platform.authenticator().revocations();
    let (mut transaction, revocation) = state.sessions.end(session.user_id, session.id, revocations);
    let now = state.platform.clock().now();
    let event = Event::new(session.tenant_id, Act::RefreshTokenReused, now).from(device).on(session.user_id);
    transaction.add(state.audit.record(&event.with(|details| details.session_id = Some(session.id))));
    if transaction.commit().await? == Commit::Done {
        revocations.note(revocation);
    }
    Ok(())
}
