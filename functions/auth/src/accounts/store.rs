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
use serde::{Deserialize, Serialize};
use shared::Error;
use shared::auth::{SYSTEM_TENANT, TenantId, UserId, sessions_valid_from};
use shared::clock::Clock;
use shared::jobs::{Entry, Job, Outbox, QueueName};
use shared::seal::{self, Sealer};
use shared::store::{Action, Commit, Key, Position, Rows, Table, TextSet, Transaction};
use uuid::Uuid;

use super::{Account, Identifier, Identity, Membership, NewAccount, Totp};
use crate::totp::seal_totp_secret;

/// What members' sort keys begin with.
const MEMBER: &str = "MEMBER#";

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

/// What of a new account was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Taken {
    Email,
    Username,
}

/// Where a new account's claims are among the writes of its transaction.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Claims {
    email: usize,
    username: Option<usize>,
}

impl Claims {
    /// What the refused write with this index claims.
    pub(crate) fn taken(self, index: usize) -> Option<Taken> {
        if index == self.email {
            return Some(Taken::Email);
        }
        (self.username == Some(index)).then_some(Taken::Username)
    }
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

/// What a sign-in changes in an account; of that on which other sign-ins depend, only its identities.
#[derive(Debug, Default)]
pub(crate) struct Touch {
    /// A new hash of the same password.
    pub(crate) password_hash: Option<String>,
    /// The devices, with a new one.
    pub(crate) devices: Option<Vec<String>>,
    /// The TOTP step that is used up.
    pub(crate) totp_step: Option<u64>,
    /// The backup codes that are left.
    pub(crate) backup_codes: Option<Vec<String>>,
    /// The identities, with a new one.
    pub(crate) identities: Option<Vec<Identity>>,
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
            sessions_valid_from: now,
            created_at: now,
        })
    }

    /// Adds the writes of a new account with its claims and memberships; each is refused if it is taken.
    pub(crate) fn add_new(&self, transaction: &mut Transaction, account: &Account) -> Claims {
        transaction.add(self.table.put(&key(account.id), &row(account)).if_absent());
        let mut claim = |identifier: &Identifier| transaction.add(self.claim(identifier, account.id));
        let email = claim(&Identifier::email(&account.email));
        let username = account.username.as_deref().map(|name| claim(&Identifier::username(name)));
        for identity in &account.identities {
            transaction.add(self.claim_identity(identity, account.id));
        }
        self.put_members(transaction, account);
        for membership in account.memberships.iter().filter(|membership| membership.runs_tenant()) {
            transaction.add(self.add_admin(membership.tenant_id, account.id));
        }
        Claims { email, username }
    }

    /// The write by which somebody is one of those who run a tenant.
    pub(crate) fn add_admin(&self, tenant: TenantId, user: UserId) -> Action {
        self.table.update(&admins_key(tenant), "ADD admins :user").value(":user", TextSet(vec![user.to_string()]))
    }

    /// The write by which somebody is none of them any more; refused if he is the only one.
    pub(crate) fn remove_admin(&self, tenant: TenantId, user: UserId) -> Action {
        self.table
            .update(&admins_key(tenant), "DELETE admins :user")
            .when("size(admins) > :one OR NOT contains(admins, :name)")
            .value(":user", TextSet(vec![user.to_string()]))
            .value(":name", user)
            .value(":one", 1)
    }

    /// Whether a tenant has any member.
    pub(crate) async fn has_members(&self, tenant: TenantId) -> Result<bool, Error> {
        let rows = self.table.query(tenant_partition(tenant)).prefix(MEMBER).limit(1).page::<Member>().await?;
        Ok(!rows.items.is_empty())
    }

    /// A page of a tenant's members, by their ids, as the accounts are now.
    pub(crate) async fn page(
        &self,
        tenant: TenantId,
        limit: u32,
        after: Option<Position>,
    ) -> Result<Rows<Account>, Error> {
        let query = self.table.query(tenant_partition(tenant)).prefix(MEMBER);
        let rows = query.limit(limit).after(after).page::<Member>().await?;
        let keys: Vec<Key> = rows.items.iter().map(|member| key(member.user_id)).collect();
        let found: Vec<Option<Held>> = self.table.get_all(&keys).await?;
        Ok(Rows { items: found.into_iter().flatten().map(|held| held.account).collect(), next: rows.next })
    }

    /// The write that deletes an account, if it is still as it was read.
    pub(crate) fn delete(&self, account: &Account) -> Action {
        self.table.delete(&key(account.id)).when("account.version = :read").value(":read", account.version)
    }

    /// Adds the writes that give up all that is an account's: refused if a tenant would be left without an admin.
    pub(crate) fn release_all(&self, transaction: &mut Transaction, account: &Account) {
        transaction.add(self.release(&Identifier::email(&account.email)));
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

    /// The write by which somebody is no member of a tenant any more.
    pub(crate) fn remove_member(&self, tenant: TenantId, user: UserId) -> Action {
        self.table.delete(&member_key(tenant, user))
    }

    /// The write that makes an address or a username somebody's; refused if it is somebody else's.
    pub(crate) fn claim(&self, identifier: &Identifier, user_id: UserId) -> Action {
        self.table.put(&claim_key(identifier), &Claim { user_id }).if_absent()
    }

    /// The write that gives an address or a username up.
    pub(crate) fn release(&self, identifier: &Identifier) -> Action {
        self.table.delete(&claim_key(identifier))
    }

    /// The write that makes another provider's identity somebody's; refused if it is somebody else's.
    pub(crate) fn claim_identity(&self, identity: &Identity, user_id: UserId) -> Action {
        self.table.put(&identity_key(&identity.issuer, &identity.subject), &Claim { user_id }).if_absent()
    }

    /// The write that gives another provider's identity up.
    pub(crate) fn release_identity(&self, identity: &Identity) -> Action {
        self.table.delete(&identity_key(&identity.issuer, &identity.subject))
    }

    /// Whose identity at another provider it is.
    pub(crate) async fn owner_of_identity(&self, issuer: &str, subject: &str) -> Result<Option<UserId>, Error> {
        Ok(self.table.get::<Claim>(&identity_key(issuer, subject)).await?.map(|claim| claim.user_id))
    }

    /// Whose an address or a username is, as it is now.
    pub(crate) async fn owner_of(&self, identifier: &Identifier) -> Result<Option<UserId>, Error> {
        Ok(self.table.get::<Claim>(&claim_key(identifier)).await?.map(|claim| claim.user_id))
    }

    /// The account whose address it is, as it is now.
    pub(crate) async fn owner(&self, email: &str) -> Result<Option<Account>, Error> {
        match self.owner_of(&Identifier::email(email)).await? {
            Some(id) => self.get(id).await,
            None => Ok(None),
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

    /// The write of what a sign-in changes, on the condition that nothing has changed on which it depends.
    pub(crate) fn touch(&self, account: &Account, touch: &Touch) -> Action {
        let changes = [
            touch.password_hash.is_some().then_some("account.passwordHash = :hash"),
            touch.devices.is_some().then_some("account.devices = :devices"),
            touch.totp_step.is_some().then_some("account.totp.lastStep = :step"),
            touch.backup_codes.is_some().then_some("account.totp.backupCodes = :codes"),
            touch.identities.is_some().then_some(
                "account.identities = :identities, account.securityVersion = account.securityVersion + :one",
            ),
        ];
        let changes: Vec<&str> = changes.into_iter().flatten().collect();
        let mut condition = "account.securityVersion = :read".to_owned();
        if changes.is_empty() {
            return self.table.check(&key(account.id)).when(condition).value(":read", account.security_version);
        }
        let update = format!("SET account.version = account.version + :one, {}", changes.join(", "));
        let mut action = self.table.update(&key(account.id), &update).value(":one", 1);
        if let Some(hash) = &touch.password_hash {
            action = action.value(":hash", hash);
        }
        if let Some(devices) = &touch.devices {
            action = action.value(":devices", devices);
        }
        if let Some(identities) = &touch.identities {
            action = action.value(":identities", identities);
        }
        if let Some(step) = touch.totp_step {
            condition.push_str(" AND account.totp.lastStep < :step");
            action = action.value(":step", step);
        }
        if let Some(codes) = &touch.backup_codes {
            // Whoever uses another one at the same time comes second.
            condition.push_str(" AND account.totp.backupCodes = :codesRead");
            let read = account.totp.as_ref().map(|totp| &totp.backup_codes);
            action = action.value(":codes", codes).value(":codesRead", read);
        }
        action.when(condition).value(":read", account.security_version)
    }

    /// The write that ends every session which began up to `now`, whatever else changes meanwhile.
    pub fn end_sessions(&self, id: UserId, now: Timestamp) -> Action {
        let update = "SET account.sessionsValidFrom = :from, account.keptSession = :nobody, \
                      account.version = account.version + :one";
        let action = self.table.update(&key(id), update).if_present().value(":one", 1);
        action.value(":from", sessions_valid_from(now)).value(":nobody", Option::<Uuid>::None)
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
        let keys: Vec<Key> = emails.iter().map(|email| claim_key(&Identifier::email(email))).collect();
        let claims: Vec<Option<Claim>> = self.table.get_all(&keys).await?;
        Ok(claims.into_iter().flatten().map(|claim| claim.user_id).collect())
    }
}

fn key(id: UserId) -> Key {
    Key::new(format!("USER#{id}"), "ACCOUNT")
}

fn member_key(tenant: TenantId, user: UserId) -> Key {
    Key::new(tenant_partition(tenant), format!("{MEMBER}{user}"))
}

fn admins_key(tenant: TenantId) -> Key {
    Key::new(tenant_partition(tenant), "ADMINS")
}

fn tenant_partition(tenant: TenantId) -> String {
    format!("TENANT#{tenant}")
}

fn claim_key(identifier: &Identifier) -> Key {
    Key::new(identifier.claim(), "UNIQUE")
}

/// Both are as long as the provider likes.
fn identity_key(issuer: &str, subject: &str) -> Key {
    Key::new(format!("IDENTITY#{}", seal::digest(format!("{issuer}\n{subject}").as_bytes())), "UNIQUE")
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
