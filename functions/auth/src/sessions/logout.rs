//! `POST /logout`: ends this session, or all of them.

use axum::extract::State as Extract;
use garde::Validate;
use serde::Deserialize;
use shared::auth::{Reach, Revocation};
use shared::http::{Envelope, Finished, Idempotency, Json, Reply};
use shared::store::Transaction;
use utoipa::ToSchema;

use super::end::Ended;
use crate::audit::Act;
use crate::caller::Caller;
use crate::{AuthError, State};

/// Which sessions to end.
#[derive(Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LogoutRequest {
    /// All of the account's sessions instead of this one.
    #[serde(default)]
    #[garde(skip)]
    all: bool,
}

/// Ends this session, or with `{"all": true}` every session of the account. The body may be left out.
#[utoipa::path(
    post, path = "/logout", tag = "sessions", request_body = Option<LogoutRequest>,
    responses((status = 200, body = Envelope<Ended>))
)]
pub(crate) async fn logout(
    Extract(state): Extract<State>,
    caller: Caller,
    idempotency: Idempotency,
    request: Option<Json<LogoutRequest>>,
) -> Result<Reply<Ended>, AuthError> {
    let revocations = state.platform.authenticator().revocations();
    if request.is_some_and(|Json(request)| request.all) {
        return logout_everywhere(&state, &caller, &idempotency).await;
    }
    let (user, session) = (caller.principal.user(), caller.principal.session());
    let (mut transaction, revocation) = state.sessions.end(user, session, revocations);
    let event = caller.event(Act::SessionEnded, &state).with(|details| details.session_id = Some(session));
    transaction.add(state.audit.record(&event));
    match idempotency.commit(transaction, Reply::ok(Ended::NOW)).await? {
        Finished::Reply(reply) => {
            revocations.note(revocation);
            Ok(reply)
        }
        Finished::Refused(_) => {
            // Ended by another request meanwhile, or a machine's, which has none: its token ends.
            let (revoke, revocation) = state.sessions.revoke(session, revocations);
            revoke.run().await?;
            revocations.note(revocation);
            Ok(Reply::ok(Ended::NOW))
        }
    }
}

/// One transaction ends all sessions: what began before it is over. Their rows are left to the
/// store's garbage collection.
async fn logout_everywhere(
    state: &State,
    caller: &Caller,
    idempotency: &Idempotency,
) -> Result<Reply<Ended>, AuthError> {
    let revocations = state.platform.authenticator().revocations();
    let now = state.platform.clock().now();
    let user = caller.principal.user();
    let revocation = Revocation::new(user.0, Reach::Sessions, now);
    let transaction = Transaction::new(state.platform.store())
        .with(state.accounts.end_sessions(user, now))
        .with(revocations.revoke(&revocation))
        .with(state.audit.record(&caller.event(Act::AllSessionsEnded, state)));
    match idempotency.commit(transaction, Reply::ok(Ended::NOW)).await? {
        Finished::Reply(reply) => {
            revocations.note(revocation);
            Ok(reply)
        }
        Finished::Refused(_) => Err(AuthError::TokenRevoked),
    }
}
