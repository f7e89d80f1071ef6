//! The second factor: an authenticator's codes, and the codes for when it is lost.

pub(crate) mod activate;
mod backup;
mod codes;
pub(crate) mod disable;
pub(crate) mod enroll;
mod enrolment;

use shared::Error;
use shared::jobs::SecondFactor;

use crate::State;
use crate::accounts::{Account, Touch};

pub use enrolment::Enrolments;

pub(crate) use codes::seal_totp_secret;

/// As mails and the audit log name it.
const NAME: &str = "TOTP";

/// What `code` is for an account, and what it changes there; `None` if it is wrong or was used. Whoever calls has
/// counted the attempt.
pub(crate) fn check(state: &State, account: &Account, code: &str) -> Result<Option<(SecondFactor, Touch)>, Error> {
    let Some(totp) = &account.totp else { return Ok(None) };
    let (sealer, now) = (state.platform.sealer(), state.platform.clock().now());
    if let Some(step) = codes::matching_step(sealer, account.id, totp, code, now)? {
        return Ok(Some((SecondFactor::Totp, Touch { totp_step: Some(step), ..Touch::default() })));
    }
    let left = backup::without(sealer, account.id, &totp.backup_codes, code);
    Ok(left.map(|left| (SecondFactor::BackupCode, Touch { backup_codes: Some(left), ..Touch::default() })))
}
