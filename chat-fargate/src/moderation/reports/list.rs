//! `GET /moderation/reports`, `GET /threads/{id}/reports`

use axum::extract::State as Shared;
use garde::Validate;
use serde::{Deserialize, Serialize};
use shared::Error;
use shared::auth::{Principal, UserId};
use shared::http::{Envelope, ErrorEnvelope, Paging, PathParams, Query, Reply};
use shared::store::{Position, Rows};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::model::{Report, ReportStatus};
use crate::error::ChatError;
use crate::state::State;
use crate::threads::ThreadId;

/// Whether somebody has decided.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Decided {
    /// Not yet.
    #[default]
    Open,
    /// Within the last 180 days.
    Closed,
}

/// Which reports are wanted.
#[derive(Debug, Serialize, Deserialize, Validate, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
#[garde(allow_unvalidated)]
pub(crate) struct ReportFilter {
    /// `open` if it is not given.
    #[serde(default)]
    #[param(inline)]
    status: Decided,
}

/// The tenant's reports, newest first, but for those about oneself.
#[utoipa::path(get, path = "/moderation/reports", operation_id = "listReports", tag = "moderation", params(ReportFilter, Paging), responses(
    (status = 200, body = Envelope<Vec<Report>>),
    (status = 400, description = "`VALIDATION_FAILED`, `INVALID_CURSOR`", body = ErrorEnvelope),
))]
pub(crate) async fn list(
    Shared(state): Shared<State>,
    principal: Principal,
    Query(filter): Query<ReportFilter>,
    paging: Paging,
) -> Result<Reply<Vec<Report>>, ChatError> {
    let pager = paging.open::<Position>(state.platform.sealer(), &principal, "reports", &filter)?;
    let (open, start) = (filter.status == Decided::Open, pager.start().cloned());
    let rows = state.reports.page(principal.tenant(), open, pager.limit(), start).await?;
    let page = pager.page(rows.next.as_ref())?;
    Ok(Reply::page(about_others(rows, principal.user()), page))
}

/// The reports of a thread, newest message first, but for those about oneself and without who has reported. For those who
/// keep order there. A page may have fewer than `limit`, or none, and still go on.
#[utoipa::path(get, path = "/threads/{id}/reports", operation_id = "listThreadReports", tag = "moderation", params(("id" = Uuid, Path), ReportFilter, Paging), responses(
    (status = 200, body = Envelope<Vec<Report>>),
    (status = 400, description = "`VALIDATION_FAILED`, `INVALID_CURSOR`", body = ErrorEnvelope),
    (status = 403, description = "`NOT_THREAD_MEMBER`, `FORBIDDEN`", body = ErrorEnvelope),
    (status = 404, description = "`THREAD_NOT_FOUND`", body = ErrorEnvelope),
))]
pub(crate) async fn list_of_thread(
    Shared(state): Shared<State>,
    principal: Principal,
    PathParams(id): PathParams<Uuid>,
    Query(filter): Query<ReportFilter>,
    paging: Paging,
) -> Result<Reply<Vec<Report>>, ChatError> {
    let (tenant, thread) = (principal.tenant(), ThreadId(id));
    let pager = paging.open::<Position>(state.platform.sealer(), &principal, "thread-reports", &(id, &filter))?;
    let standing = state.threads.standing(tenant, principal.user(), thread).await?;
    standing.require_member()?;
    if !standing.keeps_order(&principal) {
        return Err(Error::Forbidden.into());
    }
    let rows = state.reports.page_of_thread(tenant, thread, pager.limit(), pager.start().cloned()).await?;
    let page = pager.page(rows.next.as_ref())?;
    let open = filter.status == Decided::Open;
    let reports = about_others(rows, principal.user()).into_iter();
    let reports = reports.filter(|report| (report.status == ReportStatus::Open) == open);
    Ok(Reply::page(reports.map(Report::without_reporter).collect(), page))
}

/// Nobody judges himself. A page may be short therefore.
fn about_others(rows: Rows<Report>, user: UserId) -> Vec<Report> {
    rows.items.into_iter().filter(|report| report.sender_id != user).collect()
}
