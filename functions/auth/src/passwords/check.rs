//! The present password of somebody who is signed in.

use crate::accounts::Account;
use crate::attempts::PASSWORD;
use crate::{AuthError, State};

/// Checks the password of somebody who is signed in. A wrong one counts; the caller forgets the count at success.
pub(crate) async fn check_password(state: &State, account: &Account, password: &str) -> Result<(), AuthError> {
    state.attempts.admit_or_lock(PASSWORD, &account.id.to_string()).await?;
    let right = state.passwords.verify(password, account.password_hash.as_deref()).await?;
    if right { Ok(()) } else { Err(AuthError::InvalidCredentials) }
}
