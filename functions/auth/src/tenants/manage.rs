//! `/tenants`: every tenant and its plan, for the platform itself.

use axum::extract::State as Extract;
use garde::Validate;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use shared::auth::{Plan, SYSTEM_TENANT, TenantId};
use shared::http::{Envelope, ErrorEnvelope, Finished, Idempotency, Json, Paging, PathParams, Reply};
use shared::store::{Position, Transaction};
use shared::{Error, ids};
use utoipa::ToSchema;

use super::Tenant;
use crate::accounts::plain_text;
use crate::audit::{Act, Details, platform_use, record_platform_use};
use crate::caller::Caller;
use crate::{AuthError, State};

/// How often a tenant may change meanwhile.
const ROUNDS: usize = 5;

/// A tenant as the platform sees it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TenantView {
    id: TenantId,
    name: String,
    plan_tier: Plan,
    /// Whether anybody may sign up into it.
    open_signup: bool,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
}

/// A new tenant.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewTenant {
    /// What people call it.
    #[garde(length(chars, min = 1, max = 120), custom(plain_text))]
    name: String,
    /// What it pays for; `base` if it is left out.
    #[garde(skip)]
    #[schema(value_type = Option<Plan>)]
    plan_tier: Option<Plan>,
    /// Whether anybody may sign up into it; not if it is left out.
    #[serde(default)]
    #[garde(skip)]
    open_signup: bool,
}

/// What to change. A field that is left out stays.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TenantChange {
    /// What people call it.
    #[garde(inner(length(chars, min = 1, max = 120), custom(plain_text)))]
    name: Option<String>,
    /// What it pays for; tokens that are made from 15 s later on say so.
    #[garde(skip)]
    plan_tier: Option<Plan>,
    /// Whether anybody may sign up into it.
    #[garde(skip)]
    open_signup: Option<bool>,
}

/// Lists all tenants, by their ids.
#[utoipa::path(
    get, path = "/tenants", operation_id = "listTenants", tag = "tenants", params(Paging),
    responses(
        (status = 200, body = Envelope<Vec<TenantView>>),
        (status = 400, description = "VALIDATION_FAILED or INVALID_CURSOR", body = ErrorEnvelope),
    )
)]
pub(crate) async fn list_tenants(
    Extract(state): Extract<State>,
    caller: Caller,
    paging: Paging,
) -> Result<Reply<Vec<TenantView>>, AuthError> {
    let pager = paging.open::<Position>(state.platform.sealer(), &caller.principal, "tenants", &())?;
    let rows = state.tenants.page(pager.limit(), pager.start().cloned()).await?;
    record_platform_use(&state, &caller, Act::TenantRead, [], (None, &Details::default())).await?;
    let page = pager.page(rows.next.as_ref())?;
    Ok(Reply::page(rows.items.into_iter().map(TenantView::from).collect(), page))
}

/// One tenant.
#[utoipa::path(
    get, path = "/tenants/{id}", operation_id = "getTenant", tag = "tenants", params(("id" = uuid::Uuid, Path)),
    responses((status = 200, body = Envelope<TenantView>))
)]
pub(crate) async fn get_tenant(
    Extract(state): Extract<State>,
    caller: Caller,
    PathParams(id): PathParams<TenantId>,
) -> Result<Reply<TenantView>, AuthError> {
    let tenant = state.tenants.read(id).await?.ok_or(Error::NotFound)?;
    record_platform_use(&state, &caller, Act::TenantRead, [id], (None, &Details::default())).await?;
    Ok(Reply::ok(tenant.into()))
}

/// Makes a tenant. Its first admin comes by `/tenants/{id}/invitations`.
#[utoipa::path(
    post, path = "/tenants", operation_id = "createTenant", tag = "tenants", request_body = NewTenant,
    responses((status = 201, body = Envelope<TenantView>))
)]
pub(crate) async fn create_tenant(
    Extract(state): Extract<State>,
    caller: Caller,
    idempotency: Idempotency,
    Json(request): Json<NewTenant>,
) -> Result<Reply<TenantView>, AuthError> {
    let now = state.platform.clock().now();
    let tenant = Tenant {
        id: TenantId(ids::at(now)),
        name: request.name,
        plan: request.plan_tier.unwrap_or(Plan::Base),
        open_signup: request.open_signup,
        created_at: now,
    };
    let mut transaction = Transaction::new(state.platform.store()).with(state.tenants.put_new(&tenant));
    record(&state, &mut transaction, &caller, Act::TenantCreated, tenant.id);
    match idempotency.commit(transaction, Reply::created(tenant.into())).await? {
        Finished::Reply(reply) => Ok(reply),
        Finished::Refused(_) => Err(Error::internal("a new tenant's id was taken").into()),
    }
}

/// Changes a tenant: its name, its plan, whether it is open to sign-up.
#[utoipa::path(
    patch, path = "/tenants/{id}", operation_id = "updateTenant", tag = "tenants", request_body = TenantChange,
    params(("id" = uuid::Uuid, Path)),
    responses(
        (status = 200, body = Envelope<TenantView>),
        (status = 409, description = "CONFLICT: the platform's own tenant is never open to sign-up; IDEMPOTENCY_IN_PROGRESS", body = ErrorEnvelope),
    )
)]
pub(crate) async fn update_tenant(
    Extract(state): Extract<State>,
    caller: Caller,
    idempotency: Idempotency,
    PathParams(id): PathParams<TenantId>,
    Json(request): Json<TenantChange>,
) -> Result<Reply<TenantView>, AuthError> {
    if id == SYSTEM_TENANT && request.open_signup == Some(true) {
        return Err(Error::Conflict.into());
    }
    for _ in 0..ROUNDS {
        let read = state.tenants.read(id).await?.ok_or(Error::NotFound)?;
        let mut tenant = read.clone();
        tenant.name = request.name.clone().unwrap_or(tenant.name);
        tenant.plan = request.plan_tier.unwrap_or(tenant.plan);
        tenant.open_signup = request.open_signup.unwrap_or(tenant.open_signup);
        let mut transaction = Transaction::new(state.platform.store()).with(state.tenants.replace(&read, &tenant));
        record(&state, &mut transaction, &caller, Act::TenantChanged, id);
        if let Finished::Reply(reply) = idempotency.commit(transaction, Reply::ok(tenant.into())).await? {
            state.tenants.forget(id);
            return Ok(reply);
        }
    }
    Err(Error::unavailable("the tenant keeps changing").into())
}

/// In the tenant's own log and in the platform's.
fn record(state: &State, transaction: &mut Transaction, caller: &Caller, act: Act, tenant: TenantId) {
    let details = Details { subject: Some(tenant.to_string()), ..Details::default() };
    transaction.extend(platform_use(state, caller, act, [tenant], (None, &details)));
}

impl From<Tenant> for TenantView {
    fn from(tenant: Tenant) -> Self {
        Self {
            id: tenant.id,
            name: tenant.name,
            plan_tier: tenant.plan,
            open_signup: tenant.open_signup,
            created_at: tenant.created_at,
        }
    }
}
