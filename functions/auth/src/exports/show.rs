//! `GET /profile/export`: how far it is.

use axum::extract::State as Extract;
use shared::Error;
use shared::auth::Principal;
use shared::http::{Envelope, ErrorEnvelope, Reply};

use super::model::ExportView;
use crate::{AuthError, State};

/// One's latest export.
#[utoipa::path(
    get, path = "/profile/export", operation_id = "getProfileExport", tag = "profile",
    responses(
        (status = 200, body = Envelope<ExportView>),
        (status = 404, description = "None was asked for in the last 30 days", body = ErrorEnvelope),
    )
)]
pub(crate) async fn get_export(
    Extract(state): Extract<State>,
    principal: Principal,
) -> Result<Reply<ExportView>, AuthError> {
    let export = state.exports.get(principal.user()).await?.ok_or(Error::NotFound)?;
    Ok(Reply::ok(export.view(state.platform.clock().now())))
}
