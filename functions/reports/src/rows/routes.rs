//! `POST /datasets/{name}/rows`

use axum::extract::State as Extract;
use garde::Validate;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use shared::auth::Principal;
use shared::error::FieldError;
use shared::http::rules::refuse_unless;
use shared::http::{AtMost, Envelope, ErrorEnvelope, Finished, Idempotency, Json, PathParams, Reply};
use shared::jobs::QueueName;
use shared::store::Transaction;
use shared::{Error, ids};
use utoipa::ToSchema;
use uuid::Uuid;

use super::batches::{StoreBatch, Waiting};
use super::read::{NewRow, read};
use crate::datasets::{Dataset, readable};
use crate::jobs::Job;
use crate::quotas::Used;
use crate::{ReportsError, State};

/// Problems of a refused request that are named.
const MOST_PROBLEMS: usize = 20;

/// Rows for a dataset of the tenant's own.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct AddRows {
    /// At most 5000.
    #[garde(custom(some))]
    #[schema(value_type = Vec<NewRow>, min_items = 1, max_items = 5000)]
    rows: AtMost<NewRow, 5000>,
}

/// That rows will be stored.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RowsAccepted {
    /// How many.
    accepted: usize,
}

/// Takes rows for a dataset of the tenant's own: all of them, or none if one does not fit. They are there within seconds.
#[utoipa::path(
    post, path = "/datasets/{name}/rows", operation_id = "addRows", tag = "datasets", params(("name" = String, Path)),
    request_body = AddRows,
    responses(
        (status = 202, body = Envelope<RowsAccepted>),
        (status = 403, description = "FORBIDDEN: the dataset is the platform's", body = ErrorEnvelope),
        (status = 404, description = "DATASET_NOT_FOUND", body = ErrorEnvelope),
        (status = 429, description = "QUOTA_EXCEEDED: too many rows this month", body = ErrorEnvelope),
    )
)]
pub(crate) async fn add_rows(
    Extract(state): Extract<State>,
    principal: Principal,
    idempotency: Idempotency,
    PathParams(name): PathParams<String>,
    Json(body): Json<AddRows>,
) -> Result<Reply<RowsAccepted>, ReportsError> {
    let tenant = principal.tenant();
    let (dataset, _) = readable(&state, &principal, &name).await?;
    if matches!(dataset, Dataset::Platform(_)) {
        return Err(Error::Forbidden.into());
    }
    let (now, batch) = (state.platform.clock().now(), ids::new(state.platform.clock()));
    let rows = rows(&dataset, batch, &body.rows.0, now)?;
    let accepted = rows.len();
    let taken = state.quotas.take(tenant, principal.plan(), Used::rows(accepted)).await?;
    // Before the transaction that refers to them; if that does not come, the bucket forgets them.
    state.batches.put(tenant, batch, &rows).await?;
    let mut transaction = Transaction::new(state.platform.store());
    transaction.extend(taken);
    let job = Job::StoreBatch(StoreBatch { tenant_id: tenant, dataset: name, batch });
    let outbox = state.platform.outbox();
    let entries = outbox.add(&mut transaction, QueueName::Reports, tenant, &job, None)?;
    match idempotency.commit(transaction, Reply::accepted(RowsAccepted { accepted })).await? {
        Finished::Reply(reply) => {
            reply.send(outbox, entries).await;
            Ok(reply)
        }
        Finished::Refused(_) => Err(ReportsError::QuotaExceeded),
    }
}

fn some<C>(rows: &AtMost<NewRow, 5000>, _: &C) -> garde::Result {
    refuse_unless(!rows.0.is_empty(), "must have a row")
}

/// The rows as they are stored; or every problem that they have.
fn rows(dataset: &Dataset, batch: Uuid, new: &[NewRow], now: Timestamp) -> Result<Vec<Waiting>, Error> {
    let (mut rows, mut problems) = (Vec::with_capacity(new.len()), Vec::new());
    for (number, row) in new.iter().enumerate() {
        match read(dataset, (batch, number), row, now) {
            Ok(row) => rows.push(row),
            Err(problem) => problems.push(FieldError {
                field: format!("rows[{number}].{}", problem.field),
                message: problem.message.to_owned(),
            }),
        }
        if problems.len() == MOST_PROBLEMS {
            break;
        }
    }
    if problems.is_empty() { Ok(rows) } else { Err(Error::Validation(problems)) }
}
