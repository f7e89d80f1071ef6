//! Which webhooks get a link to the report of a run.

use shared::Error;
use uuid::Uuid;

use crate::State;
use crate::webhooks::{Announce, Data, FileFor};

/// The file of an export that was made for a run, for each webhook that its schedule names, at the address that this
/// webhook had when the schedule was saved: whoever changes a webhook later gets no files by that.
pub(crate) async fn files_for(state: &State, job: &Announce) -> Result<Vec<(Uuid, FileFor)>, Error> {
    let Some((export, Data::ExportCompleted { schedule_id: Some(id), rows, .. })) =
        job.export.zip(Some(&job.event.data))
    else {
        return Ok(Vec::new());
    };
    let schedule = state.schedules.get(job.tenant, *id).await?;
    // Whoever has taken it over meanwhile may not see the same rows.
    let Some(schedule) = schedule.filter(|schedule| schedule.is_owned_by(export.user)) else { return Ok(Vec::new()) };
    if *rows == 0 && schedule.wanted.skip_when_empty {
        return Ok(Vec::new());
    }
    let file = |(id, url): (Uuid, String)| (id, FileFor { export, url });
    Ok(schedule.webhook_urls.into_iter().map(file).collect())
}
