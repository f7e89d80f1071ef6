//! `POST /exports`

use axum::extract::State as Extract;
use garde::Validate;
use serde::Deserialize;
use shared::Error;
use shared::auth::Principal;
use shared::http::{Envelope, ErrorEnvelope, Finished, Idempotency, Json, Reply};
use shared::store::Transaction;
use utoipa::ToSchema;
use uuid::Uuid;

use super::begin::{NewExport, begin};
use super::model::{ExportView, TemplateVersion};
use crate::datasets::readable;
use crate::definitions::{Definition, Given};
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
    /// `csv`, `xlsx`, `pdf`, `json` or `jsonLines`.
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
    let (user, format, parameters) = (principal.user(), body.format, body.parameters);
    let new = NewExport { user, template, definition, parameters, dataset, scope, format, as_of: now, planned: None };
    let begun = begin(&state, tenant, principal.plan(), new).await?;
    let view = begun.export.clone().view(now);
    let mut transaction = Transaction::new(state.platform.store());
    let entries = begun.add_to(&state, &mut transaction, tenant)?;
    match idempotency.commit(transaction, Reply::accepted(view)).await? {
        Finished::Reply(reply) => {
            reply.send(state.platform.outbox(), entries).await;
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
