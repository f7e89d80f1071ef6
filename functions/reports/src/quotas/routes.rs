//! `/admin/quotas`, `/admin/usage`, `/admin/tenants/usage`

use axum::extract::State as Extract;
use garde::Validate;
use serde::{Deserialize, Serialize};
use shared::Error;
use shared::auth::Principal;
use shared::http::rules::refuse_unless;
use shared::http::{Envelope, ErrorEnvelope, Idempotency, Json, Paging, Query, Reply};
use shared::store::Transaction;
use utoipa::IntoParams;

use super::model::{DayUsage, OwnLimits, QuotasView, TenantUsage, UsageView, Used, month};
use super::store::UsedRow;
use crate::{ReportsError, State};

/// Which month.
#[derive(Debug, Default, Deserialize, Serialize, Validate, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Month {
    /// `2026-11`, in UTC; this month, if it is not given.
    #[garde(inner(custom(is_month)))]
    month: Option<String>,
}

/// Shows what the tenant may use of this day and month, and what it has used.
#[utoipa::path(
    get, path = "/admin/quotas", operation_id = "getQuotas", tag = "admin",
    responses((status = 200, body = Envelope<QuotasView>))
)]
pub(crate) async fn get_quotas(
    Extract(state): Extract<State>,
    principal: Principal,
) -> Result<Reply<QuotasView>, ReportsError> {
    let found = state.quotas.read(principal.tenant()).await?;
    Ok(Reply::ok(QuotasView::new(principal.plan(), &found.own, found.today, found.month)))
}

/// Sets the tenant's own limits, whole. They hold at once.
#[utoipa::path(
    put, path = "/admin/quotas", operation_id = "putQuotas", tag = "admin", request_body = OwnLimits,
    responses(
        (status = 200, body = Envelope<QuotasView>),
        (status = 400, description = "A limit above what the plan gives", body = ErrorEnvelope),
    )
)]
pub(crate) async fn put_quotas(
    Extract(state): Extract<State>,
    principal: Principal,
    idempotency: Idempotency,
    Json(own): Json<OwnLimits>,
) -> Result<Reply<QuotasView>, ReportsError> {
    if let Some((name, most)) = own.above(principal.plan()) {
        return Err(Error::field(name, format!("must be at most {most}, which is what the plan gives")).into());
    }
    let found = state.quotas.read(principal.tenant()).await?;
    let view = QuotasView::new(principal.plan(), &own, found.today, found.month);
    let transaction = Transaction::new(state.platform.store()).with(state.quotas.set(principal.tenant(), own));
    idempotency.commit(transaction, Reply::ok(view)).await?.reply_or(Error::Conflict.into())
}

/// Shows what the tenant has used of a month, day by day.
#[utoipa::path(
    get, path = "/admin/usage", operation_id = "getUsage", tag = "admin", params(Month),
    responses((status = 200, body = Envelope<UsageView>))
)]
pub(crate) async fn get_usage(
    Extract(state): Extract<State>,
    principal: Principal,
    Query(wanted): Query<Month>,
) -> Result<Reply<UsageView>, ReportsError> {
    let month = wanted.month.unwrap_or_else(|| month(state.platform.clock().now()));
    let days = state.quotas.days(principal.tenant(), &month).await?;
    let used = days.iter().fold(Used::default(), |sum, day| Used {
        exports: sum.exports + day.used.exports,
        rows: sum.rows + day.used.rows,
    });
    let day = |row: UsedRow| DayUsage { day: row.sk.trim_start_matches("DAY#").to_owned(), used: row.used };
    Ok(Reply::ok(UsageView { month, used, days: days.into_iter().map(day).collect() }))
}

/// Lists what the tenants have used of a month. Each call is logged.
#[utoipa::path(
    get, path = "/admin/tenants/usage", operation_id = "listTenantsUsage", tag = "system", params(Month, Paging),
    responses((status = 200, body = Envelope<Vec<TenantUsage>>))
)]
pub(crate) async fn list_tenants_usage(
    Extract(state): Extract<State>,
    principal: Principal,
    paging: Paging,
    Query(wanted): Query<Month>,
) -> Result<Reply<Vec<TenantUsage>>, ReportsError> {
    let pager = paging.open(state.platform.sealer(), &principal, "tenants-usage", &wanted)?;
    let month = wanted.month.unwrap_or_else(|| month(state.platform.clock().now()));
    tracing::info!(user.id = %principal.user(), month, "the platform looks at what tenants use");
    let rows = state.quotas.tenants(&month, pager.limit(), pager.start().cloned()).await?;
    let page = pager.page(rows.next.as_ref())?;
    let usage = |row: UsedRow| {
        let tenant = row.pk.strip_prefix("TENANT#").and_then(|rest| rest.strip_suffix("#USED"));
        let tenant_id = tenant.and_then(|id| id.parse().ok()).ok_or_else(|| Error::internal("usage of no tenant"))?;
        Ok(TenantUsage { tenant_id, used: row.used })
    };
    Ok(Reply::page(rows.items.into_iter().map(usage).collect::<Result<_, Error>>()?, page))
}

fn is_month<C>(text: &str, _: &C) -> garde::Result {
    let is_date = text.len() == 7 && format!("{text}-01").parse::<jiff::civil::Date>().is_ok();
    refuse_unless(is_date, "must be a month like 2026-11")
}
