//! What is told when the export of a run is over.

use serde::{Deserialize, Serialize};
use shared::jobs::{About, Addressee, Job, QueueName, SendMessage};
use shared::store::{Commit, Transaction};
use shared::{Error, seal};

use super::begin::tell_failure;
use super::model::{Delivery, Outcome, Planned, Run};
use super::shared_link;
use crate::State;
use crate::exports::{Ended, Which};

/// Bytes of a file that a mail takes along.
const LARGEST_ATTACHED: u64 = 7_000_000;

/// The export of a run is over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ExportEnded {
    pub(crate) which: Which,
    pub(crate) planned: Planned,
}

/// Says how the run has ended, and tells recipients or the owner, in one transaction. Twice is once.
pub(crate) async fn tell(state: &State, job: &ExportEnded) -> Result<(), Error> {
    let (tenant, planned, now) = (job.which.tenant, &job.planned, state.platform.clock().now());
    let ended = state.exports.ended(job.which).await?;
    // Whoever has taken it over meanwhile may not see the same rows.
    let schedule = state.schedules.get(tenant, planned.schedule).await?;
    let schedule = schedule.filter(|schedule| schedule.is_owned_by(job.which.user));
    let mut run = Run {
        due: planned.due,
        manual: planned.manual,
        export: Some(job.which.id),
        outcome: Outcome::Completed,
        problem: None,
        updated_at: now,
    };
    let mut transaction = Transaction::new(state.platform.store());
    let mut entries = Vec::new();
    // Of a schedule that is gone, or somebody else's by now, nobody is told.
    match (ended, schedule) {
        (Some(Ended::Completed { rows: 0, .. }), Some(schedule)) if schedule.wanted.skip_when_empty => {
            run.outcome = Outcome::Empty;
        }
        (Some(Ended::Completed { file, .. }), Some(schedule)) => {
            let is_attached = schedule.wanted.delivery == Delivery::Attachment && file.bytes <= LARGEST_ATTACHED;
            for recipient in &schedule.wanted.recipients.0 {
                let name = format!("{}#{recipient}", job.which.id);
                let message = SendMessage {
                    id: seal::name_id("report-ready", name.as_bytes()),
                    tenant_id: tenant,
                    to: Addressee::User(*recipient),
                    about: About::ReportReady {
                        report: schedule.wanted.name.clone(),
                        link: shared_link::of(state, job.which)?,
                        valid_hours: shared_link::HOURS,
                        file: is_attached.then(|| file.clone()),
                    },
                };
                let message = Job::SendMessage(message);
                let outbox = state.platform.outbox();
                entries.extend(outbox.add(&mut transaction, QueueName::Notify, tenant, &message, None)?);
            }
        }
        (Some(Ended::Completed { .. }), None) => {}
        (other, schedule) => {
            let problem = match other {
                Some(Ended::Failed { problem }) => problem,
                _ => "it was cancelled or deleted".to_owned(),
            };
            (run.outcome, run.problem) = (Outcome::Failed, Some(problem.clone()));
            if let Some(schedule) = schedule {
                entries = tell_failure(state, &mut transaction, tenant, &schedule, planned, problem)?;
            }
        }
    }
    transaction.add(state.schedules.end(tenant, planned, &run));
    if transaction.commit().await? == Commit::Done {
        state.platform.outbox().send(entries).await;
    }
    Ok(())
}
