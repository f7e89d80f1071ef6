//! `POST /attachments`

use axum::extract::State as Extract;
use jiff::SignedDuration;
use shared::auth::Principal;
use shared::files::Upload;
use shared::http::{Envelope, ErrorEnvelope, Idempotency, Json, Reply};
use shared::store::Transaction;
use shared::{Error, ids};

use super::model::{Attached, AttachmentView, CreateAttachment};
use crate::{NotifyError, State};

/// How long a file waits to be named in a request.
const WAITS: SignedDuration = SignedDuration::from_hours(24);

/// Announces a file for mails, and gives the address to upload it to within five minutes. A request to send names it
/// by its id; several may.
#[utoipa::path(
    post, path = "/attachments", operation_id = "createAttachment", tag = "notifications",
    request_body = CreateAttachment,
    responses(
        (status = 201, body = Envelope<AttachmentView>),
        (status = 409, description = "IDEMPOTENCY_RESULT_NOT_STORED: the first answer held an address that is not kept", body = ErrorEnvelope),
    )
)]
pub(crate) async fn create_attachment(
    Extract(state): Extract<State>,
    principal: Principal,
    idempotency: Idempotency,
    Json(request): Json<CreateAttachment>,
) -> Result<Reply<AttachmentView>, NotifyError> {
    let (tenant, clock) = (principal.tenant(), state.platform.clock());
    let now = clock.now();
    let file = Attached {
        id: ids::new(clock),
        name: request.name,
        content_type: request.content_type,
        size: request.size,
        report: None,
    };
    let signed = state.attachments.upload(tenant, &file).await?;
    let upload = Upload::new(signed, now);
    let expires_at = now + WAITS;
    let transaction =
        Transaction::new(state.platform.store()).with(state.attachments.create(tenant, &file, expires_at));
    let view = AttachmentView { id: file.id, upload, expires_at };
    // The address holds a signature.
    idempotency.commit_unkept(transaction, Reply::created(view)).await?.reply_or(Error::Conflict.into())
}
