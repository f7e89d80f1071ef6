//! Forgetting an account, in two steps: what it says is needed until the end.

use std::collections::HashSet;

use shared::Error;
use shared::auth::{TenantId, UserId};
use shared::store::{Action, Key};

use super::model::{Account, Contact, Details};
use super::store::{Contacts, account_key, details_key};
use crate::kinds::Channel;

/// Newer than anything that auth can still say.
const LAST_VERSION: u64 = u64::MAX;

/// An account that is being forgotten.
#[derive(Clone, Debug)]
pub(crate) struct Erasing {
    user: UserId,
    account: Account,
}

impl Contacts {
    /// Marks the account: its user is of no tenant from now on.
    pub(crate) async fn begin_erasing(&self, user: UserId) -> Result<Erasing, Error> {
        let mark = self
            .table
            .update(&account_key(user), "SET version = :last, erased = :yes, tenants = if_not_exists(tenants, :none)")
            .value(":last", LAST_VERSION)
            .value(":yes", true)
            .value(":none", [(); 0]);
        let account = mark.run_and_read::<Account>().await?;
        account.map(|account| Erasing { user, account }).ok_or_else(|| Error::internal("a mark was refused"))
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

    /// Where messages of `tenant` went.
    pub(crate) async fn addresses_of(
        &self,
        tenant: TenantId,
        erasing: &Erasing,
    ) -> Result<Vec<(Channel, String)>, Error> {
        let details: Option<Details> = self.table.get(&details_key(tenant, erasing.user)).await?;
        Ok(Contact::new(erasing.user, erasing.account.clone(), details.unwrap_or_default()).addresses())
    }
}

impl Erasing {
    /// The tenants of which it was a member.
    pub(crate) fn tenants(&self) -> &[TenantId] {
        &self.account.tenants
    }
}
