//! Devices' items.
//!
//! | pk | sk | what |
//! |---|---|---|
//! | `TENANT#<id>#USER#<id>` | `DEVICES` | a user's devices |
//! | `DEVICE#<id>` | `OWNER` | whose a device is, and in which tenants; its id comes from its token |

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use shared::Error;
use shared::auth::{TenantId, UserId};
use shared::store::{Action, Found, Key, Table};
use uuid::Uuid;

use super::model::Device;

/// Devices of one user; a further one takes the place of the one that was registered first.
const MOST: usize = 10;
/// Tries against others who change the same devices.
const TRIES: usize = 5;

/// The devices.
#[derive(Clone, Debug)]
pub(crate) struct Devices {
    table: Table,
}

/// One user's devices.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Owned {
    version: u64,
    pub(super) devices: Vec<Device>,
}

/// The one who is signed in on a device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Owner {
    version: u64,
    user_id: UserId,
    tenants: BTreeSet<TenantId>,
}

impl Devices {
    pub(crate) fn new(table: Table) -> Self {
        Self { table }
    }

    /// Where a user's devices are, for reading them together with other items.
    pub(crate) fn key(tenant: TenantId, user: UserId) -> Key {
        Key::new(format!("TENANT#{tenant}#USER#{user}"), "DEVICES")
    }

    /// A user's devices among items that were read by their [`Devices::key`].
    pub(crate) fn among(found: &Found, tenant: TenantId, user: UserId) -> Result<Vec<Device>, Error> {
        Ok(found.get::<Owned>(&Self::key(tenant, user))?.unwrap_or_default().devices)
    }

    /// A user's devices.
    pub(super) async fn of(&self, tenant: TenantId, user: UserId) -> Result<Owned, Error> {
        Ok(self.table.get(&Self::key(tenant, user)).await?.unwrap_or_default())
    }

    /// The writes that make `device` one of `user`'s and nobody else's, in any tenant: whoever has signed in on it gets
    /// its messages.
    pub(super) async fn give(&self, tenant: TenantId, user: UserId, device: &Device) -> Result<Vec<Action>, Error> {
        let (owned, held) =
            self.table.get_pair::<Owned, Owner>(&Self::key(tenant, user), &owner_key(device.id)).await?;
        let (mut after, mut writes) = (owned.unwrap_or_default(), Vec::new());
        after.devices.retain(|other| other.id != device.id);
        after.devices.push(device.clone());
        let surplus = after.devices.len().saturating_sub(MOST);
        after.devices.drain(..surplus);
        writes.push(self.put(tenant, user, &after));
        let mut owner = Owner { version: 0, user_id: user, tenants: BTreeSet::from([tenant]) };
        if let Some(before) = &held {
            owner.version = before.version + 1;
            if before.user_id == user {
                owner.tenants.extend(&before.tenants);
            } else {
                for place in &before.tenants {
                    writes.push(self.without(*place, before.user_id, device.id).await?.1);
                }
            }
        }
        let put = self.table.put(&owner_key(device.id), &owner);
        writes.push(match held {
            Some(before) => put.when("version = :owned").value(":owned", before.version),
            None => put.if_absent(),
        });
        Ok(writes)
    }

    /// The write that takes a device away from `user`; `None` if it is none of his.
    pub(super) async fn take(&self, tenant: TenantId, user: UserId, id: Uuid) -> Result<Option<Action>, Error> {
        let (had, write) = self.without(tenant, user, id).await?;
        Ok(had.then_some(write))
    }

    /// Forgets a device that does not exist any more, unless it was registered again.
    pub(crate) async fn forget(&self, tenant: TenantId, user: UserId, gone: &Device) -> Result<(), Error> {
        for _ in 0..TRIES {
            let mut owned = self.of(tenant, user).await?;
            let before = owned.devices.len();
            owned.devices.retain(|device| device != gone);
            if owned.devices.len() == before || self.put(tenant, user, &owned).run().await? {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Forgets whose the devices are that a user still has.
    pub(crate) async fn disown(&self, tenant: TenantId, user: UserId) -> Result<(), Error> {
        for device in self.of(tenant, user).await?.devices {
            let delete = self.table.delete(&owner_key(device.id)).when("attribute_not_exists(pk) OR userId = :user");
            delete.value(":user", user).run().await?;
        }
        Ok(())
    }

    /// Whether `user` has a device, and the write after which he does not.
    async fn without(&self, tenant: TenantId, user: UserId, id: Uuid) -> Result<(bool, Action), Error> {
        let mut owned = self.of(tenant, user).await?;
        let before = owned.devices.len();
        owned.devices.retain(|device| device.id != id);
        Ok((owned.devices.len() < before, self.put(tenant, user, &owned)))
    }

    fn put(&self, tenant: TenantId, user: UserId, read: &Owned) -> Action {
        let after = Owned { version: read.version + 1, devices: read.devices.clone() };
        let put = self.table.put(&Self::key(tenant, user), &after);
        put.when("attribute_not_exists(pk) OR version = :read").value(":read", read.version)
    }
}

fn owner_key(device: Uuid) -> Key {
    Key::new(format!("DEVICE#{device}"), "OWNER")
}
