//! What an account is, and what it may do.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use shared::auth::{Role, Roles, SYSTEM_TENANT, TenantId, UserId, sessions_valid_from};
use shared::jobs::UserChanged;
use uuid::Uuid;

use super::{Identifier, SignUp};
use crate::AuthError;

/// More than an account has that nobody has verified, and few enough to go in one transaction with another's change.
const MEMBERSHIPS_OF_SIGN_UP: usize = 10;

/// A person or a machine that signs in. Belongs to no tenant; its memberships do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Account {
    /// Its id.
    pub id: UserId,
    /// Counts its changes; a write of the whole account is conditional on it.
    pub version: u64,
    /// Counts the changes on which a sign-in depends: password, factors, suspension, memberships, address, also
    /// one that is only asked for. Not its profile's: whoever holds a session must not be able to keep the owner
    /// from signing in.
    pub security_version: u64,
    /// Its address, as given; compared without case.
    pub email: String,
    /// Its username, as given; compared without case.
    pub username: Option<String>,
    /// PHC string; none for an account that signs in by other ways alone.
    pub password_hash: Option<String>,
    /// When its owner first proved that its address is his; another address is proven before it counts.
    pub verified_at: Option<Timestamp>,
    /// Whether more than one sign-up has asked for it while nobody had verified the address.
    #[serde(default)]
    pub contested: bool,
    /// The username that its sign-up wishes for; it is claimed once the address is verified.
    #[serde(default)]
    pub wished_username: Option<String>,
    /// When the platform suspended it.
    pub suspended_at: Option<Timestamp>,
    /// What its owner says of himself.
    pub profile: Profile,
    /// The second factor, if it has one.
    pub totp: Option<Totp>,
    /// Where it belongs; the first one is where sign-in goes unless another is named.
    pub memberships: Vec<Membership>,
    /// Where it belonged before its address was verified: their audit logs know it, too.
    #[serde(default)]
    pub former_tenants: Vec<TenantId>,
    /// Identities at other providers by which it signs in; one a provider.
    #[serde(default)]
    pub identities: Vec<Identity>,
    /// How many passkeys it has.
    #[serde(default)]
    pub passkeys: u32,
    /// Devices that have signed in, as tags, the latest last.
    #[serde(default)]
    pub devices: Vec<String>,
    /// Sessions that began before this have ended.
    pub sessions_valid_from: Timestamp,
    /// But for this one.
    #[serde(default)]
    pub kept_session: Option<Uuid>,
    /// When it was made.
    pub created_at: Timestamp,
}

/// What an owner says of himself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Profile {
    /// Given name.
    pub first_name: Option<String>,
    /// Family name.
    pub last_name: Option<String>,
    /// Address of a picture.
    pub avatar_url: Option<String>,
    /// BCP 47.
    pub locale: Option<String>,
    /// IANA.
    pub time_zone: Option<String>,
}

/// A TOTP secret (RFC 6238), sealed, and the last step that was used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Totp {
    /// The secret, sealed under auth's data keys and bound to the account.
    pub sealed_secret: String,
    /// Steps up to this one are used.
    pub last_step: u64,
    /// HMACs of the backup codes that are not used yet.
    #[serde(default)]
    pub backup_codes: Vec<String>,
}

/// Who somebody is at another provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Identity {
    /// Which provider, by its name.
    pub provider: String,
    /// Who vouches: one provider may have several issuers.
    pub issuer: String,
    /// Who he is there, for good.
    pub subject: String,
    /// When it was linked.
    pub linked_at: Timestamp,
}

/// What an account is in a tenant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Membership {
    /// Where.
    pub tenant_id: TenantId,
    /// As what.
    pub roles: Roles,
    /// When that tenant's admin suspended it.
    pub suspended_at: Option<Timestamp>,
    /// Sessions in this tenant that began before this have ended.
    #[serde(default)]
    pub sessions_valid_from: Option<Timestamp>,
}

impl Membership {
    /// A membership that begins.
    #[must_use]
    pub fn new(tenant_id: TenantId, roles: Roles) -> Self {
        Self { tenant_id, roles, suspended_at: None, sessions_valid_from: None }
    }

    /// Whether it is as a sign-up makes it: no admin has changed it.
    #[must_use]
    pub fn is_of_sign_up(&self) -> bool {
        self.roles == Roles(vec![Role::User]) && self.suspended_at.is_none()
    }

    /// Whether it makes somebody one of those who run the tenant.
    #[must_use]
    pub fn runs_tenant(&self) -> bool {
        let runs = self.roles.include(Role::Admin) || self.roles.include(Role::System);
        runs && self.suspended_at.is_none()
    }
}

impl Account {
    /// What others see as its name.
    #[must_use]
    pub fn display_name(&self) -> String {
        let names = [self.profile.first_name.as_deref(), self.profile.last_name.as_deref()];
        let full = names.into_iter().flatten().collect::<Vec<_>>().join(" ");
        match (full.is_empty(), &self.username) {
            (false, _) => full,
            (true, Some(username)) => username.clone(),
            (true, None) => self.email.split('@').next().unwrap_or_default().to_owned(),
        }
    }

    /// Refuses an account that may not sign in. To be asked after the right password only.
    pub fn check_may_sign_in(&self) -> Result<(), AuthError> {
        if self.suspended_at.is_some() {
            return Err(AuthError::AccountSuspended);
        }
        if self.verified_at.is_none() {
            return Err(AuthError::AccountNotVerified);
        }
        Ok(())
    }

    /// The membership to sign in to: the named tenant's, or the first.
    pub fn membership(&self, named: Option<TenantId>) -> Result<&Membership, AuthError> {
        let mut memberships = self.memberships.iter();
        let found = match named {
            Some(tenant) => memberships.find(|membership| membership.tenant_id == tenant),
            None => memberships.next(),
        };
        match found {
            None => Err(shared::Error::Forbidden.into()),
            Some(membership) if membership.suspended_at.is_some() => Err(AuthError::AccountSuspended),
            Some(membership) => Ok(membership),
        }
    }

    /// Whether a session that began at that time is over, because the account or its membership says so.
    #[must_use]
    pub fn has_ended(&self, session: Uuid, tenant: TenantId, began_at: Timestamp) -> bool {
        let membership = self.memberships.iter().find(|membership| membership.tenant_id == tenant);
        let ended_there = membership.is_none_or(|membership| {
            membership.suspended_at.is_some() || membership.sessions_valid_from.is_some_and(|from| began_at < from)
        });
        let ended = began_at < self.sessions_valid_from && self.kept_session != Some(session);
        ended || ended_there || self.suspended_at.is_some()
    }

    /// Ends every session that began up to `now`, but for `kept`.
    pub fn end_sessions(&mut self, now: Timestamp, kept: Option<Uuid>) {
        self.security_version += 1;
        self.sessions_valid_from = sessions_valid_from(now);
        self.kept_session = kept;
    }

    /// Ends its sessions in one tenant that began up to `now`.
    pub fn end_sessions_in(&mut self, tenant: TenantId, now: Timestamp) {
        self.security_version += 1;
        for membership in self.memberships.iter_mut().filter(|membership| membership.tenant_id == tenant) {
            membership.sessions_valid_from = Some(sessions_valid_from(now));
        }
    }

    /// When a session begins that begins now: not before the moment up to which its sessions have ended.
    #[must_use]
    pub fn begins_session_at(&self, tenant: TenantId, now: Timestamp) -> Timestamp {
        let there = self.memberships.iter().find(|membership| membership.tenant_id == tenant);
        let ended_there = there.and_then(|membership| membership.sessions_valid_from);
        now.max(self.sessions_valid_from).max(ended_there.unwrap_or(now))
    }

    /// The tenants that it runs.
    #[must_use]
    pub fn runs(&self) -> Vec<TenantId> {
        let run = self.memberships.iter().filter(|membership| membership.runs_tenant());
        run.map(|membership| membership.tenant_id).collect()
    }

    /// Whether this is its address.
    #[must_use]
    pub fn has_address(&self, email: &str) -> bool {
        Identifier::email(&self.email) == Identifier::email(email)
    }

    /// Whether somebody else who proves its address may have that: nobody has verified it, nor has the platform closed it or
    /// an admin changed what it is, and there is no more of it than a sign-up leaves.
    #[must_use]
    pub(crate) fn yields_address(&self) -> bool {
        let of_sign_up = self.memberships.iter().all(Membership::is_of_sign_up);
        let few = self.memberships.len() <= MEMBERSHIPS_OF_SIGN_UP;
        self.verified_at.is_none() && self.suspended_at.is_none() && of_sign_up && few
    }

    /// Whether what was mailed to this address is still good. What was made before links knew their address is.
    #[must_use]
    pub(crate) fn may_use(&self, mailed_to: Option<&str>) -> bool {
        mailed_to.is_none_or(|email| self.has_address(email))
    }

    /// Whether an invitation to a tenant would make it what it is not: a member, or, while nobody has verified its
    /// address, more than its sign-up has made it.
    #[must_use]
    pub fn may_be_invited(&self, tenant: TenantId) -> bool {
        let held = self.memberships.iter().find(|membership| membership.tenant_id == tenant);
        held.is_none_or(|held| self.verified_at.is_none() && held.is_of_sign_up())
    }

    /// Whether it belongs to a tenant.
    #[must_use]
    pub fn is_member(&self, tenant: TenantId) -> bool {
        self.memberships.iter().any(|membership| membership.tenant_id == tenant)
    }

    /// What its one sign-up has said, if nobody has verified the address yet.
    #[must_use]
    pub(crate) fn as_signed_up(&self) -> Option<SignUp> {
        Some(SignUp {
            password_hash: self.password_hash.clone()?,
            username: self.wished_username.clone(),
            profile: self.profile.clone(),
            tenant_id: self.memberships.first()?.tenant_id,
        })
    }

    /// What whoever guesses its password may know.
    #[must_use]
    pub fn known_about(&self) -> Vec<&str> {
        let profile = &self.profile;
        let optional = [self.username.as_deref(), profile.first_name.as_deref(), profile.last_name.as_deref()];
        std::iter::once(self.email.as_str()).chain(optional.into_iter().flatten()).collect()
    }

    /// Its identities with one more; of each provider there is one.
    pub(crate) fn identities_with(&self, identity: Identity) -> Result<Vec<Identity>, AuthError> {
        if self.identities.iter().any(|other| other.provider == identity.provider) {
            return Err(shared::Error::Conflict.into());
        }
        Ok(self.identities.iter().cloned().chain([identity]).collect())
    }

    /// Changes its identities.
    pub(crate) fn set_identities(&mut self, identities: Vec<Identity>) {
        self.security_version += 1;
        self.identities = identities;
    }

    /// How many ways in there are that need no mail.
    #[must_use]
    pub fn ways_in(&self) -> usize {
        usize::from(self.password_hash.is_some())
            + self.identities.len()
            + usize::try_from(self.passkeys).unwrap_or(usize::MAX)
    }

    /// The tenant in whose name its owner is told something.
    #[must_use]
    pub fn home(&self) -> TenantId {
        self.memberships.first().map_or(SYSTEM_TENANT, |membership| membership.tenant_id)
    }

    /// Every tenant that knows it.
    #[must_use]
    pub fn known_in(&self) -> Vec<TenantId> {
        let now: Vec<TenantId> = self.memberships.iter().map(|membership| membership.tenant_id).collect();
        let before = self.former_tenants.iter().filter(|tenant| !now.contains(tenant)).copied();
        now.iter().copied().chain(before).collect()
    }

    /// What other services are told of it.
    #[must_use]
    pub fn changed(&self) -> UserChanged {
        UserChanged {
            user_id: self.id,
            version: self.version,
            tenants: self.memberships.iter().map(|membership| membership.tenant_id).collect(),
            verified_email: self.verified_at.map(|_| self.email.clone()),
            display_name: self.display_name(),
            locale: self.profile.locale.clone(),
            time_zone: self.profile.time_zone.clone(),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn account() -> Account {
        Account {
            id: UserId(Uuid::from_u128(7)),
            version: 1,
            security_version: 1,
            email: "Ada@example.com".to_owned(),
            username: Some("ada".to_owned()),
            password_hash: None,
            verified_at: Some(Timestamp::UNIX_EPOCH),
            contested: false,
            wished_username: None,
            suspended_at: None,
            profile: Profile::default(),
            totp: None,
            identities: Vec::new(),
            passkeys: 0,
            devices: Vec::new(),
            kept_session: None,
            former_tenants: Vec::new(),
            memberships: vec![member(1, false), member(2, false), member(3, true)],
            sessions_valid_from: Timestamp::UNIX_EPOCH,
            created_at: Timestamp::UNIX_EPOCH,
        }
    }

    fn member(tenant: u128, suspended: bool) -> Membership {
        Membership {
            tenant_id: TenantId(Uuid::from_u128(tenant)),
            roles: Roles(vec![Role::User]),
            suspended_at: suspended.then_some(Timestamp::UNIX_EPOCH),
            sessions_valid_from: None,
        }
    }

    #[test]
    fn sign_in_goes_to_the_named_tenant_or_the_first() {
        let account = account();
        let to = |tenant: Option<u128>| {
            account.membership(tenant.map(|id| TenantId(Uuid::from_u128(id)))).map(|found| found.tenant_id.0.as_u128())
        };
        assert_eq!(to(None).unwrap(), 1);
        assert_eq!(to(Some(2)).unwrap(), 2);
        assert!(matches!(to(Some(3)), Err(AuthError::AccountSuspended)));
        assert!(matches!(to(Some(9)), Err(AuthError::Common(shared::Error::Forbidden))));
    }

    #[test]
    fn a_name_is_what_there_is_to_show() {
        let mut account = account();
        assert_eq!(account.display_name(), "ada");
        account.username = None;
        assert_eq!(account.display_name(), "Ada");
        account.profile.last_name = Some("Lovelace".to_owned());
        assert_eq!(account.display_name(), "Lovelace");
    }
}
