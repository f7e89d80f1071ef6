//! `/settings`

use axum::extract::State as Extract;
use shared::Error;
use shared::auth::Principal;
use shared::http::{Envelope, Idempotency, Json, Reply};
use shared::store::Transaction;

use super::model::Settings;
use crate::{SearchError, State};

/// Shows what the tenant has decided of its searches.
#[utoipa::path(
    get, path = "/settings", operation_id = "getSettings", tag = "settings",
    responses((status = 200, body = Envelope<Settings>))
)]
pub(crate) async fn get_settings(
    Extract(state): Extract<State>,
    principal: Principal,
) -> Result<Reply<Settings>, SearchError> {
    Ok(Reply::ok(state.settings.read(principal.tenant()).await?))
}

/// Replaces the settings; what the body leaves out gets its default. They count after two seconds.
#[utoipa::path(
    put, path = "/settings", operation_id = "putSettings", tag = "settings", request_body = Settings,
    responses((status = 200, body = Envelope<Settings>))
)]
pub(crate) async fn put_settings(
    Extract(state): Extract<State>,
    principal: Principal,
    idempotency: Idempotency,
    Json(settings): Json<Settings>,
) -> Result<Reply<Settings>, SearchError> {
    let put = state.settings.put(principal.tenant(), &settings);
    let transaction = Transaction::new(state.platform.store()).with(put);
    idempotency.commit(transaction, Reply::ok(settings)).await?.reply_or(Error::Conflict.into())
}
