//! `/datasets/{name}/sources`

use axum::extract::State as Extract;
use serde::Serialize;
use shared::auth::Principal;
use shared::http::{Envelope, ErrorEnvelope, Finished, Idempotency, Json, Paging, PathParams, Reply};
use shared::store::Transaction;
use shared::{Error, ids};
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::{CreateSource, Place, Source, SourceView, SourceWithSecret};
use crate::datasets::{Dataset, readable};
use crate::secrets::{Kind, Secrets};
use crate::{ReportsError, State, pages};

/// That a source is gone.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SourceDeleted {
    /// Always true.
    deleted: bool,
}

/// Where a source of the tenant's belongs, of a dataset that takes rows.
pub(super) async fn place(state: &State, principal: &Principal, name: &str, id: Uuid) -> Result<Place, ReportsError> {
    match readable(state, principal, name).await? {
        (Dataset::Platform(_), _) => Err(Error::Forbidden.into()),
        (Dataset::Custom(custom), _) => Ok(Place { tenant: principal.tenant(), dataset: custom.name, id }),
    }
}

/// A source of the tenant's, with its place.
pub(super) async fn found(
    state: &State,
    principal: &Principal,
    name: &str,
    id: Uuid,
) -> Result<(Place, Source), ReportsError> {
    let place = place(state, principal, name, id).await?;
    let source = state.sources.get(&place).await?.ok_or(ReportsError::WebhookNotFound)?;
    Ok((place, source))
}

/// Makes a source of rows for a dataset of the tenant's own; a tenant has at most 20. Its secret is shown this once.
#[utoipa::path(
    post, path = "/datasets/{name}/sources", operation_id = "createSource", tag = "sources",
    params(("name" = String, Path)), request_body = CreateSource,
    responses(
        (status = 201, body = Envelope<SourceWithSecret>),
        (status = 403, description = "FORBIDDEN: the dataset is the platform's", body = ErrorEnvelope),
        (status = 404, description = "DATASET_NOT_FOUND", body = ErrorEnvelope),
        (status = 409, description = "IDEMPOTENCY_RESULT_NOT_STORED", body = ErrorEnvelope),
        (status = 429, description = "QUOTA_EXCEEDED: the tenant has 20", body = ErrorEnvelope),
    )
)]
pub(crate) async fn create_source(
    Extract(state): Extract<State>,
    principal: Principal,
    idempotency: Idempotency,
    PathParams(name): PathParams<String>,
    Json(body): Json<CreateSource>,
) -> Result<Reply<SourceWithSecret>, ReportsError> {
    let (id, now) = (ids::new(state.platform.clock()), state.platform.clock().now());
    let place = place(&state, &principal, &name, id).await?;
    let (secrets, secret) = Secrets::new(state.platform.sealer(), Kind::Incoming, id)?;
    let source = Source { id, name: body.name, plan: principal.plan(), secrets, created_at: now, secret_at: now };
    let mut transaction = Transaction::new(state.platform.store());
    transaction.extend(state.sources.create(&place, &source));
    let source = source.view(&place.dataset, &state.public_base_url);
    let reply = Reply::created(SourceWithSecret { source, secret });
    idempotency.commit_unkept(transaction, reply).await?.reply_or(ReportsError::QuotaExceeded)
}

/// Lists the sources of a dataset, the oldest first.
#[utoipa::path(
    get, path = "/datasets/{name}/sources", operation_id = "listSources", tag = "sources",
    params(("name" = String, Path), Paging),
    responses(
        (status = 200, body = Envelope<Vec<SourceView>>),
        (status = 403, description = "FORBIDDEN: the dataset is the platform's", body = ErrorEnvelope),
        (status = 404, description = "DATASET_NOT_FOUND", body = ErrorEnvelope),
    )
)]
pub(crate) async fn list_sources(
    Extract(state): Extract<State>,
    principal: Principal,
    PathParams(name): PathParams<String>,
    paging: Paging,
) -> Result<Reply<Vec<SourceView>>, ReportsError> {
    let pager = paging.open(state.platform.sealer(), &principal, "sources", &name)?;
    let place = place(&state, &principal, &name, Uuid::nil()).await?;
    let (page, next) = pages::slice(state.sources.all(place.tenant, &place.dataset).await?, &pager);
    let page = page.into_iter().map(|source| source.view(&place.dataset, &state.public_base_url)).collect();
    Ok(Reply::page(page, pager.page(next.as_ref())?))
}

/// Gives a source a new secret, which is shown this once. The one of before counts for another 24 hours.
#[utoipa::path(
    post, path = "/datasets/{name}/sources/{id}/rotate-secret", operation_id = "rotateSourceSecret", tag = "sources",
    params(("name" = String, Path), ("id" = Uuid, Path)),
    responses(
        (status = 200, body = Envelope<SourceWithSecret>),
        (status = 403, description = "FORBIDDEN: the dataset is the platform's", body = ErrorEnvelope),
        (status = 404, description = "DATASET_NOT_FOUND, WEBHOOK_NOT_FOUND", body = ErrorEnvelope),
        (status = 409, description = "CONFLICT: somebody else has just done so; IDEMPOTENCY_RESULT_NOT_STORED", body = ErrorEnvelope),
    )
)]
pub(crate) async fn rotate_source_secret(
    Extract(state): Extract<State>,
    principal: Principal,
    idempotency: Idempotency,
    PathParams((name, id)): PathParams<(String, Uuid)>,
) -> Result<Reply<SourceWithSecret>, ReportsError> {
    let (place, before) = found(&state, &principal, &name, id).await?;
    let now = state.platform.clock().now();
    let (secrets, secret) = before.secrets.rotated(state.platform.sealer(), Kind::Incoming, id, now)?;
    let after = Source { secrets, plan: principal.plan(), secret_at: now, ..before.clone() };
    let replace = state.sources.replace(&place, &before, &after);
    let source = after.view(&place.dataset, &state.public_base_url);
    let transaction = Transaction::new(state.platform.store()).with(replace);
    let reply = Reply::ok(SourceWithSecret { source, secret });
    idempotency.commit_unkept(transaction, reply).await?.reply_or(Error::Conflict.into())
}

/// Deletes a source: what comes from it is refused from now on. Its rows stay.
#[utoipa::path(
    delete, path = "/datasets/{name}/sources/{id}", operation_id = "deleteSource", tag = "sources",
    params(("name" = String, Path), ("id" = Uuid, Path)),
    responses(
        (status = 200, body = Envelope<SourceDeleted>),
        (status = 403, description = "FORBIDDEN: the dataset is the platform's", body = ErrorEnvelope),
        (status = 404, description = "DATASET_NOT_FOUND, WEBHOOK_NOT_FOUND", body = ErrorEnvelope),
    )
)]
pub(crate) async fn delete_source(
    Extract(state): Extract<State>,
    principal: Principal,
    idempotency: Idempotency,
    PathParams((name, id)): PathParams<(String, Uuid)>,
) -> Result<Reply<SourceDeleted>, ReportsError> {
    let place = place(&state, &principal, &name, id).await?;
    let mut transaction = Transaction::new(state.platform.store());
    transaction.extend(state.sources.delete(&place));
    match idempotency.commit(transaction, Reply::ok(SourceDeleted { deleted: true })).await? {
        Finished::Reply(reply) => Ok(reply),
        Finished::Refused(_) => Err(ReportsError::WebhookNotFound),
    }
}
