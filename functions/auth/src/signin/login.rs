//! `POST /login`: password, then tokens or a challenge.
//!
//! Two calls before the hash: the attempt is reserved, the account is found. One transaction
//! after it. Beside the hash the address's attempt is reserved, beside the transaction it is given back.

use axum::extract::State as Extract;
use garde::Validate;
use serde::{Deserialize, Serialize};
use shared::Error;
use shared::auth::TenantId;
use shared::http::{Envelope, Json, Reply};
use shared::jobs::{SignInMethod, SignInOutcome};
use shared::store::{Action, Commit, Transaction};
use utoipa::ToSchema;

use super::finish::{SignIn, add_fact, begin_session};
use crate::accounts::{Account, Identifier};
use crate::attempts::{ADDRESS, Attempt, SIGN_IN, Verdict};
use crate::sessions::{Device, Tokens};
use crate::tenants::NamedTenant;
use crate::{AuthError, State};

/// How often an account may change while somebody signs in.
const ROUNDS: usize = 3;

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

/// Tokens, or the challenge of an account with a second factor.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum LoginAnswer {
    /// Signed in.
    Tokens(Box<Tokens>),
    /// A second factor is needed.
    Challenge(MfaChallenge),
}

/// That a second factor is needed.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MfaChallenge {
    /// Always true.
    mfa_required: bool,
    /// To be shown with the code, within 5 minutes.
    mfa_token: String,
    /// What the account can answer with.
    #[schema(example = json!(["totp"]))]
    available_methods: Vec<&'static str>,
}

/// Signs in with a password. `x-tenant-id` names one of several memberships.
#[utoipa::path(
    post, path = "/login", tag = "sign-in", request_body = LoginRequest,
    params(("x-tenant-id" = Option<uuid::Uuid>, Header, description = "Which of one's tenants to sign in to")),
    responses(
        (status = 200, body = Envelope<LoginAnswer>),
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
) -> Result<Reply<LoginAnswer>, AuthError> {
    let identifier = request.identifier()?;
    let who = format!("{}|{}", identifier.partition(), device.address);
    if let Verdict::Locked(rest) = state.attempts.reserve(SIGN_IN, &who).await? {
        return Err(AuthError::AccountLocked { retry_after: rest.try_into().unwrap_or_default() });
    }
    let mut found = state.accounts.find(&identifier).await?;
    // A blocked address is refused without waiting for a hash that has not begun.
    let (mut right, attempt) = futures_util::future::try_join(
        is_right(&state, found.as_ref(), &request.password),
        count_address(&state, &device.address),
    )
    .await?;
    for _ in 0..ROUNDS {
        let (Some(account), true) = (found, right) else {
            return Err(AuthError::InvalidCredentials);
        };
        let id = account.id;
        let (entered, given_back) = tokio::join!(
            enter(&state, account, named, &device, &who, &request.password),
            state.attempts.give_back(ADDRESS, &device.address, attempt),
        );
        given_back?;
        if let Some(answer) = entered? {
            return Ok(Reply::ok(answer));
        }
        // The index lagged behind, or the account has changed meanwhile: look again.
        found = state.accounts.get(id).await?;
        right = is_right(&state, found.as_ref(), &request.password).await?;
    }
    Err(Error::unavailable("the account keeps changing").into())
}

async fn is_right(state: &State, account: Option<&Account>, password: &str) -> Result<bool, AuthError> {
    let hash = account.and_then(|account| account.password_hash.as_deref());
    Ok(state.passwords.verify(password, hash).await?)
}

/// Counts an attempt of an address; it is given back after a right password.
async fn count_address(state: &State, address: &str) -> Result<Attempt, AuthError> {
    match state.attempts.reserve(ADDRESS, address).await? {
        Verdict::Allowed(attempt) => Ok(attempt),
        Verdict::Locked(rest) => Err(Error::RateLimited { retry_after: rest.try_into().unwrap_or_default() }.into()),
    }
}

/// After the right password: a session, or a challenge. `None` if the account has changed since
/// it was read.
async fn enter(
    state: &State,
    account: Account,
    named: Option<TenantId>,
    device: &Device,
    who: &str,
    password: &str,
) -> Result<Option<LoginAnswer>, AuthError> {
    let allowed = account.check_may_sign_in().and_then(|()| Ok(account.membership(named)?.tenant_id));
    let tenant = match allowed {
        Ok(tenant) => tenant,
        Err(refusal) => {
            // The password was right: this was no failure.
            state.attempts.forget(SIGN_IN, who)?.run().await?;
            return Err(refusal);
        }
    };
    let mut transaction = Transaction::new(state.platform.store());
    let unchanged = transaction.add(account_as_read(state, &account, password).await?);
    transaction.add(state.attempts.forget(SIGN_IN, who)?);
    if account.totp.is_some() {
        let (begin, mfa_token) = state.challenges.begin(account.id, tenant)?;
        transaction.add(begin);
        let entries =
            add_fact(state, &mut transaction, &account, tenant, SignInMethod::Password, SignInOutcome::Challenged)?;
        if transaction.commit().await? != Commit::Done {
            return Ok(None);
        }
        state.platform.outbox().send(entries).await;
        let challenge = MfaChallenge { mfa_required: true, mfa_token, available_methods: vec!["totp"] };
        return Ok(Some(LoginAnswer::Challenge(challenge)));
    }
    match begin_session(state, transaction, &account, tenant, device.clone(), SignInMethod::Password).await? {
        SignIn::Done(tokens) => Ok(Some(LoginAnswer::Tokens(tokens))),
        SignIn::Refused(index) if index == unchanged => Ok(None),
        SignIn::Refused(_) => Err(Error::internal("a new session was refused").into()),
    }
}

/// That the account is still as it was read; with a new hash where the old one is outdated.
async fn account_as_read(state: &State, account: &Account, password: &str) -> Result<Action, AuthError> {
    let outdated = account.password_hash.as_deref().is_some_and(|hash| !state.passwords.is_todays(hash));
    if !outdated {
        return Ok(state.accounts.unchanged(account));
    }
    let hash = state.passwords.hash(password).await?;
    Ok(state.accounts.rehash(account, &hash))
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
