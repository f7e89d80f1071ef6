//! `/accounts`: any account whole, for the platform itself.

use axum::extract::State as Extract;
use garde::Validate;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use shared::Error;
use shared::auth::{Roles, SYSTEM_TENANT, TenantId, UserId};
use shared::http::rules::email_address;
use shared::http::{Envelope, ErrorEnvelope, Idempotency, PathParams, Query, Reply};
use utoipa::{IntoParams, ToSchema};

use super::Account;
use crate::audit::{Act, Details, platform_use, record_platform_use};
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
    let found = state.accounts.owner(&query.email).await?;
    let (user, tenants) = found.as_ref().map_or((None, Vec::new()), |found| (Some(found.id), tenants_of(found)));
    record_platform_use(&state, &caller, Act::AccountLookedUp, tenants, (user, &Details::default())).await?;
    Ok(Reply::ok(found.iter().map(AccountView::of).collect()))
}

/// Suspends an account everywhere: nobody signs in with it, and all its sessions end within 30 s.
#[utoipa::path(
    post, path = "/accounts/{id}/suspend", operation_id = "suspendAccount", tag = "accounts",
    params(("id" = uuid::Uuid, Path)),
    responses(
        (status = 200, body = Envelope<AccountView>),
        (status = 403, description = "FORBIDDEN: not the platform, or oneself", body = ErrorEnvelope),
        (status = 409, description = "CONFLICT: the platform's last account; IDEMPOTENCY_IN_PROGRESS", body = ErrorEnvelope),
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
            let tenants = tenants_of(&change.account);
            for write in platform_use(state, caller, act, tenants, (Some(id), &Details::default())) {
                change.add(write);
            }
            for tenant in change.account.runs() {
                match suspended_at {
                    // There is always somebody who can let others go on.
                    Some(_) if tenant == SYSTEM_TENANT => {
                        change.guard(state.accounts.remove_admin(tenant, id), Error::Conflict.into());
                    }
                    Some(_) => change.add(state.accounts.drop_admin(tenant, id)),
                    None => change.add(state.accounts.add_admin(tenant, id)),
                }
            }
        }
        Ok(Reply::ok(AccountView::of(&change.account)))
    })
    .await
}

fn tenants_of(account: &Account) -> Vec<TenantId> {
    account.memberships.iter().map(|membership| membership.tenant_id).collect()
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
