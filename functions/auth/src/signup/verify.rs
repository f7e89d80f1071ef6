//! `POST /signup/verify`: a mailed link verifies the address.

use axum::extract::State as Extract;
use garde::Validate;
use serde::{Deserialize, Serialize};
use shared::Error;
use shared::http::{Envelope, ErrorEnvelope, Json, Reply};
use shared::store::{Commit, Transaction};
use utoipa::ToSchema;

use crate::links::VerifyAddress;
use crate::sessions::Device;
use crate::signin::prove_address;
use crate::{AuthError, State};

/// How often an account may change meanwhile.
const ROUNDS: usize = 3;

/// A mailed token.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TokenRequest {
    /// From the link.
    #[garde(length(min = 1, max = 4096))]
    pub(crate) token: String,
}

/// That the address is verified.
#[derive(Debug, Serialize, ToSchema)]
pub struct Verified {
    /// Always true.
    verified: bool,
}

/// Verifies the address of a new account, which signs in from then on with the password of that very sign-up.
#[utoipa::path(
    post, path = "/signup/verify", operation_id = "verifyAddress", tag = "sign-up", request_body = TokenRequest,
    responses(
        (status = 200, body = Envelope<Verified>),
        (status = 401, description = "TOKEN_INVALID", body = ErrorEnvelope),
    )
)]
pub(crate) async fn verify_address(
    Extract(state): Extract<State>,
    device: Device,
    Json(request): Json<TokenRequest>,
) -> Result<Reply<Verified>, AuthError> {
    let link: VerifyAddress = state.links.find(&request.token).await?;
    for _ in 0..ROUNDS {
        let mut account = state.accounts.get(link.user_id).await?.ok_or(AuthError::TokenInvalid)?;
        if account.verified_at.is_some() {
            // By another link: this one must not bring another password.
            return Err(AuthError::TokenInvalid);
        }
        let mut transaction = Transaction::new(state.platform.store());
        let open = transaction.add(state.links.redeem::<VerifyAddress>(&request.token));
        let hash = link.password_hash.clone();
        let (entries, revocation) = prove_address(&state, &mut transaction, &mut account, hash, &device).await?;
        match transaction.commit().await? {
            Commit::Done => {
                state.platform.authenticator().revocations().note(revocation);
                state.platform.outbox().send(entries).await;
                return Ok(Reply::ok(Verified { verified: true }));
            }
            Commit::Refused(index) if index == open => return Err(AuthError::TokenInvalid),
            Commit::Refused(_) => {}
        }
    }
    Err(Error::unavailable("the account keeps changing").into())
}
