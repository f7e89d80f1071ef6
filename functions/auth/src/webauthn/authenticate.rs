//! `POST /webauthn/authenticate`: signs in with a passkey.

use axum::extract::State as Extract;
use garde::Validate;
use serde::Deserialize;
use shared::Error;
use shared::http::{Envelope, ErrorEnvelope, Json, Reply};
use shared::jobs::SignInMethod;
use shared::store::Transaction;
use utoipa::ToSchema;
use uuid::Uuid;
use webauthn_rs::prelude::PublicKeyCredential;

use super::shown::{Shown, show};
use crate::accounts::Touch;
use crate::sessions::{Device, Tokens};
use crate::signin::{Entered, Entrance, SignInAnswer, admit};
use crate::tenants::NamedTenant;
use crate::{AuthError, State};

/// How often an account or a passkey may change while somebody signs in.
const ROUNDS: usize = 3;

/// A passkey that is shown.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PasskeyRequest {
    /// From the options.
    #[garde(skip)]
    ceremony_id: Uuid,
    /// What `navigator.credentials.get` gave, by its `toJSON`.
    #[garde(skip)]
    #[schema(value_type = Object)]
    credential: PublicKeyCredential,
}

/// Signs in with a passkey, which is two factors in one. `x-tenant-id` names one of several memberships. A lock of the
/// password does not matter.
#[utoipa::path(
    post, path = "/webauthn/authenticate", operation_id = "authenticateWithPasskey", tag = "passkeys",
    request_body = PasskeyRequest,
    params(("x-tenant-id" = Option<Uuid>, Header, description = "Which of one's tenants to sign in to")),
    responses(
        (status = 200, body = Envelope<Tokens>),
        (status = 400, description = "WEBAUTHN_FAILED: the ceremony is over, the passkey is unknown, or does not answer it; VALIDATION_FAILED or INVALID_JSON", body = ErrorEnvelope),
        (status = 403, description = "ACCOUNT_SUSPENDED, ACCOUNT_NOT_VERIFIED, or FORBIDDEN: no member of the named tenant", body = ErrorEnvelope),
    )
)]
pub(crate) async fn authenticate(
    Extract(state): Extract<State>,
    device: Device,
    NamedTenant(named): NamedTenant,
    Json(request): Json<PasskeyRequest>,
) -> Result<Reply<SignInAnswer>, AuthError> {
    let method = SignInMethod::Passkey;
    for _ in 0..ROUNDS {
        let Shown { account, end, used } = show(&state, &device, request.ceremony_id, &request.credential).await?;
        let tenant = match admit(&state, &account, named, &device, method).await {
            Ok(tenant) => tenant,
            Err(refusal) => {
                end.run().await?;
                return Err(refusal);
            }
        };
        let mut transaction = Transaction::new(state.platform.store());
        let open = transaction.add(end);
        let counted = transaction.add(used);
        let (account, device, touch) = (&account, &device, Touch::default());
        let entrance = Entrance { account, tenant, device, method, second_factor: None, touch, transaction };
        match entrance.enter(&state).await? {
            Entered::Done(answer) => return Ok(Reply::ok(answer)),
            Entered::Changed => {}
            Entered::Refused(index) if index == open => return Err(AuthError::WebauthnFailed),
            // Shown or removed at the same time: look again.
            Entered::Refused(index) if index == counted => {}
            Entered::Refused(_) => return Err(Error::internal("a new session was refused").into()),
        }
    }
    Err(Error::unavailable("the account keeps changing").into())
}
