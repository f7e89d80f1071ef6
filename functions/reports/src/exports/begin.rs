//! How an export begins, whoever asks for it.

use jiff::Timestamp;
use shared::auth::{self, TenantId, UserId};
use shared::jobs::{Entry, QueueName};
use shared::store::{Action, Transaction};
use shared::{Error, ids};

use super::formats::Format;
use super::model::{Export, State as ExportState, TemplateVersion, Which};
use super::run::{RunExport, SETTLING};
use crate::datasets::{Dataset, Scope};
use crate::definitions::{Definition, Given, Plan};
use crate::jobs::Job;
use crate::quotas::Used;
use crate::schedules::Planned;
use crate::{ReportsError, State};

/// What is wanted as a file.
pub(crate) struct NewExport {
    pub(crate) user: UserId,
    pub(crate) template: Option<TemplateVersion>,
    pub(crate) definition: Definition,
    pub(crate) parameters: Given,
    pub(crate) dataset: Dataset,
    pub(crate) scope: Scope,
    pub(crate) format: String,
    pub(crate) as_of: Timestamp,
    pub(crate) planned: Option<Planned>,
}

/// An export that is not yet written.
pub(crate) struct Begun {
    pub(crate) export: Export,
    quota: [Action; 2],
}

/// Whatever can be wrong is told here, and not by a failure later.
///
/// # Errors
/// `INVALID_FORMAT`, `INVALID_TEMPLATE`, `VALIDATION_FAILED` of parameters, `QUOTA_EXCEEDED`.
pub(crate) async fn begin(
    state: &State,
    tenant: TenantId,
    plan: auth::Plan,
    new: NewExport,
) -> Result<Begun, ReportsError> {
    let now = state.platform.clock().now();
    let export = Export {
        id: ids::new(state.platform.clock()),
        user: new.user,
        template: new.template,
        definition: new.definition,
        parameters: new.parameters,
        format: Format::named(&new.format).ok_or(ReportsError::InvalidFormat)?,
        scope: new.scope,
        as_of: new.as_of,
        attempt: 1,
        state: ExportState::Queued,
        progress: 0,
        rows: 0,
        planned: new.planned,
        created_at: now,
        updated_at: now,
    };
    let moments = export.definition.moments(export.seen_from())?;
    Plan::new(&export.definition, &new.dataset, &export.parameters, moments, true)?;
    Ok(Begun { quota: state.quotas.take(tenant, plan, Used::export()).await?, export })
}

impl Begun {
    /// Adds all that it takes to a transaction, which is refused if the quota is used up meanwhile.
    pub(crate) fn add_to(
        self,
        state: &State,
        transaction: &mut Transaction,
        tenant: TenantId,
    ) -> Result<Vec<Entry>, Error> {
        let Self { export, quota } = self;
        transaction.extend(quota);
        transaction.extend(state.exports.create(tenant, &export));
        let which = Which { tenant, user: export.user, id: export.id };
        let job = Job::RunExport(RunExport { which, attempt: export.attempt });
        let due = Some(export.as_of + SETTLING);
        state.platform.outbox().add(transaction, QueueName::ReportsExports, tenant, &job, due)
    }
}
