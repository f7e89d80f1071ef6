//! `POST /oauth/{provider}/callback`: signing in with what a provider gave.

use axum::extract::State as Extract;
use http::HeaderMap;
use http::header::{HeaderName, SET_COOKIE};
use shared::http::{Envelope, ErrorEnvelope, Json, Reply};

use super::ProviderName;
use super::finish::ProviderCode;
use super::sign_in::SignIn;
use super::starter::clear_cookie;
use crate::sessions::Device;
use crate::signin::SignInAnswer;
use crate::tenants::NamedTenant;
use crate::{AuthError, State};

/// Signs in with the `code` and `state` that the provider gave. An identity that is new is linked to the account of its
/// address, if both sides have verified that; an account nobody has verified loses its password and factors first.
/// Where there is none, a new one is made, if the tenant is open to sign-up. An account with a second factor is asked
/// for it, and linked after that.
#[utoipa::path(
    post, path = "/oauth/{provider}/callback", operation_id = "finishOauth", tag = "other providers",
    request_body = ProviderCode,
    params(
        ("provider" = String, Path, description = "google, microsoft, github or apple"),
        ("x-tenant-id" = Option<uuid::Uuid>, Header, description = "Which of one's tenants to sign in to, or which to join"),
    ),
    responses(
        (status = 200, body = Envelope<SignInAnswer>),
        (status = 400, description = "OAUTH_STATE_INVALID: begun elsewhere, used or too old; VALIDATION_FAILED or INVALID_JSON", body = ErrorEnvelope),
        (status = 403, description = "ACCOUNT_SUSPENDED; ACCOUNT_NOT_VERIFIED: the provider has not verified the address of an identity that is not linked; FORBIDDEN: no member of the named tenant, or it is not open to sign-up", body = ErrorEnvelope),
        (status = 404, description = "OAUTH_PROVIDER_UNKNOWN", body = ErrorEnvelope),
        (status = 409, description = "CONFLICT: the address's account has another identity of this provider", body = ErrorEnvelope),
        (status = 429, description = "RATE_LIMITED; see `Retry-After`", body = ErrorEnvelope),
        (status = 502, description = "OAUTH_PROVIDER_ERROR: it refuses the code, does not answer, or says what cannot be believed", body = ErrorEnvelope),
        (status = 503, description = "UNAVAILABLE: the provider is not configured", body = ErrorEnvelope),
    )
)]
pub(crate) async fn finish_oauth(
    Extract(state): Extract<State>,
    name: ProviderName,
    device: Device,
    named: NamedTenant,
    headers: HeaderMap,
    Json(request): Json<ProviderCode>,
) -> Result<([(HeaderName, String); 1], Reply<SignInAnswer>), AuthError> {
    let person = request.person(&state, name, &headers, &device).await?;
    let sign_in = SignIn { state: &state, provider: name, person: &person, device: &device, named };
    let answer = sign_in.enter().await?;
    Ok(([(SET_COOKIE, clear_cookie(&request.state))], Reply::ok(answer)))
}
