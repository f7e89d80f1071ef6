//! `POST /password/reset`: a mailed link sets a new password.

use axum::extract::State as Extract;
use garde::Validate;
use serde::{Deserialize, Serialize};
use shared::Error;
use shared::auth::{Reach, Revocation};
use shared::http::{Envelope, ErrorEnvelope, Json, Reply};
use shared::jobs::About;
use shared::store::{Commit, Transaction};
use utoipa::ToSchema;

use super::strength;
use crate::accounts::Account;
use crate::audit::{Act, Event};
use crate::links::ResetPassword;
use crate::sessions::Device;
use crate::signin::{Brings, prove_address};
use crate::{AuthError, State, mail};

/// How often an account may change meanwhile.
const ROUNDS: usize = 3;

/// A mailed token and the new password.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ResetPasswordRequest {
    /// From the link.
    #[garde(length(min = 1, max = 4096))]
    token: String,
    /// 8 to 256 characters that are hard to guess.
    #[garde(length(chars, min = 1, max = 1024))]
    new_password: String,
}

/// That the password is set.
#[derive(Debug, Serialize, ToSchema)]
pub struct PasswordReset {
    /// Always true.
    reset: bool,
}

/// Sets a new password by a mailed link, once. Ends all sessions. Signing in then asks for the second factor as ever.
#[utoipa::path(
    post, path = "/password/reset", operation_id = "resetPassword", tag = "passwords",
    request_body = ResetPasswordRequest,
    responses(
        (status = 200, body = Envelope<PasswordReset>),
        (status = 400, description = "WEAK_PASSWORD, VALIDATION_FAILED or INVALID_JSON", body = ErrorEnvelope),
        (status = 401, description = "TOKEN_INVALID", body = ErrorEnvelope),
    )
)]
pub(crate) async fn reset_password(
    Extract(state): Extract<State>,
    device: Device,
    Json(request): Json<ResetPasswordRequest>,
) -> Result<Reply<PasswordReset>, AuthError> {
    let link: ResetPassword = state.links.find(&request.token).await?;
    let mut hash = None;
    for _ in 0..ROUNDS {
        let account = state.accounts.get(link.user_id).await?.filter(|account| account.may_use(link.email.as_deref()));
        let account = account.ok_or(AuthError::TokenInvalid)?;
        strength::check(&request.new_password, &account.known_about())?;
        let hash = match &hash {
            Some(hash) => String::clone(hash),
            None => hash.insert(state.passwords.hash(&request.new_password).await?).clone(),
        };
        if set(&state, account, hash, &request.token, &device).await? {
            return Ok(Reply::ok(PasswordReset { reset: true }));
        }
    }
    Err(Error::unavailable("the account keeps changing").into())
}

/// `false` if the account was changed meanwhile.
async fn set(
    state: &State,
    mut account: Account,
    hash: String,
    token: &str,
    device: &Device,
) -> Result<bool, AuthError> {
    let now = state.platform.clock().now();
    let mut transaction = Transaction::new(state.platform.store());
    let open = transaction.add(state.links.redeem::<ResetPassword>(token));
    let (mut entries, revocation) = if account.verified_at.is_none() {
        // Whoever has the link reads the address's mail.
        prove_address(state, &mut transaction, &mut account, Brings::Password(hash), device).await?
    } else {
        account.password_hash = Some(hash);
        account.end_sessions(now, None);
        transaction.add(state.accounts.save(&mut account));
        let revocation = Revocation::new(account.id.0, Reach::Sessions, now);
        transaction.add(state.platform.authenticator().revocations().revoke(&revocation));
        (Vec::new(), revocation)
    };
    let event = Event::own(account.home(), account.id, Act::PasswordReset, device, now);
    transaction.add(state.audit.record(&event));
    let about = About::PasswordChanged { at: mail::in_words(&account, now) };
    entries.extend(mail::tell_owner(state, &mut transaction, &account, about)?);
    match transaction.commit().await? {
        Commit::Done => {
            state.platform.authenticator().revocations().note(revocation);
            state.platform.outbox().send(entries).await;
            Ok(true)
        }
        Commit::Refused(index) if index == open => Err(AuthError::TokenInvalid),
        Commit::Refused(_) => Ok(false),
    }
}
