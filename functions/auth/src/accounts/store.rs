//! An account's items.
//!
//! | pk | sk | what |
//! |---|---|---|
//! | `USER#<id>` | `ACCOUNT` | the account; `gsi1pk` its address, `gsi2pk` its username |
//! | `EMAIL#<address>`, `USERNAME#<name>` | `UNIQUE` | whose it is, so that there is one |
//! | `TENANT#<id>` | `MEMBER#<user>` | how a tenant's members see each other |

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use shared::Error;
use shared::auth::{SYSTEM_TENANT, TenantId, UserId};
use shared::clock::Clock;
use shared::jobs::{Entry, Job, Outbox, QueueName};
use shared::seal::Sealer;
use shared::store::{Action, Commit, Key, Table, Transaction};

use super::{Account, Identifier, Membership, NewAccount, Totp};
use crate::signin::seal_totp_secret;

/// The condition that nothing has changed on which a sign-in depends.
const AS_READ: &str = "account.securityVersion = :read";

/// The accounts.
#[derive(Clone, Debug)]
pub struct Accounts {
    table: Table,
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

/// A member as others of the tenant see him.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Member {
    /// Who.
    pub user_id: UserId,
    /// His name.
    pub display_name: String,
    /// His picture.
    pub avatar_url: Option<String>,
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
#[derive(Debug, Deserialize)]
struct Held {
    account: Account,
}

/// Whose an address or a username is.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Claim {
    user_id: UserId,
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
        let now = self.clock.now();
        let totp = new.totp_secret.map(|secret| {
            seal_totp_secret(&self.sealer, new.id, &secret).map(|sealed_secret| Totp { sealed_secret, last_step: 0 })
        });
        let account = Account {
            id: new.id,
            version: 1,
            security_version: 1,
            email: new.email,
            username: new.username,
            password_hash: new.password_hash,
            verified_at: new.verified.then_some(now),
            suspended_at: None,
            profile: new.profile,
            totp: totp.transpose()?,
            memberships: new
                .memberships
                .into_iter()
                .map(|(tenant_id, roles)| Membership { tenant_id, roles, suspended_at: None })
                .collect(),
            sessions_valid_from: now,
            created_at: now,
        };
        let mut transaction = Transaction::new(self.table.store());
        transaction.add(self.table.put(&key(account.id), &row(&account)).if_absent());
        for identifier in identifiers(&account) {
            let claim = Key::new(identifier.partition(), "UNIQUE");
            transaction.add(self.table.put(&claim, &Claim { user_id: account.id }).if_absent());
        }
        self.put_members(&mut transaction, &account);
        let entries = self.announce(&mut transaction, &account)?;
        match transaction.commit().await? {
            Commit::Done => {
                self.outbox.send(entries).await;
                Ok(Created::Done(Box::new(account)))
            }
            Commit::Refused(_) => Ok(Created::Taken),
        }
    }

    /// Adds the jobs by which the other services learn of a new or changed account; they are sent after the commit.
    pub fn announce(&self, transaction: &mut Transaction, account: &Account) -> Result<Vec<Entry>, Error> {
        let job = Job::UserChanged(account.changed());
        // Only for fair shares of the queue.
        let tenant = account.memberships.first().map_or(SYSTEM_TENANT, |membership| membership.tenant_id);
        let mut entries = Vec::new();
        for queue in [QueueName::Chat, QueueName::Notify, QueueName::Reports, QueueName::Search] {
            entries.extend(self.outbox.add(transaction, queue, tenant, &job, None)?);
        }
        Ok(entries)
    }

    /// The write of a changed account, conditional on the version that was read.
    pub fn save(&self, account: &mut Account) -> Action {
        let read = account.version;
        account.version += 1;
        self.table.put(&key(account.id), &row(account)).when("account.version = :read").value(":read", read)
    }

    /// The condition that nothing has changed on which a sign-in depends.
    pub fn unchanged(&self, account: &Account) -> Action {
        self.table.check(&key(account.id)).when(AS_READ).value(":read", account.security_version)
    }

    /// The write of a new hash of the same password, on the same condition.
    pub fn rehash(&self, account: &Account, hash: &str) -> Action {
        let update = "SET account.passwordHash = :hash, account.version = account.version + :one";
        let action = self.table.update(&key(account.id), update).when(AS_READ);
        action.value(":read", account.security_version).value(":hash", hash).value(":one", 1)
    }

    /// The write that uses a TOTP step up, on the same condition and once.
    pub fn use_totp_step(&self, account: &Account, step: u64) -> Action {
        let update = "SET account.totp.lastStep = :step, account.version = account.version + :one";
        let unused = format!("{AS_READ} AND account.totp.lastStep < :step");
        let action = self.table.update(&key(account.id), update).when(unused);
        action.value(":read", account.security_version).value(":step", step).value(":one", 1)
    }

    /// The write that ends every session which began up to `now`, whatever else changes meanwhile.
    pub fn end_sessions(&self, id: UserId, now: Timestamp) -> Action {
        let update = "SET account.sessionsValidFrom = :from, account.version = account.version + :one";
        let valid_from = now + SignedDuration::from_millis(1);
        self.table.update(&key(id), update).if_present().value(":from", valid_from).value(":one", 1)
    }

    /// The writes by which every tenant of an account sees its present name.
    pub fn put_members(&self, transaction: &mut Transaction, account: &Account) {
        let member = Member {
            user_id: account.id,
            display_name: account.display_name(),
            avatar_url: account.profile.avatar_url.clone(),
        };
        for membership in &account.memberships {
            transaction.add(self.table.put(&member_key(membership.tenant_id, account.id), &member));
        }
    }

    /// Those of `ids` that are members of `tenant`.
    pub async fn members(&self, tenant: TenantId, ids: &[UserId]) -> Result<Vec<Member>, Error> {
        let keys: Vec<Key> = ids.iter().map(|id| member_key(tenant, *id)).collect();
        Ok(self.table.get_all(&keys).await?.into_iter().flatten().collect())
    }

    /// Whose these addresses are; unknown ones are left out.
    pub async fn owners(&self, emails: &[String]) -> Result<Vec<UserId>, Error> {
        let keys: Vec<Key> =
            emails.iter().map(|email| Key::new(Identifier::email(email).partition(), "UNIQUE")).collect();
        let claims: Vec<Option<Claim>> = self.table.get_all(&keys).await?;
        Ok(claims.into_iter().flatten().map(|claim| claim.user_id).collect())
    }
}

fn key(id: UserId) -> Key {
    Key::new(format!("USER#{id}"), "ACCOUNT")
}

fn member_key(tenant: TenantId, user: UserId) -> Key {
    Key::new(format!("TENANT#{tenant}"), format!("MEMBER#{user}"))
}

fn identifiers(account: &Account) -> impl Iterator<Item = Identifier> {
    let username = account.username.as_deref().map(Identifier::username);
    std::iter::once(Identifier::email(&account.email)).chain(username)
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
