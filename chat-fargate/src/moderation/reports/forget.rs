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
    for report in of_thread(state, tenant, thread).await? {
        if report.reporter_id == Some(user) {
            state.reports.delete(tenant, &report).await?;
        } else if report.sender_id == user {
            state.reports.strip(tenant, &report).await?;
        }
    }
    Ok(())
}

/// What a user has reported in a thread.
pub(crate) async fn filed_by(
    state: &State,
    tenant: TenantId,
    thread: ThreadId,
    user: UserId,
) -> Result<Vec<Report>, Error> {
    let all = of_thread(state, tenant, thread).await?.into_iter();
    let own = all.filter(|report| report.reporter_id == Some(user));
    // What others wrote, and decided, is not his.
    Ok(own.map(|report| Report { content: None, resolved_by: None, note: None, ..report }).collect())
}

async fn of_thread(state: &State, tenant: TenantId, thread: ThreadId) -> Result<Vec<Report>, Error> {
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let rows = state.reports.page_of_thread(tenant, thread, PAGE, after).await?;
        all.extend(rows.items);
        after = rows.next;
        if after.is_none() {
            return Ok(all);
        }
    }
}
