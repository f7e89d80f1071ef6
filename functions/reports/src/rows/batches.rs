//! Rows that were accepted and wait to be stored: a file each request, and a job that stores it.

use serde::{Deserialize, Serialize};
use shared::Error;
use shared::auth::TenantId;
use shared::files::Bucket;
use uuid::Uuid;

use super::model::Row;
use crate::State;

/// Files of rows.
#[derive(Clone, Debug)]
pub(crate) struct Batches {
    bucket: Bucket,
}

/// Rows of a request are to be stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StoreBatch {
    pub(crate) tenant_id: TenantId,
    pub(crate) dataset: String,
    pub(crate) batch: Uuid,
}

/// A row in a file.
#[derive(Serialize, Deserialize)]
pub(super) struct Waiting {
    pub(super) row: Row,
    pub(super) user: Option<shared::auth::UserId>,
}

impl Batches {
    pub(crate) fn new(bucket: Bucket) -> Self {
        Self { bucket }
    }

    fn key(tenant: TenantId, batch: Uuid) -> String {
        format!("batches/{tenant}/{batch}")
    }

    /// Keeps rows until a job has stored them. Without that job the bucket forgets them.
    pub(super) async fn put(&self, tenant: TenantId, batch: Uuid, rows: &[Waiting]) -> Result<(), Error> {
        let json = serde_json::to_vec(rows).map_err(Error::internal)?;
        self.bucket.put(&Self::key(tenant, batch), "application/json", json).await
    }
}

/// Stores the rows of a request. Twice is once.
pub(crate) async fn store_batch(state: &State, job: &StoreBatch) -> Result<(), Error> {
    let (bucket, key) = (&state.batches.bucket, Batches::key(job.tenant_id, job.batch));
    // Another delivery of this job has stored them.
    let Some(json) = bucket.get(&key).await? else { return Ok(()) };
    let waiting: Vec<Waiting> = serde_json::from_slice(&json).map_err(Error::internal)?;
    let users = waiting.iter().filter_map(|waiting| waiting.user).collect();
    let erased = state.rows.erased(users).await?;
    let rows: Vec<Row> = waiting
        .into_iter()
        .filter(|waiting| waiting.user.is_none_or(|user| !erased.contains(&user)))
        .map(|waiting| Row { user: waiting.user, ..waiting.row })
        .collect();
    state.rows.add(job.tenant_id, &job.dataset, &rows, |_| None).await?;
    bucket.delete(&key).await
}
