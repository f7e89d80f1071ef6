//! Erasures' items: `ERASURE#<id>` / `ERASURE`. They are kept: they are the proof.

use jiff::Timestamp;
use shared::Error;
use shared::store::{Action, Key, Table, TextSet};
use uuid::Uuid;

use super::Erasure;

/// The erasures.
#[derive(Clone, Debug)]
pub struct Erasures {
    table: Table,
}

impl Erasures {
    /// Erasures in `table`.
    #[must_use]
    pub fn new(table: Table) -> Self {
        Self { table }
    }

    pub(super) async fn get(&self, id: Uuid) -> Result<Option<Erasure>, Error> {
        self.table.get(&key(id)).await
    }

    /// The write of a new one.
    pub(super) fn create(&self, erasure: &Erasure) -> Action {
        self.table.put(&key(erasure.id), erasure).if_absent()
    }

    /// Notes that a service has confirmed, and gives the erasure as it is then. `None` if there is no such one.
    pub(super) async fn confirm(&self, id: Uuid, service: &str) -> Result<Option<Erasure>, Error> {
        let update = self.table.update(&key(id), "DELETE awaited :service").if_present();
        update.value(":service", TextSet(vec![service.to_owned()])).run_and_read().await
    }

    /// The write of the receipt, once.
    pub(super) fn complete(&self, id: Uuid, receipt: &str, now: Timestamp) -> Action {
        self.table
            .update(&key(id), "SET completedAt = :now, receipt = :receipt REMOVE sealedContact")
            .when("attribute_exists(pk) AND attribute_not_exists(awaited) AND attribute_not_exists(receipt)")
            .value(":now", now)
            .value(":receipt", receipt)
    }
}

fn key(id: Uuid) -> Key {
    Key::new(format!("ERASURE#{id}"), "ERASURE")
}
