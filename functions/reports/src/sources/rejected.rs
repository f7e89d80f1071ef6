//! `GET /datasets/{name}/sources/{id}/rejected`

use axum::extract::State as Extract;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value as Json;
use serde_json::value::RawValue;
use shared::Error;
use shared::auth::Principal;
use shared::http::{Envelope, ErrorEnvelope, Paging, PathParams, Reply};
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::Rejected;
use super::routes::found;
use crate::{ReportsError, State};

/// A row that does not fit its dataset, as callers see it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RejectedRow {
    /// Where it does not fit, and why.
    #[schema(example = "values.price: must be a number")]
    reason: String,
    /// As it came.
    #[schema(value_type = Json)]
    row: Box<RawValue>,
    #[schema(value_type = String, format = DateTime)]
    received_at: Timestamp,
}

impl Rejected {
    fn view(self) -> Result<RejectedRow, Error> {
        let row = RawValue::from_string(self.given).map_err(Error::internal)?;
        Ok(RejectedRow { reason: self.reason, row, received_at: self.received_at })
    }
}

/// Lists what has come from a source within 30 days and does not fit the dataset, the newest first.
#[utoipa::path(
    get, path = "/datasets/{name}/sources/{id}/rejected", operation_id = "listRejected", tag = "sources",
    params(("name" = String, Path), ("id" = Uuid, Path), Paging),
    responses(
        (status = 200, body = Envelope<Vec<RejectedRow>>),
        (status = 403, description = "FORBIDDEN: the dataset is the platform's", body = ErrorEnvelope),
        (status = 404, description = "DATASET_NOT_FOUND, WEBHOOK_NOT_FOUND", body = ErrorEnvelope),
    )
)]
pub(crate) async fn list_rejected(
    Extract(state): Extract<State>,
    principal: Principal,
    PathParams((name, id)): PathParams<(String, Uuid)>,
    paging: Paging,
) -> Result<Reply<Vec<RejectedRow>>, ReportsError> {
    let pager = paging.open(state.platform.sealer(), &principal, "rejected", &id)?;
    let (place, _) = found(&state, &principal, &name, id).await?;
    let (now, limit, after) = (state.platform.clock().now(), pager.limit(), pager.start().cloned());
    let rows = state.sources.page_of_rejected((place.tenant, id), now, limit, after).await?;
    let page = pager.page(rows.next.as_ref())?;
    Ok(Reply::page(rows.items.into_iter().map(Rejected::view).collect::<Result<_, _>>()?, page))
}
