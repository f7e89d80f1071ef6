//! Whose account an identity at a provider opens: the one that it is linked to, else the one of its verified address,
//! else a new one.

use shared::auth::{Role, Roles, UserId};
use shared::store::{Commit, Transaction};
use shared::{Error, ids};

use super::ProviderName;
use super::model::Person;
use crate::accounts::{Account, NewAccount, Profile, Touch};
use crate::audit::{Act, Event};
use crate::sessions::Device;
use crate::signin::{Entered, Entrance, SignInAnswer, admit, owned};
use crate::signup::open_to_sign_up;
use crate::tenants::NamedTenant;
use crate::{AuthError, State};

/// How often accounts may appear or change meanwhile.
const ROUNDS: usize = 5;

/// Somebody whom a provider has named.
pub(super) struct SignIn<'a> {
    pub(super) state: &'a State,
    pub(super) provider: ProviderName,
    pub(super) person: &'a Person,
    pub(super) device: &'a Device,
    /// Where to.
    pub(super) named: NamedTenant,
}

impl SignIn<'_> {
    /// Lets him in, or asks for the second factor of an account that has one.
    pub(super) async fn enter(&self) -> Result<SignInAnswer, AuthError> {
        for _ in 0..ROUNDS {
            let entered = if let Some(account) = self.linked_account().await? {
                self.enter_as(&account).await?
            } else if let Some(account) = self.account_of_address().await? {
                self.enter_as(&account).await?
            } else {
                // The next round finds it, or what was there before it.
                self.sign_up().await?;
                None
            };
            if let Some(answer) = entered {
                return Ok(answer);
            }
        }
        Err(Error::unavailable("the account keeps changing").into())
    }

    async fn linked_account(&self) -> Result<Option<Account>, AuthError> {
        let accounts = &self.state.accounts;
        match accounts.owner_of_identity(&self.person.issuer, &self.person.subject).await? {
            // It may have been unlinked between the two reads.
            Some(id) => Ok(accounts.get(id).await?.filter(|account| self.is_linked(account))),
            None => Ok(None),
        }
    }

    fn is_linked(&self, account: &Account) -> bool {
        let Person { issuer, subject, .. } = self.person;
        account.identities.iter().any(|identity| identity.issuer == *issuer && identity.subject == *subject)
    }

    /// The account of an address that is verified on both sides. If it was not on ours, the provider has just proven
    /// it, and nothing is left of what somebody else may have put there before.
    async fn account_of_address(&self) -> Result<Option<Account>, AuthError> {
        match self.state.accounts.owner(self.email()?).await? {
            Some(account) => owned(self.state, account, self.device).await,
            None => Ok(None),
        }
    }

    fn email(&self) -> Result<&str, AuthError> {
        self.person.verified_email.as_deref().ok_or(AuthError::AccountNotVerified)
    }

    /// One round, linking what is not linked yet, if need be after the second factor; `None` if something has changed
    /// meanwhile.
    async fn enter_as(&self, account: &Account) -> Result<Option<SignInAnswer>, AuthError> {
        let &Self { state, provider, device, .. } = self;
        let method = provider.method();
        let tenant = admit(state, account, self.named.0, device, method).await?;
        let now = state.platform.clock().now();
        let identity = (!self.is_linked(account)).then(|| self.person.identity(provider, now));
        let (touch, transaction) = (Touch::default(), Transaction::new(state.platform.store()));
        let entrance = Entrance { account, tenant, device, method, second_factor: None, touch, transaction };
        match entrance.enter_linking(state, identity).await? {
            Entered::Done(answer) => Ok(Some(answer)),
            Entered::Changed => Ok(None),
            Entered::Refused(_) => Err(Error::internal("a new session was refused").into()),
        }
    }

    /// Makes an account, if the tenant is open to it. Nothing, if its address or its identity is somebody's by now.
    async fn sign_up(&self) -> Result<(), AuthError> {
        let (state, person) = (self.state, self.person);
        let email = self.email()?.to_owned();
        let tenant = open_to_sign_up(state, self.named).await?;
        let now = state.platform.clock().now();
        let mut account = state.accounts.prepare(NewAccount {
            id: UserId(ids::at(now)),
            email,
            username: None,
            password_hash: None,
            verified: true,
            profile: Profile {
                first_name: person.names.first.clone(),
                last_name: person.names.last.clone(),
                ..Profile::default()
            },
            memberships: vec![(tenant, Roles(vec![Role::User]))],
            totp_secret: None,
        })?;
        account.identities = vec![person.identity(self.provider, now)];
        let mut transaction = Transaction::new(state.platform.store());
        let _ = state.accounts.add_new(&mut transaction, &account);
        let entries = state.accounts.announce(&mut transaction, &account)?;
        transaction.add(state.audit.record(&self.event(&account, Act::SignedUp)));
        if transaction.commit().await? == Commit::Done {
            state.platform.outbox().send(entries).await;
        }
        Ok(())
    }

    fn event(&self, account: &Account, act: Act) -> Event {
        let now = self.state.platform.clock().now();
        Event::own(account.home(), account.id, act, self.device, now)
            .with(|details| details.subject = Some(self.provider.as_str().to_owned()))
    }
}
