//! The present password of somebody who is signed in.

use crate::accounts::Account;
use crate::attempts::PASSWORD;
use crate::audit::Act;
use crate::caller::Caller;
use crate::signin::record_wrong_proof;
use crate::{AuthError, State};

/// Checks the password of somebody who is signed in. A wrong one counts; the caller forgets the count at success.
pub(crate) async fn check_password(
    state: &State,
    caller: &Caller,
    account: &Account,
    password: &str,
    act: Act,
) -> Result<(), AuthError> {
    state.attempts.admit_or_lock(PASSWORD, &account.id.to_string()).await?;
    let right = state.passwords.verify(password, account.password_hash.as_deref()).await?;
    if right {
        return Ok(());
    }
    record_wrong_proof(state, caller, act, "invalidCredentials").await?;
    Err(AuthError::InvalidCredentials)
}
