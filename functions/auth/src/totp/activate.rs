//! `POST /mfa/totp/activate`: a first code makes the secret the second factor.

use axum::extract::State as Extract;
use garde::Validate;
use serde::Deserialize;
use shared::http::{Envelope, ErrorEnvelope, Idempotency, Json, Reply};
use shared::jobs::About;
use utoipa::ToSchema;

use super::codes::matching_step;
use super::{BackupCodes, NAME, backup};
use crate::accounts::Totp;
use crate::attempts::SECOND_FACTOR;
use crate::audit::Act;
use crate::caller::Caller;
use crate::change::{Answer, Whose, change, require_fresh};
use crate::{AuthError, State};

/// A first code.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ActivateTotpRequest {
    /// Six digits.
    #[garde(length(min = 6, max = 6))]
    #[schema(example = "123456")]
    code: String,
}

/// Makes the secret of `/mfa/totp/enroll` the second factor. Ends all other sessions. Needs a fresh sign-in.
#[utoipa::path(
    post, path = "/mfa/totp/activate", operation_id = "activateTotp", tag = "second factor",
    request_body = ActivateTotpRequest,
    responses(
        (status = 200, body = Envelope<BackupCodes>),
        (status = 400, description = "VALIDATION_FAILED, INVALID_JSON, MFA_INVALID_CODE, or MFA_NOT_ENABLED: nothing is being set up", body = ErrorEnvelope),
        (status = 403, description = "STEP_UP_REQUIRED or FORBIDDEN", body = ErrorEnvelope),
        (status = 409, description = "MFA_ALREADY_ENABLED, or IDEMPOTENCY_RESULT_NOT_STORED", body = ErrorEnvelope),
        (status = 423, description = "ACCOUNT_LOCKED; see `Retry-After`", body = ErrorEnvelope),
    )
)]
pub(crate) async fn activate_totp(
    Extract(state): Extract<State>,
    caller: Caller,
    idempotency: Idempotency,
    Json(request): Json<ActivateTotpRequest>,
) -> Result<Reply<BackupCodes>, AuthError> {
    let (sealer, user) = (state.platform.sealer(), caller.principal.user());
    // What is refused anyway counts as no attempt: else it would lock the owner out.
    require_fresh(&state, &caller).await?;
    state.attempts.admit_or_lock(SECOND_FACTOR, &user.to_string()).await?;
    let pending = state.enrolments.find(user).await?;
    let (shown, stored) = backup::generate(sealer, user)?;
    change(&state, &caller, &idempotency, (Whose::Own, Answer::Secret), |change| {
        change.require_fresh()?;
        if change.account.totp.is_some() {
            return Err(AuthError::MfaAlreadyEnabled);
        }
        let sealed_secret = pending.clone().ok_or(AuthError::MfaNotEnabled)?;
        let mut totp = Totp { sealed_secret, last_step: 0, backup_codes: stored.clone() };
        let step = matching_step(sealer, user, &totp, &request.code, change.now)?;
        totp.last_step = step.ok_or(AuthError::MfaInvalidCode)?;
        change.guard(state.enrolments.finish(user, &totp.sealed_secret), AuthError::MfaNotEnabled);
        change.add(state.attempts.forget(SECOND_FACTOR, &user.to_string())?);
        change.account.totp = Some(totp);
        change.end_sessions();
        change.record(Act::TotpEnabled, |_| {});
        change.tell_owner(About::FactorAdded { factor: NAME.to_owned(), at: change.now_in_words() })?;
        Ok(Reply::ok(BackupCodes { backup_codes: shown.clone() }))
    })
    .await
}
