//! The members of a tenant, and who of them runs it.

use serde::{Deserialize, Serialize};
use shared::Error;
use shared::auth::{TenantId, UserId};
use shared::store::{Action, Key, Position, Rows, TextSet, Transaction};

use super::store::{Held, key};
use super::{Account, Accounts};

/// What members' sort keys begin with.
const MEMBER: &str = "MEMBER#";

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

impl Accounts {
    /// The write by which somebody is one of those who run a tenant.
    pub(crate) fn add_admin(&self, tenant: TenantId, user: UserId) -> Action {
        self.table.update(&admins_key(tenant), "ADD admins :user").value(":user", TextSet(vec![user.to_string()]))
    }

    /// The write by which somebody is none of them any more; refused if he is the only one.
    pub(crate) fn remove_admin(&self, tenant: TenantId, user: UserId) -> Action {
        let another = "size(admins) > :one OR NOT contains(admins, :name)";
        self.drop_admin(tenant, user).when(another).value(":name", user).value(":one", 1)
    }

    /// The same, also of the only one: the platform suspends whom it must.
    pub(crate) fn drop_admin(&self, tenant: TenantId, user: UserId) -> Action {
        let update = self.table.update(&admins_key(tenant), "DELETE admins :user");
        update.value(":user", TextSet(vec![user.to_string()]))
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

    /// The write by which somebody is no member of a tenant any more.
    pub(crate) fn remove_member(&self, tenant: TenantId, user: UserId) -> Action {
        self.table.delete(&member_key(tenant, user))
    }

    /// The writes by which every tenant of an account sees its present name. Nobody sees one that nobody has verified: who
    /// signs a stranger's address up would learn whether that has an account elsewhere.
    pub fn put_members(&self, transaction: &mut Transaction, account: &Account) {
        if account.verified_at.is_none() {
            return;
        }
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
}

pub(super) fn member_key(tenant: TenantId, user: UserId) -> Key {
    Key::new(tenant_partition(tenant), format!("{MEMBER}{user}"))
}

fn admins_key(tenant: TenantId) -> Key {
    Key::new(tenant_partition(tenant), "ADMINS")
}

fn tenant_partition(tenant: TenantId) -> String {
    format!("TENANT#{tenant}")
}
