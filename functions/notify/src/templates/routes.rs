//! `/templates` and `/templates/{id}`

use axum::extract::State as Extract;
use garde::Validate;
use serde::{Deserialize, Serialize};
use shared::auth::Principal;
use shared::http::{Envelope, ErrorEnvelope, Idempotency, Json, Paging, PathParams, Query, Reply};
use shared::store::{Action, Position, Transaction};
use shared::{Error, ids};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::model::{Head, SetTemplate, Template, Version};
use crate::{NotifyError, State};

/// Variants of one name: each request that names a template reads them.
const MOST_VARIANTS: usize = 100;

/// Which version is wanted.
#[derive(Clone, Debug, Deserialize, Validate, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct WhichVersion {
    /// The newest one if it is not given.
    #[garde(inner(range(min = 1)))]
    #[param(minimum = 1)]
    pub(super) version: Option<u32>,
}

/// That a template is gone.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Deleted {
    /// Always true.
    deleted: bool,
}

/// Lists the templates' newest versions without their content, by name, channel and locale.
#[utoipa::path(
    get, path = "/templates", operation_id = "listTemplates", tag = "templates", params(Paging),
    responses(
        (status = 200, body = Envelope<Vec<Head>>),
        (status = 400, description = "VALIDATION_FAILED or INVALID_CURSOR", body = ErrorEnvelope),
    )
)]
pub(crate) async fn list_templates(
    Extract(state): Extract<State>,
    principal: Principal,
    paging: Paging,
) -> Result<Reply<Vec<Head>>, NotifyError> {
    let pager = paging.open::<Position>(state.platform.sealer(), &principal, "templates", &())?;
    let (heads, next) = state.templates.page(principal.tenant(), pager.limit(), pager.start().cloned()).await?;
    Ok(Reply::page(heads, pager.page(next.as_ref())?))
}

/// Makes a template: the first of a name, or one more variant for another channel or language.
#[utoipa::path(
    post, path = "/templates", operation_id = "createTemplate", tag = "templates", request_body = SetTemplate,
    responses(
        (status = 201, body = Envelope<Template>),
        (status = 400, description = "VALIDATION_FAILED or INVALID_TEMPLATE", body = ErrorEnvelope),
        (status = 409, description = "CONFLICT: this name has a variant for this channel and locale", body = ErrorEnvelope),
    )
)]
pub(crate) async fn create_template(
    Extract(state): Extract<State>,
    principal: Principal,
    idempotency: Idempotency,
    Json(request): Json<SetTemplate>,
) -> Result<Reply<Template>, NotifyError> {
    let clock = state.platform.clock();
    let now = clock.now();
    if state.templates.variants(principal.tenant(), &request.name).await?.len() >= MOST_VARIANTS {
        return Err(Error::field("name", format!("has {MOST_VARIANTS} variants already")).into());
    }
    let (name, channel, locale) = (request.name.clone(), request.channel, request.locale.clone());
    let version = request.into_version(principal.user(), now)?;
    let variables = version.variables.clone();
    let head =
        Head { id: ids::new(clock), name, channel, locale, version: 1, variables, created_at: now, updated_at: now };
    let writes = state.templates.create(principal.tenant(), &head, &version);
    commit(&state, &idempotency, writes, Reply::created(Template { head, content: version.content })).await
}

/// One template, in its newest version or in another one.
#[utoipa::path(
    get, path = "/templates/{id}", operation_id = "getTemplate", tag = "templates",
    params(("id" = Uuid, Path), WhichVersion),
    responses(
        (status = 200, body = Envelope<Template>),
        (status = 400, description = "VALIDATION_FAILED", body = ErrorEnvelope),
    )
)]
pub(crate) async fn get_template(
    Extract(state): Extract<State>,
    principal: Principal,
    PathParams(id): PathParams<Uuid>,
    Query(which): Query<WhichVersion>,
) -> Result<Reply<Template>, NotifyError> {
    let (head, version) = find(&state, &principal, id, which.version).await?;
    Ok(Reply::ok(Template { head, content: version.content }))
}

/// Adds a version, whole. Name, channel and locale stay as they are.
#[utoipa::path(
    put, path = "/templates/{id}", operation_id = "putTemplate", tag = "templates", params(("id" = Uuid, Path)),
    request_body = SetTemplate,
    responses(
        (status = 200, body = Envelope<Template>),
        (status = 400, description = "VALIDATION_FAILED or INVALID_TEMPLATE", body = ErrorEnvelope),
        (status = 409, description = "CONFLICT: somebody else has changed it meanwhile", body = ErrorEnvelope),
    )
)]
pub(crate) async fn put_template(
    Extract(state): Extract<State>,
    principal: Principal,
    idempotency: Idempotency,
    PathParams(id): PathParams<Uuid>,
    Json(request): Json<SetTemplate>,
) -> Result<Reply<Template>, NotifyError> {
    let now = state.platform.clock().now();
    let head = state.templates.head(principal.tenant(), id).await?.ok_or(Error::NotFound)?;
    let moves = [
        ("name", request.name != head.name),
        ("channel", request.channel != head.channel),
        ("locale", !request.locale.eq_ignore_ascii_case(&head.locale)),
    ];
    if let Some((field, _)) = moves.into_iter().find(|(_, moves)| *moves) {
        return Err(Error::field(field, "cannot be changed: make another template").into());
    }
    let version = request.into_version(principal.user(), now)?;
    let variables = version.variables.clone();
    let head = Head { version: head.version + 1, variables, updated_at: now, ..head };
    let writes = state.templates.change(principal.tenant(), &head, &version);
    commit(&state, &idempotency, writes, Reply::ok(Template { head, content: version.content })).await
}

/// Deletes a template. What was made with it is still sent.
#[utoipa::path(
    delete, path = "/templates/{id}", operation_id = "deleteTemplate", tag = "templates", params(("id" = Uuid, Path)),
    responses(
        (status = 200, body = Envelope<Deleted>),
        (status = 409, description = "CONFLICT: somebody else has deleted it meanwhile", body = ErrorEnvelope),
    )
)]
pub(crate) async fn delete_template(
    Extract(state): Extract<State>,
    principal: Principal,
    idempotency: Idempotency,
    PathParams(id): PathParams<Uuid>,
) -> Result<Reply<Deleted>, NotifyError> {
    let head = state.templates.head(principal.tenant(), id).await?.ok_or(Error::NotFound)?;
    let writes = state.templates.delete(principal.tenant(), &head);
    commit(&state, &idempotency, writes, Reply::ok(Deleted { deleted: true })).await
}

/// A template's head with one of its versions, as which the head then shows itself.
pub(super) async fn find(
    state: &State,
    principal: &Principal,
    id: Uuid,
    which: Option<u32>,
) -> Result<(Head, Version), Error> {
    let head = state.templates.head(principal.tenant(), id).await?.ok_or(Error::NotFound)?;
    let number = which.unwrap_or(head.version);
    let version = state.templates.version(principal.tenant(), id, number).await?.ok_or(Error::NotFound)?;
    let head = Head { version: number, variables: version.variables.clone(), ..head };
    Ok((head, version))
}

async fn commit<T: Serialize>(
    state: &State,
    idempotency: &Idempotency,
    writes: Vec<Action>,
    reply: Reply<T>,
) -> Result<Reply<T>, NotifyError> {
    let transaction = writes.into_iter().fold(Transaction::new(state.platform.store()), Transaction::with);
    idempotency.commit(transaction, reply).await?.reply_or(Error::Conflict.into())
}
