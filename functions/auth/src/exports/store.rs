//! Exports' items: `USER#<id>` / `EXPORT`, beside the account; the latest alone.

use jiff::Timestamp;
use shared::Error;
use shared::auth::UserId;
use shared::jobs::UserExported;
use shared::store::{Action, Key, Table, TextSet};
use uuid::Uuid;

use super::Export;
use super::model::PATIENCE;

/// The exports.
#[derive(Clone, Debug)]
pub struct Exports {
    table: Table,
}

impl Exports {
    /// Exports in `table`.
    #[must_use]
    pub fn new(table: Table) -> Self {
        Self { table }
    }

    pub(super) async fn get(&self, user: UserId) -> Result<Option<Export>, Error> {
        self.table.get(&key(user)).await
    }

    /// The write of a new one; refused while another one is made.
    pub(super) fn begin(&self, export: &Export) -> Action {
        let put = self.table.put(&key(export.user_id), export);
        put.when("attribute_not_exists(pk) OR attribute_exists(completedAt) OR requestedAt <= :late")
            .value(":late", (export.requested_at - PATIENCE).as_millisecond())
    }

    /// Notes what a service has stored. The first answer counts; one to an export that is not the latest any more does
    /// not.
    pub(super) async fn add(&self, part: &UserExported) -> Result<(), Error> {
        let update = self.table.update(&key(part.user_id), "SET files.#service = :files DELETE awaited :answered");
        let update = update.when("id = :id AND contains(awaited, :service)").name("#service", &part.service);
        let update = update.value(":id", part.export_id).value(":service", &part.service).value(":files", &part.files);
        update.value(":answered", TextSet(vec![part.service.clone()])).run().await.map(|_| ())
    }

    /// The write that completes one, once.
    pub(super) fn complete(&self, user: UserId, id: Uuid, now: Timestamp) -> Action {
        self.table
            .update(&key(user), "SET completedAt = :now")
            .when("id = :id AND attribute_not_exists(awaited) AND attribute_not_exists(completedAt)")
            .value(":id", id)
            .value(":now", now)
    }
}

fn key(user: UserId) -> Key {
    Key::new(format!("USER#{user}"), "EXPORT")
}
