//! `POST /signup/email`: makes an account that waits for its address to be verified.
//!
//! A taken address is answered like a free one, after the same work: one look, one hash, one transaction with the same
//! announcements. Its owner is told by mail.

use axum::extract::State as Extract;
use garde::Validate;
use serde::{Deserialize, Serialize};
use shared::auth::{Role, Roles, TenantId, UserId};
use shared::http::rules::{email_address, language_tag};
use shared::http::{Envelope, ErrorEnvelope, Json, Reply};
use shared::jobs::{About, Entry};
use shared::store::{Commit, Transaction};
use shared::{Error, ids};
use utoipa::ToSchema;

use crate::accounts::{Account, Identifier, NewAccount, Profile, SignUp, Touch, plain_text, username_rule};
use crate::attempts::SIGN_UPS;
use crate::audit::{Act, Event};
use crate::links::request::admit_mail;
use crate::links::{Purpose, VerifyAddress};
use crate::passwords::strength;
use crate::sessions::Device;
use crate::tenants::NamedTenant;
use crate::{AuthError, State, mail};

/// How often an account may appear or change meanwhile.
const ROUNDS: usize = 3;

/// Who wants an account.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SignUpRequest {
    /// Where the link goes that verifies it.
    #[garde(custom(email_address))]
    #[schema(example = "ada@example.com")]
    email: String,
    /// 8 to 256 characters that are hard to guess.
    #[garde(length(chars, min = 1, max = 1024))]
    password: String,
    /// Given name.
    #[garde(inner(length(chars, min = 1, max = 80), custom(plain_text)))]
    first_name: Option<String>,
    /// Family name.
    #[garde(inner(length(chars, min = 1, max = 80), custom(plain_text)))]
    last_name: Option<String>,
    /// To sign in with instead of the address: 3 to 32 letters and digits of one script, with . _ - between them.
    #[garde(inner(custom(username_rule)))]
    username: Option<String>,
    /// Language of mails, BCP 47, like `de-AT`.
    #[garde(inner(length(min = 2, max = 35), custom(language_tag)))]
    locale: Option<String>,
}

/// That a mail is on its way.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SignedUp {
    /// Always true: the link in the mail makes the account usable.
    verification_required: bool,
}

/// Signs up into the tenant of `x-tenant-id`, which must be open to it, or into the default one. The answer is the
/// same for an address that has an account; its owner is told by mail.
#[utoipa::path(
    post, path = "/signup/email", operation_id = "signUp", tag = "sign-up", request_body = SignUpRequest,
    params(("x-tenant-id" = Option<uuid::Uuid>, Header, description = "Which tenant to join")),
    responses(
        (status = 201, body = Envelope<SignedUp>),
        (status = 400, description = "WEAK_PASSWORD, VALIDATION_FAILED or INVALID_JSON", body = ErrorEnvelope),
        (status = 403, description = "FORBIDDEN: the tenant is not open to sign-up", body = ErrorEnvelope),
        (status = 409, description = "USERNAME_TAKEN; and EMAIL_TAKEN where `SIGNUP_ENUMERATION_SAFE` is off", body = ErrorEnvelope),
        (status = 429, description = "RATE_LIMITED; see `Retry-After`", body = ErrorEnvelope),
    )
)]
pub(crate) async fn sign_up(
    Extract(state): Extract<State>,
    device: Device,
    named: NamedTenant,
    Json(request): Json<SignUpRequest>,
) -> Result<Reply<SignedUp>, AuthError> {
    let email = Identifier::email(&request.email);
    state.attempts.admit(SIGN_UPS, &device.address).await?;
    admit_mail(&state, "signup", &request.email, &device).await?;
    let tenant = super::tenant::open_to_sign_up(&state, named).await?;
    strength::check(&request.password, &request.about())?;
    // A username is no secret: it is refused whether or not the address is taken, and whoever has it.
    if let Some(username) = &request.username
        && state.accounts.owner_of(&Identifier::username(username)).await?.is_some()
    {
        return Err(AuthError::UsernameTaken);
    }
    let mut owner = state.accounts.find(&email).await?;
    let sign_up = request.sign_up(state.passwords.hash(&request.password).await?, tenant);
    for _ in 0..ROUNDS {
        let done = match owner {
            None => create(&state, &request.email, &sign_up, &device).await?,
            Some(owner) if owner.verified_at.is_none() => contest(&state, owner, &sign_up, &device).await?,
            Some(owner) if state.sign_up.enumeration_safe => {
                tell_owner(&state, &owner, &request.email, &sign_up, &device).await?
            }
            Some(_) => return Err(AuthError::EmailTaken),
        };
        if done {
            return Ok(Reply::created(SignedUp { verification_required: true }));
        }
        // It came, changed or went at the same time.
        owner = state.accounts.owner(&request.email).await?;
    }
    Err(Error::unavailable("the account keeps changing").into())
}

/// Makes the account and mails the link. `false` if there is one by now.
async fn create(state: &State, email: &str, sign_up: &SignUp, device: &Device) -> Result<bool, AuthError> {
    let mut account = state.accounts.prepare(NewAccount {
        id: UserId(ids::new(state.platform.clock())),
        email: email.to_owned(),
        username: None,
        password_hash: Some(sign_up.password_hash.clone()),
        verified: false,
        profile: sign_up.profile.clone(),
        memberships: vec![(sign_up.tenant_id, Roles(vec![Role::User]))],
        totp_secret: None,
    })?;
    account.wished_username.clone_from(&sign_up.username);
    let mut transaction = Transaction::new(state.platform.store());
    let _ = state.accounts.add_new(&mut transaction, &account);
    let mails = mail_link(state, &mut transaction, &account, sign_up)?;
    commit(state, transaction, &account, mails, (sign_up, device)).await
}

/// Nobody has verified the address yet: this sign-up gets a link of its own. `false` if the account has changed.
async fn contest(state: &State, mut owner: Account, sign_up: &SignUp, device: &Device) -> Result<bool, AuthError> {
    owner.contested = true;
    owner.security_version += 1;
    let mut transaction = Transaction::new(state.platform.store()).with(state.accounts.save(&mut owner));
    let mails = mail_link(state, &mut transaction, &owner, sign_up)?;
    commit(state, transaction, &owner, mails, (sign_up, device)).await
}

/// The address has an account: its owner is told, in the name of the tenant that he was signed up for, whose staff see a
/// mail to the address that was typed. `false` if the account has changed.
async fn tell_owner(
    state: &State,
    owner: &Account,
    email: &str,
    sign_up: &SignUp,
    device: &Device,
) -> Result<bool, AuthError> {
    let unchanged = state.accounts.touch(owner, &Touch::default());
    let mut transaction = Transaction::new(state.platform.store()).with(unchanged);
    let about = About::AlreadyRegistered { link: state.links.page("sign-in") };
    let (id, to) = (ids::new(state.platform.clock()), (email, owner.profile.locale.as_deref()));
    let mails = mail::tell(state, &mut transaction, (id, sign_up.tenant_id), to, about)?;
    commit(state, transaction, owner, mails, (sign_up, device)).await
}

/// The same for all three, so that they take equally long and the tenant's staff cannot tell them apart: the other
/// services hear of the account, new or not, and the tenant's log has a sign-up of nobody yet.
async fn commit(
    state: &State,
    mut transaction: Transaction,
    account: &Account,
    mut entries: Vec<Entry>,
    (sign_up, device): (&SignUp, &Device),
) -> Result<bool, AuthError> {
    entries.extend(state.accounts.announce(&mut transaction, account)?);
    let event = Event::new(sign_up.tenant_id, Act::SignedUp, state.platform.clock().now()).from(device);
    transaction.add(state.audit.record(&event));
    match transaction.commit().await? {
        Commit::Done => {
            state.platform.outbox().send(entries).await;
            Ok(true)
        }
        Commit::Refused(_) => Ok(false),
    }
}

/// Adds a link that verifies the address, and its mail.
fn mail_link(
    state: &State,
    transaction: &mut Transaction,
    account: &Account,
    sign_up: &SignUp,
) -> Result<Vec<Entry>, Error> {
    let link = VerifyAddress { user_id: account.id, sign_up: sign_up.clone() };
    let (write, link) = state.links.issue(ids::new(state.platform.clock()), &link)?;
    transaction.add(write);
    let about = About::VerifyAddress { link, valid_hours: VerifyAddress::minutes() / 60 };
    let to = (account.email.as_str(), sign_up.profile.locale.as_deref());
    mail::tell(state, transaction, (ids::new(state.platform.clock()), sign_up.tenant_id), to, about)
}

impl SignUpRequest {
    fn sign_up(&self, password_hash: String, tenant_id: TenantId) -> SignUp {
        SignUp {
            password_hash,
            username: self.username.clone(),
            profile: Profile {
                first_name: self.first_name.clone(),
                last_name: self.last_name.clone(),
                locale: self.locale.clone(),
                ..Profile::default()
            },
            tenant_id,
        }
    }

    /// What whoever guesses the password may know.
    fn about(&self) -> Vec<&str> {
        let fields = [Some(&self.email), self.username.as_ref(), self.first_name.as_ref(), self.last_name.as_ref()];
        fields.into_iter().flatten().map(String::as_str).collect()
    }
}
