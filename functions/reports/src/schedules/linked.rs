//! Which webhooks get a link to the report of a run.

use shared::Error;
use shared::auth::{Roles, UserId};
use uuid::Uuid;

use super::shared_link;
use crate::State;
use crate::datasets::{Dataset, Scope};
use crate::webhooks::{Announce, Data};

/// A link to a file, and whom it is for.
pub(crate) struct Linked {
    pub(crate) link: String,
    webhooks: Vec<Uuid>,
    dataset: Dataset,
    owner: UserId,
}

impl Linked {
    /// Whether a webhook gets it: the schedule names it, and whoever has saved it last may see everybody's rows.
    pub(crate) fn is_for(&self, webhook: Uuid, roles: &Roles) -> bool {
        self.webhooks.contains(&webhook) && self.dataset.scope_of(roles, self.owner) == Some(Scope::All)
    }
}

/// The link of an export that was made for a run, if its schedule names webhooks.
pub(crate) async fn linked(state: &State, job: &Announce) -> Result<Option<Linked>, Error> {
    let Some((which, Data::ExportCompleted { schedule_id: Some(id), rows, dataset, .. })) =
        job.export.zip(Some(&job.event.data))
    else {
        return Ok(None);
    };
    let Some(schedule) = state.schedules.get(job.tenant, *id).await? else { return Ok(None) };
    let (owner, wanted) = (schedule.owner, schedule.wanted);
    if wanted.webhooks.0.is_empty() || *rows == 0 && wanted.skip_when_empty {
        return Ok(None);
    }
    let Some(dataset) = state.datasets.get(job.tenant, dataset).await? else { return Ok(None) };
    Ok(Some(Linked { link: shared_link::of(state, which)?, webhooks: wanted.webhooks.0, dataset, owner }))
}
