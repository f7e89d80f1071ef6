//! What a mailed link is for.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::accounts::SignUp;
use shared::auth::{Roles, TenantId, UserId};

/// What a link does. Each has a prefix and a key space of its own.
pub(crate) trait Purpose: Serialize + for<'de> Deserialize<'de> {
    /// What its tokens begin with.
    const PREFIX: &'static str;
    /// The first part of its keys.
    const SPACE: &'static str;
    /// The page of the application that it leads to.
    const PAGE: &'static str;
    /// How long it works.
    const LIFETIME: SignedDuration;

    /// The same in minutes.
    fn minutes() -> u32 {
        u32::try_from(Self::LIFETIME.as_mins()).unwrap_or(u32::MAX)
    }
}

/// Verifies the address of an account.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct VerifyAddress {
    pub(crate) user_id: UserId,
    /// What the account then is: what this very sign-up has said, not one before or after it.
    pub(crate) sign_up: SignUp,
}

impl Purpose for VerifyAddress {
    const PREFIX: &'static str = "ezr_verify_";
    const SPACE: &'static str = "VERIFY";
    const PAGE: &'static str = "verify-address";
    const LIFETIME: SignedDuration = SignedDuration::from_hours(24);
}

/// Sets a new password.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ResetPassword {
    pub(crate) user_id: UserId,
}

impl Purpose for ResetPassword {
    const PREFIX: &'static str = "ezr_reset_";
    const SPACE: &'static str = "RESET";
    const PAGE: &'static str = "reset-password";
    const LIFETIME: SignedDuration = SignedDuration::from_mins(10);
}

/// Signs in.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MagicLink {
    pub(crate) user_id: UserId,
}

impl Purpose for MagicLink {
    const PREFIX: &'static str = "ezr_magic_";
    const SPACE: &'static str = "MAGIC";
    const PAGE: &'static str = "magic-link";
    const LIFETIME: SignedDuration = SignedDuration::from_mins(10);
}

/// Makes somebody a member of a tenant.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Invitation {
    pub(crate) tenant_id: TenantId,
    pub(crate) email: String,
    pub(crate) roles: Roles,
    /// Nobody for the platform's own first invitation.
    pub(crate) invited_by: Option<UserId>,
}

impl Purpose for Invitation {
    const PREFIX: &'static str = "ezr_invite_";
    const SPACE: &'static str = "INVITATION";
    const PAGE: &'static str = "accept-invitation";
    const LIFETIME: SignedDuration = SignedDuration::from_hours(7 * 24);
}
