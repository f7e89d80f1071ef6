//! `POST /signup/verify`: a mailed link verifies the address.

use axum::extract::State as Extract;
use serde::Serialize;
use shared::Error;
use shared::http::{Envelope, ErrorEnvelope, Json, Reply};
use shared::store::{Commit, Transaction};
use utoipa::ToSchema;

use crate::accounts::Identifier;
use crate::links::{LinkToken, VerifyAddress};
use crate::sessions::Device;
use crate::signin::{Brings, prove_address};
use crate::{AuthError, State};

/// How often an account may change meanwhile.
const ROUNDS: usize = 3;

/// That the address is verified.
#[derive(Debug, Serialize, ToSchema)]
pub struct Verified {
    /// Always true.
    verified: bool,
    /// The username that was wished for, unless somebody else has it by now.
    username: Option<String>,
}

/// Verifies the address of a new account. It is from then on what that very sign-up has said: password, names, username,
/// tenant.
#[utoipa::path(
    post, path = "/signup/verify", operation_id = "verifyAddress", tag = "sign-up", request_body = LinkToken,
    responses(
        (status = 200, body = Envelope<Verified>),
        (status = 401, description = "TOKEN_INVALID", body = ErrorEnvelope),
    )
)]
pub(crate) async fn verify_address(
    Extract(state): Extract<State>,
    device: Device,
    Json(request): Json<LinkToken>,
) -> Result<Reply<Verified>, AuthError> {
    let link: VerifyAddress = state.links.find(&request.token).await?;
    let mut sign_up = link.sign_up;
    for _ in 0..ROUNDS {
        let mut account = state.accounts.get(link.user_id).await?.ok_or(AuthError::TokenInvalid)?;
        if account.verified_at.is_some() {
            // By another link: this one must not bring another password.
            return Err(AuthError::TokenInvalid);
        }
        let mut transaction = Transaction::new(state.platform.store());
        let open = transaction.add(state.links.redeem::<VerifyAddress>(&request.token));
        let username = sign_up.username.clone();
        let wished = username
            .as_deref()
            .map(|name| transaction.add(state.accounts.claim(&Identifier::username(name), account.id)));
        let brings = Brings::SignUp(Box::new(sign_up.clone()));
        let (entries, revocation) = prove_address(&state, &mut transaction, &mut account, brings, &device).await?;
        match transaction.commit().await? {
            Commit::Done => {
                state.platform.authenticator().revocations().note(revocation);
                state.platform.outbox().send(entries).await;
                return Ok(Reply::ok(Verified { verified: true, username }));
            }
            Commit::Refused(index) if index == open => return Err(AuthError::TokenInvalid),
            Commit::Refused(index) if wished == Some(index) => sign_up.username = None,
            Commit::Refused(_) => {}
        }
    }
    Err(Error::unavailable("the account keeps changing").into())
}
