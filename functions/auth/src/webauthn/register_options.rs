//! `POST /webauthn/register/options`: begins to add a passkey.

use axum::extract::State as Extract;
use serde_json::json;
use shared::http::{Envelope, ErrorEnvelope, Idempotency, Reply};
use shared::{Error, ids};
use webauthn_rs::prelude::CredentialID;

use super::ceremony::{Ceremony, CeremonyOptions};
use super::model::check_room;
use crate::caller::Caller;
use crate::change::{Answer, Whose, change};
use crate::{AuthError, State};

/// Begins to add a passkey: what `navigator.credentials.create` takes, good for five minutes. Needs a fresh sign-in.
#[utoipa::path(
    post, path = "/webauthn/register/options", operation_id = "beginPasskeyRegistration", tag = "passkeys",
    responses(
        (status = 200, body = Envelope<CeremonyOptions>),
        (status = 403, description = "STEP_UP_REQUIRED or FORBIDDEN", body = ErrorEnvelope),
        (status = 409, description = "CONFLICT: the account has 20 passkeys; or an Idempotency-Key's", body = ErrorEnvelope),
    )
)]
pub(crate) async fn begin_registration(
    Extract(state): Extract<State>,
    caller: Caller,
    idempotency: Idempotency,
) -> Result<Reply<CeremonyOptions>, AuthError> {
    let user = caller.principal.user();
    let passkeys = state.passkeys.all(user).await?;
    let known: Vec<CredentialID> = passkeys.iter().map(|passkey| passkey.credential.cred_id().clone()).collect();
    let ceremony_id = ids::new(state.platform.clock());
    change(&state, &caller, &idempotency, (Whose::Own, Answer::Kept), |change| {
        change.require_fresh()?;
        check_room(&change.account)?;
        let (email, name) = (&change.account.email, change.account.display_name());
        let begun = state.webauthn.start_passkey_registration(user.0, email, &name, Some(known.clone()));
        let (challenge, registration) = begun.map_err(Error::internal)?;
        let mut public_key = serde_json::to_value(challenge.public_key).map_err(Error::internal)?;
        // A sign-in names nobody, so the authenticator has to know whose the passkey is.
        public_key["authenticatorSelection"]["residentKey"] = json!("required");
        public_key["authenticatorSelection"]["requireResidentKey"] = json!(true);
        change.add(state.ceremonies.begin(Ceremony::Registration(user, ceremony_id), &registration));
        Ok(Reply::ok(CeremonyOptions { ceremony_id, public_key }))
    })
    .await
}
