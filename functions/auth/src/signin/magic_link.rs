//! `POST /passwordless/magic-link` and its `/verify`: signing in by a mailed link.

use axum::extract::State as Extract;
use shared::Error;
use shared::http::{Envelope, ErrorEnvelope, Json, Reply};
use shared::jobs::SignInMethod;
use shared::store::Transaction;

use super::enter::{Entered, Entrance, SignInAnswer};
use super::failure::admit;
use super::ownership::owned;
use crate::accounts::Touch;
use crate::jobs::LinkKind;
use crate::links::request::{LinkRequest, Requested, request_link};
use crate::links::{LinkToken, MagicLink};
use crate::sessions::Device;
use crate::tenants::NamedTenant;
use crate::{AuthError, State};

/// How often an account may change while somebody signs in.
const ROUNDS: usize = 3;

/// Mails a link that signs in, within ten minutes. The answer is the same for every address.
#[utoipa::path(
    post, path = "/passwordless/magic-link", operation_id = "requestMagicLink", tag = "sign-in",
    request_body = LinkRequest,
    responses(
        (status = 202, body = Envelope<Requested>),
        (status = 429, description = "RATE_LIMITED; see `Retry-After`", body = ErrorEnvelope),
    )
)]
pub(crate) async fn request_magic_link(
    Extract(state): Extract<State>,
    device: Device,
    Json(request): Json<LinkRequest>,
) -> Result<Reply<Requested>, AuthError> {
    request_link(&state, &device, LinkKind::MagicLink, &request).await
}

/// Signs in by a mailed link, once; it also verifies the address. An account with a second factor is asked for it.
#[utoipa::path(
    post, path = "/passwordless/magic-link/verify", operation_id = "verifyMagicLink", tag = "sign-in",
    request_body = LinkToken,
    params(("x-tenant-id" = Option<uuid::Uuid>, Header, description = "Which of one's tenants to sign in to")),
    responses(
        (status = 200, body = Envelope<SignInAnswer>),
        (status = 401, description = "TOKEN_INVALID", body = ErrorEnvelope),
        (status = 403, description = "ACCOUNT_SUSPENDED, or FORBIDDEN: no member of the named tenant", body = ErrorEnvelope),
    )
)]
pub(crate) async fn verify_magic_link(
    Extract(state): Extract<State>,
    device: Device,
    NamedTenant(named): NamedTenant,
    Json(request): Json<LinkToken>,
) -> Result<Reply<SignInAnswer>, AuthError> {
    let link: MagicLink = state.links.find(&request.token).await?;
    for _ in 0..ROUNDS {
        let account = state.accounts.get(link.user_id).await?.filter(|account| account.may_use(link.email.as_deref()));
        let account = account.ok_or(AuthError::TokenInvalid)?;
        let account = owned(&state, account, &device).await?.ok_or(AuthError::TokenInvalid)?;
        let tenant = admit(&state, &account, named, &device, SignInMethod::MagicLink).await?;
        let mut transaction = Transaction::new(state.platform.store());
        let open = transaction.add(state.links.redeem::<MagicLink>(&request.token));
        let (method, touch) = (SignInMethod::MagicLink, Touch::default());
        let device = &device;
        let entrance = Entrance { account: &account, tenant, device, method, second_factor: None, touch, transaction };
        match entrance.enter(&state).await? {
            Entered::Done(answer) => return Ok(Reply::ok(answer)),
            Entered::Changed => {}
            Entered::Refused(index) if index == open => return Err(AuthError::TokenInvalid),
            Entered::Refused(_) => return Err(Error::internal("a new session was refused").into()),
        }
    }
    Err(Error::unavailable("the account keeps changing").into())
}
