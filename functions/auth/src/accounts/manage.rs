//! `/accounts`: any account whole, for the platform itself.

use axum::extract::State as Extract;
use garde::Validate;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use shared::Error;
use shared::auth::{Roles, TenantId, UserId};
use shared::http::rules::email_address;
use shared::http::{Envelope, ErrorEnvelope, Idempotency, PathParams, Query, Reply};
use shared::store::Transaction;
use utoipa::{IntoParams, ToSchema};

use super::Account;
use crate::audit::{Act, Event};
use crate::caller::Caller;
use crate::change::{Answer, Change, Whose, change};
use crate::{AuthError, State};

/// Which account.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct AccountQuery {
    /// The one with this address.
    #[garde(custom(email_address))]
    email: String,
}

/// An account as the platform sees it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AccountView {
    id: UserId,
    email: String,
    email_verified: bool,
    /// When the platform suspended it.
    #[schema(value_type = Option<String>, format = DateTime)]
    suspended_at: Option<Timestamp>,
    memberships: Vec<MembershipView>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
}

/// What an account is in a tenant.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MembershipView {
    tenant_id: TenantId,
    roles: Roles,
    /// When that tenant's admin suspended it.
    #[schema(value_type = Option<String>, format = DateTime)]
    suspended_at: Option<Timestamp>,
}

/// Finds an account of any tenant by its address: a list of one, or none. Each use is in the account's audit logs.
#[utoipa::path(
    get, path = "/accounts", operation_id = "findAccount", tag = "accounts", params(AccountQuery),
    responses(
        (status = 200, body = Envelope<Vec<AccountView>>),
        (status = 400, description = "VALIDATION_FAILED", body = ErrorEnvelope),
    )
)]
pub(crate) async fn find_account(
    Extract(state): Extract<State>,
    caller: Caller,
    Query(query): Query<AccountQuery>,
) -> Result<Reply<Vec<AccountView>>, AuthError> {
    let Some(account) = state.accounts.owner(&query.email).await? else { return Ok(Reply::ok(Vec::new())) };
    let now = state.platform.clock().now();
    let mut transaction = Transaction::new(state.platform.store());
    for tenant in logs(&account, caller.principal.tenant()) {
        let event = Event::new(tenant, Act::AccountLookedUp, now).by(caller.principal.user(), &caller.device);
        transaction.add(state.audit.record(&event.on(account.id)));
    }
    // Without conditions there is nothing to refuse.
    let _ = transaction.commit().await?;
    Ok(Reply::ok(vec![AccountView::of(&account)]))
}

/// Suspends an account everywhere: nobody signs in with it, and all its sessions end within 30 s.
#[utoipa::path(
    post, path = "/accounts/{id}/suspend", operation_id = "suspendAccount", tag = "accounts",
    params(("id" = uuid::Uuid, Path)),
    responses(
        (status = 200, body = Envelope<AccountView>),
        (status = 403, description = "FORBIDDEN: not the platform, or oneself", body = ErrorEnvelope),
    )
)]
pub(crate) async fn suspend_account(
    Extract(state): Extract<State>,
    caller: Caller,
    idempotency: Idempotency,
    PathParams(id): PathParams<UserId>,
) -> Result<Reply<AccountView>, AuthError> {
    let now = state.platform.clock().now();
    set(&state, &caller, &idempotency, id, Some(now)).await
}

/// Lets a suspended account sign in again.
#[utoipa::path(
    post, path = "/accounts/{id}/reactivate", operation_id = "reactivateAccount", tag = "accounts",
    params(("id" = uuid::Uuid, Path)),
    responses(
        (status = 200, body = Envelope<AccountView>),
        (status = 403, description = "FORBIDDEN: not the platform, or oneself", body = ErrorEnvelope),
    )
)]
pub(crate) async fn reactivate_account(
    Extract(state): Extract<State>,
    caller: Caller,
    idempotency: Idempotency,
    PathParams(id): PathParams<UserId>,
) -> Result<Reply<AccountView>, AuthError> {
    set(&state, &caller, &idempotency, id, None).await
}

async fn set(
    state: &State,
    caller: &Caller,
    idempotency: &Idempotency,
    id: UserId,
    suspended_at: Option<Timestamp>,
) -> Result<Reply<AccountView>, AuthError> {
    let act = if suspended_at.is_some() { Act::AccountSuspended } else { Act::AccountReactivated };
    change(state, caller, idempotency, (Whose::Anybody(id), Answer::Kept), |change: &mut Change<'_>| {
        if id == caller.principal.user() {
            return Err(Error::Forbidden.into());
        }
        if change.account.suspended_at.is_some() != suspended_at.is_some() {
            change.account.suspended_at = suspended_at;
            change.end_sessions();
            for tenant in logs(&change.account, caller.principal.tenant()) {
                change.record_in(tenant, act, |_| {});
            }
        }
        Ok(Reply::ok(AccountView::of(&change.account)))
    })
    .await
}

/// Whose audit logs tell of it: those of the account's tenants, and the platform's own.
fn logs(account: &Account, own: TenantId) -> Vec<TenantId> {
    let tenants = account.memberships.iter().map(|membership| membership.tenant_id);
    tenants.filter(|tenant| *tenant != own).chain([own]).collect()
}

impl AccountView {
    fn of(account: &Account) -> Self {
        let memberships = account.memberships.iter().map(|membership| MembershipView {
            tenant_id: membership.tenant_id,
            roles: membership.roles.clone(),
            suspended_at: membership.suspended_at,
        });
        Self {
            id: account.id,
            email: account.email.clone(),
            email_verified: account.verified_at.is_some(),
            suspended_at: account.suspended_at,
            memberships: memberships.collect(),
            created_at: account.created_at,
        }
    }
}
