//! `/attachments`

use axum::extract::State as Shared;
use jiff::SignedDuration;
use shared::auth::Principal;
use shared::files::{LINK, Upload};
use shared::http::{Envelope, ErrorEnvelope, Finished, Idempotency, Json, PathParams, Reply};
use shared::jobs::QueueName;
use shared::store::Transaction;
use shared::{Error, ids};
use uuid::Uuid;

use super::model::{Attached, Attachment, AttachmentView, CreateAttachment, Download};
use super::purge::Files;
use crate::error::ChatError;
use crate::jobs::Job;
use crate::state::State;

/// How long a file waits to be sent.
const WAITS: SignedDuration = SignedDuration::from_hours(24);

/// Announces a file for a message to a thread that the caller takes part in, and gives the address to upload it to within
/// five minutes. The message names it by its id.
#[utoipa::path(post, path = "/attachments", operation_id = "createAttachment", tag = "attachments", request_body = CreateAttachment, responses(
    (status = 201, body = Envelope<AttachmentView>),
    (status = 400, description = "`ATTACHMENT_TOO_LARGE`, `VALIDATION_FAILED`, `INVALID_JSON`", body = ErrorEnvelope),
    (status = 403, description = "`NOT_THREAD_MEMBER`, `FORBIDDEN`", body = ErrorEnvelope),
    (status = 404, description = "`THREAD_NOT_FOUND`", body = ErrorEnvelope),
    (status = 409, description = "`THREAD_ARCHIVED`; `IDEMPOTENCY_RESULT_NOT_STORED`: the first answer held an address that is not kept", body = ErrorEnvelope),
))]
pub(crate) async fn create(
    Shared(state): Shared<State>,
    principal: Principal,
    idempotency: Idempotency,
    Json(request): Json<CreateAttachment>,
) -> Result<Reply<AttachmentView>, ChatError> {
    request.check_size()?;
    let (tenant, user, now) = (principal.tenant(), principal.user(), state.clock().now());
    let standing = state.threads.standing(tenant, user, request.thread_id).await?;
    standing.require_member()?;
    standing.require_open()?;
    let CreateAttachment { thread_id, name, content_type, size } = request;
    let file = Attached { id: ids::at(now), name, content_type, size };
    let upload = Upload::new(state.attachments.upload(tenant, &file).await?, now);
    let view = AttachmentView { id: file.id, upload, expires_at: now + WAITS };
    let (mut transaction, outbox) = (Transaction::new(state.platform.store()), state.platform.outbox());
    let unsent = Job::PurgeFiles(Files { tenant_id: tenant, ids: vec![file.id] });
    // It goes by itself, whatever becomes of this process.
    let entries = outbox.add(&mut transaction, QueueName::Chat, tenant, &unsent, Some(view.expires_at))?;
    let attachment = Attachment { file, user_id: user, thread_id, used_by: None };
    transaction.add(state.attachments.create(tenant, &attachment));
    match idempotency.commit_unkept(transaction, Reply::created(view)).await? {
        Finished::Reply(reply) => {
            reply.send(outbox, entries).await;
            Ok(reply)
        }
        Finished::Refused(_) => Err(Error::Conflict.into()),
    }
}

/// Where a file is that was sent to a thread of the caller's, for five minutes.
#[utoipa::path(get, path = "/attachments/{id}", operation_id = "getAttachment", tag = "attachments", params(("id" = Uuid, Path)), responses(
    (status = 200, body = Envelope<Download>),
    (status = 403, description = "`NOT_THREAD_MEMBER`, `FORBIDDEN`", body = ErrorEnvelope),
    (status = 404, description = "`NOT_FOUND`: not sent, or its message was deleted", body = ErrorEnvelope),
))]
pub(crate) async fn show(
    Shared(state): Shared<State>,
    principal: Principal,
    PathParams(id): PathParams<Uuid>,
) -> Result<Reply<Download>, ChatError> {
    let tenant = principal.tenant();
    let attachment = state.attachments.get(tenant, id).await?.filter(|attachment| attachment.used_by.is_some());
    let attachment = attachment.ok_or(Error::NotFound)?;
    state.threads.head_for(tenant, principal.user(), attachment.thread_id).await?;
    let (url, expires_at) = (state.attachments.download(tenant, &attachment.file).await?, state.clock().now() + LINK);
    Ok(Reply::ok(Download { file: attachment.file, url, expires_at }))
}
