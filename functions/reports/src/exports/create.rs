//! `POST /exports`

use axum::extract::State as Extract;
use garde::Validate;
use serde::Deserialize;
use shared::auth::Principal;
use shared::http::{Envelope, ErrorEnvelope, Finished, Idempotency, Json, Reply};
use shared::jobs::QueueName;
use shared::store::Transaction;
use shared::{Error, ids};
use utoipa::ToSchema;
use uuid::Uuid;

use super::formats::Format;
use super::model::{Export, ExportView, State as ExportState, TemplateVersion, Which};
use super::run::{RunExport, SETTLING};
use crate::datasets::readable;
use crate::definitions::{Definition, Given, Plan};
use crate::jobs::Job;
use crate::quotas::Used;
use crate::{ReportsError, State};

/// What is wanted as a file: a template, or a definition.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct CreateExport {
    #[serde(default)]
    #[garde(skip)]
    template_id: Option<Uuid>,
    /// Of the template; the newest, if it is not given.
    #[serde(default)]
    #[garde(skip)]
    version: Option<u32>,
    #[serde(default)]
    #[garde(dive)]
    definition: Option<Definition>,
    /// `csv`, `xlsx`, `json` or `jsonLines`.
    #[garde(skip)]
    #[schema(example = "csv")]
    format: String,
    /// Values of parameters; those that are left out have their defaults.
    #[serde(default)]
    #[garde(skip)]
    parameters: Given,
}

/// Makes a file of a template or a definition. It has the rows that were stored until now, and that the caller may see.
#[utoipa::path(
    post, path = "/exports", operation_id = "createExport", tag = "exports", request_body = CreateExport,
    responses(
        (status = 202, body = Envelope<ExportView>),
        (status = 400, description = "INVALID_TEMPLATE, INVALID_FORMAT", body = ErrorEnvelope),
        (status = 404, description = "TEMPLATE_NOT_FOUND, DATASET_NOT_FOUND", body = ErrorEnvelope),
        (status = 409, description = "TEMPLATE_ARCHIVED", body = ErrorEnvelope),
        (status = 429, description = "QUOTA_EXCEEDED: too many exports today or this month", body = ErrorEnvelope),
    )
)]
pub(crate) async fn create_export(
    Extract(state): Extract<State>,
    principal: Principal,
    idempotency: Idempotency,
    Json(body): Json<CreateExport>,
) -> Result<Reply<ExportView>, ReportsError> {
    let (tenant, now) = (principal.tenant(), state.platform.clock().now());
    let format = Format::named(&body.format).ok_or(ReportsError::InvalidFormat)?;
    let (template, definition) = match (body.template_id, body.definition) {
        (Some(id), None) => template(&state, &principal, id, body.version).await?,
        (None, Some(definition)) if body.version.is_none() => (None, definition),
        _ => {
            return Err(Error::field(
                "templateId",
                "or definition must be there, one of them; version goes with templateId",
            )
            .into());
        }
    };
    let (dataset, scope) = readable(&state, &principal, &definition.dataset).await?;
    // Whatever can be wrong is told now, and not by a failure later.
    Plan::new(&definition, &dataset, &body.parameters, definition.moments(now)?, true)?;
    let export = Export {
        id: ids::new(state.platform.clock()),
        user: principal.user(),
        template,
        definition,
        parameters: body.parameters,
        format,
        scope,
        as_of: now,
        attempt: 1,
        state: ExportState::Queued,
        progress: 0,
        rows: 0,
        created_at: now,
        updated_at: now,
    };
    let mut transaction = Transaction::new(state.platform.store());
    transaction.extend(state.quotas.take(tenant, principal.plan(), Used::export()).await?);
    transaction.extend(state.exports.create(tenant, &export));
    let which = Which { tenant, user: export.user, id: export.id };
    let job = Job::RunExport(RunExport { which, attempt: export.attempt });
    let outbox = state.platform.outbox();
    let entries = outbox.add(&mut transaction, QueueName::ReportsExports, tenant, &job, Some(now + SETTLING))?;
    match idempotency.commit(transaction, Reply::accepted(export.view(now))).await? {
        Finished::Reply(reply) => {
            reply.send(outbox, entries).await;
            Ok(reply)
        }
        Finished::Refused(_) => Err(ReportsError::QuotaExceeded),
    }
}

async fn template(
    state: &State,
    principal: &Principal,
    id: Uuid,
    version: Option<u32>,
) -> Result<(Option<TemplateVersion>, Definition), ReportsError> {
    let head = state.templates.head(principal.tenant(), id).await?;
    let head = head.filter(|head| head.is_visible_to(principal)).ok_or(ReportsError::TemplateNotFound)?;
    if head.archived_at.is_some() {
        return Err(ReportsError::TemplateArchived);
    }
    let version = version.unwrap_or(head.version);
    let definition = state.templates.definition(principal.tenant(), id, version).await?;
    let definition = definition.ok_or(ReportsError::TemplateNotFound)?;
    Ok((Some(TemplateVersion { id, version }), definition))
}
