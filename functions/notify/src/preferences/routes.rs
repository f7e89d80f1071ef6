//! `/preferences` and `/preferences/{userId}`

use axum::extract::State as Extract;
use shared::Error;
use shared::auth::{Principal, UserId};
use shared::http::{Envelope, Idempotency, Json, PathParams, Reply};
use shared::store::Transaction;

use super::model::{Preferences, SetPreferences};
use crate::contacts::Subject;
use crate::{NotifyError, State};

/// One's own preferences.
#[utoipa::path(
    get, path = "/preferences", operation_id = "getOwnPreferences", tag = "preferences",
    responses((status = 200, body = Envelope<Preferences>))
)]
pub(crate) async fn get_own(
    Extract(state): Extract<State>,
    principal: Principal,
) -> Result<Reply<Preferences>, NotifyError> {
    Ok(Reply::ok(state.preferences.get(principal.tenant(), principal.user()).await?))
}

/// Sets one's own preferences, whole: opting out needs nobody else.
#[utoipa::path(
    put, path = "/preferences", operation_id = "putOwnPreferences", tag = "preferences", request_body = SetPreferences,
    responses((status = 200, body = Envelope<Preferences>))
)]
pub(crate) async fn put_own(
    Extract(state): Extract<State>,
    principal: Principal,
    idempotency: Idempotency,
    Json(change): Json<SetPreferences>,
) -> Result<Reply<Preferences>, NotifyError> {
    let (preferences, write) = state.preferences.set(principal.tenant(), principal.user(), change);
    let mut transaction = Transaction::new(state.platform.store());
    transaction.add(write);
    idempotency.commit(transaction, Reply::ok(preferences)).await?.reply_or(Error::Conflict.into())
}

/// A user's preferences: one's own, or for organizers any member's.
#[utoipa::path(
    get, path = "/preferences/{userId}", operation_id = "getPreferences", tag = "preferences",
    params(("userId" = UserId, Path)), responses((status = 200, body = Envelope<Preferences>))
)]
pub(crate) async fn get_of_user(
    Extract(state): Extract<State>,
    principal: Principal,
    PathParams(user): PathParams<UserId>,
) -> Result<Reply<Preferences>, NotifyError> {
    let tenant = principal.tenant();
    if !state.contacts.is_of(tenant, Subject::of(&principal, user)).await? {
        return Err(Error::NotFound.into());
    }
    Ok(Reply::ok(state.preferences.get(tenant, user).await?))
}

/// Sets a user's preferences, whole: one's own, or for organizers any member's.
#[utoipa::path(
    put, path = "/preferences/{userId}", operation_id = "putPreferences", tag = "preferences",
    params(("userId" = UserId, Path)), request_body = SetPreferences,
    responses((status = 200, body = Envelope<Preferences>))
)]
pub(crate) async fn put_of_user(
    Extract(state): Extract<State>,
    principal: Principal,
    PathParams(user): PathParams<UserId>,
    idempotency: Idempotency,
    Json(change): Json<SetPreferences>,
) -> Result<Reply<Preferences>, NotifyError> {
    let tenant = principal.tenant();
    let (preferences, write) = state.preferences.set(tenant, user, change);
    let mut transaction = Transaction::new(state.platform.store());
    transaction.add(write);
    if let Some(still_of_tenant) = state.contacts.still_of(tenant, Subject::of(&principal, user)) {
        transaction.add(still_of_tenant);
    }
    idempotency.commit(transaction, Reply::ok(preferences)).await?.reply_or(Error::NotFound.into())
}
