//! Beginning a run: the period is taken in the transaction that asks for its export.

use jiff::Timestamp;
use shared::auth::TenantId;
use shared::jobs::{About, Addressee, Entry, Job, QueueName, SendMessage};
use shared::store::Transaction;
use shared::{Error, ServiceError, ids, seal};

use super::model::{Outcome, Planned, Run, Schedule};
use crate::exports::{NewExport, TemplateVersion, begin};
use crate::webhooks::{Announce, Data, Event};
use crate::{ReportsError, State};

/// Adds what begins a run to a transaction, or that it could not begin, which its owner hears.
pub(super) async fn add(
    state: &State,
    transaction: &mut Transaction,
    tenant: TenantId,
    schedule: &Schedule,
    planned: &Planned,
) -> Result<Vec<Entry>, Error> {
    let now = state.platform.clock().now();
    let mut run = Run {
        due: planned.due,
        manual: planned.manual,
        export: None,
        outcome: Outcome::Running,
        problem: None,
        updated_at: now,
    };
    let prepared = match prepare(state, tenant, schedule, planned, now).await {
        Ok(new) => begin(state, tenant, schedule.plan, new).await,
        Err(error) => Err(error),
    };
    match prepared {
        Ok(begun) => {
            run.export = Some(begun.export.id);
            transaction.add(state.schedules.begin(tenant, planned, &run));
            Ok(begun.add_to(state, transaction, tenant)?)
        }
        Err(error) if error.problem().status < 500 => {
            (run.outcome, run.problem) = (Outcome::Failed, Some(error.to_string()));
            transaction.add(state.schedules.begin(tenant, planned, &run));
            tell_failure(state, transaction, tenant, schedule, planned, error.to_string())
        }
        Err(ReportsError::Common(error)) => Err(error),
        Err(error) => Err(Error::internal(error)),
    }
}

async fn prepare(
    state: &State,
    tenant: TenantId,
    schedule: &Schedule,
    planned: &Planned,
    now: Timestamp,
) -> Result<NewExport, ReportsError> {
    let head = state.templates.head(tenant, schedule.wanted.template_id).await?;
    let head = head.filter(|head| head.is_seen_by(schedule.owner)).ok_or(ReportsError::TemplateNotFound)?;
    if head.archived_at.is_some() {
        return Err(ReportsError::TemplateArchived);
    }
    let definition = state.templates.definition(tenant, head.id, head.version).await?;
    let definition = definition.ok_or(ReportsError::TemplateNotFound)?;
    let asked: Vec<String> = definition.parameters.0.iter().map(|parameter| parameter.name.clone()).collect();
    let dataset = state.datasets.get(tenant, &definition.dataset).await?.ok_or(ReportsError::DatasetNotFound)?;
    let scope = dataset.scope_of(&schedule.roles, schedule.owner).ok_or(ReportsError::DatasetNotFound)?;
    Ok(NewExport {
        user: schedule.owner,
        template: Some(TemplateVersion { id: head.id, version: head.version }),
        parameters: schedule.parameters(&asked, planned.due),
        definition,
        dataset,
        scope,
        format: schedule.wanted.format.clone(),
        as_of: now,
        planned: Some(planned.clone()),
    })
}

/// Tells the owner and webhooks that a run could not be made.
pub(super) fn tell_failure(
    state: &State,
    transaction: &mut Transaction,
    tenant: TenantId,
    schedule: &Schedule,
    planned: &Planned,
    problem: String,
) -> Result<Vec<Entry>, Error> {
    let id = seal::name_id("schedule-failed", format!("{}#{}", planned.schedule, planned.due).as_bytes());
    let (name, due) = (schedule.wanted.name.clone(), planned.due);
    let about = About::ReportFailed { report: name.clone(), problem: problem.clone() };
    let message = Job::SendMessage(SendMessage { id, tenant_id: tenant, to: Addressee::User(schedule.owner), about });
    let (outbox, clock) = (state.platform.outbox(), state.platform.clock());
    let mut entries = outbox.add(transaction, QueueName::Notify, tenant, &message, None)?;
    let data = Data::ScheduleFailed { schedule_id: planned.schedule, name, due, message: problem };
    let event = Event { id: ids::new(clock), at: clock.now(), data };
    entries.extend(Announce { tenant, export: None, event }.add_to(outbox, transaction)?);
    Ok(entries)
}
