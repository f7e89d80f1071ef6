//! Invitations' items. The link of one is among the mailed links.
//!
//! | pk | sk | what |
//! |---|---|---|
//! | `TENANT#<id>` | `INVITATION#<id>` | one that is open |
//! | `TENANT#<id>` | `INVITED#<digest of the address>` | which one of an address is open, so that there is one |
//! | `BOOTSTRAP` | `INVITED` | that the first system account was invited |

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use shared::auth::{Roles, TenantId, UserId};
use shared::clock::Clock;
use shared::store::{Action, Key, Position, Rows, Table, Transaction};
use shared::{Error, seal};
use uuid::Uuid;

use crate::accounts::Identifier;
use crate::links::{Invitation, Purpose};

/// What the sort keys of open ones begin with.
const OPEN: &str = "INVITATION#";

/// The open invitations of all tenants.
#[derive(Clone, Debug)]
pub struct Invitations {
    table: Table,
    clock: Clock,
}

/// An invitation that waits to be accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct OpenInvitation {
    /// A `UUIDv7`: the list is in its order.
    pub(super) id: Uuid,
    pub(super) tenant_id: TenantId,
    pub(super) email: String,
    pub(super) roles: Roles,
    /// Nobody for the platform's own first one.
    pub(super) invited_by: Option<UserId>,
    pub(super) created_at: Timestamp,
    pub(super) expires_at: Timestamp,
    /// The name of its link.
    pub(super) link: String,
    /// When the store may forget it, in seconds.
    pub(super) ttl: i64,
}

/// Which one of an address is open.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Latest {
    pub(super) id: Uuid,
    pub(super) link: String,
    ttl: i64,
}

impl Invitations {
    /// Invitations in `table`.
    #[must_use]
    pub fn new(table: Table, clock: Clock) -> Self {
        Self { table, clock }
    }

    /// The one of an address; it may be over.
    pub(super) async fn latest(&self, tenant: TenantId, email: &str) -> Result<Option<Latest>, Error> {
        self.table.get(&latest_key(tenant, email)).await
    }

    /// Adds the writes of a new one in the place of `earlier`. The one whose index is given is refused if there is
    /// another one by now.
    pub(super) fn open(&self, transaction: &mut Transaction, new: &OpenInvitation, earlier: Option<&Latest>) -> usize {
        transaction.add(self.table.put(&key(new.tenant_id, new.id), new).if_absent());
        let latest = Latest { id: new.id, link: new.link.clone(), ttl: new.ttl };
        let put = self.table.put(&latest_key(new.tenant_id, &new.email), &latest);
        let Some(earlier) = earlier else { return transaction.add(put.if_absent()) };
        transaction.add(self.table.delete(&key(new.tenant_id, earlier.id)));
        transaction.add(put.when("id = :read").value(":read", earlier.id))
    }

    /// Adds the writes by which one is open no more; the first, whose index is given, is refused if it is not.
    pub(super) fn close(&self, transaction: &mut Transaction, tenant: TenantId, id: Uuid, email: &str) -> usize {
        let first = transaction.add(self.table.delete(&key(tenant, id)).if_present());
        transaction.add(self.table.delete(&latest_key(tenant, email)));
        first
    }

    /// One of a tenant's that is open.
    pub(super) async fn get(&self, tenant: TenantId, id: Uuid) -> Result<Option<OpenInvitation>, Error> {
        let found: Option<OpenInvitation> = self.table.get(&key(tenant, id)).await?;
        Ok(found.filter(|found| self.is_open(found)))
    }

    /// A page of a tenant's, newest first, so that those that are over come last.
    pub(super) async fn page(
        &self,
        tenant: TenantId,
        limit: u32,
        after: Option<Position>,
    ) -> Result<Rows<OpenInvitation>, Error> {
        let query = self.table.query(partition(tenant)).prefix(OPEN).backwards(true);
        let mut rows = query.limit(limit).after(after).page::<OpenInvitation>().await?;
        rows.items.retain(|found| self.is_open(found));
        Ok(rows)
    }

    fn is_open(&self, invitation: &OpenInvitation) -> bool {
        self.clock.now() < invitation.expires_at
    }
}

fn partition(tenant: TenantId) -> String {
    format!("TENANT#{tenant}")
}

fn key(tenant: TenantId, id: Uuid) -> Key {
    Key::new(partition(tenant), format!("{OPEN}{id}"))
}

fn latest_key(tenant: TenantId, email: &str) -> Key {
    let address = Identifier::email(email).partition();
    Key::new(partition(tenant), format!("INVITED#{}", seal::digest(address.as_bytes())))
}

/// Who was invited as the first.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Invited {
    pub(super) email: String,
    invited_at: Timestamp,
}

fn first_key() -> Key {
    Key::new("BOOTSTRAP", "INVITED")
}

/// Who was invited as the first, whether or not that is still open.
pub(super) async fn first(table: &Table) -> Result<Option<Invited>, Error> {
    table.get(&first_key()).await
}

/// The write by which `email` is invited as the first; refused while its invitation is open. Another address is invited
/// at once: the one before it may have been mistyped.
pub(super) fn first_invited(table: &Table, email: &str, now: Timestamp) -> Action {
    let put = table.put(&first_key(), &Invited { email: email.to_owned(), invited_at: now });
    put.when("attribute_not_exists(pk) OR invitedAt <= :outdated OR email <> :email")
        .value(":outdated", now - Invitation::LIFETIME)
        .value(":email", email)
}
