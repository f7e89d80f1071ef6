//! `GET /oauth/{provider}/authorize`: where somebody goes to sign in.

use axum::extract::State as Extract;
use garde::Validate;
use http::header::{HeaderName, SET_COOKIE};
use serde::{Deserialize, Serialize};
use shared::http::rules::refuse_unless;
use shared::http::{Envelope, ErrorEnvelope, Query, Reply};
use utoipa::{IntoParams, ToSchema};

use super::ProviderName;
use super::starter::{Starter, set_cookie};
use super::store::secret;
use crate::attempts::OAUTH_STATES;
use crate::sessions::Device;
use crate::{AuthError, State};

/// Characters of an S256 challenge.
const CHALLENGE: usize = 43;

/// Who begins.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct AuthorizeQuery {
    /// S256 challenge (RFC 7636) of a caller that keeps no cookies; its `codeVerifier` is needed at the callback. Without
    /// one a cookie says who began.
    #[garde(inner(custom(s256_challenge)))]
    #[param(min_length = 43, max_length = 43)]
    code_challenge: Option<String>,
}

/// Where to go.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Authorization {
    /// The provider's page.
    #[schema(example = "https://accounts.google.com/o/oauth2/v2/auth?response_type=code&…")]
    authorization_url: String,
    /// Comes back from the provider, and is needed at the callback, within ten minutes.
    state: String,
}

/// Begins to sign in by `google`, `microsoft`, `github` or `apple`: the application leads the browser to
/// `authorizationUrl`, and the provider leads it back to the application's page `/oauth/callback/{provider}` with `code`
/// and `state`. The cookie that is set lets nobody but this browser finish.
#[utoipa::path(
    get, path = "/oauth/{provider}/authorize", operation_id = "beginOauth", tag = "other providers",
    params(("provider" = String, Path, description = "google, microsoft, github or apple"), AuthorizeQuery),
    responses(
        (status = 200, body = Envelope<Authorization>, headers(("Set-Cookie" = Option<String>, description = "Who began, unless there is a `code_challenge`"))),
        (status = 404, description = "OAUTH_PROVIDER_UNKNOWN", body = ErrorEnvelope),
        (status = 429, description = "RATE_LIMITED; see `Retry-After`", body = ErrorEnvelope),
        (status = 502, description = "OAUTH_PROVIDER_ERROR: it does not tell where its pages are", body = ErrorEnvelope),
        (status = 503, description = "UNAVAILABLE: the provider is not configured", body = ErrorEnvelope),
    )
)]
pub(crate) async fn begin_oauth(
    Extract(state): Extract<State>,
    name: ProviderName,
    device: Device,
    Query(query): Query<AuthorizeQuery>,
) -> Result<(Option<[(HeaderName, String); 1]>, Reply<Authorization>), AuthError> {
    let provider = state.oauth.provider(name)?;
    state.attempts.admit(OAUTH_STATES, &device.address).await?;
    let key = secret()?;
    let (starter, cookie) = if let Some(challenge) = query.code_challenge {
        (Starter::Program(challenge), None)
    } else {
        let value = secret()?;
        (Starter::browser(&value), Some([(SET_COOKIE, set_cookie(&key, &value))]))
    };
    let begun = state.oauth.states.begin(&key, name, starter).await?;
    let authorization_url = provider.authorization_url(&key, &begun).await?;
    Ok((cookie, Reply::ok(Authorization { authorization_url, state: key })))
}

fn s256_challenge<C>(text: &str, _: &C) -> garde::Result {
    let plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    refuse_unless(text.len() == CHALLENGE && plain, "must be the SHA-256 of a code verifier in base64url")
}
