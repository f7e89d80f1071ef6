//! An account's items.
//!
//! | pk | sk | what |
//! |---|---|---|
//! | `USER#<id>` | `ACCOUNT` | the account; `gsi1pk` its address, `gsi2pk` its username |
//! | `EMAIL#<address>`, `USERNAME#<name>` | `UNIQUE` | whose it is, so that there is one |
//! | `IDENTITY#<digest>` | `UNIQUE` | whose identity at another provider it is |
//! | `TENANT#<id>` | `MEMBER#<user>` | how a tenant's members see each other |
//! | `TENANT#<id>` | `ADMINS` | who runs it: there is always one |

use jiff::Timestamp;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use shared::Error;
use shared::auth::{UserId, sessions_valid_from};
use shared::clock::Clock;
use shared::jobs::{Entry, Job, Outbox};
use shared::seal::Sealer;
use shared::store::{Action, Commit, Key, Table, Transaction};
use uuid::Uuid;

use super::members::member_key;
use super::{Account, Identifier, Membership, NewAccount, Totp};
use crate::jobs::tell_services;
use crate::totp::seal_totp_secret;

/// The accounts.
#[derive(Clone, Debug)]
pub struct Accounts {
    pub(super) table: Table,
    outbox: Outbox,
    sealer: Sealer,
    clock: Clock,
}

/// How making an account ended.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub enum Created {
    /// It is there.
    Done(Box<Account>),
    /// The address, the username or the id is somebody's already.
    Taken,
}

/// An account's item, with its places in the indexes.
#[derive(Debug, Serialize)]
struct Row<'a> {
    account: &'a Account,
    gsi1pk: String,
    gsi1sk: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    gsi2pk: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    gsi2sk: Option<String>,
}

/// What is read of it.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Held {
    pub(super) account: Account,
}

impl Accounts {
    /// Accounts in `table`, which the other services are told of by `outbox`.
    #[must_use]
    pub fn new(table: Table, outbox: Outbox, sealer: Sealer, clock: Clock) -> Self {
        Self { table, outbox, sealer, clock }
    }

    /// Finds an account by what somebody typed. The index may lag behind a change by moments,
    /// so whoever acts on the result makes its write conditional on the version.
    pub async fn find(&self, identifier: &Identifier) -> Result<Option<Account>, Error> {
        let index = match identifier {
            Identifier::Email(_) => "gsi1",
            Identifier::Username(_) => "gsi2",
        };
        let rows = self.table.query(identifier.partition()).index(index).limit(1).page::<Held>().await?;
        Ok(rows.items.into_iter().next().map(|held| held.account))
    }

    /// An account by its id, as it is now.
    pub async fn get(&self, id: UserId) -> Result<Option<Account>, Error> {
        Ok(self.table.get::<Held>(&key(id)).await?.map(|held| held.account))
    }

    /// An account and another item of the same owner in one read.
    pub async fn get_with<T: serde::de::DeserializeOwned>(
        &self,
        id: UserId,
        other: &Key,
    ) -> Result<(Option<Account>, Option<T>), Error> {
        let (held, other) = self.table.get_pair::<Held, T>(&key(id), other).await?;
        Ok((held.map(|held| held.account), other))
    }

    /// Makes an account with its claims and memberships, or nothing.
    pub async fn create(&self, new: NewAccount) -> Result<Created, Error> {
        let account = self.prepare(new)?;
        let mut transaction = Transaction::new(self.table.store());
        let _ = self.add_new(&mut transaction, &account);
        let entries = self.announce(&mut transaction, &account)?;
        match transaction.commit().await? {
            Commit::Done => {
                self.outbox.send(entries).await;
                Ok(Created::Done(Box::new(account)))
            }
            Commit::Refused(_) => Ok(Created::Taken),
        }
    }

    /// An account that is not stored yet.
    pub(crate) fn prepare(&self, new: NewAccount) -> Result<Account, Error> {
        let now = self.clock.now();
        let totp = new.totp_secret.map(|secret| {
            let sealed_secret = seal_totp_secret(&self.sealer, new.id, &secret)?;
            Ok(Totp { sealed_secret, last_step: 0, backup_codes: Vec::new() })
        });
        let memberships = new.memberships.into_iter().map(|(tenant_id, roles)| Membership::new(tenant_id, roles));
        Ok(Account {
            id: new.id,
            version: 1,
            security_version: 1,
            email: new.email,
            username: new.username,
            password_hash: new.password_hash,
            verified_at: new.verified.then_some(now),
            contested: false,
            wished_username: None,
            suspended_at: None,
            profile: new.profile,
            totp: totp.transpose()?,
            identities: Vec::new(),
            passkeys: 0,
            devices: Vec::new(),
            kept_session: None,
            memberships: memberships.collect(),
            former_tenants: Vec::new(),
            sessions_valid_from: now,
            created_at: now,
        })
    }

    /// Adds the writes of a new account with its claims and memberships; each is refused if it is taken. Gives the index
    /// of the one that claims the username.
    pub(crate) fn add_new(&self, transaction: &mut Transaction, account: &Account) -> Option<usize> {
        transaction.add(self.table.put(&key(account.id), &row(account)).if_absent());
        let mut claim = |identifier: &Identifier| transaction.add(self.claim(identifier, account.id));
        claim(&Identifier::email(&account.email));
        let username = account.username.as_deref().map(|name| claim(&Identifier::username(name)));
        for identity in &account.identities {
            transaction.add(self.claim_identity(identity, account.id));
        }
        self.put_members(transaction, account);
        for membership in account.memberships.iter().filter(|membership| membership.runs_tenant()) {
            transaction.add(self.add_admin(membership.tenant_id, account.id));
        }
        username
    }

    /// The write that deletes an account, if it is still as it was read.
    pub(crate) fn delete(&self, account: &Account) -> Action {
        self.table.delete(&key(account.id)).when("account.version = :read").value(":read", account.version)
    }

    /// Forgets everything that stands beside an account that is deleted.
    pub(crate) async fn forget(&self, user: UserId) -> Result<(), Error> {
        let rows = self.table.query(key(user).pk).all_stored::<IgnoredAny>().await?;
        let keys: Vec<Key> = rows.into_iter().map(|row| row.key).collect();
        self.table.delete_all(&keys).await
    }

    /// Adds the writes that give up all that is an account's but its address: refused if a tenant would be left without
    /// an admin.
    pub(crate) fn release_all(&self, transaction: &mut Transaction, account: &Account) {
        if let Some(username) = &account.username {
            transaction.add(self.release(&Identifier::username(username)));
        }
        for identity in &account.identities {
            transaction.add(self.release_identity(identity));
        }
        for membership in &account.memberships {
            transaction.add(self.table.delete(&member_key(membership.tenant_id, account.id)));
            if membership.runs_tenant() {
                transaction.add(self.remove_admin(membership.tenant_id, account.id));
            }
        }
    }

    /// Adds the jobs by which the other services learn of a new or changed account; they are sent after the commit.
    pub fn announce(&self, transaction: &mut Transaction, account: &Account) -> Result<Vec<Entry>, Error> {
        let job = Job::UserChanged(account.changed());
        Ok(tell_services(&self.outbox, transaction, account.home(), &job)?.1)
    }

    /// The write of a changed account, conditional on the version that was read.
    pub fn save(&self, account: &mut Account) -> Action {
        let read = account.version;
        account.version += 1;
        self.table.put(&key(account.id), &row(account)).when("account.version = :read").value(":read", read)
    }

    /// The write that ends every session which began up to `now`, whatever else changes meanwhile.
    pub fn end_sessions(&self, id: UserId, now: Timestamp) -> Action {
        let update = "SET account.sessionsValidFrom = :from, account.keptSession = :nobody, \
                      account.version = account.version + :one";
        let action = self.table.update(&key(id), update).if_present().value(":one", 1);
        action.value(":from", sessions_valid_from(now)).value(":nobody", Option::<Uuid>::None)
    }
}

pub(super) fn key(id: UserId) -> Key {
    Key::new(format!("USER#{id}"), "ACCOUNT")
}

fn row(account: &Account) -> Row<'_> {
    let username = account.username.as_deref().map(|name| Identifier::username(name).partition());
    Row {
        account,
        gsi1pk: Identifier::email(&account.email).partition(),
        gsi1sk: "ACCOUNT".to_owned(),
        gsi2sk: username.as_ref().map(|_| "ACCOUNT".to_owned()),
        gsi2pk: username,
    }
}
