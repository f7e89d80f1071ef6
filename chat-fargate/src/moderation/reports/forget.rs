//! What reports say of an erased user, and for himself.

use shared::Error;
use shared::auth::{TenantId, UserId};

use super::model::Report;
use crate::state::State;
use crate::threads::ThreadId;

/// Reports that are read at once.
const PAGE: u32 = 100;

/// Forgets a user in a thread's reports: his own go; of those about him stays that there was one.
pub(crate) async fn forget(state: &State, tenant: TenantId, thread: ThreadId, user: UserId) -> Result<(), Error> {
    let mut after = None;
    loop {
        let rows = state.reports.page_of_thread(tenant, thread, PAGE, after).await?;
        for report in rows.items {
            if report.reporter_id == Some(user) {
                state.reports.delete(tenant, &report).await?;
            } else if report.sender_id == user {
                state.reports.strip(tenant, &report).await?;
            }
        }
        after = rows.next;
        if after.is_none() {
            return Ok(());
        }
    }
}

/// Forgets what a user wrote when he decided on a tenant's reports.
pub(crate) async fn forget_notes(state: &State, tenant: TenantId, user: UserId) -> Result<(), Error> {
    let mut after = None;
    loop {
        let rows = state.reports.page(tenant, false, PAGE, after).await?;
        for report in rows.items.iter().filter(|report| report.resolved_by == Some(user) && report.note.is_some()) {
            state.reports.strip_note(tenant, report).await?;
        }
        after = rows.next;
        if after.is_none() {
            return Ok(());
        }
    }
}

/// What a user has reported in a thread.
pub(crate) async fn filed_by(
    state: &State,
    tenant: TenantId,
    thread: ThreadId,
    user: UserId,
) -> Result<Vec<Report>, Error> {
    let (mut own, mut after) = (Vec::new(), None);
    loop {
        let rows = state.reports.page_of_thread(tenant, thread, PAGE, after).await?;
        own.extend(rows.items.into_iter().filter(|report| report.reporter_id == Some(user)));
        after = rows.next;
        if after.is_none() {
            // What others wrote, and decided, is not his.
            return Ok(own
                .into_iter()
                .map(|report| Report { content: None, resolved_by: None, note: None, ..report })
                .collect());
        }
    }
}
