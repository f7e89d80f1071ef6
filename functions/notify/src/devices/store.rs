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
use shared::store::{Action, Commit, Found, Key, Store, Table, Transaction};
use uuid::Uuid;

use super::model::{Device, DeviceView};

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
        for gone in after.devices.drain(..surplus).collect::<Vec<_>>() {
            writes.extend(self.release(tenant, user, gone.id).await?);
        }
        writes.push(self.put(tenant, user, &after));
        let mut holder = Owner { version: 0, user_id: user, tenants: BTreeSet::from([tenant]) };
        if let Some(before) = &held {
            holder.version = before.version + 1;
            if before.user_id == user {
                holder.tenants.extend(&before.tenants);
            } else {
                for place in &before.tenants {
                    writes.push(self.without(*place, before.user_id, device.id).await?.1);
                }
            }
        }
        let put = self.table.put(&owner_key(device.id), &holder);
        writes.push(match held {
            Some(before) => put.when("version = :owned").value(":owned", before.version),
            None => put.if_absent(),
        });
        Ok(writes)
    }

    /// The writes that take a device away from `user`; `None` if it is none of his.
    pub(super) async fn take(&self, tenant: TenantId, user: UserId, id: Uuid) -> Result<Option<Vec<Action>>, Error> {
        let (had, write) = self.without(tenant, user, id).await?;
        if !had {
            return Ok(None);
        }
        Ok(Some(self.release(tenant, user, id).await?.into_iter().chain([write]).collect()))
    }

    /// Forgets a device that does not exist any more, unless it was registered again.
    pub(crate) async fn forget(
        &self,
        store: &Store,
        tenant: TenantId,
        user: UserId,
        gone: &Device,
    ) -> Result<(), Error> {
        for _ in 0..TRIES {
            let mut owned = self.of(tenant, user).await?;
            let before = owned.devices.len();
            owned.devices.retain(|device| device != gone);
            if owned.devices.len() == before {
                return Ok(());
            }
            let mut transaction = Transaction::new(store).with(self.put(tenant, user, &owned));
            transaction.extend(self.release(tenant, user, gone.id).await?);
            if transaction.commit().await? == Commit::Done {
                return Ok(());
            }
        }
        Ok(())
    }

    /// A user's devices, as he sees them.
    pub(crate) async fn views(&self, tenant: TenantId, user: UserId) -> Result<Vec<DeviceView>, Error> {
        Ok(self.of(tenant, user).await?.devices.iter().map(Device::view).collect())
    }

    /// The ids of a user's devices.
    pub(crate) async fn ids(&self, tenant: TenantId, user: UserId) -> Result<Vec<Uuid>, Error> {
        Ok(self.of(tenant, user).await?.devices.iter().map(|device| device.id).collect())
    }

    /// Forgets that these devices are `user`'s in `tenant`.
    pub(crate) async fn disown(&self, tenant: TenantId, user: UserId, devices: &[Uuid]) -> Result<(), Error> {
        for device in devices {
            let mut tries = 0;
            while let Some(release) = self.release(tenant, user, *device).await? {
                if release.run().await? {
                    break;
                }
                tries += 1;
                if tries == TRIES {
                    return Err(Error::unavailable("a device's owner keeps changing"));
                }
            }
        }
        Ok(())
    }

    /// The write after which a device is not `user`'s in `tenant` any more; none if it is not.
    async fn release(&self, tenant: TenantId, user: UserId, device: Uuid) -> Result<Option<Action>, Error> {
        let key = owner_key(device);
        let held: Option<Owner> = self.table.get(&key).await?;
        let Some(mut owner) = held.filter(|owner| owner.user_id == user && owner.tenants.contains(&tenant)) else {
            return Ok(None);
        };
        let read = owner.version;
        owner.version += 1;
        owner.tenants.remove(&tenant);
        let write = if owner.tenants.is_empty() { self.table.delete(&key) } else { self.table.put(&key, &owner) };
        Ok(Some(write.when("version = :owned").value(":owned", read)))
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
