//! `PUT /password`: changes one's own password.

use axum::extract::State as Extract;
use garde::Validate;
use serde::{Deserialize, Serialize};
use shared::Error;
use shared::http::{Envelope, ErrorEnvelope, Idempotency, Json, Reply};
use shared::jobs::About;
use utoipa::ToSchema;

use super::{check_password, strength};
use crate::attempts::PASSWORD;
use crate::audit::Act;
use crate::caller::Caller;
use crate::change::{Answer, Whose, change};
use crate::{AuthError, State};

/// The old and the new password.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChangePasswordRequest {
    /// The present one; left out by an account that has none yet.
    #[garde(inner(length(chars, min = 1, max = 256)))]
    current_password: Option<String>,
    /// 8 to 256 characters that are hard to guess.
    #[garde(length(chars, min = 1, max = 1024))]
    new_password: String,
}

/// That the password is another one.
#[derive(Debug, Serialize, ToSchema)]
pub struct PasswordChanged {
    /// Always true.
    changed: bool,
}

/// Changes one's own password, and ends all other sessions. Needs a fresh sign-in.
#[utoipa::path(
    put, path = "/password", operation_id = "changePassword", tag = "passwords", request_body = ChangePasswordRequest,
    responses(
        (status = 200, body = Envelope<PasswordChanged>),
        (status = 400, description = "WEAK_PASSWORD, VALIDATION_FAILED or INVALID_JSON", body = ErrorEnvelope),
        (status = 401, description = "INVALID_CREDENTIALS: the present password is wrong; UNAUTHORIZED or TOKEN_EXPIRED", body = ErrorEnvelope),
        (status = 403, description = "STEP_UP_REQUIRED or FORBIDDEN", body = ErrorEnvelope),
        (status = 423, description = "ACCOUNT_LOCKED; see `Retry-After`", body = ErrorEnvelope),
    )
)]
pub(crate) async fn change_password(
    Extract(state): Extract<State>,
    caller: Caller,
    idempotency: Idempotency,
    Json(request): Json<ChangePasswordRequest>,
) -> Result<Reply<PasswordChanged>, AuthError> {
    let user = caller.principal.user();
    let read = state.sessions.with_account(&state.accounts, user, caller.principal.session()).await?;
    let (Some(account), Some(session)) = read else { return Err(Error::Unauthorized.into()) };
    let now = state.platform.clock().now();
    session.check_alive(&account, now).map_err(|_| Error::Unauthorized)?;
    session.check_fresh(now)?;
    match (&account.password_hash, &request.current_password) {
        (Some(_), Some(password)) => check_password(&state, &caller, &account, password, Act::PasswordChanged).await?,
        (None, None) => {}
        (Some(_), None) => return Err(Error::field("currentPassword", "is needed").into()),
        (None, Some(_)) => return Err(Error::field("currentPassword", "is nothing that the account has").into()),
    }
    strength::check(&request.new_password, &account.known_about())?;
    let hash = state.passwords.hash(&request.new_password).await?;
    change(&state, &caller, &idempotency, (Whose::Own, Answer::Kept), |change| {
        change.require_fresh()?;
        if change.account.password_hash != account.password_hash {
            // Changed by another session meanwhile: the present password is another one.
            return Err(AuthError::InvalidCredentials);
        }
        change.account.password_hash = Some(hash.clone());
        change.add(state.attempts.forget(PASSWORD, &user.to_string())?);
        change.end_sessions();
        change.record(Act::PasswordChanged, |_| {});
        change.tell_owner(About::PasswordChanged { at: change.now_in_words() })?;
        Ok(Reply::ok(PasswordChanged { changed: true }))
    })
    .await
}
