//! Everything that auth knows of an account. Never a secret: not the hash of its password, nor a key or a token.

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use jiff::Timestamp;
use serde::Serialize;
use shared::Error;
use shared::auth::{Roles, TenantId};
use shared::exports::{Known, List, Page};
use shared::jobs::ExportUser;
use shared::store::Position;
use uuid::Uuid;

use crate::State;
use crate::accounts::{Account, Membership, Profile};
use crate::audit::{Act, AuditEventView, Event};
use crate::oauth::LinkedIdentity;
use crate::sessions::Session;
use crate::webauthn::PasskeyView;

/// One page of an audit log.
const EVENTS: u32 = 500;
/// One page of sessions.
const SESSIONS: u32 = 100;

/// What is known of one account.
pub(super) struct Lists<'a> {
    pub(super) state: &'a State,
    pub(super) account: Account,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct KnownAccount<'a> {
    email: &'a str,
    verified_at: Option<Timestamp>,
    username: Option<&'a str>,
    profile: &'a Profile,
    has_password: bool,
    mfa_enabled: bool,
    backup_codes_left: usize,
    identities: Vec<LinkedIdentity>,
    memberships: Vec<KnownMembership>,
    former_tenants: &'a [TenantId],
    suspended_at: Option<Timestamp>,
    created_at: Timestamp,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct KnownMembership {
    tenant_id: TenantId,
    roles: Roles,
    suspended_at: Option<Timestamp>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct KnownSession {
    id: Uuid,
    tenant_id: TenantId,
    user_agent: Option<String>,
    address: String,
    created_at: Timestamp,
    last_used_at: Timestamp,
}

impl Known for Lists<'_> {
    fn lists(&self, wanted: &ExportUser) -> Vec<List> {
        let own = ["account", "passkeys", "sessions"].map(|name| List { name, tenant: None });
        let logs = wanted.tenants.iter().flat_map(|tenant| {
            // What concerns the account, and what its owner did to others.
            ["auditLog", "acts"].map(|name| List { name, tenant: Some(*tenant) })
        });
        own.into_iter().chain(logs).collect()
    }

    fn page<'a>(
        &'a self,
        _: &'a ExportUser,
        list: List,
        after: Option<Position>,
    ) -> BoxFuture<'a, Result<Page, Error>> {
        let (state, account) = (self.state, &self.account);
        async move {
            match (list.name, list.tenant) {
                ("passkeys", _) => {
                    Page::whole(state.passkeys.all(account.id).await?.into_iter().map(PasskeyView::from))
                }
                ("sessions", _) => {
                    let rows = state.sessions.page(account.id, SESSIONS, after).await?;
                    Page::new(rows.items.into_iter().map(KnownSession::from), rows.next)
                }
                ("auditLog", Some(tenant)) => {
                    let rows = state.audit.about(tenant, account.id, EVENTS, after).await?;
                    let events = rows.items.into_iter().map(|event| AuditEventView::from(for_owner(event, account)));
                    Page::new(events, rows.next)
                }
                ("acts", Some(tenant)) => {
                    let rows = state.audit.acts_of(tenant, account.id, EVENTS, after).await?;
                    Page::new(rows.items.into_iter().map(AuditEventView::from), rows.next)
                }
                _ => Page::whole([KnownAccount::from(account)]),
            }
        }
        .boxed()
    }
}

/// Where somebody else did it from is that one's own affair, but for whoever tries to get into the account.
fn for_owner(event: Event, account: &Account) -> Event {
    let verified = account.verified_at.is_some_and(|verified| event.at >= verified);
    let own = event.actor == Some(account.id);
    let attempt = event.actor.is_none() && event.act == Act::SignedIn;
    if verified && (own || attempt) { event } else { Event { address: None, device: None, ..event } }
}

impl<'a> From<&'a Account> for KnownAccount<'a> {
    fn from(account: &'a Account) -> Self {
        Self {
            email: &account.email,
            verified_at: account.verified_at,
            username: account.username.as_deref(),
            profile: &account.profile,
            has_password: account.password_hash.is_some(),
            mfa_enabled: account.totp.is_some(),
            backup_codes_left: account.totp.as_ref().map_or(0, |totp| totp.backup_codes.len()),
            identities: account.identities.iter().map(LinkedIdentity::from).collect(),
            memberships: account.memberships.iter().map(KnownMembership::from).collect(),
            former_tenants: &account.former_tenants,
            suspended_at: account.suspended_at,
            created_at: account.created_at,
        }
    }
}

impl From<&Membership> for KnownMembership {
    fn from(membership: &Membership) -> Self {
        let Membership { tenant_id, roles, suspended_at, .. } = membership;
        Self { tenant_id: *tenant_id, roles: roles.clone(), suspended_at: *suspended_at }
    }
}

impl From<Session> for KnownSession {
    fn from(session: Session) -> Self {
        Self {
            id: session.id,
            tenant_id: session.tenant_id,
            user_agent: session.device.name,
            address: session.device.address,
            created_at: session.created_at,
            last_used_at: session.last_used_at,
        }
    }
}
