//! `POST /webauthn/register`: adds a passkey.

use axum::extract::State as Extract;
use garde::Validate;
use serde::Deserialize;
use shared::http::{Envelope, ErrorEnvelope, Idempotency, Json, Reply};
use shared::ids;
use shared::jobs::About;
use utoipa::ToSchema;
use uuid::Uuid;
use webauthn_rs::prelude::{PasskeyRegistration, RegisterPublicKeyCredential};

use super::NAME;
use super::ceremony::Ceremony;
use super::model::{Passkey, PasskeyView, check_room};
use crate::accounts::plain_text;
use crate::audit::Act;
use crate::caller::Caller;
use crate::change::{Answer, Whose, change};
use crate::{AuthError, State};

/// A new passkey.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RegisterPasskeyRequest {
    /// From the options.
    #[garde(skip)]
    ceremony_id: Uuid,
    /// What `navigator.credentials.create` gave, by its `toJSON`.
    #[garde(skip)]
    #[schema(value_type = Object)]
    credential: RegisterPublicKeyCredential,
    /// What to call it; the name of the device that asks, if it is left out.
    #[garde(inner(length(chars, min = 1, max = 80), custom(plain_text)))]
    #[schema(example = "My phone")]
    name: Option<String>,
}

/// Adds a passkey, and ends all other sessions. Needs a fresh sign-in.
#[utoipa::path(
    post, path = "/webauthn/register", operation_id = "registerPasskey", tag = "passkeys",
    request_body = RegisterPasskeyRequest,
    responses(
        (status = 201, body = Envelope<PasskeyView>),
        (status = 400, description = "WEBAUTHN_FAILED: the ceremony is over or somebody else's, the credential does not answer it, or is a passkey already; VALIDATION_FAILED or INVALID_JSON", body = ErrorEnvelope),
        (status = 403, description = "STEP_UP_REQUIRED or FORBIDDEN", body = ErrorEnvelope),
        (status = 409, description = "CONFLICT: the account has 20 passkeys; or an Idempotency-Key's", body = ErrorEnvelope),
    )
)]
pub(crate) async fn register_passkey(
    Extract(state): Extract<State>,
    caller: Caller,
    idempotency: Idempotency,
    Json(request): Json<RegisterPasskeyRequest>,
) -> Result<Reply<PasskeyView>, AuthError> {
    let user = caller.principal.user();
    let ceremony = Ceremony::Registration(user, request.ceremony_id);
    let begun: Option<PasskeyRegistration> = state.ceremonies.find(ceremony).await?;
    let name = request.name.clone().unwrap_or_else(|| caller.device.label());
    change(&state, &caller, &idempotency, (Whose::Own, Answer::Kept), |change| {
        change.require_fresh()?;
        check_room(&change.account)?;
        let begun = begun.as_ref().ok_or(AuthError::WebauthnFailed)?;
        let credential = state.webauthn.finish_passkey_registration(&request.credential, begun);
        let credential = credential.map_err(|error| {
            tracing::info!(%error, "a new passkey does not answer its ceremony");
            AuthError::WebauthnFailed
        })?;
        let (id, created_at) = (ids::at(change.now), change.now);
        let passkey = Passkey { id, name: name.clone(), credential, created_at, last_used_at: None, uses: 0 };
        change.guard(state.ceremonies.end(ceremony), AuthError::WebauthnFailed);
        change.guard(state.passkeys.claim(user, &passkey), AuthError::WebauthnFailed);
        change.add(state.passkeys.add(user, &passkey));
        change.account.passkeys += 1;
        change.end_sessions();
        change.record(Act::PasskeyAdded, |details| details.subject = Some(id.to_string()));
        change.tell_owner(About::FactorAdded { factor: NAME.to_owned(), at: change.now_in_words() })?;
        Ok(Reply::created(passkey.into()))
    })
    .await
}
