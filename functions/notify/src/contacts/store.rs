//! Contacts' items.
//!
//! | pk | sk | what |
//! |---|---|---|
//! | `USER#<id>` | `ACCOUNT` | the account, as auth last told of it |
//! | `TENANT#<id>#USER#<id>` | `CONTACT` | what the tenant knows besides |

use shared::Error;
use shared::auth::{Principal, TenantId, UserId};
use shared::clock::Clock;
use shared::jobs::UserChanged;
use shared::store::{Action, Found, Key, Table};

use super::model::{Account, Contact, Details, FormerEmail, HeldAddress, SetContact};

/// How often an account is told of at once.
const ROUNDS: usize = 5;

/// What is known of users.
#[derive(Clone, Debug)]
pub(crate) struct Contacts {
    pub(super) table: Table,
    clock: Clock,
}

/// Who is asked about, and by which right. The routes' rule has let the caller in.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Subject {
    /// The caller's own: the token says that he is of the tenant.
    Own(UserId),
    /// Somebody else's, who must be known as a member.
    Member(UserId),
}

impl Contacts {
    pub(crate) fn new(table: Table, clock: Clock) -> Self {
        Self { table, clock }
    }

    /// Keeps what auth says, unless something newer is known. Twice is once.
    pub(crate) async fn learn(&self, changed: &UserChanged) -> Result<(), Error> {
        let key = account_key(changed.user_id);
        for _ in 0..ROUNDS {
            let told = Account::from(changed);
            let put = match self.table.get::<Account>(&key).await? {
                Some(known) if known.version >= told.version => return Ok(()),
                Some(known) => {
                    let read = known.version;
                    self.table
                        .put(&key, &told.after(known, self.clock.now()))
                        .when("version = :read")
                        .value(":read", read)
                }
                None => self.table.put(&key, &told).if_absent(),
            };
            if put.run().await? {
                return Ok(());
            }
        }
        Err(Error::unavailable("others tell of the same account each time"))
    }

    /// Where messages of `tenant` to a user go, and where they went before the account had another address.
    pub(crate) async fn held_addresses(&self, tenant: TenantId, user: UserId) -> Result<Vec<HeldAddress>, Error> {
        let (account, details) =
            self.table.get_pair::<Account, Details>(&account_key(user), &details_key(tenant, user)).await?;
        Ok(account.unwrap_or_default().held_addresses(user, details.unwrap_or_default()))
    }

    /// The addresses that the account had before, as its owner has them exported.
    pub(crate) async fn former_emails(&self, user: UserId) -> Result<Vec<FormerEmail>, Error> {
        Ok(self.table.get::<Account>(&account_key(user)).await?.unwrap_or_default().former_emails)
    }

    /// A contact; `None` for whoever is not of the tenant.
    pub(crate) async fn find(&self, tenant: TenantId, subject: Subject) -> Result<Option<Contact>, Error> {
        Ok(self.read(tenant, subject).await?.map(|(account, details)| Contact::new(subject.user(), account, details)))
    }

    /// Where a member's contact is, for reading it together with other items.
    pub(crate) fn keys(tenant: TenantId, user: UserId) -> [Key; 2] {
        [account_key(user), details_key(tenant, user)]
    }

    /// The member's contact among items that were read by its [`Contacts::keys`]; `None` for whoever is not of the tenant.
    pub(crate) fn among(found: &Found, tenant: TenantId, user: UserId) -> Result<Option<Contact>, Error> {
        let account = found.get::<Account>(&account_key(user))?.filter(|account| account.is_of(tenant));
        let details = found.get::<Details>(&details_key(tenant, user))?.unwrap_or_default();
        Ok(account.map(|account| Contact::new(user, account, details)))
    }

    /// Whether the user among items that were read by his [`Contacts::keys`] was erased.
    pub(crate) fn is_erased(found: &Found, user: UserId) -> Result<bool, Error> {
        Ok(found.get::<Account>(&account_key(user))?.is_some_and(|account| account.erased))
    }

    /// Whether `subject` is of `tenant`.
    pub(crate) async fn is_of(&self, tenant: TenantId, subject: Subject) -> Result<bool, Error> {
        let Subject::Member(user) = subject else {
            return Ok(true);
        };
        let account: Option<Account> = self.table.get(&account_key(user)).await?;
        Ok(account.is_some_and(|account| account.is_of(tenant)))
    }

    /// The contact as it will be, and the writes that make it so.
    pub(crate) async fn set(
        &self,
        tenant: TenantId,
        subject: Subject,
        change: SetContact,
    ) -> Result<Option<(Contact, Vec<Action>)>, Error> {
        let Some((account, _)) = self.read(tenant, subject).await? else {
            return Ok(None);
        };
        let details = change.details(self.clock.now());
        let mut writes = vec![self.table.put(&details_key(tenant, subject.user()), &details)];
        writes.extend(self.still_of(tenant, subject));
        Ok(Some((Contact::new(subject.user(), account, details), writes)))
    }

    /// The condition that `subject` is still of `tenant`; none for oneself.
    pub(crate) fn still_of(&self, tenant: TenantId, subject: Subject) -> Option<Action> {
        let Subject::Member(user) = subject else {
            return None;
        };
        Some(
            self.table
                .check(&account_key(user))
                .when("contains(tenants, :tenant) AND (attribute_not_exists(erased) OR erased = :no)")
                .value(":tenant", tenant)
                .value(":no", false),
        )
    }

    async fn read(&self, tenant: TenantId, subject: Subject) -> Result<Option<(Account, Details)>, Error> {
        let user = subject.user();
        let (account, details) =
            self.table.get_pair::<Account, Details>(&account_key(user), &details_key(tenant, user)).await?;
        // Somebody who has left the tenant is none of its business any more; and of oneself, only what this tenant knows.
        let account = account.filter(|account| account.is_of(tenant));
        match (account, subject) {
            (Some(account), _) => Ok(Some((account, details.unwrap_or_default()))),
            // auth's job may still be on its way.
            (None, Subject::Own(_)) => Ok(Some((Account::default(), details.unwrap_or_default()))),
            (None, Subject::Member(_)) => Ok(None),
        }
    }
}

impl Subject {
    /// `user`, as `principal` may ask about him.
    pub(crate) fn of(principal: &Principal, user: UserId) -> Self {
        if user == principal.user() { Self::Own(user) } else { Self::Member(user) }
    }

    pub(crate) fn user(self) -> UserId {
        match self {
            Self::Own(user) | Self::Member(user) => user,
        }
    }
}

pub(super) fn account_key(user: UserId) -> Key {
    Key::new(format!("USER#{user}"), "ACCOUNT")
}

pub(super) fn details_key(tenant: TenantId, user: UserId) -> Key {
    Key::new(format!("TENANT#{tenant}#USER#{user}"), "CONTACT")
}
