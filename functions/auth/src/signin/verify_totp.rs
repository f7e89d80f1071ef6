//! `POST /mfa/totp/verify`: the second factor of a sign-in.

use axum::extract::State as Extract;
use garde::Validate;
use serde::Deserialize;
use shared::Error;
use shared::http::{Envelope, Json, Reply};
use shared::store::Transaction;
use utoipa::ToSchema;

use super::enter::{Entered, Entrance, SignInAnswer};
use super::failure::{admit, record_failure};
use crate::accounts::Identity;
use crate::attempts::SECOND_FACTOR;
use crate::sessions::{Device, Tokens};
use crate::tenants::NamedTenant;
use crate::totp::check;
use crate::{AuthError, State};

/// How often an account may change while somebody signs in.
const ROUNDS: usize = 3;

/// A challenge and its answer.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct VerifyTotpRequest {
    /// From the sign-in.
    #[garde(length(min = 1, max = 4096))]
    mfa_token: String,
    /// Six digits, or a backup code.
    #[garde(length(min = 6, max = 32))]
    #[schema(example = "123456")]
    code: String,
}

/// Ends a sign-in with a code of the authenticator, or a backup code. Each works once. A sign-in by another
/// provider links its identity only now: if that has become somebody's meanwhile, nobody is signed in (`CONFLICT`), and
/// one begins again. So it is if the account's password, factors or memberships have changed (`MFA_TOKEN_EXPIRED`).
#[utoipa::path(
    post, path = "/mfa/totp/verify", tag = "sign-in", request_body = VerifyTotpRequest,
    responses(
        (status = 200, body = Envelope<Tokens>),
        (status = 400, description = "VALIDATION_FAILED, INVALID_JSON or MFA_INVALID_CODE", body = shared::http::ErrorEnvelope),
        (status = 401, description = "TOKEN_INVALID or MFA_TOKEN_EXPIRED", body = shared::http::ErrorEnvelope),
        (status = 403, description = "ACCOUNT_SUSPENDED, or FORBIDDEN: `x-tenant-id` is not the sign-in's", body = shared::http::ErrorEnvelope),
        (status = 409, description = "CONFLICT: the identity at another provider is somebody else's by now", body = shared::http::ErrorEnvelope),
        (status = 423, description = "ACCOUNT_LOCKED; see `Retry-After`", body = shared::http::ErrorEnvelope),
    )
)]
pub(crate) async fn verify_totp(
    Extract(state): Extract<State>,
    device: Device,
    named: NamedTenant,
    Json(request): Json<VerifyTotpRequest>,
) -> Result<Reply<SignInAnswer>, AuthError> {
    let challenge = state.challenges.attempt(&request.mfa_token).await?;
    named.check(challenge.tenant_id)?;
    let who = challenge.user_id.to_string();
    let mut counted = false;
    for _ in 0..ROUNDS {
        let account = state.accounts.get(challenge.user_id).await?.ok_or(AuthError::MfaTokenExpired)?;
        let tenant = admit(&state, &account, Some(challenge.tenant_id), &device, challenge.method).await?;
        if account.security_version != challenge.security_version {
            return Err(AuthError::MfaTokenExpired);
        }
        // What is refused anyway counts as no attempt: else it would lock the owner out.
        if !std::mem::replace(&mut counted, true) {
            state.attempts.admit_or_lock(SECOND_FACTOR, &who).await?;
        }
        let Some((second_factor, touch)) = check(&state, &account, &request.code)? else {
            record_failure(&state, Some(&account), "", &device, challenge.method, "mfaInvalidCode").await?;
            return Err(AuthError::MfaInvalidCode);
        };
        let identity = to_link(&state, challenge.identity.as_ref()).await?;
        let mut transaction = Transaction::new(state.platform.store());
        let open = transaction.add(state.challenges.finish(&request.mfa_token));
        transaction.add(state.attempts.forget(SECOND_FACTOR, &who)?);
        let (device, method) = (&device, challenge.method);
        let second_factor = Some(second_factor);
        let entrance = Entrance { account: &account, tenant, device, method, second_factor, touch, transaction };
        match entrance.enter_linking(&state, identity).await? {
            Entered::Done(answer) => return Ok(Reply::ok(answer)),
            // The same code was used at the same time, or the account has changed: look again.
            Entered::Changed => {}
            Entered::Refused(index) if index == open => return Err(AuthError::MfaTokenExpired),
            Entered::Refused(_) => return Err(Error::internal("a new session was refused").into()),
        }
    }
    Err(Error::unavailable("the account keeps changing").into())
}

/// What is linked now, unless it is somebody's by now.
async fn to_link(state: &State, pending: Option<&Identity>) -> Result<Option<Identity>, AuthError> {
    let Some(identity) = pending else { return Ok(None) };
    match state.accounts.owner_of_identity(&identity.issuer, &identity.subject).await? {
        Some(_) => Err(Error::Conflict.into()),
        None => Ok(Some(Identity { linked_at: state.platform.clock().now(), ..identity.clone() })),
    }
}
