//! A session's item: `USER#<id>` / `SESSION#<id>`, beside its account.

use jiff::Timestamp;
use shared::auth::{Reach, Revocation, Revocations, UserId};
use shared::clock::Clock;
use shared::seal::Sealer;
use shared::store::{Action, Key, Position, Rows, Table, Transaction};
use shared::{Error, seal};
use uuid::Uuid;

use super::Session;
use super::token::TokenName;
use crate::AuthError;
use crate::accounts::{Account, Accounts};

/// The sessions.
#[derive(Clone, Debug)]
pub struct Sessions {
    table: Table,
    sealer: Sealer,
    clock: Clock,
}

impl Sessions {
    /// Sessions in `table`; their tokens are signed by `sealer`.
    #[must_use]
    pub fn new(table: Table, sealer: Sealer, clock: Clock) -> Self {
        Self { table, sealer, clock }
    }

    /// The write of a session that begins, and its first refresh token.
    pub(crate) fn begin(&self, mut session: Session) -> Result<(Action, String), Error> {
        let token = self.live_token(&session)?;
        session.live_digest = seal::digest(token.as_bytes());
        Ok((self.table.put(&key(session.user_id, session.id), &session).if_absent(), token))
    }

    /// An account and one of its sessions, in one read.
    pub(crate) async fn with_account(
        &self,
        accounts: &Accounts,
        user: UserId,
        session: Uuid,
    ) -> Result<(Option<Account>, Option<Session>), Error> {
        accounts.get_with(user, &key(user, session)).await
    }

    /// The write that remembers that its owner has just shown who he is.
    pub(crate) fn authenticated(&self, session: &Session, now: Timestamp) -> Action {
        let update = self.table.update(&key(session.user_id, session.id), "SET authenticatedAt = :now");
        update.if_present().value(":now", now)
    }

    /// The session's newest token.
    pub(super) fn live_token(&self, session: &Session) -> Result<String, Error> {
        let name = TokenName { user: session.user_id, session: session.id, generation: session.family.live() };
        name.derive(&self.sealer)
    }

    /// The name of a refresh token that we made.
    pub(super) fn name(&self, token: &str) -> Result<TokenName, AuthError> {
        TokenName::verify(&self.sealer, token).ok_or(AuthError::TokenInvalid)
    }

    /// A token's account and session, in one read.
    pub(super) async fn find(&self, accounts: &Accounts, name: TokenName) -> Result<(Account, Session), AuthError> {
        match self.with_account(accounts, name.user, name.session).await? {
            (Some(account), Some(session)) => Ok((account, session)),
            _ => Err(AuthError::TokenRevoked),
        }
    }

    /// Stores `next` in the place of `read`, and gives its newest token; `None` if somebody else
    /// was faster.
    pub(super) async fn replace(&self, read: &Session, mut next: Session) -> Result<Option<String>, Error> {
        let token = self.live_token(&next)?;
        next.live_digest = seal::digest(token.as_bytes());
        let put = self.table.put(&key(next.user_id, next.id), &next);
        let stored = put.when("liveDigest = :read").value(":read", &read.live_digest).run().await?;
        Ok(stored.then_some(token))
    }

    /// The writes that end a session everywhere; the first is refused if there is no such session.
    pub(super) fn end(&self, user: UserId, session: Uuid, revocations: &Revocations) -> (Transaction, Revocation) {
        let (revoke, revocation) = self.revoke(session, revocations);
        let transaction = Transaction::new(self.table.store());
        (transaction.with(self.table.delete(&key(user, session)).if_present()).with(revoke), revocation)
    }

    /// The write that ends a session's access tokens.
    pub(super) fn revoke(&self, session: Uuid, revocations: &Revocations) -> (Action, Revocation) {
        let revocation = Revocation::new(session, Reach::Session, self.clock.now());
        (revocations.revoke(&revocation), revocation)
    }

    /// The condition that a session is still there.
    pub(crate) fn still_there(&self, session: &Session) -> Action {
        self.table.check(&key(session.user_id, session.id)).if_present()
    }

    /// A page of an account's sessions, newest first.
    pub(crate) async fn page(&self, user: UserId, limit: u32, after: Option<Position>) -> Result<Rows<Session>, Error> {
        self.table.query(partition(user)).prefix("SESSION#").backwards(true).limit(limit).after(after).page().await
    }
}

fn partition(user: UserId) -> String {
    format!("USER#{user}")
}

fn key(user: UserId, session: Uuid) -> Key {
    Key::new(partition(user), format!("SESSION#{session}"))
}
