//! `/admin/quotas`

use axum::extract::State as Extract;
use shared::Error;
use shared::auth::Principal;
use shared::http::{Envelope, ErrorEnvelope, Idempotency, Json, Reply};
use shared::store::Transaction;

use super::model::{QuotasView, SetQuotas};
use crate::{NotifyError, State};

/// This month's quota of each channel, and what is used of it.
#[utoipa::path(
    get, path = "/admin/quotas", operation_id = "getQuotas", tag = "admin",
    responses((status = 200, body = Envelope<QuotasView>))
)]
pub(crate) async fn get_quotas(
    Extract(state): Extract<State>,
    principal: Principal,
) -> Result<Reply<QuotasView>, NotifyError> {
    Ok(Reply::ok(state.quotas.view(principal.tenant(), principal.plan()).await?))
}

/// Sets the tenant's own limits, whole. They hold from the next message on.
#[utoipa::path(
    put, path = "/admin/quotas", operation_id = "putQuotas", tag = "admin", request_body = SetQuotas,
    responses(
        (status = 200, body = Envelope<QuotasView>),
        (status = 400, description = "A limit above what the plan gives", body = ErrorEnvelope),
    )
)]
pub(crate) async fn put_quotas(
    Extract(state): Extract<State>,
    principal: Principal,
    idempotency: Idempotency,
    Json(change): Json<SetQuotas>,
) -> Result<Reply<QuotasView>, NotifyError> {
    let (view, write) = state.quotas.set(principal.tenant(), principal.plan(), change).await?;
    let transaction = Transaction::new(state.platform.store()).with(write);
    idempotency.commit(transaction, Reply::ok(view)).await?.reply_or(Error::Conflict.into())
}
