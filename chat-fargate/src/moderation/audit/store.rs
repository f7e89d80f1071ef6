//! The log in the table.
//!
//! | item | pk | sk | gsi1 |
//! |---|---|---|---|
//! | event | `TENANT#<t>#AUDIT` | its id | `TENANT#<t>#AUDIT#<thread>` / its id, if it is of a thread |

use jiff::SignedDuration;
use serde::Serialize;
use shared::Error;
use shared::auth::TenantId;
use shared::store::{Action, Key, Position, Rows, Table};
use uuid::Uuid;

use super::model::Event;
use crate::threads::ThreadId;

/// How long an event is kept.
const KEPT: SignedDuration = SignedDuration::from_hours(400 * 24);

/// The logs of all tenants.
#[derive(Clone, Debug)]
pub(crate) struct Audit {
    table: Table,
}

#[derive(Serialize)]
struct Row<'a> {
    #[serde(flatten)]
    event: &'a Event,
    #[serde(skip_serializing_if = "Option::is_none")]
    gsi1pk: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    gsi1sk: Option<Uuid>,
    ttl: i64,
}

fn partition(tenant: TenantId) -> String {
    format!("TENANT#{tenant}#AUDIT")
}

fn thread_partition(tenant: TenantId, thread: ThreadId) -> String {
    format!("TENANT#{tenant}#AUDIT#{thread}")
}

impl Audit {
    pub(crate) fn new(table: Table) -> Self {
        Self { table }
    }

    /// The write of an event, for the transaction of what it tells.
    pub(crate) fn record(&self, tenant: TenantId, event: &Event) -> Action {
        let row = Row {
            event,
            gsi1pk: event.thread_id.map(|thread| thread_partition(tenant, thread)),
            gsi1sk: event.thread_id.map(|_| event.id),
            ttl: (event.at + KEPT).as_second(),
        };
        self.table.put(&Key::new(partition(tenant), event.id.to_string()), &row)
    }

    /// A page of the events with ids `low..=high`, newest first: of a tenant, or of one of its threads.
    pub(super) async fn page(
        &self,
        tenant: TenantId,
        thread: Option<ThreadId>,
        (low, high): (Uuid, Uuid),
        limit: u32,
        after: Option<Position>,
    ) -> Result<Rows<Event>, Error> {
        let query = match thread {
            Some(thread) => self.table.query(thread_partition(tenant, thread)).index("gsi1"),
            None => self.table.query(partition(tenant)),
        };
        let query = query.between(low.to_string(), high.to_string()).backwards(true);
        query.limit(limit).after(after).page().await
    }
}
