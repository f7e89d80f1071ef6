//! What a passkey is.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use webauthn_rs::prelude::AuthenticationResult;

use crate::AuthError;
use crate::accounts::Account;

/// As many as an account may have.
const MOST: u32 = 20;

/// A passkey of an account.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Passkey {
    /// Its id, a `UUIDv7`: they are listed in its order. Not the credential's, which the authenticator chose.
    pub id: Uuid,
    /// What its owner calls it.
    pub name: String,
    /// The credential: its public key, its counter and what it said of itself.
    pub credential: webauthn_rs::prelude::Passkey,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it was last shown.
    pub last_used_at: Option<Timestamp>,
    /// How often it was shown; a write after a use is conditional on it.
    pub uses: u64,
}

/// A passkey as its owner sees it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PasskeyView {
    id: Uuid,
    name: String,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    #[schema(value_type = Option<String>, format = DateTime)]
    last_used_at: Option<Timestamp>,
}

impl Passkey {
    /// The passkey after it was shown.
    #[must_use]
    pub(super) fn used(mut self, result: &AuthenticationResult, now: Timestamp) -> Self {
        self.credential.update_credential(result);
        self.last_used_at = Some(now);
        self.uses += 1;
        self
    }
}

impl From<Passkey> for PasskeyView {
    fn from(passkey: Passkey) -> Self {
        Self { id: passkey.id, name: passkey.name, created_at: passkey.created_at, last_used_at: passkey.last_used_at }
    }
}

/// Refuses one more for an account that has as many as it may.
pub(super) fn check_room(account: &Account) -> Result<(), AuthError> {
    if account.passkeys < MOST { Ok(()) } else { Err(AuthError::TooManyPasskeys { most: MOST }) }
}
