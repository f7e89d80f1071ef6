//! `POST /invitations/accept`: a mailed link makes somebody a member.

use axum::extract::State as Extract;
use garde::Validate;
use serde::{Deserialize, Serialize};
use shared::auth::{Revocation, Role, SYSTEM_TENANT, TenantId, UserId};
use shared::http::{Envelope, ErrorEnvelope, Json, Reply};
use shared::jobs::Entry;
use shared::store::{Commit, Transaction};
use shared::{Error, ids};
use utoipa::ToSchema;

use crate::accounts::{Account, Identifier, Membership, NewAccount, Profile, plain_text, username_rule};
use crate::audit::{Act, Event};
use crate::links::Invitation;
use crate::passwords::strength;
use crate::sessions::Device;
use crate::signin::{Brings, prove_address};
use crate::{AuthError, State};

/// How often an account may change meanwhile.
const ROUNDS: usize = 3;
/// Memberships of one account: all of them are written, and deleted, in one transaction of at most 100 writes.
const MOST_MEMBERSHIPS: usize = 38;

/// A mailed token, and what a new account needs.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AcceptRequest {
    /// From the link.
    #[garde(length(min = 1, max = 4096))]
    token: String,
    /// Of a new account: 8 to 256 characters that are hard to guess. Nothing to an account that exists.
    #[garde(inner(length(chars, min = 1, max = 1024)))]
    password: Option<String>,
    /// Given name of a new account.
    #[garde(inner(length(chars, min = 1, max = 80), custom(plain_text)))]
    first_name: Option<String>,
    /// Family name of a new account.
    #[garde(inner(length(chars, min = 1, max = 80), custom(plain_text)))]
    last_name: Option<String>,
    /// Username of a new account.
    #[garde(inner(custom(username_rule)))]
    username: Option<String>,
}

/// That somebody is a member now.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Joined {
    /// Always true.
    accepted: bool,
    /// Of which tenant.
    tenant_id: TenantId,
    /// Whether the account was there before: it signs in as ever, with its own password. One that nobody had verified
    /// was not: it signs in with the password that came along.
    existing_account: bool,
}

/// Accepts an invitation, once. Somebody without an account gets one, with the address verified.
#[utoipa::path(
    post, path = "/invitations/accept", operation_id = "acceptInvitation", tag = "users", request_body = AcceptRequest,
    responses(
        (status = 200, body = Envelope<Joined>),
        (status = 400, description = "WEAK_PASSWORD, INVALID_JSON, or VALIDATION_FAILED: a new account needs a password", body = ErrorEnvelope),
        (status = 401, description = "TOKEN_INVALID", body = ErrorEnvelope),
        (status = 409, description = "USERNAME_TAKEN, or CONFLICT: a member of too many tenants", body = ErrorEnvelope),
    )
)]
pub(crate) async fn accept_invitation(
    Extract(state): Extract<State>,
    device: Device,
    Json(request): Json<AcceptRequest>,
) -> Result<Reply<Joined>, AuthError> {
    let invitation: Invitation = state.links.find(&request.token).await?;
    if !inviter_still_may(&state, &invitation).await? {
        return Err(AuthError::TokenInvalid);
    }
    let mut hash = None;
    for _ in 0..ROUNDS {
        let owner = state.accounts.owner(&invitation.email).await?;
        let verified = owner.as_ref().is_some_and(|owner| owner.verified_at.is_some());
        if !verified && hash.is_none() {
            hash = Some(request.hash(&state, &invitation.email).await?);
        }
        let hash = hash.clone().filter(|_| !verified);
        if join(&state, owner, hash, &request, &invitation, &device).await? {
            let tenant_id = invitation.tenant_id;
            return Ok(Reply::ok(Joined { accepted: true, tenant_id, existing_account: verified }));
        }
    }
    Err(Error::unavailable("the account keeps changing").into())
}

/// Whether whoever invited still runs the tenant, or the platform. Nobody stands for the platform's first invitation,
/// which is over once somebody is there.
async fn inviter_still_may(state: &State, invitation: &Invitation) -> Result<bool, Error> {
    let Some(by) = invitation.invited_by else {
        return Ok(!state.accounts.has_members(SYSTEM_TENANT).await?);
    };
    let may = |it: &Membership| match it.tenant_id {
        SYSTEM_TENANT => it.roles.include(Role::System) && it.suspended_at.is_none(),
        tenant => tenant == invitation.tenant_id && it.runs_tenant(),
    };
    let runs = |account: Account| account.suspended_at.is_none() && account.memberships.iter().any(may);
    if state.accounts.get(by).await?.is_some_and(runs) {
        return Ok(true);
    }
    let machine = state.service_accounts.get(invitation.tenant_id, by).await?;
    Ok(machine.is_some_and(|machine| machine.roles.include(Role::Admin)))
}

/// `false` if the account appeared or was changed meanwhile.
async fn join(
    state: &State,
    owner: Option<Account>,
    hash: Option<String>,
    request: &AcceptRequest,
    invitation: &Invitation,
    device: &Device,
) -> Result<bool, AuthError> {
    let mut transaction = Transaction::new(state.platform.store());
    let open = transaction.add(state.links.redeem::<Invitation>(&request.token));
    if let Some(id) = invitation.id {
        state.invitations.close(&mut transaction, invitation.tenant_id, id, &invitation.email);
    }
    let Membered { user, username, entries, revocation } = if let Some(account) = owner {
        add_membership(state, &mut transaction, account, (hash, request), invitation, device).await?
    } else {
        let account = state.accounts.prepare(request.account(state, hash, invitation))?;
        let username = state.accounts.add_new(&mut transaction, &account);
        let entries = state.accounts.announce(&mut transaction, &account)?;
        Membered { user: account.id, username, entries, revocation: None }
    };
    let now = state.platform.clock().now();
    let event = Event::own(invitation.tenant_id, user, Act::InvitationAccepted, device, now);
    let event = event.with(|details| details.roles = Some(invitation.roles.clone()));
    transaction.add(state.audit.record(&event));
    match transaction.commit().await? {
        Commit::Done => {
            if let Some(revocation) = revocation {
                state.platform.authenticator().revocations().note(revocation);
            }
            state.platform.outbox().send(entries).await;
            Ok(true)
        }
        Commit::Refused(index) if index == open => Err(AuthError::TokenInvalid),
        Commit::Refused(index) if username == Some(index) => Err(AuthError::UsernameTaken),
        Commit::Refused(_) => Ok(false),
    }
}

/// Who is a member now, and what is to be done once that is written.
struct Membered {
    user: UserId,
    /// The write that claims his username.
    username: Option<usize>,
    entries: Vec<Entry>,
    revocation: Option<Revocation>,
}

/// The membership of an account that exists. One that nobody has verified becomes whose mail it is.
async fn add_membership(
    state: &State,
    transaction: &mut Transaction,
    mut account: Account,
    (hash, request): (Option<String>, &AcceptRequest),
    invitation: &Invitation,
    device: &Device,
) -> Result<Membered, AuthError> {
    let tenant = invitation.tenant_id;
    if account.may_be_invited(tenant) {
        account.memberships.retain(|membership| membership.tenant_id != tenant);
        if account.memberships.len() >= MOST_MEMBERSHIPS {
            return Err(Error::Conflict.into());
        }
        let membership = Membership::new(tenant, invitation.roles.clone());
        if membership.runs_tenant() && account.suspended_at.is_none() {
            transaction.add(state.accounts.add_admin(tenant, account.id));
        }
        account.memberships.push(membership);
    }
    let user = account.id;
    if account.verified_at.is_none() {
        // The tenant that invites him is where he signs in, whatever a stranger has chosen.
        account.memberships.sort_by_key(|membership| membership.tenant_id != tenant);
        let new = account.username.is_none().then_some(request.username.as_deref()).flatten().map(Identifier::username);
        let username = new.map(|name| transaction.add(state.accounts.claim(&name, user)));
        let brings = hash.map_or(Brings::Nothing, |password_hash| Brings::Invited {
            password_hash,
            username: request.username.clone(),
            profile: request.profile(),
        });
        let (entries, revocation) = prove_address(state, transaction, &mut account, brings, device).await?;
        return Ok(Membered { user, username, entries, revocation: Some(revocation) });
    }
    transaction.add(state.accounts.save(&mut account));
    state.accounts.put_members(transaction, &account);
    let entries = state.accounts.announce(transaction, &account)?;
    Ok(Membered { user, username: None, entries, revocation: None })
}

impl AcceptRequest {
    async fn hash(&self, state: &State, email: &str) -> Result<String, AuthError> {
        let password = self.password.as_deref().ok_or_else(|| Error::field("password", "is needed"))?;
        let names = [self.username.as_deref(), self.first_name.as_deref(), self.last_name.as_deref()];
        let about: Vec<&str> = std::iter::once(email).chain(names.into_iter().flatten()).collect();
        strength::check(password, &about)?;
        Ok(state.passwords.hash(password).await?)
    }

    fn profile(&self) -> Profile {
        Profile { first_name: self.first_name.clone(), last_name: self.last_name.clone(), ..Profile::default() }
    }

    fn account(&self, state: &State, password_hash: Option<String>, invitation: &Invitation) -> NewAccount {
        NewAccount {
            id: UserId(ids::new(state.platform.clock())),
            email: invitation.email.clone(),
            username: self.username.clone(),
            password_hash,
            verified: true,
            profile: self.profile(),
            memberships: vec![(invitation.tenant_id, invitation.roles.clone())],
            totp_secret: None,
        }
    }
}
