//! What changes a template.

use axum::extract::State as Extract;
use garde::Validate;
use serde::Deserialize;
use shared::Error;
use shared::auth::Principal;
use shared::http::{Envelope, ErrorEnvelope, Idempotency, Json, PathParams, Query, Reply};
use shared::store::Transaction;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::model::{Head, SaveTemplate, TemplateView, Visibility};
use super::routes::{check, create, visible};
use crate::{ReportsError, State};

/// How a copy is called.
#[derive(Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct CloneTemplate {
    /// The original's, if it is not given.
    #[serde(default)]
    #[garde(inner(length(chars, min = 1, max = 100)))]
    #[schema(min_length = 1, max_length = 100)]
    name: Option<String>,
}

/// A template that the caller may change.
async fn changeable(state: &State, principal: &Principal, id: Uuid) -> Result<Head, ReportsError> {
    let head = visible(state, principal, id).await?;
    if head.is_changed_by(principal) { Ok(head) } else { Err(Error::Forbidden.into()) }
}

/// Replaces a template, as a new version. Exports that were asked for before keep theirs. Its owner may, and organizers
/// if it is the tenant's.
#[utoipa::path(
    put, path = "/templates/{id}", operation_id = "putTemplate", tag = "templates", params(("id" = Uuid, Path)),
    request_body = SaveTemplate,
    responses(
        (status = 200, body = Envelope<TemplateView>),
        (status = 400, description = "INVALID_TEMPLATE: the definition cannot be carried out", body = ErrorEnvelope),
        (status = 403, description = "FORBIDDEN", body = ErrorEnvelope),
        (status = 404, description = "TEMPLATE_NOT_FOUND, DATASET_NOT_FOUND", body = ErrorEnvelope),
        (status = 409, description = "TEMPLATE_ARCHIVED; CONFLICT: somebody has changed it meanwhile", body = ErrorEnvelope),
    )
)]
pub(crate) async fn put_template(
    Extract(state): Extract<State>,
    principal: Principal,
    idempotency: Idempotency,
    PathParams(id): PathParams<Uuid>,
    Json(body): Json<SaveTemplate>,
) -> Result<Reply<TemplateView>, ReportsError> {
    let before = changeable(&state, &principal, id).await?;
    if before.archived_at.is_some() {
        return Err(ReportsError::TemplateArchived);
    }
    let asked = body.visibility.or(Some(before.visibility)).filter(|asked| *asked != before.visibility);
    let visibility = match asked {
        Some(_) => Visibility::wanted(asked, &principal).ok_or(Error::Forbidden)?,
        None => before.visibility,
    };
    check(&state, &principal, &body.definition).await?;
    let (name, description, definition) = (body.name, body.description, body.definition);
    let (dataset, updated_at) = (definition.dataset.clone(), state.platform.clock().now());
    let version = before.version + 1;
    let head = Head { name, description, visibility, dataset, version, updated_at, ..before };
    let mut transaction = Transaction::new(state.platform.store());
    transaction.extend(state.templates.replace(principal.tenant(), &head, &definition)?);
    let reply = Reply::ok(TemplateView { head, definition });
    idempotency.commit(transaction, reply).await?.reply_or(Error::Conflict.into())
}

/// Makes a copy of a template, of the caller's own.
#[utoipa::path(
    post, path = "/templates/{id}/clone", operation_id = "cloneTemplate", tag = "templates",
    params(("id" = Uuid, Path)), request_body = CloneTemplate,
    responses(
        (status = 201, body = Envelope<TemplateView>),
        (status = 404, description = "TEMPLATE_NOT_FOUND", body = ErrorEnvelope),
        (status = 429, description = "QUOTA_EXCEEDED: the tenant has 500, or the caller 100", body = ErrorEnvelope),
    )
)]
pub(crate) async fn clone_template(
    Extract(state): Extract<State>,
    principal: Principal,
    idempotency: Idempotency,
    PathParams(id): PathParams<Uuid>,
    body: Option<Json<CloneTemplate>>,
) -> Result<Reply<TemplateView>, ReportsError> {
    let head = visible(&state, &principal, id).await?;
    let definition = state.templates.definition(principal.tenant(), id, head.version).await?;
    let definition = definition.ok_or(ReportsError::TemplateNotFound)?;
    let name = body.and_then(|Json(body)| body.name).unwrap_or(head.name);
    let visibility = Visibility::wanted(None, &principal).ok_or(Error::Forbidden)?;
    create(&state, &principal, &idempotency, (name, head.description), visibility, definition).await
}

/// How a template goes.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Archive {
    /// Whether it is deleted with all its versions, and does not count any more, instead of being archived.
    #[serde(default)]
    #[garde(skip)]
    forever: bool,
}

/// Archives a template: nothing is made of it any more. Twice is once. With `forever` it is deleted; exports that were
/// made of it stay.
#[utoipa::path(
    delete, path = "/templates/{id}", operation_id = "archiveTemplate", tag = "templates",
    params(("id" = Uuid, Path), Archive),
    responses(
        (status = 200, body = Envelope<Head>),
        (status = 403, description = "FORBIDDEN", body = ErrorEnvelope),
        (status = 404, description = "TEMPLATE_NOT_FOUND", body = ErrorEnvelope),
        (status = 409, description = "CONFLICT: somebody has changed it meanwhile", body = ErrorEnvelope),
    )
)]
pub(crate) async fn archive_template(
    Extract(state): Extract<State>,
    principal: Principal,
    idempotency: Idempotency,
    PathParams(id): PathParams<Uuid>,
    Query(archive): Query<Archive>,
) -> Result<Reply<Head>, ReportsError> {
    let before = changeable(&state, &principal, id).await?;
    let now = state.platform.clock().now();
    let (archived_at, updated_at) = (before.archived_at.or(Some(now)), now);
    let head = Head { archived_at, updated_at, ..before };
    if archive.forever {
        state.templates.delete(principal.tenant(), &head).await?;
        return Ok(Reply::ok(head));
    }
    let put = state.templates.put_head(principal.tenant(), &head, head.version);
    let transaction = Transaction::new(state.platform.store()).with(put);
    idempotency.commit(transaction, Reply::ok(head)).await?.reply_or(Error::Conflict.into())
}
