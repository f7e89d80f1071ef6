//! `DELETE /webauthn/credentials/{id}`: removes a passkey.

use axum::extract::State as Extract;
use serde::Serialize;
use shared::Error;
use shared::http::{Envelope, ErrorEnvelope, Idempotency, PathParams, Reply};
use shared::jobs::About;
use utoipa::ToSchema;
use uuid::Uuid;

use super::NAME;
use crate::audit::Act;
use crate::caller::Caller;
use crate::change::{Answer, Whose, change};
use crate::{AuthError, State};

/// That a passkey is removed.
#[derive(Debug, Serialize, ToSchema)]
pub struct PasskeyRemoved {
    /// Always true.
    removed: bool,
}

/// Removes one of one's own passkeys, and ends all other sessions. Needs a fresh sign-in. The last way in stays: an
/// account without a password or another provider's identity keeps one passkey.
#[utoipa::path(
    delete, path = "/webauthn/credentials/{id}", operation_id = "removePasskey", tag = "passkeys",
    params(("id" = Uuid, Path, description = "The passkey")),
    responses(
        (status = 200, body = Envelope<PasskeyRemoved>),
        (status = 403, description = "STEP_UP_REQUIRED or FORBIDDEN", body = ErrorEnvelope),
        (status = 404, description = "NOT_FOUND", body = ErrorEnvelope),
        (status = 409, description = "CONFLICT: it is the account's last way in; or an Idempotency-Key's", body = ErrorEnvelope),
    )
)]
pub(crate) async fn remove_passkey(
    Extract(state): Extract<State>,
    caller: Caller,
    idempotency: Idempotency,
    PathParams(id): PathParams<Uuid>,
) -> Result<Reply<PasskeyRemoved>, AuthError> {
    let user = caller.principal.user();
    let found = state.passkeys.get(user, id).await?;
    change(&state, &caller, &idempotency, (Whose::Own, Answer::Kept), |change| {
        change.require_fresh()?;
        let passkey = found.as_ref().ok_or(Error::NotFound)?;
        if change.account.ways_in() <= 1 {
            return Err(AuthError::LastWayIn);
        }
        change.guard(state.passkeys.remove(user, passkey), Error::NotFound.into());
        change.add(state.passkeys.release(passkey));
        change.account.passkeys = change.account.passkeys.saturating_sub(1);
        change.end_sessions();
        change.record(Act::PasskeyRemoved, |details| details.subject = Some(id.to_string()));
        change.tell_owner(About::FactorRemoved { factor: NAME.to_owned(), at: change.now_in_words() })?;
        Ok(Reply::ok(PasskeyRemoved { removed: true }))
    })
    .await
}
