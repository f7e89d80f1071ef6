//! `POST /refresh`: a rotated pair for a refresh token.

use axum::extract::State as Extract;
use garde::Validate;
use serde::Deserialize;
use shared::Error;
use shared::http::{Envelope, Json, Reply};
use utoipa::ToSchema;

use super::token::TokenName;
use super::{Device, Presented, Tokens};
use crate::tenants::NamedTenant;
use crate::{AuthError, State};

/// Refreshes of one session at once agree after two rounds; more is a store in trouble.
const ROUNDS: usize = 4;

/// The token to rotate.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RefreshRequest {
    /// From a sign-in or the refresh before.
    #[garde(length(min = 1, max = 4096))]
    refresh_token: String,
}

/// Rotates a refresh token. Shown again within 30 s it gets the same successor; a superseded
/// one ends the session.
#[utoipa::path(
    post, path = "/refresh", tag = "sessions", request_body = RefreshRequest,
    params(("x-tenant-id" = Option<uuid::Uuid>, Header, description = "The session's tenant, if it is named at all")),
    responses(
        (status = 200, body = Envelope<Tokens>),
        (status = 403, description = "FORBIDDEN: `x-tenant-id` is not the session's", body = shared::http::ErrorEnvelope),
        (status = 401, description = "TOKEN_INVALID, TOKEN_REVOKED, REFRESH_TOKEN_EXPIRED or REFRESH_TOKEN_REUSED", body = shared::http::ErrorEnvelope),
    )
)]
pub(crate) async fn refresh(
    Extract(state): Extract<State>,
    device: Device,
    named: NamedTenant,
    Json(request): Json<RefreshRequest>,
) -> Result<Reply<Tokens>, AuthError> {
    let name = state.sessions.name(&request.refresh_token)?;
    for _ in 0..ROUNDS {
        if let Some(tokens) = rotate(&state, name, named, &device).await? {
            return Ok(Reply::ok(tokens));
        }
    }
    Err(Error::unavailable("refreshes of one session keep overtaking each other").into())
}

/// One round; `None` if the session changed between read and write.
async fn rotate(
    state: &State,
    name: TokenName,
    named: NamedTenant,
    device: &Device,
) -> Result<Option<Tokens>, AuthError> {
    let now = state.platform.clock().now();
    let (account, session) = state.sessions.find(&state.accounts, name).await?;
    named.check(session.tenant_id)?;
    session.check_alive(&account, now)?;
    match session.family.present(name.generation, now) {
        Presented::Same => {
            let token = state.sessions.live_token(&session)?;
            Ok(Some(Tokens::issue(state, &account, &session, token).await?))
        }
        Presented::Next(family) => {
            let next = session.clone().refreshed(family, now);
            match state.sessions.replace(&session, next.clone()).await? {
                Some(token) => Ok(Some(Tokens::issue(state, &account, &next, token).await?)),
                None => Ok(None),
            }
        }
        Presented::Theft => {
            tracing::warn!(session.id = %session.id, user.id = %account.id, "a superseded refresh token was shown; its session ends");
            super::end::end_stolen(state, &session, device).await?;
            Err(AuthError::RefreshTokenReused)
        }
    }
}
