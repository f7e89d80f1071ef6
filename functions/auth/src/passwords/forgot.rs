//! `POST /password/forgot`: mails a link that sets a new password, if there is such an account.

use axum::extract::State as Extract;
use shared::http::{Envelope, ErrorEnvelope, Json, Reply};

use crate::jobs::LinkKind;
use crate::links::request::{LinkRequest, Requested, request_link};
use crate::sessions::Device;
use crate::{AuthError, State};

/// Mails a link by which a new password can be set, within ten minutes. The answer is the same for every address.
#[utoipa::path(
    post, path = "/password/forgot", operation_id = "forgotPassword", tag = "passwords", request_body = LinkRequest,
    responses(
        (status = 202, body = Envelope<Requested>),
        (status = 429, description = "RATE_LIMITED; see `Retry-After`", body = ErrorEnvelope),
    )
)]
pub(crate) async fn forgot_password(
    Extract(state): Extract<State>,
    device: Device,
    Json(request): Json<LinkRequest>,
) -> Result<Reply<Requested>, AuthError> {
    request_link(&state, &device, LinkKind::ResetPassword, &request).await
}
