//! `POST /signup/resend`: mails the link once more.

use axum::extract::State as Extract;
use shared::http::{Envelope, ErrorEnvelope, Json, Reply};

use crate::jobs::LinkKind;
use crate::links::request::{LinkRequest, Requested, request_link};
use crate::sessions::Device;
use crate::{AuthError, State};

/// Mails another link that verifies an address. The answer is the same for every address.
#[utoipa::path(
    post, path = "/signup/resend", operation_id = "resendVerification", tag = "sign-up", request_body = LinkRequest,
    responses(
        (status = 202, body = Envelope<Requested>),
        (status = 429, description = "RATE_LIMITED; see `Retry-After`", body = ErrorEnvelope),
    )
)]
pub(crate) async fn resend_verification(
    Extract(state): Extract<State>,
    device: Device,
    Json(request): Json<LinkRequest>,
) -> Result<Reply<Requested>, AuthError> {
    request_link(&state, &device, LinkKind::VerifyAddress, &request).await
}
