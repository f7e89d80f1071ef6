//! `/templates`

use axum::extract::State as Extract;
use garde::Validate;
use serde::{Deserialize, Serialize};
use shared::auth::Principal;
use shared::http::{Envelope, ErrorEnvelope, Finished, Idempotency, Json, Paging, PathParams, Query, Reply};
use shared::store::Transaction;
use shared::{Error, ids};
use utoipa::IntoParams;
use uuid::Uuid;

use super::model::{Head, SaveTemplate, TemplateView, Visibility};
use crate::datasets::readable;
use crate::definitions::{Definition, Given, Plan};
use crate::{ReportsError, State, pages};

/// Which templates.
#[derive(Debug, Deserialize, Serialize, Validate, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Listed {
    /// Archived ones instead.
    #[serde(default)]
    #[garde(skip)]
    archived: bool,
}

/// Which version.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct WhichVersion {
    /// The newest, if it is not given.
    #[garde(skip)]
    version: Option<u32>,
}

/// A template that the caller sees.
///
/// # Errors
/// `TEMPLATE_NOT_FOUND` if there is none, or none for him.
pub(super) async fn visible(state: &State, principal: &Principal, id: Uuid) -> Result<Head, ReportsError> {
    let head = state.templates.head(principal.tenant(), id).await?;
    head.filter(|head| head.is_visible_to(principal)).ok_or(ReportsError::TemplateNotFound)
}

/// Whether the definition can be carried out for the caller.
pub(super) async fn check(state: &State, principal: &Principal, definition: &Definition) -> Result<(), ReportsError> {
    let (dataset, _) = readable(state, principal, &definition.dataset).await?;
    let moments = definition.moments(state.platform.clock().now())?;
    Plan::new(definition, &dataset, &Given::default(), moments, false).map(|_| ())
}

/// Makes a template.
#[utoipa::path(
    post, path = "/templates", operation_id = "createTemplate", tag = "templates", request_body = SaveTemplate,
    responses(
        (status = 201, body = Envelope<TemplateView>),
        (status = 400, description = "INVALID_TEMPLATE: the definition cannot be carried out", body = ErrorEnvelope),
        (status = 403, description = "FORBIDDEN: only organizers make templates of the tenant's", body = ErrorEnvelope),
        (status = 404, description = "DATASET_NOT_FOUND", body = ErrorEnvelope),
        (status = 429, description = "QUOTA_EXCEEDED: the tenant has 500, or the caller 100", body = ErrorEnvelope),
    )
)]
pub(crate) async fn create_template(
    Extract(state): Extract<State>,
    principal: Principal,
    idempotency: Idempotency,
    Json(body): Json<SaveTemplate>,
) -> Result<Reply<TemplateView>, ReportsError> {
    let visibility = Visibility::wanted(body.visibility, &principal).ok_or(Error::Forbidden)?;
    check(&state, &principal, &body.definition).await?;
    create(&state, &principal, &idempotency, (body.name, body.description), visibility, body.definition).await
}

pub(super) async fn create(
    state: &State,
    principal: &Principal,
    idempotency: &Idempotency,
    (name, description): (String, String),
    visibility: Visibility,
    definition: Definition,
) -> Result<Reply<TemplateView>, ReportsError> {
    let now = state.platform.clock().now();
    let head = Head {
        id: ids::new(state.platform.clock()),
        name,
        description,
        visibility,
        owner_id: principal.user(),
        dataset: definition.dataset.clone(),
        version: 1,
        archived_at: None,
        created_at: now,
        updated_at: now,
    };
    let mut transaction = Transaction::new(state.platform.store());
    transaction.extend(state.templates.create(principal.tenant(), &head, &definition)?);
    match idempotency.commit(transaction, Reply::created(TemplateView { head, definition })).await? {
        Finished::Reply(reply) => Ok(reply),
        Finished::Refused(_) => Err(ReportsError::QuotaExceeded),
    }
}

/// Lists the templates that the caller sees, the oldest first, without their definitions.
#[utoipa::path(
    get, path = "/templates", operation_id = "listTemplates", tag = "templates", params(Listed, Paging),
    responses((status = 200, body = Envelope<Vec<Head>>))
)]
pub(crate) async fn list_templates(
    Extract(state): Extract<State>,
    principal: Principal,
    paging: Paging,
    Query(listed): Query<Listed>,
) -> Result<Reply<Vec<Head>>, ReportsError> {
    let pager = paging.open(state.platform.sealer(), &principal, "templates", &listed)?;
    let all = state.templates.all(principal.tenant()).await?;
    let wanted = |head: &Head| head.is_visible_to(&principal) && head.archived_at.is_some() == listed.archived;
    let (page, next) = pages::slice(all.into_iter().filter(wanted).collect(), &pager);
    Ok(Reply::page(page, pager.page(next.as_ref())?))
}

/// Shows a template with the definition of one of its versions.
#[utoipa::path(
    get, path = "/templates/{id}", operation_id = "getTemplate", tag = "templates",
    params(("id" = Uuid, Path), WhichVersion),
    responses(
        (status = 200, body = Envelope<TemplateView>),
        (status = 404, description = "TEMPLATE_NOT_FOUND", body = ErrorEnvelope),
    )
)]
pub(crate) async fn get_template(
    Extract(state): Extract<State>,
    principal: Principal,
    PathParams(id): PathParams<Uuid>,
    Query(which): Query<WhichVersion>,
) -> Result<Reply<TemplateView>, ReportsError> {
    let head = visible(&state, &principal, id).await?;
    let version = which.version.unwrap_or(head.version);
    let definition = state.templates.definition(principal.tenant(), id, version).await?;
    let definition = definition.ok_or(ReportsError::TemplateNotFound)?;
    Ok(Reply::ok(TemplateView { head: Head { version, ..head }, definition }))
}
