//! `GET /profile/export/download`: where the files are.

use axum::extract::State as Extract;
use shared::Error;
use shared::files::LINK;
use shared::http::{Envelope, ErrorEnvelope, Reply};
use shared::jobs::ExportedFile;

use super::model::{ExportFileView, ExportStatus};
use crate::audit::Act;
use crate::caller::Caller;
use crate::change::require_fresh;
use crate::{AuthError, State};

/// Addresses of the files of one's latest export, one or more of each service; they work for five minutes. Needs a fresh
/// sign-in.
#[utoipa::path(
    get, path = "/profile/export/download", operation_id = "downloadProfileExport", tag = "profile",
    responses(
        (status = 200, body = Envelope<Vec<ExportFileView>>),
        (status = 403, description = "STEP_UP_REQUIRED or FORBIDDEN", body = ErrorEnvelope),
        (status = 404, description = "There is none, or its time is over", body = ErrorEnvelope),
        (status = 409, description = "CONFLICT: some service has not answered yet", body = ErrorEnvelope),
    )
)]
pub(crate) async fn download_export(
    Extract(state): Extract<State>,
    caller: Caller,
) -> Result<Reply<Vec<ExportFileView>>, AuthError> {
    require_fresh(&state, &caller).await?;
    let (user, now) = (caller.principal.user(), state.platform.clock().now());
    let export = state.exports.get(user).await?.ok_or(Error::NotFound)?;
    match export.status(now) {
        ExportStatus::Completed => {}
        ExportStatus::Processing | ExportStatus::Failed => return Err(Error::Conflict.into()),
        ExportStatus::Expired => return Err(Error::NotFound.into()),
    }
    let mut files = Vec::new();
    for (service, stored) in export.files {
        for file in stored {
            let (service, url) = (service.clone(), state.export_files.link(user, export.id, &file).await?);
            let ExportedFile { name, bytes, sha256 } = file;
            files.push(ExportFileView { service, name, bytes, sha256, url, expires_at: now + LINK });
        }
    }
    state.audit.record(&caller.event(Act::ExportFetched, &state)).run().await?;
    Ok(Reply::ok(files))
}
