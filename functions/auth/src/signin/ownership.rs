//! Whoever reads an address's mail owns the account of that address, whoever may have made it.

use shared::Error;
use shared::auth::{Reach, Revocation, Role, Roles, TenantId};
use shared::jobs::Entry;
use shared::store::{Commit, Transaction};

use crate::accounts::{Account, Membership, Profile, SignUp};
use crate::audit::{Act, Event};
use crate::sessions::Device;
use crate::{AuthError, State};

/// How often an account may change meanwhile.
const ROUNDS: usize = 5;

/// What an address's owner brings with him.
pub(crate) enum Brings {
    /// Nothing: he signs in without a password.
    Nothing,
    /// A new password, as its hash.
    Password(String),
    /// What he says with an invitation in his hand; the username, unless there is one, is claimed by whoever calls.
    Invited {
        /// A new password, as its hash.
        password_hash: String,
        username: Option<String>,
        profile: Profile,
    },
    /// What he said when he signed up; with the username, if it is free.
    SignUp(Box<SignUp>),
}

/// Adds the writes by which an unverified account becomes its address's owner's: verified, and without anything that
/// somebody else may have put there before (pre-hijacking).
///
/// The first write is refused if the account has changed since it was read.
pub(crate) async fn prove_address(
    state: &State,
    transaction: &mut Transaction,
    account: &mut Account,
    brings: Brings,
    device: &Device,
) -> Result<(Vec<Entry>, Revocation), Error> {
    let now = state.platform.clock().now();
    let identities = std::mem::take(&mut account.identities);
    let passkeys = if account.passkeys > 0 { state.passkeys.all(account.id).await? } else { Vec::new() };
    let left = bring(account, brings);
    (account.contested, account.wished_username) = (false, None);
    account.passkeys = 0;
    account.totp = None;
    account.devices = Vec::new();
    account.verified_at = Some(now);
    account.end_sessions(now, None);
    transaction.add(state.accounts.save(account));
    for identity in &identities {
        transaction.add(state.accounts.release_identity(identity));
    }
    for passkey in &passkeys {
        transaction.add(state.passkeys.remove(account.id, passkey));
        transaction.add(state.passkeys.release(passkey));
    }
    for tenant in left {
        transaction.add(state.accounts.remove_member(tenant, account.id));
        transaction.add(state.accounts.drop_admin(tenant, account.id));
    }
    state.accounts.put_members(transaction, account);
    let revocation = Revocation::new(account.id.0, Reach::Sessions, now);
    transaction.add(state.platform.authenticator().revocations().revoke(&revocation));
    let event = Event::own(account.home(), account.id, Act::AddressVerified, device, now);
    transaction.add(state.audit.record(&event));
    Ok((state.accounts.announce(transaction, account)?, revocation))
}

/// Makes the account what its owner brings; gives the tenants that it leaves.
fn bring(account: &mut Account, brings: Brings) -> Vec<TenantId> {
    // What a stranger may have said of himself.
    account.profile = Profile { locale: account.profile.locale.take(), ..Profile::default() };
    match brings {
        Brings::Nothing => account.password_hash = None,
        Brings::Password(hash) => account.password_hash = Some(hash),
        Brings::Invited { password_hash, username, profile } => {
            account.password_hash = Some(password_hash);
            account.username = account.username.take().or(username);
            account.profile = Profile { locale: account.profile.locale.take(), ..profile };
        }
        Brings::SignUp(own) => {
            account.password_hash = Some(own.password_hash);
            account.username = own.username;
            account.profile = own.profile;
            let others = |membership: &Membership| membership.tenant_id != own.tenant_id;
            let left: Vec<TenantId> =
                account.memberships.iter().filter(|it| others(it)).map(|it| it.tenant_id).collect();
            account.memberships.retain(|membership| !others(membership));
            account.former_tenants.extend(&left);
            if account.memberships.is_empty() {
                account.memberships.push(Membership::new(own.tenant_id, Roles(vec![Role::User])));
            }
            return left;
        }
    }
    Vec::new()
}

/// The account of somebody who has just proven that its address is his: as it is if it was verified, else without
/// anything of before. `None` if there is no account any more.
pub(crate) async fn owned(state: &State, mut account: Account, device: &Device) -> Result<Option<Account>, AuthError> {
    for _ in 0..ROUNDS {
        if account.verified_at.is_some() {
            return Ok(Some(account));
        }
        let mut transaction = Transaction::new(state.platform.store());
        let (entries, revocation) =
            prove_address(state, &mut transaction, &mut account, Brings::Nothing, device).await?;
        if transaction.commit().await? == Commit::Done {
            state.platform.authenticator().revocations().note(revocation);
            state.platform.outbox().send(entries).await;
            return Ok(Some(account));
        }
        let Some(now) = state.accounts.get(account.id).await? else { return Ok(None) };
        account = now;
    }
    Err(Error::unavailable("the account keeps changing").into())
}
