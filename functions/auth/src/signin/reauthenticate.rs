//! `POST /reauthenticate`: shows again who one is, for what needs a fresh sign-in.

use axum::extract::State as Extract;
use garde::Validate;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use shared::Error;
use shared::error::FieldError;
use shared::http::{Envelope, ErrorEnvelope, Finished, Idempotency, Json, Reply};
use shared::store::Transaction;
use utoipa::ToSchema;
use uuid::Uuid;
use webauthn_rs::prelude::PublicKeyCredential;

use super::failure::record_wrong_proof;
use crate::accounts::{Account, Touch};
use crate::attempts::{PASSWORD, SECOND_FACTOR};
use crate::audit::{Act, Event};
use crate::caller::Caller;
use crate::passwords::check_password;
use crate::sessions::Session;
use crate::totp::{check, tell_used_code};
use crate::webauthn::show;
use crate::{AuthError, State};

/// How often an account may change meanwhile.
const ROUNDS: usize = 3;

/// What the account has of password and code, both if it has both; or one of its passkeys in their place.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReauthenticateRequest {
    /// The account's password, if it has one.
    #[garde(inner(length(chars, min = 1, max = 256)))]
    password: Option<String>,
    /// Six digits or a backup code, if it has a second factor.
    #[garde(inner(length(min = 6, max = 32)))]
    code: Option<String>,
    /// From `/webauthn/authenticate/options`, if a passkey is shown.
    #[garde(skip)]
    ceremony_id: Option<Uuid>,
    /// What `navigator.credentials.get` gave, by its `toJSON`.
    #[garde(skip)]
    #[schema(value_type = Option<Object>)]
    credential: Option<PublicKeyCredential>,
}

/// Until when the sign-in is fresh.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Reauthenticated {
    /// Ten minutes from now.
    #[schema(value_type = String, format = DateTime)]
    fresh_until: Timestamp,
}

/// Makes this session's sign-in fresh for ten minutes. An account without password, second factor and passkey signs in
/// again instead, in its own way.
#[utoipa::path(
    post, path = "/reauthenticate", operation_id = "reauthenticate", tag = "sessions",
    request_body = ReauthenticateRequest,
    responses(
        (status = 200, body = Envelope<Reauthenticated>),
        (status = 400, description = "VALIDATION_FAILED: what is missing; INVALID_JSON, MFA_INVALID_CODE or WEBAUTHN_FAILED", body = ErrorEnvelope),
        (status = 401, description = "INVALID_CREDENTIALS: the password is wrong; UNAUTHORIZED or TOKEN_EXPIRED", body = ErrorEnvelope),
        (status = 403, description = "STEP_UP_REQUIRED: the account has neither password nor second factor, show a passkey or sign in again; FORBIDDEN", body = ErrorEnvelope),
        (status = 423, description = "ACCOUNT_LOCKED; see `Retry-After`", body = ErrorEnvelope),
    )
)]
pub(crate) async fn reauthenticate(
    Extract(state): Extract<State>,
    caller: Caller,
    idempotency: Idempotency,
    Json(request): Json<ReauthenticateRequest>,
) -> Result<Reply<Reauthenticated>, AuthError> {
    let (user, session) = (caller.principal.user(), caller.principal.session());
    let who = user.to_string();
    for _ in 0..ROUNDS {
        let (Some(account), Some(session)) = state.sessions.with_account(&state.accounts, user, session).await? else {
            return Err(Error::Unauthorized.into());
        };
        let now = state.platform.clock().now();
        session.check_alive(&account, now).map_err(|_| Error::Unauthorized)?;
        let mut transaction = Transaction::new(state.platform.store());
        let touch = match request.passkey()? {
            Some((ceremony_id, credential)) => {
                let shown = show(&state, &caller.device, ceremony_id, credential).await?;
                if shown.account.id != user {
                    return Err(AuthError::WebauthnFailed);
                }
                transaction.extend([shown.end, shown.used]);
                Touch::default()
            }
            None => request.check(&state, &caller, &account).await?,
        };
        let entries = tell_used_code(&state, &mut transaction, &account, &touch)?;
        let event = Event::own(session.tenant_id, user, Act::Reauthenticated, &caller.device, now);
        let transaction = transaction
            .with(state.accounts.touch(&account, &touch))
            .with(state.sessions.authenticated(&session, now))
            .with(state.attempts.forget(PASSWORD, &who)?)
            .with(state.attempts.forget(SECOND_FACTOR, &who)?)
            .with(state.audit.record(&event));
        let reply = Reply::ok(Reauthenticated { fresh_until: Session::fresh_after(now) });
        if let Finished::Reply(reply) = idempotency.commit(transaction, reply).await? {
            reply.send(state.platform.outbox(), entries).await;
            return Ok(reply);
        }
    }
    Err(Error::unavailable("the account keeps changing").into())
}

impl ReauthenticateRequest {
    /// The passkey that is shown in the place of password and code.
    fn passkey(&self) -> Result<Option<(Uuid, &PublicKeyCredential)>, Error> {
        match (self.ceremony_id, &self.credential) {
            (None, None) => Ok(None),
            (Some(id), Some(credential)) if self.password.is_none() && self.code.is_none() => {
                Ok(Some((id, credential)))
            }
            (Some(_), Some(_)) => Err(Error::field("credential", "takes the place of password and code")),
            _ => Err(Error::field("credential", "comes with its ceremonyId")),
        }
    }

    /// Checks password and code, and gives what changes in the account.
    async fn check(&self, state: &State, caller: &Caller, account: &Account) -> Result<Touch, AuthError> {
        self.names_what_there_is(account)?;
        if let Some(password) = &self.password {
            check_password(state, caller, account, password, Act::Reauthenticated).await?;
        }
        let Some(code) = &self.code else { return Ok(Touch::default()) };
        state.attempts.admit_or_lock(SECOND_FACTOR, &account.id.to_string()).await?;
        if let Some((_, touch)) = check(state, account, code)? {
            return Ok(touch);
        }
        record_wrong_proof(state, caller, Act::Reauthenticated, "mfaInvalidCode").await?;
        Err(AuthError::MfaInvalidCode)
    }

    fn names_what_there_is(&self, account: &Account) -> Result<(), AuthError> {
        let (needs_password, needs_code) = (account.password_hash.is_some(), account.totp.is_some());
        if !needs_password && !needs_code {
            return Err(AuthError::StepUpRequired);
        }
        let fields = [("password", needs_password, self.password.is_some()), ("code", needs_code, self.code.is_some())];
        let wrong = fields.into_iter().filter(|(_, needed, given)| needed != given).map(|(field, needed, _)| {
            let message = if needed { "is needed" } else { "is nothing that the account has" };
            FieldError { field: field.to_owned(), message: message.to_owned() }
        });
        let wrong: Vec<FieldError> = wrong.collect();
        if wrong.is_empty() { Ok(()) } else { Err(Error::Validation(wrong).into()) }
    }
}
