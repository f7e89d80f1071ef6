//! `POST /mfa/totp/backup-codes`: ten new backup codes in the place of those that there are.

use axum::extract::State as Extract;
use shared::http::{Envelope, ErrorEnvelope, Idempotency, Reply};
use shared::jobs::About;

use super::{BackupCodes, backup};
use crate::audit::Act;
use crate::caller::Caller;
use crate::change::{Answer, Whose, change, require_fresh};
use crate::{AuthError, State};

/// Replaces all backup codes by ten new ones, and shows them this once. Ends all other sessions. Needs a fresh sign-in.
#[utoipa::path(
    post, path = "/mfa/totp/backup-codes", operation_id = "replaceBackupCodes", tag = "second factor",
    responses(
        (status = 200, body = Envelope<BackupCodes>),
        (status = 400, description = "MFA_NOT_ENABLED", body = ErrorEnvelope),
        (status = 403, description = "STEP_UP_REQUIRED or FORBIDDEN", body = ErrorEnvelope),
        (status = 409, description = "IDEMPOTENCY_RESULT_NOT_STORED", body = ErrorEnvelope),
    )
)]
pub(crate) async fn replace_backup_codes(
    Extract(state): Extract<State>,
    caller: Caller,
    idempotency: Idempotency,
) -> Result<Reply<BackupCodes>, AuthError> {
    // Before anything else: a machine has no account to look into.
    require_fresh(&state, &caller).await?;
    let (shown, stored) = backup::generate(state.platform.sealer(), caller.principal.user())?;
    change(&state, &caller, &idempotency, (Whose::Own, Answer::Secret), |change| {
        change.require_fresh()?;
        change.account.totp.as_mut().ok_or(AuthError::MfaNotEnabled)?.backup_codes.clone_from(&stored);
        change.end_sessions();
        change.record(Act::BackupCodesReplaced, |_| {});
        change.tell_owner(About::BackupCodesReplaced { at: change.now_in_words() })?;
        Ok(Reply::ok(BackupCodes { backup_codes: shown.clone() }))
    })
    .await
}
