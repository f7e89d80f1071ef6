//! A member of a tenant as its admins see him.

use jiff::Timestamp;
use serde::Serialize;
use shared::auth::{Roles, TenantId, UserId};
use utoipa::ToSchema;

use crate::accounts::{Account, Membership};

/// Whether a member can sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum MemberStatus {
    /// He can.
    Active,
    /// His address is not verified yet.
    Unverified,
    /// An admin of the tenant suspended him.
    Suspended,
    /// The platform suspended his account.
    AccountSuspended,
}

/// A member of one's tenant.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserView {
    id: UserId,
    email: String,
    username: Option<String>,
    display_name: String,
    first_name: Option<String>,
    last_name: Option<String>,
    avatar_url: Option<String>,
    /// In this tenant.
    roles: Roles,
    status: MemberStatus,
    mfa_enabled: bool,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
}

impl UserView {
    /// An account in one of its tenants; `None` if it is no member there, or waits for its address to be verified.
    pub(super) fn of(account: &Account, tenant: TenantId) -> Option<Self> {
        account.verified_at?;
        let membership = account.memberships.iter().find(|membership| membership.tenant_id == tenant)?;
        let profile = account.profile.clone();
        Some(Self {
            id: account.id,
            email: account.email.clone(),
            username: account.username.clone(),
            display_name: account.display_name(),
            first_name: profile.first_name,
            last_name: profile.last_name,
            avatar_url: profile.avatar_url,
            roles: membership.roles.clone(),
            status: status(account, membership),
            mfa_enabled: account.totp.is_some(),
            created_at: account.created_at,
        })
    }
}

fn status(account: &Account, membership: &Membership) -> MemberStatus {
    match (account.suspended_at, membership.suspended_at, account.verified_at) {
        (Some(_), _, _) => MemberStatus::AccountSuspended,
        (None, Some(_), _) => MemberStatus::Suspended,
        (None, None, None) => MemberStatus::Unverified,
        (None, None, Some(_)) => MemberStatus::Active,
    }
}
