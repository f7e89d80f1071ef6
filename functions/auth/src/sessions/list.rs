//! `GET /sessions`: one's own sessions.

use axum::extract::State as Extract;
use jiff::Timestamp;
use serde::Serialize;
use shared::auth::{Principal, TenantId};
use shared::http::{Envelope, Paging, Reply};
use shared::store::Position;
use utoipa::ToSchema;
use uuid::Uuid;

use super::Session;
use crate::{AuthError, State};

/// A session as its owner sees it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SessionView {
    id: Uuid,
    tenant_id: TenantId,
    /// As its owner may know it.
    #[schema(example = "Firefox on Linux")]
    device: String,
    /// What the device's user agent calls itself.
    user_agent: Option<String>,
    /// Where it signed in from; IPv6 by its /64.
    address: String,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    last_used_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
    /// Whether this request came with it.
    current: bool,
}

/// Lists one's own sessions, newest first. A page may hold fewer rows than asked for, since
/// ended ones are left out.
#[utoipa::path(
    get, path = "/sessions", tag = "sessions", params(Paging),
    responses(
        (status = 200, body = Envelope<Vec<SessionView>>),
        (status = 400, description = "VALIDATION_FAILED or INVALID_CURSOR", body = shared::http::ErrorEnvelope),
    )
)]
pub(crate) async fn list_sessions(
    Extract(state): Extract<State>,
    principal: Principal,
    paging: Paging,
) -> Result<Reply<Vec<SessionView>>, AuthError> {
    let pager = paging.open::<Position>(state.platform.sealer(), &principal, "sessions", &())?;
    let rows = state.sessions.page(principal.user(), pager.limit(), pager.start().cloned()).await?;
    let account = state.accounts.get(principal.user()).await?.ok_or(AuthError::TokenRevoked)?;
    let now = state.platform.clock().now();
    let alive = rows.items.into_iter().filter(|session| session.check_alive(&account, now).is_ok());
    let page = pager.page(rows.next.as_ref())?;
    Ok(Reply::page(alive.map(|session| view(session, &principal)).collect(), page))
}

fn view(session: Session, principal: &Principal) -> SessionView {
    SessionView {
        id: session.id,
        tenant_id: session.tenant_id,
        expires_at: session.expires_at(),
        device: session.device.label(),
        user_agent: session.device.name,
        address: session.device.address,
        created_at: session.created_at,
        last_used_at: session.last_used_at,
        current: session.id == principal.session(),
    }
}
