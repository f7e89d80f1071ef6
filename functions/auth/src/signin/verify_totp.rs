//! `POST /mfa/totp/verify`: the second factor of a sign-in.

use axum::extract::State as Extract;
use garde::Validate;
use serde::Deserialize;
use shared::Error;
use shared::http::{Envelope, Json, Reply};
use shared::jobs::SignInMethod;
use shared::store::Transaction;
use utoipa::ToSchema;

use super::finish::{SignIn, begin_session};
use super::totp::matching_step;
use crate::attempts::{SECOND_FACTOR, Verdict};
use crate::sessions::{Device, Tokens};
use crate::tenants::NamedTenant;
use crate::{AuthError, State};

/// A challenge and its answer.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct VerifyTotpRequest {
    /// From the sign-in.
    #[garde(length(min = 1, max = 4096))]
    mfa_token: String,
    /// Six digits.
    #[garde(length(min = 6, max = 32))]
    #[schema(example = "123456")]
    code: String,
}

/// Ends a sign-in with a TOTP code. A code works once.
#[utoipa::path(
    post, path = "/mfa/totp/verify", tag = "sign-in", request_body = VerifyTotpRequest,
    responses(
        (status = 200, body = Envelope<Tokens>),
        (status = 400, description = "VALIDATION_FAILED, INVALID_JSON or MFA_INVALID_CODE", body = shared::http::ErrorEnvelope),
        (status = 401, description = "TOKEN_INVALID or MFA_TOKEN_EXPIRED", body = shared::http::ErrorEnvelope),
        (status = 403, description = "ACCOUNT_SUSPENDED, or FORBIDDEN: `x-tenant-id` is not the sign-in's", body = shared::http::ErrorEnvelope),
        (status = 423, description = "ACCOUNT_LOCKED; see `Retry-After`", body = shared::http::ErrorEnvelope),
    )
)]
pub(crate) async fn verify_totp(
    Extract(state): Extract<State>,
    device: Device,
    named: NamedTenant,
    Json(request): Json<VerifyTotpRequest>,
) -> Result<Reply<Box<Tokens>>, AuthError> {
    let challenge = state.challenges.attempt(&request.mfa_token).await?;
    named.check(challenge.tenant_id)?;
    let who = challenge.user_id.to_string();
    if let Verdict::Locked(rest) = state.attempts.reserve(SECOND_FACTOR, &who).await? {
        return Err(AuthError::AccountLocked { retry_after: rest.try_into().unwrap_or_default() });
    }
    let account = state.accounts.get(challenge.user_id).await?.ok_or(AuthError::MfaTokenExpired)?;
    account.check_may_sign_in()?;
    let tenant = account.membership(Some(challenge.tenant_id))?.tenant_id;
    let totp = account.totp.as_ref().ok_or(AuthError::MfaTokenExpired)?;
    let now = state.platform.clock().now();
    let step = matching_step(state.platform.sealer(), challenge.user_id, totp, &request.code, now)?;
    let step = step.ok_or(AuthError::MfaInvalidCode)?;

    let mut transaction = Transaction::new(state.platform.store());
    let step_unused = transaction.add(state.accounts.use_totp_step(&account, step));
    let challenge_open = transaction.add(state.challenges.finish(&request.mfa_token));
    transaction.add(state.attempts.forget(SECOND_FACTOR, &who)?);
    match begin_session(&state, transaction, &account, tenant, device, SignInMethod::PasswordAndTotp).await? {
        SignIn::Done(tokens) => Ok(Reply::ok(tokens)),
        // The same code, or the same challenge, was used at the same time.
        SignIn::Refused(index) if index == step_unused => Err(AuthError::MfaInvalidCode),
        SignIn::Refused(index) if index == challenge_open => Err(AuthError::MfaTokenExpired),
        SignIn::Refused(_) => Err(Error::internal("a new session was refused").into()),
    }
}
