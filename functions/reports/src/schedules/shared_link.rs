//! `/shared/{token}`: where a mail's link leads to.

use axum::extract::State as Extract;
use axum::response::{IntoResponse, Redirect, Response};
use http::HeaderValue;
use http::header::{CACHE_CONTROL, REFERRER_POLICY};
use shared::Error;
use shared::http::{ErrorEnvelope, PathParams};
use shared::seal::Purpose;

use crate::exports::Which;
use crate::{ReportsError, State};

const PURPOSE: Purpose = "shared-report";
/// How long a file, and so its link, is there.
pub(super) const HOURS: u32 = 7 * 24;

/// The link of an export's file, for whoever has it.
pub(crate) fn of(state: &State, which: Which) -> Result<String, Error> {
    let plain = serde_json::to_vec(&which).map_err(Error::internal)?;
    let token = state.platform.sealer().seal(PURPOSE, b"", &plain)?;
    Ok(format!("{}/reports/v1/shared/{token}", state.public_base_url))
}

/// Leads to the file of a scheduled report, by the link of a mail, for as long as the file is there.
#[utoipa::path(
    get, path = "/shared/{token}", operation_id = "fetchShared", tag = "schedules",
    params(("token" = String, Path, description = "From a mail")),
    responses(
        (status = 307, description = "To an address that gives the file, for five minutes"),
        (status = 404, description = "EXPORT_NOT_FOUND: the link is wrong, or the file is gone", body = ErrorEnvelope),
    )
)]
pub(crate) async fn fetch_shared(
    Extract(state): Extract<State>,
    PathParams(token): PathParams<String>,
) -> Result<Response, ReportsError> {
    let plain = state.platform.sealer().open(PURPOSE, b"", &token).ok_or(ReportsError::ExportNotFound)?;
    let which: Which = serde_json::from_slice(&plain).map_err(Error::internal)?;
    let url = state.exports.file_link(&state.files, which, state.platform.clock().now()).await?;
    let mut response = Redirect::temporary(&url.ok_or(ReportsError::ExportNotFound)?).into_response();
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response.headers_mut().insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    Ok(response)
}
