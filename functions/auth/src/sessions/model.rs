//! What a session is, and when it ends.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use shared::auth::{TenantId, UserId};
use uuid::Uuid;

use super::RefreshTokenFamily;
use crate::AuthError;
use crate::accounts::Account;

/// A session that nobody refreshes ends after this.
const IDLE: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Every session ends after this.
const LONGEST: SignedDuration = SignedDuration::from_hours(30 * 24);
/// How long an ended session is kept, so that its token is told to have expired.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(30 * 24);
/// What needs a fresh sign-in needs one that is not older.
const FRESH: SignedDuration = SignedDuration::from_mins(10);
/// Longer names of devices are cut.
const LONGEST_NAME: usize = 200;

/// A sign-in that goes on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Session {
    /// Its id, `sid` in tokens.
    pub id: Uuid,
    /// Whose it is.
    pub user_id: UserId,
    /// Which tenant it is for.
    pub tenant_id: TenantId,
    /// Where it began.
    pub device: Device,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last refreshed.
    pub last_used_at: Timestamp,
    /// When the sign-in was that it stems from, if that is another session's.
    #[serde(default)]
    pub signed_in_at: Option<Timestamp>,
    /// When its owner last showed who he is; when it began, if he has not since.
    #[serde(default)]
    pub authenticated_at: Option<Timestamp>,
    /// Its refresh tokens.
    pub family: RefreshTokenFamily,
    /// Digest of the live token: what is stored of it.
    pub live_digest: String,
    /// When the store may forget it, in seconds.
    ttl: i64,
}

/// Where somebody signed in from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Device {
    /// What its user agent calls itself.
    pub name: Option<String>,
    /// Its address; IPv6 by its /64.
    pub address: String,
}

impl Device {
    /// A device by its user agent and address.
    #[must_use]
    pub fn new(user_agent: Option<&str>, address: String) -> Self {
        let name = user_agent.map(|name| name.chars().filter(|c| !c.is_control()).take(LONGEST_NAME).collect());
        Self { name, address }
    }
}

impl Session {
    /// A session that begins now. Its first token's digest is filled in by the store.
    #[must_use]
    pub fn begin(id: Uuid, user_id: UserId, tenant_id: TenantId, device: Device, now: Timestamp) -> Self {
        Self {
            id,
            user_id,
            tenant_id,
            device,
            created_at: now,
            last_used_at: now,
            signed_in_at: None,
            authenticated_at: None,
            family: RefreshTokenFamily::default(),
            live_digest: String::new(),
            ttl: (now + IDLE + REMEMBERED).as_second(),
        }
    }

    /// The same sign-in for another tenant: neither fresher nor longer than this one.
    #[must_use]
    pub fn switched(&self, id: Uuid, tenant_id: TenantId, device: Device, now: Timestamp) -> Self {
        Self {
            signed_in_at: Some(self.signed_in_at()),
            authenticated_at: Some(self.shown_at()),
            ..Self::begin(id, self.user_id, tenant_id, device, now)
        }
    }

    fn signed_in_at(&self) -> Timestamp {
        self.signed_in_at.unwrap_or(self.created_at)
    }

    fn shown_at(&self) -> Timestamp {
        self.authenticated_at.unwrap_or(self.created_at)
    }

    /// The session after its live token has changed.
    #[must_use]
    pub fn refreshed(mut self, family: RefreshTokenFamily, now: Timestamp) -> Self {
        self.family = family;
        self.last_used_at = now;
        self.ttl = (self.expires_at() + REMEMBERED).as_second();
        self
    }

    /// When it ends if nobody refreshes it.
    #[must_use]
    pub fn expires_at(&self) -> Timestamp {
        (self.last_used_at + IDLE).min(self.signed_in_at() + LONGEST)
    }

    /// Refuses a session that is over, or that its account has ended.
    pub fn check_alive(&self, account: &Account, now: Timestamp) -> Result<(), AuthError> {
        if self.expires_at() <= now {
            return Err(AuthError::RefreshTokenExpired);
        }
        if account.has_ended(self.id, self.tenant_id, self.created_at) {
            return Err(AuthError::TokenRevoked);
        }
        Ok(())
    }

    /// Refuses a session whose owner has not shown for a while who he is.
    pub fn check_fresh(&self, now: Timestamp) -> Result<(), AuthError> {
        if now < Self::fresh_after(self.shown_at()) { Ok(()) } else { Err(AuthError::StepUpRequired) }
    }

    /// Until when a sign-in at that time is fresh.
    #[must_use]
    pub fn fresh_after(shown_at: Timestamp) -> Timestamp {
        shown_at + FRESH
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::Account;

    fn at(hours: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hours)
    }

    fn session() -> Session {
        let device = Device::new(Some("curl/8\u{7}"), "192.0.2.1".to_owned());
        Session::begin(Uuid::nil(), UserId(Uuid::nil()), TenantId(Uuid::from_u128(1)), device, at(0))
    }

    fn account() -> Account {
        crate::accounts::test_account()
    }

    #[test]
    fn it_ends_after_seven_days_unused_and_thirty_in_all() {
        let mut session = session();
        assert_eq!(session.expires_at(), at(7 * 24));
        for day in 1..=29 {
            session = session.refreshed(RefreshTokenFamily::default(), at(day * 24));
        }
        assert_eq!(session.expires_at(), at(30 * 24));
        assert!(session.check_alive(&account(), at(30 * 24 - 1)).is_ok());
        assert!(matches!(session.check_alive(&account(), at(30 * 24)), Err(AuthError::RefreshTokenExpired)));
    }

    #[test]
    fn another_tenants_session_is_neither_fresher_nor_longer() {
        let mut session = session().switched(Uuid::max(), TenantId(Uuid::from_u128(2)), session().device, at(1));
        assert!(matches!(session.check_fresh(at(1)), Err(AuthError::StepUpRequired)));
        for day in 1..=29 {
            session = session.refreshed(RefreshTokenFamily::default(), at(day * 24));
            session = session.switched(Uuid::max(), session.tenant_id, session.device.clone(), at(day * 24));
        }
        assert_eq!(session.expires_at(), at(30 * 24));
    }

    #[test]
    fn it_ends_with_its_account() {
        let ended = Account { sessions_valid_from: at(1), ..account() };
        assert!(matches!(session().check_alive(&ended, at(2)), Err(AuthError::TokenRevoked)));
        let suspended = Account { suspended_at: Some(at(1)), ..account() };
        assert!(matches!(session().check_alive(&suspended, at(2)), Err(AuthError::TokenRevoked)));
    }

    #[test]
    fn one_session_may_be_kept_when_the_others_end() {
        let mut account = account();
        account.end_sessions(at(1), Some(session().id));
        assert!(session().check_alive(&account, at(2)).is_ok());
        let other = Session { id: Uuid::from_u128(1), ..session() };
        assert!(matches!(other.check_alive(&account, at(2)), Err(AuthError::TokenRevoked)));
        account.end_sessions(at(2), Some(other.id));
        assert!(session().check_alive(&account, at(2)).is_err());
    }

    #[test]
    fn it_ends_with_its_membership() {
        let mut account = account();
        account.memberships[0].sessions_valid_from = Some(at(1));
        assert!(matches!(session().check_alive(&account, at(2)), Err(AuthError::TokenRevoked)));
        account.memberships.remove(0);
        assert!(matches!(session().check_alive(&account, at(2)), Err(AuthError::TokenRevoked)));
    }

    #[test]
    fn a_sign_in_is_fresh_for_ten_minutes() {
        let minutes = |minutes| at(0) + SignedDuration::from_mins(minutes);
        assert!(session().check_fresh(minutes(9)).is_ok());
        assert!(matches!(session().check_fresh(minutes(10)), Err(AuthError::StepUpRequired)));
        let again = Session { authenticated_at: Some(minutes(30)), ..session() };
        assert!(again.check_fresh(minutes(39)).is_ok() && again.check_fresh(minutes(40)).is_err());
    }

    #[test]
    fn a_device_name_is_plain_text() {
        assert_eq!(session().device.name.as_deref(), Some("curl/8"));
    }
}
