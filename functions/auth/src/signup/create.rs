//! `POST /signup/email`: makes an account that waits for its address to be verified.
//!
//! A taken address is answered like a free one, after the same work: one look, one hash, one transaction with the same
//! announcements. Its owner is told by mail.

use axum::extract::State as Extract;
use garde::Validate;
use serde::{Deserialize, Serialize};
use shared::auth::{Role, Roles, UserId};
use shared::http::rules::{email_address, language_tag};
use shared::http::{Envelope, ErrorEnvelope, Json, Reply};
use shared::jobs::{About, Entry};
use shared::store::{Commit, Transaction};
use shared::{Error, ids};
use utoipa::ToSchema;

use crate::accounts::{Account, Identifier, NewAccount, Profile, Taken, plain_text, username};
use crate::attempts::{MAILS_TO, SIGN_UPS};
use crate::audit::{Act, Event};
use crate::links::VerifyAddress;
use crate::links::send::hours;
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
    state.attempts.admit(MAILS_TO, &email.partition()).await?;
    let tenant = super::open_to_sign_up(&state, named).await?;
    strength::check(&request.password, &request.about())?;
    let found = state.accounts.find(&email).await?;
    // A username is no secret: it is refused whether or not the address is taken.
    if let Some(username) = &request.username {
        let holder = state.accounts.owner_of(&Identifier::username(username)).await?;
        if holder.is_some_and(|holder| found.as_ref().is_none_or(|found| found.id != holder)) {
            return Err(AuthError::UsernameTaken);
        }
    }
    let hash = state.passwords.hash(&request.password).await?;
    let mut owner = found;
    for _ in 0..ROUNDS {
        owner = match owner {
            Some(owner) if state.sign_up.enumeration_safe || owner.verified_at.is_none() => {
                match tell_owner(&state, owner, &hash, &device).await? {
                    None => break,
                    changed => changed,
                }
            }
            Some(_) => return Err(AuthError::EmailTaken),
            None => {
                let new = request.account(UserId(ids::new(state.platform.clock())), hash.clone(), tenant);
                match create(&state, new, &device).await? {
                    None => break,
                    Some(Taken::Username) => return Err(AuthError::UsernameTaken),
                    // By another sign-up at the same time.
                    Some(Taken::Email) => state.accounts.owner(&request.email).await?,
                }
            }
        };
    }
    Ok(Reply::created(SignedUp { verification_required: true }))
}

/// Makes the account and mails the link. Says what was taken.
async fn create(state: &State, new: NewAccount, device: &Device) -> Result<Option<Taken>, AuthError> {
    let account = state.accounts.prepare(new)?;
    let mut transaction = Transaction::new(state.platform.store());
    let claims = state.accounts.add_new(&mut transaction, &account);
    let mut entries = state.accounts.announce(&mut transaction, &account)?;
    let hash = account.password_hash.clone();
    entries.extend(mail_link(state, &mut transaction, &account, hash)?);
    let event = Event::own(account.home(), account.id, Act::SignedUp, device, account.created_at);
    transaction.add(state.audit.record(&event));
    match transaction.commit().await? {
        Commit::Done => {
            state.platform.outbox().send(entries).await;
            Ok(None)
        }
        Commit::Refused(index) => {
            let taken = claims.taken(index).ok_or_else(|| Error::internal("a new id was taken"))?;
            Ok(Some(taken))
        }
    }
}

/// The address has an account: its owner is told, or, if nobody has verified it yet, gets a link for this sign-up's
/// password. `None` once that is done; else the account as it is now.
async fn tell_owner(
    state: &State,
    mut owner: Account,
    hash: &str,
    device: &Device,
) -> Result<Option<Account>, AuthError> {
    let id = owner.id;
    let mut transaction = Transaction::new(state.platform.store());
    let mut entries = if owner.verified_at.is_some() {
        transaction.add(state.accounts.touch(&owner, &crate::accounts::Touch::default()));
        let link = state.links.page("sign-in");
        mail::tell_owner(state, &mut transaction, &owner, About::AlreadyRegistered { link })?
    } else {
        owner.password_hash = Some(hash.to_owned());
        owner.security_version += 1;
        transaction.add(state.accounts.save(&mut owner));
        mail_link(state, &mut transaction, &owner, Some(hash.to_owned()))?
    };
    entries.extend(state.accounts.announce(&mut transaction, &owner)?);
    let event = Event::new(owner.home(), Act::SignedUp, state.platform.clock().now()).from(device).on(id);
    transaction.add(state.audit.record(&event.failed("emailTaken")));
    match transaction.commit().await? {
        Commit::Done => {
            state.platform.outbox().send(entries).await;
            Ok(None)
        }
        Commit::Refused(_) => Ok(state.accounts.get(id).await?),
    }
}

/// Adds a link that verifies the address, and its mail.
fn mail_link(
    state: &State,
    transaction: &mut Transaction,
    account: &Account,
    password_hash: Option<String>,
) -> Result<Vec<Entry>, Error> {
    let link = VerifyAddress { user_id: account.id, password_hash };
    let (write, link) = state.links.issue(ids::new(state.platform.clock()), &link)?;
    transaction.add(write);
    let about = About::VerifyAddress { link, valid_hours: hours::<VerifyAddress>() };
    mail::tell_owner(state, transaction, account, about)
}

impl SignUpRequest {
    fn account(&self, id: UserId, hash: String, tenant: shared::auth::TenantId) -> NewAccount {
        NewAccount {
            id,
            email: self.email.clone(),
            username: self.username.clone(),
            password_hash: Some(hash),
            verified: false,
            profile: Profile {
                first_name: self.first_name.clone(),
                last_name: self.last_name.clone(),
                locale: self.locale.clone(),
                ..Profile::default()
            },
            memberships: vec![(tenant, Roles(vec![Role::User]))],
            totp_secret: None,
        }
    }

    /// What whoever guesses the password may know.
    fn about(&self) -> Vec<&str> {
        let fields = [Some(&self.email), self.username.as_ref(), self.first_name.as_ref(), self.last_name.as_ref()];
        fields.into_iter().flatten().map(String::as_str).collect()
    }
}

/// For garde: what a new username may be.
pub(crate) fn username_rule<C>(text: &str, _: &C) -> garde::Result {
    username::problem(text).map_or(Ok(()), |problem| Err(garde::Error::new(problem)))
}
