//! What it takes to make an account.

use serde::{Deserialize, Serialize};
use shared::auth::{Roles, TenantId, UserId};

use super::Profile;

/// What somebody said who signed up. It counts once the address is known to be his.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SignUp {
    pub(crate) password_hash: String,
    pub(crate) username: Option<String>,
    pub(crate) profile: Profile,
    pub(crate) tenant_id: TenantId,
}

/// What it takes to make an account.
#[derive(Clone, Debug)]
pub struct NewAccount {
    /// Its id.
    pub id: UserId,
    /// Its address.
    pub email: String,
    /// Its username.
    pub username: Option<String>,
    /// PHC string of its password.
    pub password_hash: Option<String>,
    /// Whether the address is known to be its owner's.
    pub verified: bool,
    /// What its owner says of himself.
    pub profile: Profile,
    /// Where it belongs; the first is where it signs in.
    pub memberships: Vec<(TenantId, Roles)>,
    /// The raw TOTP secret, if it has a second factor.
    pub totp_secret: Option<Vec<u8>>,
}
