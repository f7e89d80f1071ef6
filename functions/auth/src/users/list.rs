//! `GET /users` and `GET /users/{id}`: the members of one's tenant.

use axum::extract::State as Extract;
use garde::Validate;
use serde::{Deserialize, Serialize};
use shared::Error;
use shared::auth::{Principal, UserId};
use shared::http::rules::email_address;
use shared::http::{Envelope, ErrorEnvelope, Paging, PathParams, Query, Reply};
use shared::store::Position;
use utoipa::IntoParams;

use super::view::UserView;
use crate::{AuthError, State};

/// Which members are wanted.
#[derive(Debug, Serialize, Deserialize, Validate, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct UserFilter {
    /// Only the one with this address.
    #[garde(inner(custom(email_address)))]
    email: Option<String>,
}

/// Lists the members of one's tenant, by their ids.
#[utoipa::path(
    get, path = "/users", operation_id = "listUsers", tag = "users", params(UserFilter, Paging),
    responses(
        (status = 200, body = Envelope<Vec<UserView>>),
        (status = 400, description = "VALIDATION_FAILED or INVALID_CURSOR", body = ErrorEnvelope),
    )
)]
pub(crate) async fn list_users(
    Extract(state): Extract<State>,
    principal: Principal,
    Query(filter): Query<UserFilter>,
    paging: Paging,
) -> Result<Reply<Vec<UserView>>, AuthError> {
    let pager = paging.open::<Position>(state.platform.sealer(), &principal, "users", &filter)?;
    let tenant = principal.tenant();
    if let Some(email) = &filter.email {
        let found = state.accounts.owner(email).await?;
        let views = found.and_then(|account| UserView::of(&account, tenant)).into_iter().collect();
        return Ok(Reply::page(views, pager.page(None)?));
    }
    let rows = state.accounts.page(tenant, pager.limit(), pager.start().cloned()).await?;
    let views = rows.items.iter().filter_map(|account| UserView::of(account, tenant)).collect();
    Ok(Reply::page(views, pager.page(rows.next.as_ref())?))
}

/// One member of one's tenant.
#[utoipa::path(
    get, path = "/users/{id}", operation_id = "getUser", tag = "users", params(("id" = Uuid, Path)),
    responses((status = 200, body = Envelope<UserView>))
)]
pub(crate) async fn get_user(
    Extract(state): Extract<State>,
    principal: Principal,
    PathParams(id): PathParams<UserId>,
) -> Result<Reply<UserView>, AuthError> {
    let found = state.accounts.get(id).await?;
    let view = found.and_then(|account| UserView::of(&account, principal.tenant()));
    Ok(Reply::ok(view.ok_or(Error::NotFound)?))
}
