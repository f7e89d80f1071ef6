//! A lease on a row: one worker at a time, and another one when the first has died.

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::{Action, Key, Table};
use crate::clock::Clock;
use crate::error::Error;
use crate::ids;

/// A claim on one row until `until`. The row's attributes `leaseOwner` and `leaseUntil` hold it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// Where the claim is.
    pub key: Key,
    /// Who holds it.
    pub owner: Uuid,
    /// When others may take it.
    pub until: Timestamp,
}

impl Lease {
    /// Claims `key` for `duration`; `None` while somebody else holds it.
    pub async fn claim(
        table: &Table,
        key: &Key,
        clock: &Clock,
        duration: SignedDuration,
    ) -> Result<Option<Self>, Error> {
        let now = clock.now();
        let lease = Self { key: key.clone(), owner: ids::new(clock), until: now + duration };
        let claimed = table
            .update(key, "SET leaseOwner = :me, leaseUntil = :until")
            .when("attribute_not_exists(leaseUntil) OR leaseUntil <= :now OR leaseOwner = :me")
            .value(":me", lease.owner)
            .value(":until", lease.until.as_millisecond())
            .value(":now", now.as_millisecond())
            .run()
            .await?;
        Ok(claimed.then_some(lease))
    }

    /// Gives the claim back, if it is still ours. To be added to the transaction of the work's effect.
    pub fn release(&self, table: &Table) -> Action {
        table.update(&self.key, "REMOVE leaseOwner, leaseUntil").when("leaseOwner = :me").value(":me", self.owner)
    }
}
