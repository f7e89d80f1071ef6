//! Forgetting an account, in two steps: what it says is needed until the end.

use std::collections::HashSet;

use shared::Error;
use shared::auth::{TenantId, UserId};
use shared::store::{Action, Key};

use super::model::Account;
use super::store::{Contacts, account_key};

/// Newer than anything that auth can still say.
const LAST_VERSION: u64 = u64::MAX;

impl Contacts {
    /// Marks the account: its user is of no tenant from now on. Gives those of which he was a member.
    pub(crate) async fn begin_erasing(&self, user: UserId) -> Result<Vec<TenantId>, Error> {
        let mark = self
            .table
            .update(&account_key(user), "SET version = :last, erased = :yes, tenants = if_not_exists(tenants, :none)")
            .value(":last", LAST_VERSION)
            .value(":yes", true)
            .value(":none", [(); 0]);
        let account = mark.run_and_read::<Account>().await?;
        account.map(|account| account.tenants).ok_or_else(|| Error::internal("a mark was refused"))
    }

    /// Those of these users who were erased.
    pub(crate) async fn erased_of(&self, users: &[UserId]) -> Result<HashSet<UserId>, Error> {
        let keys: Vec<Key> = users.iter().map(|user| account_key(*user)).collect();
        let accounts: Vec<Option<Account>> =
            if keys.is_empty() { Vec::new() } else { self.table.get_all(&keys).await? };
        let erased = users.iter().zip(accounts).filter(|(_, account)| account.as_ref().is_some_and(|it| it.erased));
        Ok(erased.map(|(user, _)| *user).collect())
    }

    /// The write that leaves nothing but the mark.
    pub(crate) fn end_erasing(&self, user: UserId) -> Action {
        self.table.put(&account_key(user), &Account { version: LAST_VERSION, erased: true, ..Account::default() })
    }
}
