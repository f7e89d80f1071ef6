//! `/datasets`

use axum::extract::State as Extract;
use shared::Error;
use shared::auth::Principal;
use shared::http::{Envelope, ErrorEnvelope, Finished, Idempotency, Json, Paging, PathParams, Reply};
use shared::store::Transaction;

use super::model::{CreateDataset, Dataset, DatasetView, Scope};
use crate::{ReportsError, State};

/// A dataset with what the caller sees of it.
///
/// # Errors
/// `DATASET_NOT_FOUND` if there is none, or none for him.
pub(crate) async fn readable(
    state: &State,
    principal: &Principal,
    name: &str,
) -> Result<(Dataset, Scope), ReportsError> {
    let dataset = state.datasets.get(principal.tenant(), name).await?.ok_or(ReportsError::DatasetNotFound)?;
    let scope = dataset.scope(principal).ok_or(ReportsError::DatasetNotFound)?;
    Ok((dataset, scope))
}

/// Lists the datasets that the caller may read: the platform's own, then the tenant's by name.
#[utoipa::path(
    get, path = "/datasets", operation_id = "listDatasets", tag = "datasets", params(Paging),
    responses((status = 200, body = Envelope<Vec<DatasetView>>))
)]
pub(crate) async fn list_datasets(
    Extract(state): Extract<State>,
    principal: Principal,
    paging: Paging,
) -> Result<Reply<Vec<DatasetView>>, ReportsError> {
    let pager = paging.open(state.platform.sealer(), &principal, "datasets", &())?;
    let all = state.datasets.all(principal.tenant()).await?;
    let visible = all.iter().filter_map(|dataset| dataset.scope(&principal).map(|scope| dataset.view(scope)));
    let (page, next) = crate::pages::slice(visible.collect(), &pager);
    Ok(Reply::page(page, pager.page(next.as_ref())?))
}

/// Shows a dataset with its columns.
#[utoipa::path(
    get, path = "/datasets/{name}", operation_id = "getDataset", tag = "datasets", params(("name" = String, Path)),
    responses(
        (status = 200, body = Envelope<DatasetView>),
        (status = 404, description = "DATASET_NOT_FOUND", body = ErrorEnvelope),
    )
)]
pub(crate) async fn get_dataset(
    Extract(state): Extract<State>,
    principal: Principal,
    PathParams(name): PathParams<String>,
) -> Result<Reply<DatasetView>, ReportsError> {
    let (dataset, scope) = readable(&state, &principal, &name).await?;
    Ok(Reply::ok(dataset.view(scope)))
}

/// Declares a dataset of the tenant's own, at most 50. Its rows come by `POST /datasets/{name}/rows`.
#[utoipa::path(
    post, path = "/datasets", operation_id = "createDataset", tag = "datasets", request_body = CreateDataset,
    responses(
        (status = 201, body = Envelope<DatasetView>),
        (status = 409, description = "DUPLICATE: there is one of this name", body = ErrorEnvelope),
        (status = 429, description = "QUOTA_EXCEEDED: the tenant has 50", body = ErrorEnvelope),
    )
)]
pub(crate) async fn create_dataset(
    Extract(state): Extract<State>,
    principal: Principal,
    idempotency: Idempotency,
    Json(body): Json<CreateDataset>,
) -> Result<Reply<DatasetView>, ReportsError> {
    let custom = body.into_dataset(state.platform.clock().now());
    let mut transaction = Transaction::new(state.platform.store());
    transaction.extend(state.datasets.create(principal.tenant(), &custom));
    let dataset = Dataset::Custom(custom);
    let scope = dataset.scope(&principal).ok_or(Error::Forbidden)?;
    match idempotency.commit(transaction, Reply::created(dataset.view(scope))).await? {
        Finished::Reply(reply) => Ok(reply),
        Finished::Refused(0) => Err(ReportsError::Duplicate),
        Finished::Refused(_) => Err(ReportsError::QuotaExceeded),
    }
}
