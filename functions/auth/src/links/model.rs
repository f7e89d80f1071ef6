//! What a mailed link is for.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::accounts::SignUp;
use shared::auth::{Roles, TenantId, UserId};
use uuid::Uuid;

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
    /// Where it was mailed: once the account has another address, whoever reads this one's mail is nobody.
    #[serde(default)]
    pub(crate) email: Option<String>,
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
    /// As of [`ResetPassword`].
    #[serde(default)]
    pub(crate) email: Option<String>,
}

impl Purpose for MagicLink {
    const PREFIX: &'static str = "ezr_magic_";
    const SPACE: &'static str = "MAGIC";
    const PAGE: &'static str = "magic-link";
    const LIFETIME: SignedDuration = SignedDuration::from_mins(10);
}

/// Gives an account another address, to which it is mailed.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ChangeAddress {
    pub(crate) user_id: UserId,
    /// That has asked for it: the link ends with it.
    pub(crate) session_id: Uuid,
    /// The account's from then on: the link ends with whatever is changed there, and with another request.
    pub(crate) security_version: u64,
    /// The new address.
    pub(crate) email: String,
}

impl Purpose for ChangeAddress {
    const PREFIX: &'static str = "ezr_address_";
    const SPACE: &'static str = "CHANGE-ADDRESS";
    const PAGE: &'static str = "change-address";
    const LIFETIME: SignedDuration = SignedDuration::from_hours(24);
}

/// Makes somebody a member of a tenant.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Invitation {
    /// By which it stands among the tenant's open ones.
    #[serde(default)]
    pub(crate) id: Option<Uuid>,
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
