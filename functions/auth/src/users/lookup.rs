//! `POST /users/lookup`: who is who in one's own tenant.

use axum::extract::State as Extract;
use garde::Validate;
use serde::{Deserialize, Serialize};
use shared::Error;
use shared::auth::{Principal, UserId};
use shared::http::{Envelope, Json, Reply};
use utoipa::ToSchema;

use crate::{AuthError, State};

/// Whom to look up: exactly one of `ids` and `emails`.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LookupRequest {
    /// By id.
    #[garde(inner(length(min = 1, max = 100)))]
    ids: Option<Vec<UserId>>,
    /// By address.
    #[garde(inner(length(min = 1, max = 100), inner(length(min = 3, max = 254))))]
    emails: Option<Vec<String>>,
}

/// A member as others see him.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MemberView {
    id: UserId,
    display_name: String,
    avatar_url: Option<String>,
}

/// Looks up members of one's own tenant. Who is no member is left out.
#[utoipa::path(
    post, path = "/users/lookup", tag = "users", request_body = LookupRequest,
    responses((status = 200, body = Envelope<Vec<MemberView>>))
)]
pub(crate) async fn lookup_users(
    Extract(state): Extract<State>,
    principal: Principal,
    Json(request): Json<LookupRequest>,
) -> Result<Reply<Vec<MemberView>>, AuthError> {
    let mut ids = match (request.ids, request.emails) {
        (Some(ids), None) => ids,
        (None, Some(emails)) => state.accounts.owners(&emails).await?,
        _ => return Err(Error::field("ids", "exactly one of ids and emails is needed").into()),
    };
    let mut seen = std::collections::HashSet::new();
    ids.retain(|id| seen.insert(*id));
    let members = state.accounts.members(principal.tenant(), &ids).await?;
    let views = members.into_iter().map(|member| MemberView {
        id: member.user_id,
        display_name: member.display_name,
        avatar_url: member.avatar_url,
    });
    Ok(Reply::ok(views.collect()))
}
