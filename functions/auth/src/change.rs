//! Changing an account: read, change, and write all that belongs to it in one transaction, or begin again.

use jiff::Timestamp;
use serde::Serialize;
use shared::auth::{Reach, Revocation, TenantId, UserId};
use shared::http::{Finished, Idempotency, Reply};
use shared::jobs::{About, Entry, Job, QueueName};
use shared::store::{Action, Transaction};
use shared::{Error, ids};

use crate::accounts::{Account, Membership};
use crate::audit::{Act, Details, Event};
use crate::caller::Caller;
use crate::jobs::tell_services;
use crate::sessions::Session;
use crate::{AuthError, State, mail};

/// How often a change is tried while others change the same account.
const ROUNDS: usize = 5;

/// Whose account is changed.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Whose {
    /// The caller's.
    Own,
    /// That of a member of the caller's tenant.
    Member(UserId),
    /// Anybody's: for the platform itself.
    Anybody(UserId),
}

/// What may stay of the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// It is kept for a repetition of the request.
    Kept,
    /// It holds a secret.
    Secret,
}

/// An account that is being changed.
pub(crate) struct Change<'a> {
    pub(crate) state: &'a State,
    pub(crate) caller: &'a Caller,
    /// The account, to be changed.
    pub(crate) account: Account,
    /// The caller's session, if the account is his own.
    session: Option<Session>,
    pub(crate) now: Timestamp,
    transaction: Transaction,
    entries: Vec<Entry>,
    revocation: Option<Revocation>,
    /// What it means that one of the writes is refused, by its index.
    refusals: Vec<(usize, AuthError)>,
    announced: bool,
}

/// Applies `apply` to an account and commits it with everything that `apply` adds. It may be applied several times, to
/// the account as it is then.
pub(crate) async fn change<T: Serialize>(
    state: &State,
    caller: &Caller,
    idempotency: &Idempotency,
    (whose, answer): (Whose, Answer),
    apply: impl Fn(&mut Change<'_>) -> Result<Reply<T>, AuthError>,
) -> Result<Reply<T>, AuthError> {
    for _ in 0..ROUNDS {
        let mut change = Change::open(state, caller, whose).await?;
        let reply = apply(&mut change)?;
        if let Some(reply) = change.commit(idempotency, answer, reply).await? {
            return Ok(reply);
        }
    }
    Err(Error::unavailable("the account keeps changing").into())
}

/// Refuses a caller who has not shown for a while who he is, before anything happens that cannot be undone. A machine
/// cannot show it.
pub(crate) async fn require_fresh(state: &State, caller: &Caller) -> Result<(), AuthError> {
    let principal = &caller.principal;
    match Change::open(state, caller, Whose::Own).await {
        Ok(change) => change.require_fresh(),
        Err(error) => {
            let machine = state.service_accounts.get(principal.tenant(), principal.user()).await?;
            Err(if machine.is_some() { AuthError::StepUpRequired } else { error })
        }
    }
}

impl<'a> Change<'a> {
    async fn open(state: &'a State, caller: &'a Caller, whose: Whose) -> Result<Self, AuthError> {
        let now = state.platform.clock().now();
        let principal = &caller.principal;
        let (account, session) = match whose {
            Whose::Own => {
                let read = state.sessions.with_account(&state.accounts, principal.user(), principal.session()).await?;
                // Ended between the token's verification and now.
                let (Some(account), Some(session)) = read else { return Err(Error::Unauthorized.into()) };
                session.check_alive(&account, now).map_err(|_| Error::Unauthorized)?;
                (account, Some(session))
            }
            Whose::Member(user) => {
                let account = state.accounts.get(user).await?.filter(|account| account.is_member(principal.tenant()));
                (account.ok_or(Error::NotFound)?, None)
            }
            Whose::Anybody(user) => (state.accounts.get(user).await?.ok_or(Error::NotFound)?, None),
        };
        Ok(Self {
            state,
            caller,
            account,
            session,
            now,
            transaction: Transaction::new(state.platform.store()),
            entries: Vec::new(),
            revocation: None,
            refusals: Vec::new(),
            announced: false,
        })
    }

    /// Refuses a caller who has not shown for a while who he is.
    pub(crate) fn require_fresh(&self) -> Result<(), AuthError> {
        self.session.as_ref().map_or(Ok(()), |session| session.check_fresh(self.now))
    }

    /// The account's membership of the caller's tenant.
    pub(crate) fn membership(&mut self) -> Result<&mut Membership, AuthError> {
        let tenant = self.caller.principal.tenant();
        let found = self.account.memberships.iter_mut().find(|membership| membership.tenant_id == tenant);
        Ok(found.ok_or(Error::NotFound)?)
    }

    /// One more write.
    pub(crate) fn add(&mut self, action: Action) {
        self.transaction.add(action);
    }

    /// One more write with a condition, and what it means that it does not hold.
    pub(crate) fn guard(&mut self, action: Action, refused: AuthError) {
        let index = self.transaction.add(action);
        self.refusals.push((index, refused));
    }

    /// Ends all of the account's sessions but the caller's own.
    pub(crate) fn end_sessions(&mut self) {
        let kept = self.session.as_ref().map(|session| session.id);
        self.account.end_sessions(self.now, kept);
        let revocation = Revocation::new(self.account.id.0, Reach::Sessions, self.now);
        self.revocation = Some(kept.into_iter().fold(revocation, Revocation::except));
    }

    /// Ends the account's sessions in one tenant.
    pub(crate) fn end_sessions_in(&mut self, tenant: TenantId) {
        self.account.end_sessions_in(tenant, self.now);
        self.revocation = Some(Revocation::new(self.account.id.0, Reach::SessionsIn(tenant), self.now));
    }

    /// Writes it into the caller's tenant's audit log.
    pub(crate) fn record(&mut self, act: Act, details: impl FnOnce(&mut Details)) {
        let tenant = self.caller.principal.tenant();
        let event = Event::new(tenant, act, self.now).by(self.caller.principal.user(), &self.caller.device);
        let event = event.on(self.account.id).with(details);
        self.transaction.add(self.state.audit.record(&event));
    }

    /// Mails the account's owner.
    pub(crate) fn tell_owner(&mut self, about: About) -> Result<(), AuthError> {
        let entries = mail::tell_owner(self.state, &mut self.transaction, &self.account, about)?;
        self.entries.extend(entries);
        Ok(())
    }

    /// Has a job done once the change is made.
    pub(crate) fn enqueue(&mut self, queue: QueueName, job: &impl Serialize) -> Result<(), AuthError> {
        let (outbox, tenant) = (self.state.platform.outbox(), self.account.home());
        self.entries.extend(outbox.add(&mut self.transaction, queue, tenant, job, None)?);
        Ok(())
    }

    /// Has every other service do a job once the change is made; gives their names.
    pub(crate) fn tell_services(&mut self, job: &Job) -> Result<Vec<String>, AuthError> {
        let (outbox, tenant) = (self.state.platform.outbox(), self.account.home());
        let (told, entries) = tell_services(outbox, &mut self.transaction, tenant, job)?;
        self.entries.extend(entries);
        Ok(told)
    }

    /// Mails somebody else, in the name of the account's tenant.
    pub(crate) fn tell(&mut self, (email, locale): (&str, Option<&str>), about: About) -> Result<(), AuthError> {
        let id = (ids::new(self.state.platform.clock()), self.account.home());
        self.entries.extend(mail::tell(self.state, &mut self.transaction, id, (email, locale), about)?);
        Ok(())
    }

    /// When it is, in words that its owner understands.
    pub(crate) fn now_in_words(&self) -> String {
        mail::in_words(&self.account, self.now)
    }

    /// Has the other services learn of it.
    pub(crate) fn announce(&mut self) {
        self.announced = true;
    }

    /// `None` if the account was changed since it was read.
    async fn commit<T: Serialize>(
        mut self,
        idempotency: &Idempotency,
        answer: Answer,
        reply: Reply<T>,
    ) -> Result<Option<Reply<T>>, AuthError> {
        let state = self.state;
        let saved = self.transaction.add(state.accounts.save(&mut self.account));
        if self.announced {
            state.accounts.put_members(&mut self.transaction, &self.account);
            self.entries.extend(state.accounts.announce(&mut self.transaction, &self.account)?);
        }
        let revocations = state.platform.authenticator().revocations();
        if let Some(revocation) = &self.revocation {
            self.transaction.add(revocations.revoke(revocation));
        }
        let finished = match answer {
            Answer::Kept => idempotency.commit(self.transaction, reply).await?,
            Answer::Secret => idempotency.commit_unkept(self.transaction, reply).await?,
        };
        match finished {
            Finished::Reply(reply) => {
                if let Some(revocation) = self.revocation {
                    revocations.note(revocation);
                }
                reply.send(state.platform.outbox(), self.entries).await;
                Ok(Some(reply))
            }
            Finished::Refused(index) if index == saved => Ok(None),
            Finished::Refused(index) => {
                let refusal = self.refusals.into_iter().find(|(guarded, _)| *guarded == index);
                Err(refusal.map_or_else(
                    || Error::internal("a write without condition was refused").into(),
                    |(_, refusal)| refusal,
                ))
            }
        }
    }
}
