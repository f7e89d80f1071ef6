//! `POST /webauthn/authenticate/options`: begins to show a passkey.

use axum::extract::State as Extract;
use garde::Validate;
use serde::Deserialize;
use shared::http::{Envelope, ErrorEnvelope, Json, Reply};
use shared::{Error, ids};
use utoipa::ToSchema;

use super::ceremony::{Ceremony, CeremonyOptions};
use crate::attempts::PASSKEYS;
use crate::sessions::Device;
use crate::{AuthError, State};

/// Who is going to sign in.
#[derive(Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasskeyOptionsRequest {
    /// Makes no difference to the answer, which must not tell who has an account, or a passkey.
    #[garde(inner(length(max = 254)))]
    email: Option<String>,
}

/// Begins a sign-in with a passkey: what `navigator.credentials.get` takes, good for five minutes. It names no
/// credentials: the authenticator offers what it has. The body may be left out.
#[utoipa::path(
    post, path = "/webauthn/authenticate/options", operation_id = "beginPasskeyAuthentication", tag = "passkeys",
    request_body = Option<PasskeyOptionsRequest>,
    responses(
        (status = 200, body = Envelope<CeremonyOptions>),
        (status = 429, description = "RATE_LIMITED; see `Retry-After`", body = ErrorEnvelope),
    )
)]
pub(crate) async fn begin_authentication(
    Extract(state): Extract<State>,
    device: Device,
    _: Option<Json<PasskeyOptionsRequest>>,
) -> Result<Reply<CeremonyOptions>, AuthError> {
    state.attempts.admit(PASSKEYS, &device.address).await?;
    // Its `mediation` is for a form's autofill; pages that want that add it themselves.
    let (challenge, authentication) = state.webauthn.start_discoverable_authentication().map_err(Error::internal)?;
    let ceremony_id = ids::new(state.platform.clock());
    state.ceremonies.begin(Ceremony::Authentication(ceremony_id), &authentication).run().await?;
    let public_key = serde_json::to_value(challenge.public_key).map_err(Error::internal)?;
    Ok(Reply::ok(CeremonyOptions { ceremony_id, public_key }))
}
