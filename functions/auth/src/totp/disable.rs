//! `DELETE /mfa/totp`: signing in needs no second factor any more.

use axum::extract::State as Extract;
use garde::Validate;
use serde::{Deserialize, Serialize};
use shared::http::{Envelope, ErrorEnvelope, Idempotency, Json, Reply};
use shared::jobs::About;
use utoipa::ToSchema;

use super::{NAME, check};
use crate::attempts::SECOND_FACTOR;
use crate::audit::Act;
use crate::caller::Caller;
use crate::change::{Answer, Whose, change, require_fresh};
use crate::{AuthError, State};

/// A last code.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DisableTotpRequest {
    /// Six digits, or a backup code.
    #[garde(length(min = 6, max = 32))]
    #[schema(example = "123456")]
    code: String,
}

/// That it is gone.
#[derive(Debug, Serialize, ToSchema)]
pub struct Disabled {
    /// Always true.
    disabled: bool,
}

/// Removes the second factor. Ends all other sessions. Needs a fresh sign-in, and a code.
#[utoipa::path(
    delete, path = "/mfa/totp", operation_id = "disableTotp", tag = "second factor", request_body = DisableTotpRequest,
    responses(
        (status = 200, body = Envelope<Disabled>),
        (status = 400, description = "VALIDATION_FAILED, INVALID_JSON, MFA_INVALID_CODE or MFA_NOT_ENABLED", body = ErrorEnvelope),
        (status = 403, description = "STEP_UP_REQUIRED or FORBIDDEN", body = ErrorEnvelope),
        (status = 423, description = "ACCOUNT_LOCKED; see `Retry-After`", body = ErrorEnvelope),
    )
)]
pub(crate) async fn disable_totp(
    Extract(state): Extract<State>,
    caller: Caller,
    idempotency: Idempotency,
    Json(request): Json<DisableTotpRequest>,
) -> Result<Reply<Disabled>, AuthError> {
    let who = caller.principal.user().to_string();
    // What is refused anyway counts as no attempt: else it would lock the owner out.
    require_fresh(&state, &caller).await?;
    state.attempts.admit_or_lock(SECOND_FACTOR, &who).await?;
    change(&state, &caller, &idempotency, (Whose::Own, Answer::Kept), |change| {
        change.require_fresh()?;
        if change.account.totp.is_none() {
            return Err(AuthError::MfaNotEnabled);
        }
        check(&state, &change.account, &request.code)?.ok_or(AuthError::MfaInvalidCode)?;
        change.account.totp = None;
        change.add(state.attempts.forget(SECOND_FACTOR, &who)?);
        change.end_sessions();
        change.record(Act::TotpDisabled, |_| {});
        change.tell_owner(About::FactorRemoved { factor: NAME.to_owned(), at: change.now_in_words() })?;
        Ok(Reply::ok(Disabled { disabled: true }))
    })
    .await
}
