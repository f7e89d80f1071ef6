//! `POST /datasets/{name}/rows`

use std::collections::BTreeMap;

use axum::extract::State as Extract;
use garde::Validate;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use shared::auth::{Principal, UserId};
use shared::error::FieldError;
use shared::http::rules::refuse_unless;
use shared::http::{AtMost, Envelope, ErrorEnvelope, Finished, Idempotency, Json as Body, PathParams, Reply};
use shared::jobs::QueueName;
use shared::store::Transaction;
use shared::{Error, ids, seal};
use utoipa::ToSchema;
use uuid::Uuid;

use super::batches::{StoreBatch, Waiting};
use super::model::Row;
use crate::datasets::{Dataset, readable};
use crate::jobs::Job;
use crate::quotas::Used;
use crate::values::Value;
use crate::{ReportsError, State};

/// Bytes of one row's cells as JSON.
const LARGEST: usize = 16 * 1024;
/// Problems of a refused request that are named.
const MOST_PROBLEMS: usize = 20;
/// Years of moments that rows may have.
const YEARS: std::ops::RangeInclusive<i16> = 1970..=2200;

/// Rows for a dataset of the tenant's own.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct AddRows {
    /// At most 5000.
    #[garde(custom(some))]
    #[schema(value_type = Vec<NewRow>, min_items = 1, max_items = 5000)]
    rows: AtMost<NewRow, 5000>,
}

/// A row.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct NewRow {
    /// When it happened; now, if it does not say.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    at: Option<Timestamp>,
    /// By the columns' names.
    #[schema(value_type = Object, example = json!({"ticket": "A-17", "price": 49.9}))]
    values: BTreeMap<String, Json>,
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
    Body(body): Body<AddRows>,
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
        match read(dataset, row) {
            Ok((cells, user)) => {
                let at = row.at.unwrap_or(now);
                if !YEARS.contains(&at.to_zoned(jiff::tz::TimeZone::UTC).year()) {
                    problems.push(problem(format!("rows[{number}].at"), "must be from 1970 to 2200"));
                    continue;
                }
                // The same whenever the job comes.
                let id = seal::name_id("row", format!("{batch}#{number}").as_bytes()).to_string();
                let row = Row { id, at: at.as_millisecond(), recorded_at: now.as_millisecond(), cells, user: None };
                rows.push(Waiting { row, user });
            }
            Err((field, message)) => problems.push(problem(format!("rows[{number}].values{field}"), message)),
        }
        if problems.len() == MOST_PROBLEMS {
            break;
        }
    }
    if problems.is_empty() { Ok(rows) } else { Err(Error::Validation(problems)) }
}

fn problem(field: String, message: &str) -> FieldError {
    FieldError { field, message: message.to_owned() }
}

/// A row's cells as JSON, and whose it is; or which column is wrong, and why.
fn read(dataset: &Dataset, row: &NewRow) -> Result<(String, Option<UserId>), (String, &'static str)> {
    let columns = dataset.declared();
    if let Some(unknown) = row.values.keys().find(|name| !columns.iter().any(|column| column.name == **name)) {
        return Err((format!(".{}", unknown.chars().take(64).collect::<String>()), "is no column of the dataset"));
    }
    let mut cells: BTreeMap<&str, Value> = BTreeMap::new();
    for column in &columns {
        let given = row.values.get(&column.name).unwrap_or(&Json::Null);
        let value = column.kind.read(given).map_err(|problem| (format!(".{}", column.name), problem))?;
        if value.is_null() {
            if column.required {
                return Err((format!(".{}", column.name), "is required"));
            }
            continue;
        }
        cells.insert(&column.name, value);
    }
    let user = match dataset {
        Dataset::Custom(custom) => custom.user_column.as_deref().and_then(|name| cells.get(name)),
        Dataset::Platform(_) => None,
    };
    let user = match user {
        Some(Value::Text(id)) => id.parse().ok().map(UserId),
        _ => None,
    };
    let json = serde_json::to_string(&cells).map_err(|_| (String::new(), "cannot be stored"))?;
    if json.len() > LARGEST {
        return Err((String::new(), "must be at most 16384 bytes"));
    }
    Ok((json, user))
}
