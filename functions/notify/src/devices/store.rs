//! Devices' items.
//!
//! | pk | sk | what |
//! |---|---|---|
//! | `TENANT#<id>#USER#<id>` | `DEVICES` | a user's devices |
//! | `TENANT#<id>#DEVICE#<id>` | `OWNER` | whose a device is; its id comes from its token |

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

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Owner {
    user_id: UserId,
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

    /// Where it is written whose a user's devices are.
    pub(crate) async fn places(&self, tenant: TenantId, user: UserId) -> Result<Vec<Key>, Error> {
        let owned = self.of(tenant, user).await?;
        Ok(owned.devices.iter().map(|device| owner_key(tenant, device.id)).collect())
    }

    /// The writes that make `device` one of `user`'s and nobody else's: whoever has signed in on it gets its messages.
    pub(super) async fn give(&self, tenant: TenantId, user: UserId, device: &Device) -> Result<Vec<Action>, Error> {
        let (owned, held) =
            self.table.get_pair::<Owned, Owner>(&Self::key(tenant, user), &owner_key(tenant, device.id)).await?;
        let before = held.map(|owner| owner.user_id);
        let (mut after, mut writes) = (owned.unwrap_or_default(), Vec::new());
        after.devices.retain(|other| other.id != device.id);
        after.devices.push(device.clone());
        let surplus = after.devices.len().saturating_sub(MOST);
        for gone in after.devices.drain(..surplus) {
            writes.push(self.table.delete(&owner_key(tenant, gone.id)));
        }
        writes.push(self.put(tenant, user, &after));
        if let Some(before) = before.filter(|before| *before != user) {
            let mut others = self.of(tenant, before).await?;
            others.devices.retain(|other| other.id != device.id);
            writes.push(self.put(tenant, before, &others));
        }
        let put = self.table.put(&owner_key(tenant, device.id), &Owner { user_id: user });
        writes.push(match before {
            Some(before) => put.when("userId = :before").value(":before", before),
            None => put.if_absent(),
        });
        Ok(writes)
    }

    /// The writes that take a device away from `user`; `None` if it is none of his.
    pub(super) async fn take(&self, tenant: TenantId, user: UserId, id: Uuid) -> Result<Option<Vec<Action>>, Error> {
        let mut owned = self.of(tenant, user).await?;
        let before = owned.devices.len();
        owned.devices.retain(|device| device.id != id);
        if owned.devices.len() == before {
            return Ok(None);
        }
        Ok(Some(vec![self.put(tenant, user, &owned), self.table.delete(&owner_key(tenant, id))]))
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

    fn put(&self, tenant: TenantId, user: UserId, read: &Owned) -> Action {
        let after = Owned { version: read.version + 1, devices: read.devices.clone() };
        let put = self.table.put(&Self::key(tenant, user), &after);
        put.when("attribute_not_exists(pk) OR version = :read").value(":read", read.version)
    }
}

fn owner_key(tenant: TenantId, device: Uuid) -> Key {
    Key::new(format!("TENANT#{tenant}#DEVICE#{device}"), "OWNER")
}
