//! `POST /login`: password, then tokens or a challenge.
//!
//! Two calls before the hash: the attempt is reserved, the account is found. One transaction
//! after it. Beside the hash the address's attempt is reserved, beside the transaction it is given back.

use std::time::Duration;

use axum::extract::State as Extract;
use garde::Validate;
use serde::Deserialize;
use shared::Error;
use shared::auth::TenantId;
use shared::http::{Envelope, Json, Reply};
use shared::jobs::SignInMethod;
use shared::store::Transaction;
use utoipa::ToSchema;

use super::enter::{Entered, Entrance, SignInAnswer};
use super::failure::{admit, record_failure};
use crate::accounts::{Account, Identifier, Touch};
use crate::attempts::{ADDRESS, SIGN_IN};
use crate::sessions::Device;
use crate::tenants::NamedTenant;
use crate::{AuthError, State};

/// How often an account may change while somebody signs in.
const ROUNDS: usize = 3;
/// A lookup takes this long at least: reading an account takes a tenth of a millisecond that reading nothing does not.
const LOOKUP: Duration = Duration::from_millis(5);

/// Who signs in: exactly one of `email` and `username`.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LoginRequest {
    /// The account's address.
    #[garde(inner(length(min = 3, max = 254)))]
    #[schema(example = "ada@example.com")]
    email: Option<String>,
    /// Or its username.
    #[garde(inner(length(min = 1, max = 64)))]
    username: Option<String>,
    /// The password.
    #[garde(length(chars, min = 1, max = 256))]
    password: String,
}

/// Signs in with a password. `x-tenant-id` names one of several memberships.
#[utoipa::path(
    post, path = "/login", tag = "sign-in", request_body = LoginRequest,
    params(("x-tenant-id" = Option<uuid::Uuid>, Header, description = "Which of one's tenants to sign in to")),
    responses(
        (status = 200, body = Envelope<SignInAnswer>),
        (status = 401, description = "INVALID_CREDENTIALS", body = shared::http::ErrorEnvelope),
        (status = 403, description = "ACCOUNT_SUSPENDED, ACCOUNT_NOT_VERIFIED, or FORBIDDEN: no member of the named tenant", body = shared::http::ErrorEnvelope),
        (status = 423, description = "ACCOUNT_LOCKED; see `Retry-After`", body = shared::http::ErrorEnvelope),
        (status = 429, description = "RATE_LIMITED; see `Retry-After`", body = shared::http::ErrorEnvelope),
    )
)]
pub(crate) async fn login(
    Extract(state): Extract<State>,
    device: Device,
    NamedTenant(named): NamedTenant,
    Json(request): Json<LoginRequest>,
) -> Result<Reply<SignInAnswer>, AuthError> {
    let identifier = request.identifier()?;
    let who = format!("{}|{}", identifier.partition(), device.address);
    state.attempts.admit_or_lock(SIGN_IN, &who).await?;
    let (found, ()) = tokio::join!(state.accounts.find(&identifier), tokio::time::sleep(LOOKUP));
    let mut found = found?;
    // A blocked address is refused without waiting for a hash that has not begun.
    let (mut right, attempt) =
        futures_util::future::try_join(is_right(&state, found.as_ref(), &request.password), async {
            Ok(state.attempts.admit(ADDRESS, &device.address).await?)
        })
        .await?;
    for _ in 0..ROUNDS {
        let (Some(account), true) = (&found, right) else {
            let typed = identifier.partition();
            record_failure(&state, found.as_ref(), &typed, &device, SignInMethod::Password, "invalidCredentials")
                .await?;
            return Err(AuthError::InvalidCredentials);
        };
        let (entered, given_back) = tokio::join!(
            enter(&state, account, named, &device, &who, &request.password),
            state.attempts.give_back(ADDRESS, &device.address, attempt),
        );
        given_back?;
        if let Some(answer) = entered? {
            return Ok(Reply::ok(answer));
        }
        // The index lagged behind, or the account has changed meanwhile: look again.
        let id = account.id;
        found = state.accounts.get(id).await?;
        right = is_right(&state, found.as_ref(), &request.password).await?;
    }
    Err(Error::unavailable("the account keeps changing").into())
}

async fn is_right(state: &State, account: Option<&Account>, password: &str) -> Result<bool, AuthError> {
    let hash = account.and_then(|account| account.password_hash.as_deref());
    Ok(state.passwords.verify(password, hash).await?)
}

/// After the right password: a session, or a challenge. `None` if the account has changed since
/// it was read.
async fn enter(
    state: &State,
    account: &Account,
    named: Option<TenantId>,
    device: &Device,
    who: &str,
    password: &str,
) -> Result<Option<SignInAnswer>, AuthError> {
    let tenant = match admit(state, account, named, device, SignInMethod::Password).await {
        Ok(tenant) => tenant,
        Err(refusal) => {
            // The password was right: this was no failure to guess it.
            state.attempts.forget(SIGN_IN, who)?.run().await?;
            return Err(refusal);
        }
    };
    let transaction = Transaction::new(state.platform.store()).with(state.attempts.forget(SIGN_IN, who)?);
    let touch = Touch { password_hash: rehashed(state, account, password).await?, ..Touch::default() };
    let method = SignInMethod::Password;
    let entrance = Entrance { account, tenant, device, method, second_factor: None, touch, transaction };
    match entrance.enter(state).await? {
        Entered::Done(answer) => Ok(Some(answer)),
        Entered::Changed => Ok(None),
        Entered::Refused(_) => Err(Error::internal("a new session was refused").into()),
    }
}

/// A new hash where the old one is outdated.
async fn rehashed(state: &State, account: &Account, password: &str) -> Result<Option<String>, AuthError> {
    let outdated = account.password_hash.as_deref().is_some_and(|hash| !state.passwords.is_todays(hash));
    if outdated { Ok(Some(state.passwords.hash(password).await?)) } else { Ok(None) }
}

impl LoginRequest {
    fn identifier(&self) -> Result<Identifier, Error> {
        match (&self.email, &self.username) {
            (Some(email), None) => Ok(Identifier::email(email)),
            (None, Some(username)) => Ok(Identifier::username(username)),
            _ => Err(Error::field("email", "exactly one of email and username is needed")),
        }
    }
}
