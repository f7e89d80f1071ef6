//! `POST /webhooks/incoming/{sourceId}`

use std::time::Duration;

use axum::body::Bytes;
use axum::extract::State as Extract;
use http::HeaderMap;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use serde_json::value::RawValue;
use shared::auth::TenantId;
use shared::http::{Envelope, ErrorEnvelope, PathParams, Reply};
use shared::jobs::QueueName;
use shared::store::{Commit, Transaction};
use shared::{Error, ids};
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::{Place, Source};
use super::sort::{Sorted, sort};
use crate::jobs::Job;
use crate::quotas::Used;
use crate::rows::{NewRow, store_waiting};
use crate::secrets::Kind;
use crate::{ReportsError, State};

/// What a source posts: rows, or an event of Standard Webhooks, whose data are one row or several.
#[derive(ToSchema)]
#[expect(dead_code, reason = "for the document; what does not fit is kept as it came, so it is read by hand")]
pub(crate) struct Message {
    /// At most 1000 of the form `{"at": …, "values": {…}}`.
    #[schema(value_type = Option<Vec<NewRow>>, max_items = 1000)]
    rows: Json,
    /// Of an event: goes to the column `type`, if the dataset has one and the data do not.
    #[schema(value_type = Option<String>)]
    r#type: Json,
    /// Of an event: when it happened.
    #[schema(value_type = Option<String>, format = DateTime)]
    timestamp: Json,
    /// Of an event: an object of values by the columns' names, or a list of such.
    data: Json,
}

/// What became of the rows.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Received {
    /// Rows that will be stored.
    accepted: usize,
    /// Rows, or messages, that do not fit and are kept aside.
    rejected: usize,
    /// Whether a message of this `webhook-id` came within 24 hours: nothing is done again.
    duplicate: bool,
}

impl Received {
    /// Of a message that came before.
    fn before() -> Self {
        Self { accepted: 0, rejected: 0, duplicate: true }
    }
}

/// What came is to be stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StoreReceived {
    tenant_id: TenantId,
    dataset: String,
    source: Uuid,
    batch: Uuid,
}

/// Takes rows for a dataset, signed as Standard Webhooks says with the source's secret, at most 600 requests a minute.
/// Those that do not fit are kept aside, and can be listed. A message is taken once by its `webhook-id`.
#[utoipa::path(
    post, path = "/webhooks/incoming/{sourceId}", operation_id = "receiveRows", tag = "sources",
    params(
        ("sourceId" = String, Path), ("webhook-id" = String, Header), ("webhook-timestamp" = i64, Header),
        ("webhook-signature" = String, Header),
    ),
    request_body = Message,
    responses(
        (status = 202, body = Envelope<Received>),
        (status = 200, description = "It came before", body = Envelope<Received>),
        (status = 400, description = "INVALID_JSON; VALIDATION_FAILED: more than 1000 rows", body = ErrorEnvelope),
        (status = 401, description = "INVALID_SIGNATURE: or there is no such source, or its clock is off", body = ErrorEnvelope),
        (status = 429, description = "RATE_LIMITED; QUOTA_EXCEEDED: too many rows this month", body = ErrorEnvelope),
    )
)]
pub(crate) async fn receive_rows(
    Extract(state): Extract<State>,
    PathParams(source): PathParams<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Reply<Received>, ReportsError> {
    let now = state.platform.clock().now();
    let (place, source) = known(&state, &source).await?.ok_or(ReportsError::InvalidSignature)?;
    let keys = source.secrets.open(state.platform.sealer(), Kind::Incoming, source.id, now)?;
    let verified = keys.iter().find_map(|key| key.verify(&headers, &body, now));
    let message = verified.ok_or(ReportsError::InvalidSignature)?;
    if !state.sources.count_request(source.id, now).await? {
        return Err(Error::RateLimited { retry_after: Duration::from_mins(1) }.into());
    }
    if state.sources.heard(source.id, message, now).await?.is_some() {
        return Ok(Reply::ok(Received::before()));
    }
    let body: &RawValue = serde_json::from_slice(&body).map_err(|error| Error::InvalidJson(error.to_string()))?;
    // Datasets cannot be deleted.
    let dataset = state.datasets.get(place.tenant, &place.dataset).await?.ok_or(ReportsError::InvalidSignature)?;
    let batch = ids::new(state.platform.clock());
    let sorted = sort(&dataset, batch, body.get(), now)?;
    let received = Received { accepted: sorted.rows.len(), rejected: sorted.rejected.len(), duplicate: false };
    let mut transaction = Transaction::new(state.platform.store());
    let heard = transaction.add(state.sources.remember(source.id, message, batch, now));
    let rows = Used::rows(sorted.weight());
    if rows.rows > 0 {
        transaction.extend(state.quotas.take(place.tenant, source.plan, rows).await?);
    }
    // Before the transaction that refers to it; if that does not come, the bucket forgets it.
    state.batches.put(place.tenant, batch, &sorted).await?;
    let Place { tenant, dataset, id } = place;
    let job = Job::StoreReceived(StoreReceived { tenant_id: tenant, dataset, source: id, batch });
    let outbox = state.platform.outbox();
    let entries = outbox.add(&mut transaction, QueueName::Reports, tenant, &job, None)?;
    let Commit::Refused(index) = transaction.commit().await? else {
        outbox.send(entries).await;
        return Ok(Reply::accepted(received));
    };
    if index == heard && state.sources.heard(source.id, message, now).await? == Some(batch) {
        // By this very request: the answer to its first commit was lost.
        return Ok(Reply::accepted(received));
    }
    state.batches.delete(tenant, batch).await?;
    if index == heard { Ok(Reply::ok(Received::before())) } else { Err(ReportsError::QuotaExceeded) }
}

/// The source of this id, with its place.
async fn known(state: &State, id: &str) -> Result<Option<(Place, Source)>, Error> {
    let Ok(id) = id.parse() else { return Ok(None) };
    let Some(place) = state.sources.place(id).await? else { return Ok(None) };
    let source = state.sources.get(&place).await?;
    Ok(source.map(|source| (place, source)))
}

/// Stores what came. Twice is once.
pub(crate) async fn store_received(state: &State, job: &StoreReceived) -> Result<(), Error> {
    let sorted: Option<Sorted> = state.batches.get(job.tenant_id, job.batch).await?;
    let Some(Sorted { rows, mut rejected }) = sorted else { return Ok(()) };
    store_waiting(state, job.tenant_id, &job.dataset, rows).await?;
    let erased = state.rows.erased(rejected.iter().flat_map(|row| row.users.clone()).collect()).await?;
    rejected.retain(|row| row.users.iter().all(|user| !erased.contains(user)));
    state.sources.reject((job.tenant_id, job.source), job.batch, &rejected).await?;
    state.batches.delete(job.tenant_id, job.batch).await
}
