//! The second factor: an authenticator's codes, and the codes for when it is lost.

pub(crate) mod activate;
mod backup;
mod codes;
pub(crate) mod disable;
pub(crate) mod enroll;
mod enrolment;
pub(crate) mod replace_codes;

use shared::Error;
use shared::jobs::{About, Entry, SecondFactor};
use shared::store::Transaction;

use crate::accounts::{Account, Touch};
use crate::{State, mail};

pub use backup::BackupCodes;
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

/// Adds a mail to the owner of an account if `touch` uses up one of its backup codes: whoever has stolen one does not
/// sign in unnoticed.
pub(crate) fn tell_used_code(
    state: &State,
    transaction: &mut Transaction,
    account: &Account,
    touch: &Touch,
) -> Result<Vec<Entry>, Error> {
    let Some(left) = &touch.backup_codes else { return Ok(Vec::new()) };
    let left = u32::try_from(left.len()).unwrap_or(u32::MAX);
    let at = mail::in_words(account, state.platform.clock().now());
    mail::tell_owner(state, transaction, account, About::BackupCodeUsed { left, at })
}
