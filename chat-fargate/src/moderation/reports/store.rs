//! Reports in the table.
//!
//! | item | pk | sk | gsi1 |
//! |---|---|---|---|
//! | report | `TENANT#<t>#REPORT#<id>` | `REPORT` | `TENANT#<t>#REPORTS#<open or closed>` / its id |
//! | that a thread has it | `TENANT#<t>#THREAD#<thread>` | `REPORT#<seq>#<edits>#<reporter, or RULE>` | |
//!
//! The second one stands for one report a member and wording of a message.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use shared::Error;
use shared::auth::TenantId;
use shared::store::{Action, Key, Position, Rows, Table};
use uuid::Uuid;

use super::model::{Report, ReportStatus};
use crate::threads::{ThreadId, thread_partition};

/// How long a report is kept after it was decided on.
const KEPT: SignedDuration = SignedDuration::from_hours(180 * 24);

/// The reports of every tenant.
#[derive(Clone, Debug)]
pub(crate) struct Reports {
    table: Table,
}

#[derive(Serialize)]
struct Row<'a> {
    gsi1pk: String,
    gsi1sk: Uuid,
    #[serde(skip_serializing_if = "Option::is_none")]
    ttl: Option<i64>,
    #[serde(flatten)]
    report: &'a Report,
}

/// That a thread has a report.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct OfThread {
    report_id: Uuid,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ttl: Option<i64>,
}

fn key(tenant: TenantId, id: Uuid) -> Key {
    Key::new(format!("TENANT#{tenant}#REPORT#{id}"), "REPORT")
}

fn list_partition(tenant: TenantId, open: bool) -> String {
    format!("TENANT#{tenant}#REPORTS#{}", if open { "open" } else { "closed" })
}

fn thread_key(tenant: TenantId, report: &Report) -> Key {
    let by = report.reporter_id.map_or_else(|| "RULE".to_owned(), |reporter| reporter.to_string());
    let place = format!("REPORT#{:012}#{:03}#{by}", report.seq, report.edits);
    Key::new(thread_partition(tenant, report.thread_id), place)
}

impl Reports {
    pub(crate) fn new(table: Table) -> Self {
        Self { table }
    }

    /// The writes of a new report; the first is refused if the same one has reported the message before.
    pub(crate) fn put_new(&self, tenant: TenantId, report: &Report) -> [Action; 2] {
        let of_thread = self.table.put(&thread_key(tenant, report), &OfThread { report_id: report.id, ttl: None });
        [of_thread.if_absent(), self.put(tenant, report).if_absent()]
    }

    /// The writes of a report that was decided on; the first is refused if it was before.
    pub(super) fn close(&self, tenant: TenantId, report: &Report) -> [Action; 2] {
        let of_thread = OfThread { report_id: report.id, ttl: ttl(report) };
        [
            self.put(tenant, report)
                .when("attribute_exists(pk) AND NOT attribute_type(resolvedAt, :text)")
                .value(":text", "S"),
            self.table.put(&thread_key(tenant, report), &of_thread),
        ]
    }

    /// Takes what anybody wrote out of a report.
    pub(super) async fn strip(&self, tenant: TenantId, report: &Report) -> Result<(), Error> {
        let strip = self.table.update(&key(tenant, report.id), "REMOVE content, #comment, note");
        strip.name("#comment", "comment").if_present().run().await.map(|_| ())
    }

    /// Takes what was written when a report was decided on out of it.
    pub(super) async fn strip_note(&self, tenant: TenantId, report: &Report) -> Result<(), Error> {
        self.table.update(&key(tenant, report.id), "REMOVE note").if_present().run().await.map(|_| ())
    }

    fn put(&self, tenant: TenantId, report: &Report) -> Action {
        let gsi1pk = list_partition(tenant, report.status == ReportStatus::Open);
        self.table.put(&key(tenant, report.id), &Row { gsi1pk, gsi1sk: report.id, ttl: ttl(report), report })
    }

    pub(super) async fn get(&self, tenant: TenantId, id: Uuid) -> Result<Option<Report>, Error> {
        self.table.get(&key(tenant, id)).await
    }

    /// The report that this one repeats.
    pub(super) async fn like(&self, tenant: TenantId, report: &Report) -> Result<Option<Report>, Error> {
        let key = thread_key(tenant, report);
        let Some(OfThread { report_id, .. }) = self.table.get(&key).await? else { return Ok(None) };
        let before = self.get(tenant, report_id).await?;
        if before.is_none() {
            // Of the two items, which go after the same time, the other one went first.
            let stale = self.table.delete(&key).when("reportId = :id").value(":id", report_id);
            let _ = stale.run().await?;
        }
        Ok(before)
    }

    /// A page of a tenant's reports, newest first.
    pub(super) async fn page(
        &self,
        tenant: TenantId,
        open: bool,
        limit: u32,
        after: Option<Position>,
    ) -> Result<Rows<Report>, Error> {
        let query = self.table.query(list_partition(tenant, open)).index("gsi1").backwards(true);
        query.limit(limit).after(after).page().await
    }

    /// A page of a thread's reports, newest message first.
    pub(super) async fn page_of_thread(
        &self,
        tenant: TenantId,
        thread: ThreadId,
        limit: u32,
        after: Option<Position>,
    ) -> Result<Rows<Report>, Error> {
        let query = self.table.query(thread_partition(tenant, thread)).prefix("REPORT#").backwards(true);
        let rows = query.limit(limit).after(after).page::<OfThread>().await?;
        let keys: Vec<Key> = rows.items.iter().map(|row| key(tenant, row.report_id)).collect();
        let items = self.table.get_all(&keys).await?.into_iter().flatten().collect();
        Ok(Rows { items, next: rows.next })
    }

    /// Deletes a report.
    pub(super) async fn delete(&self, tenant: TenantId, report: &Report) -> Result<(), Error> {
        self.table.delete_all(&[thread_key(tenant, report), key(tenant, report.id)]).await
    }
}

/// When it may go.
fn ttl(report: &Report) -> Option<i64> {
    report.resolved_at.map(|at| (at + KEPT).as_second())
}
