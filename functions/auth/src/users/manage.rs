//! `PATCH /users/{id}` and its `/suspend` and `/reactivate`: what a member is in one's tenant.

use axum::extract::State as Extract;
use garde::Validate;
use serde::Deserialize;
use shared::Error;
use shared::auth::{Role, Roles, UserId};
use shared::http::{AtMost, Envelope, ErrorEnvelope, Idempotency, Json, PathParams, Reply};
use utoipa::ToSchema;

use super::view::UserView;
use crate::accounts::{Membership, assignable};
use crate::audit::Act;
use crate::caller::Caller;
use crate::change::{Answer, Change, Whose, change, require_fresh};
use crate::{AuthError, State};

/// What a member is from now on.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UserChange {
    /// One to five different roles, in the place of the present ones; never `system`.
    #[garde(custom(assignable))]
    #[schema(value_type = Vec<Role>, min_items = 1, max_items = 5)]
    roles: AtMost<Role, 5>,
}

/// Gives a member other roles. Ends his sessions in the tenant. Not one's own, nor those of its last
/// admin. To make an admin needs a fresh sign-in.
#[utoipa::path(
    patch, path = "/users/{id}", operation_id = "updateUser", tag = "users", request_body = UserChange,
    params(("id" = Uuid, Path)),
    responses(
        (status = 200, body = Envelope<UserView>),
        (status = 403, description = "FORBIDDEN: no admin, or one's own roles; STEP_UP_REQUIRED", body = ErrorEnvelope),
        (status = 409, description = "CONFLICT: the tenant's last admin; IDEMPOTENCY_IN_PROGRESS", body = ErrorEnvelope),
    )
)]
pub(crate) async fn update_user(
    Extract(state): Extract<State>,
    caller: Caller,
    idempotency: Idempotency,
    PathParams(id): PathParams<UserId>,
    Json(request): Json<UserChange>,
) -> Result<Reply<UserView>, AuthError> {
    let roles = Roles(request.roles.0);
    if roles.include(Role::Admin) {
        // Whoever has stolen a token must not make himself an admin for good.
        require_fresh(&state, &caller).await?;
    }
    apply(&state, &caller, &idempotency, id, Act::RolesChanged, |membership| membership.roles = roles.clone()).await
}

/// Suspends a member: he cannot sign in to the tenant, and his sessions there end within 30 s. Not oneself, nor the
/// tenant's last admin.
#[utoipa::path(
    post, path = "/users/{id}/suspend", operation_id = "suspendUser", tag = "users", params(("id" = Uuid, Path)),
    responses(
        (status = 200, body = Envelope<UserView>),
        (status = 403, description = "FORBIDDEN: no admin, or oneself", body = ErrorEnvelope),
        (status = 409, description = "CONFLICT: the tenant's last admin; IDEMPOTENCY_IN_PROGRESS", body = ErrorEnvelope),
    )
)]
pub(crate) async fn suspend_user(
    Extract(state): Extract<State>,
    caller: Caller,
    idempotency: Idempotency,
    PathParams(id): PathParams<UserId>,
) -> Result<Reply<UserView>, AuthError> {
    let now = state.platform.clock().now();
    let suspend = |membership: &mut Membership| membership.suspended_at = membership.suspended_at.or(Some(now));
    apply(&state, &caller, &idempotency, id, Act::MembershipSuspended, suspend).await
}

/// Lets a suspended member sign in again.
#[utoipa::path(
    post, path = "/users/{id}/reactivate", operation_id = "reactivateUser", tag = "users", params(("id" = Uuid, Path)),
    responses(
        (status = 200, body = Envelope<UserView>),
        (status = 403, description = "FORBIDDEN: no admin, or oneself", body = ErrorEnvelope),
    )
)]
pub(crate) async fn reactivate_user(
    Extract(state): Extract<State>,
    caller: Caller,
    idempotency: Idempotency,
    PathParams(id): PathParams<UserId>,
) -> Result<Reply<UserView>, AuthError> {
    let reactivate = |membership: &mut Membership| membership.suspended_at = None;
    apply(&state, &caller, &idempotency, id, Act::MembershipReactivated, reactivate).await
}

/// Changes a membership. What changes nothing writes nothing about it, and ends no session.
async fn apply(
    state: &State,
    caller: &Caller,
    idempotency: &Idempotency,
    user: UserId,
    act: Act,
    make: impl Fn(&mut Membership),
) -> Result<Reply<UserView>, AuthError> {
    let tenant = caller.principal.tenant();
    change(state, caller, idempotency, (Whose::Member(user), Answer::Kept), |change: &mut Change<'_>| {
        if user == caller.principal.user() {
            return Err(Error::Forbidden.into());
        }
        let usable = change.account.suspended_at.is_none();
        let membership = change.membership()?;
        let before = membership.clone();
        make(membership);
        let after = membership.clone();
        if after != before {
            match (before.runs_tenant(), after.runs_tenant()) {
                (true, false) => change.guard(state.accounts.remove_admin(tenant, user), Error::Conflict.into()),
                // Whom the platform has suspended runs nothing until it lets him go on.
                (false, true) if usable => change.add(state.accounts.add_admin(tenant, user)),
                _ => {}
            }
            change.end_sessions_in(tenant);
            change.record(act, |details| details.roles = Some(after.roles));
        }
        let view = UserView::of(&change.account, tenant).ok_or(Error::NotFound)?;
        Ok(Reply::ok(view))
    })
    .await
}
