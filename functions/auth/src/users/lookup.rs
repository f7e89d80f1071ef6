//! `POST /users/lookup`: who is who in one's own tenant.

use axum::extract::State as Extract;
use garde::Validate;
use serde::{Deserialize, Serialize};
use shared::Error;
use shared::auth::{Principal, UserId};
use shared::http::{AtMost, Envelope, Json, Reply};
use utoipa::ToSchema;

use crate::{AuthError, State};

/// Whom to look up: exactly one of `ids` and `emails`.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LookupRequest {
    /// By id, at most 100.
    #[garde(skip)]
    #[schema(value_type = Option<Vec<UserId>>, min_items = 1, max_items = 100)]
    ids: Option<AtMost<UserId, 100>>,
    /// By address, at most 100.
    #[garde(inner(inner(length(min = 3, max = 254))))]
    #[schema(value_type = Option<Vec<String>>, min_items = 1, max_items = 100)]
    emails: Option<AtMost<String, 100>>,
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
        (Some(AtMost(ids)), None) if !ids.is_empty() => ids,
        (None, Some(AtMost(emails))) if !emails.is_empty() => state.accounts.owners(&emails).await?,
        _ => return Err(Error::field("ids", "exactly one of ids and emails is needed, with 1 to 100 entries").into()),
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
