//! What is remembered of an act.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use shared::auth::{Roles, TenantId, UserId};
use shared::ids;
use shared::jobs::{SecondFactor, SignInMethod};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::sessions::Device;

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum Act {
    /// An account was made by its owner.
    SignedUp,
    /// Its address was verified.
    AddressVerified,
    /// A password, a link, a passkey or another provider was shown.
    SignedIn,
    /// The same, and a second factor is awaited.
    SecondFactorAsked,
    /// A session ended.
    SessionEnded,
    /// All sessions ended.
    AllSessionsEnded,
    /// A superseded refresh token was shown.
    RefreshTokenReused,
    /// A fresh sign-in for what needs one.
    Reauthenticated,
    /// A session in another of one's tenants began.
    TenantSwitched,
    /// The owner changed the password.
    PasswordChanged,
    /// A mailed link set a new password.
    PasswordReset,
    /// An authenticator became the second factor.
    TotpEnabled,
    /// All backup codes were replaced.
    BackupCodesReplaced,
    /// There is no second factor any more.
    TotpDisabled,
    /// A passkey was added.
    PasskeyAdded,
    /// A passkey was removed.
    PasskeyRemoved,
    /// Another provider's identity was linked.
    IdentityLinked,
    /// Another provider's identity was unlinked.
    IdentityUnlinked,
    /// An owner wants what is known of his account.
    ExportRequested,
    /// He got the addresses of its files.
    ExportFetched,
    /// An owner had his account erased; whose it was is forgotten.
    ErasureRequested,
    /// Every service has forgotten it.
    ErasureCompleted,
    /// Somebody was invited.
    UserInvited,
    /// An invitation was withdrawn.
    InvitationWithdrawn,
    /// The platform looked at a tenant's open invitations.
    InvitationsRead,
    /// Somebody has accepted an invitation.
    InvitationAccepted,
    /// A member has other roles.
    RolesChanged,
    /// A membership was suspended.
    MembershipSuspended,
    /// A membership goes on.
    MembershipReactivated,
    /// The platform suspended an account.
    AccountSuspended,
    /// The platform let an account go on.
    AccountReactivated,
    /// The platform looked at an account.
    AccountLookedUp,
    /// The platform looked at a tenant, or at all of them.
    TenantRead,
    /// An account has another username.
    UsernameChanged,
    /// An owner has asked for another address.
    AddressRequested,
    /// An account has another address.
    AddressChanged,
    /// The platform read a tenant's audit log.
    AuditLogRead,
    /// A service account was made.
    ServiceAccountCreated,
    /// A service account was changed.
    ServiceAccountChanged,
    /// A service account has a new secret.
    ServiceAccountRotated,
    /// A service account is gone.
    ServiceAccountDeleted,
    /// A service account has got a token.
    ServiceTokenIssued,
    /// A tenant was made.
    TenantCreated,
    /// A tenant was changed.
    TenantChanged,
}

/// Whether it was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum ActResult {
    /// It was.
    Success,
    /// It was tried.
    Failure,
}

/// What belongs to an act. Never a secret, nor what somebody typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Details {
    /// How somebody signed in.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub method: Option<SignInMethod>,
    /// And with what second factor.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub second_factor: Option<SecondFactor>,
    /// The roles from then on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub roles: Option<Roles>,
    /// The session.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_id: Option<Uuid>,
    /// What else is concerned: a passkey, a provider, a service account, a tenant, an invitation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// Of an identifier that nobody has: its HMAC, to see which attempts belong together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identifier: Option<String>,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// One line of a tenant's audit log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Event {
    /// Its id, a `UUIDv7`: the log is in its order.
    pub id: Uuid,
    /// Whose log.
    pub tenant_id: TenantId,
    /// When.
    pub at: Timestamp,
    /// What.
    pub act: Act,
    /// With what result.
    pub result: ActResult,
    /// Who did it; nobody for the platform's timers and for unknown identifiers.
    pub actor: Option<UserId>,
    /// Whose account it concerns.
    pub user: Option<UserId>,
    /// From where; IPv6 by its /64.
    pub address: Option<String>,
    /// With what user agent.
    pub device: Option<String>,
    /// What belongs to it.
    pub details: Details,
}

impl Event {
    /// An act of `user` on his own account.
    #[must_use]
    pub fn own(tenant: TenantId, user: UserId, act: Act, device: &Device, at: Timestamp) -> Self {
        Self::new(tenant, act, at).by(user, device).on(user)
    }

    /// An act of nobody on nothing yet.
    #[must_use]
    pub fn new(tenant_id: TenantId, act: Act, at: Timestamp) -> Self {
        Self {
            id: ids::at(at),
            tenant_id,
            at,
            act,
            result: ActResult::Success,
            actor: None,
            user: None,
            address: None,
            device: None,
            details: Details::default(),
        }
    }

    /// Who did it, and from where.
    #[must_use]
    pub fn by(mut self, actor: UserId, device: &Device) -> Self {
        self.actor = Some(actor);
        self.from(device)
    }

    /// From where it was done.
    #[must_use]
    pub fn from(mut self, device: &Device) -> Self {
        self.address = Some(device.address.clone());
        self.device.clone_from(&device.name);
        self
    }

    /// Whose account it concerns.
    #[must_use]
    pub fn on(mut self, user: UserId) -> Self {
        self.user = Some(user);
        self
    }

    /// That it was only tried.
    #[must_use]
    pub fn failed(mut self, reason: &str) -> Self {
        self.result = ActResult::Failure;
        self.details.reason = Some(reason.to_owned());
        self
    }

    /// What belongs to it.
    #[must_use]
    pub fn with(mut self, change: impl FnOnce(&mut Details)) -> Self {
        change(&mut self.details);
        self
    }
}
