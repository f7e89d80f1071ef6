//! `GET /users/invitations`, and `GET /tenants/{id}/invitations` for the platform: who is invited to one's tenant and has not accepted yet.

use axum::extract::State as Extract;
use jiff::Timestamp;
use serde::Serialize;
use shared::Error;
use shared::auth::{Principal, Roles, TenantId, UserId};
use shared::http::{Envelope, ErrorEnvelope, Paging, PathParams, Reply};
use shared::store::Position;
use utoipa::ToSchema;
use uuid::Uuid;

use super::store::OpenInvitation;
use crate::audit::{Act, Details, record_platform_use};
use crate::caller::Caller;
use crate::{AuthError, State};

/// An invitation that waits to be accepted.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct InvitationView {
    id: Uuid,
    email: String,
    roles: Roles,
    /// A member, a service account, or somebody of the platform; null for the platform itself.
    invited_by: Option<UserId>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
}

/// Lists the open invitations to one's tenant, newest first; the platform's to it, too.
#[utoipa::path(
    get, path = "/users/invitations", operation_id = "listInvitations", tag = "users", params(Paging),
    responses(
        (status = 200, body = Envelope<Vec<InvitationView>>),
        (status = 400, description = "VALIDATION_FAILED or INVALID_CURSOR", body = ErrorEnvelope),
    )
)]
pub(crate) async fn list_invitations(
    Extract(state): Extract<State>,
    principal: Principal,
    paging: Paging,
) -> Result<Reply<Vec<InvitationView>>, AuthError> {
    page(&state, &principal, principal.tenant(), paging).await
}

/// Lists the open invitations to any tenant, newest first, also to the platform's own.
#[utoipa::path(
    get, path = "/tenants/{id}/invitations", operation_id = "listTenantInvitations", tag = "tenants",
    params(("id" = Uuid, Path), Paging),
    responses(
        (status = 200, body = Envelope<Vec<InvitationView>>),
        (status = 400, description = "VALIDATION_FAILED or INVALID_CURSOR", body = ErrorEnvelope),
    )
)]
pub(crate) async fn list_of_tenant(
    Extract(state): Extract<State>,
    caller: Caller,
    PathParams(tenant): PathParams<TenantId>,
    paging: Paging,
) -> Result<Reply<Vec<InvitationView>>, AuthError> {
    state.tenants.get(tenant).await?.ok_or(Error::NotFound)?;
    record_platform_use(&state, &caller, Act::InvitationsRead, [tenant], (None, &Details::default())).await?;
    page(&state, &caller.principal, tenant, paging).await
}

async fn page(
    state: &State,
    principal: &Principal,
    tenant: TenantId,
    paging: Paging,
) -> Result<Reply<Vec<InvitationView>>, AuthError> {
    let pager = paging.open::<Position>(state.platform.sealer(), principal, "invitations", &tenant)?;
    let rows = state.invitations.page(tenant, pager.limit(), pager.start().cloned()).await?;
    let page = pager.page(rows.next.as_ref())?;
    Ok(Reply::page(rows.items.into_iter().map(InvitationView::from).collect(), page))
}

impl From<OpenInvitation> for InvitationView {
    fn from(open: OpenInvitation) -> Self {
        Self {
            id: open.id,
            email: open.email,
            roles: open.roles,
            invited_by: open.invited_by,
            created_at: open.created_at,
            expires_at: open.expires_at,
        }
    }
}
