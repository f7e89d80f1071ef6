//! `/exports`, `/admin/jobs`

use axum::extract::State as Extract;
use jiff::Timestamp;
use serde::Serialize;
use shared::auth::Principal;
use shared::files::LINK;
use shared::http::{Envelope, ErrorEnvelope, Paging, PathParams, Reply};
use shared::store::{Position, Rows};
use shared::{Error, http::Pager};
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::{Export, ExportView, State as ExportState, Which};
use super::store::Files;
use crate::datasets::Scope;
use crate::{ReportsError, State};

/// Where a file is, for a while.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Download {
    /// Holds a signature: whoever has it can fetch the file.
    url: String,
    /// When the address stops working.
    #[schema(value_type = String, format = DateTime)]
    url_expires_at: Timestamp,
    /// What it is saved as.
    file_name: String,
    bytes: u64,
    /// Of its bytes, in hexadecimal.
    sha256: String,
}

/// One of one's own, whose rows one may still see.
pub(super) async fn own(state: &State, principal: &Principal, id: Uuid) -> Result<Export, ReportsError> {
    let which = Which { tenant: principal.tenant(), user: principal.user(), id };
    let export = state.exports.get(which).await?.ok_or(ReportsError::ExportNotFound)?;
    if export.scope == Scope::All && !sees_all(state, principal, &export).await? {
        return Err(ReportsError::ExportNotFound);
    }
    Ok(export)
}

/// Whether the caller's role, which may be another one now, lets him see everybody's rows.
async fn sees_all(state: &State, principal: &Principal, export: &Export) -> Result<bool, Error> {
    let dataset = state.datasets.get(principal.tenant(), &export.definition.dataset).await?;
    Ok(dataset.and_then(|dataset| dataset.scope(principal)) == Some(Scope::All))
}

fn page(state: &State, pager: &Pager<Position>, rows: Rows<Export>) -> Result<Reply<Vec<ExportView>>, ReportsError> {
    let (now, page) = (state.platform.clock().now(), pager.page(rows.next.as_ref())?);
    Ok(Reply::page(rows.items.into_iter().map(|export| export.view(now)).collect(), page))
}

/// Lists one's own exports, the newest first.
#[utoipa::path(
    get, path = "/exports", operation_id = "listExports", tag = "exports", params(Paging),
    responses((status = 200, body = Envelope<Vec<ExportView>>))
)]
pub(crate) async fn list_exports(
    Extract(state): Extract<State>,
    principal: Principal,
    paging: Paging,
) -> Result<Reply<Vec<ExportView>>, ReportsError> {
    let pager = paging.open(state.platform.sealer(), &principal, "exports", &())?;
    let (tenant, user) = (principal.tenant(), principal.user());
    let rows = state.exports.page(tenant, user, pager.limit(), pager.start().cloned()).await?;
    page(&state, &pager, rows)
}

/// Lists everybody's exports of the tenant, the newest first. Their files are their owners'.
#[utoipa::path(
    get, path = "/admin/jobs", operation_id = "listJobs", tag = "admin", params(Paging),
    responses((status = 200, body = Envelope<Vec<ExportView>>))
)]
pub(crate) async fn list_jobs(
    Extract(state): Extract<State>,
    principal: Principal,
    paging: Paging,
) -> Result<Reply<Vec<ExportView>>, ReportsError> {
    let pager = paging.open(state.platform.sealer(), &principal, "jobs", &())?;
    let rows = state.exports.of_tenant(principal.tenant(), pager.limit(), pager.start().cloned()).await?;
    page(&state, &pager, rows)
}

/// Shows one of one's own exports, and how far it is.
#[utoipa::path(
    get, path = "/exports/{id}", operation_id = "getExport", tag = "exports", params(("id" = Uuid, Path)),
    responses(
        (status = 200, body = Envelope<ExportView>),
        (status = 404, description = "EXPORT_NOT_FOUND", body = ErrorEnvelope),
    )
)]
pub(crate) async fn get_export(
    Extract(state): Extract<State>,
    principal: Principal,
    PathParams(id): PathParams<Uuid>,
) -> Result<Reply<ExportView>, ReportsError> {
    Ok(Reply::ok(own(&state, &principal, id).await?.view(state.platform.clock().now())))
}

/// Gives an address for the file of a completed export, for five minutes.
#[utoipa::path(
    get, path = "/exports/{id}/download", operation_id = "downloadExport", tag = "exports",
    params(("id" = Uuid, Path)),
    responses(
        (status = 200, body = Envelope<Download>),
        (status = 404, description = "EXPORT_NOT_FOUND: there is none, or its file has expired", body = ErrorEnvelope),
        (status = 409, description = "CONFLICT: it is not completed", body = ErrorEnvelope),
    )
)]
pub(crate) async fn download_export(
    Extract(state): Extract<State>,
    principal: Principal,
    PathParams(id): PathParams<Uuid>,
) -> Result<Reply<Download>, ReportsError> {
    let (export, now) = (own(&state, &principal, id).await?, state.platform.clock().now());
    if !matches!(export.state, ExportState::Completed { .. }) {
        return Err(Error::Conflict.into());
    }
    let file = export.file(now).ok_or(ReportsError::ExportNotFound)?;
    let url = state.files.bucket.download_link(&Files::file(principal.tenant(), &export), &file.name).await?;
    Ok(Reply::ok(Download {
        url,
        url_expires_at: now + LINK,
        file_name: file.name.clone(),
        bytes: file.bytes,
        sha256: file.sha256.clone(),
    }))
}
