//! The accounts that exist on every local platform, and on no deployed one.

mod accounts;
mod totp;

use auth::Auth;
use auth::accounts::{Created, NewAccount, Profile};
use auth::tenants::Tenant;
use serde::Serialize;
use shared::auth::{Roles, TenantId, UserId};
use shared::clock::Clock;

use crate::error::LocalError;
pub(crate) use accounts::{ACCOUNTS, PASSWORD, T1, T2, TENANTS};
use accounts::{SeededAccount, SeededTenant};
use totp::CurrentCode;

/// Makes what is missing. What is there stays as it is, whatever was changed in it.
pub(crate) async fn ensure(auth: &Auth, clock: &Clock) -> Result<(), LocalError> {
    let failed = |error: shared::Error| LocalError::Seeds(crate::queues::cause(&error));
    let state = auth.state();
    for tenant in &TENANTS {
        let tenant = Tenant {
            id: TenantId(tenant.id),
            name: tenant.name.to_owned(),
            plan: tenant.plan,
            open_signup: tenant.open_signup,
            created_at: clock.now(),
        };
        if state.tenants.get(tenant.id).await.map_err(failed)?.is_none() {
            state.tenants.create(&tenant).await.map_err(failed)?;
        }
    }
    let mut missing = Vec::new();
    for account in &ACCOUNTS {
        if state.accounts.get(UserId(account.id)).await.map_err(failed)?.is_none() {
            missing.push(account);
        }
    }
    if missing.is_empty() {
        return Ok(());
    }
    // One hash for all of them: it is the same password, known to everybody.
    let password_hash = state.passwords.hash(PASSWORD).await.map_err(failed)?;
    for account in missing {
        match state.accounts.create(new_account(account, &password_hash)).await.map_err(failed)? {
            Created::Done(_) => {}
            Created::Taken => {
                tracing::warn!(account = account.email, "an account of one's own has this address or username");
            }
        }
    }
    Ok(())
}

fn new_account(account: &SeededAccount, password_hash: &str) -> NewAccount {
    let memberships = account.tenants.iter().map(|tenant| (TenantId(tenant.id), Roles(vec![account.role])));
    NewAccount {
        id: UserId(account.id),
        email: account.email.to_owned(),
        username: account.username().map(str::to_owned),
        password_hash: Some(password_hash.to_owned()),
        verified: true,
        profile: Profile { first_name: Some(account.first_name.to_owned()), ..Profile::default() },
        memberships: memberships.collect(),
        totp_secret: account.totp_secret.map(|secret| secret.to_vec()),
    }
}

/// A seeded account as the page shows it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AccountView {
    id: uuid::Uuid,
    email: &'static str,
    username: Option<&'static str>,
    password: &'static str,
    roles: [&'static str; 1],
    tenants: Vec<TenantView>,
    mfa: Option<CurrentCode>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct TenantView {
    id: uuid::Uuid,
    name: &'static str,
    plan_tier: &'static str,
}

impl TenantView {
    fn of(tenant: &SeededTenant) -> Self {
        Self { id: tenant.id, name: tenant.name, plan_tier: tenant.plan.name() }
    }
}

/// The address of a seeded account, by its id.
pub(crate) fn email_of(id: &str) -> Option<&'static str> {
    ACCOUNTS.iter().find(|account| account.id.to_string() == id).map(|account| account.email)
}

/// All of them, with the codes of this moment.
pub(crate) fn views(clock: &Clock) -> Vec<AccountView> {
    ACCOUNTS
        .iter()
        .map(|account| AccountView {
            id: account.id,
            email: account.email,
            username: account.username(),
            password: PASSWORD,
            roles: [account.role.name()],
            tenants: account.tenants.iter().map(TenantView::of).collect(),
            mfa: account.current_code(clock.now()),
        })
        .collect()
}
