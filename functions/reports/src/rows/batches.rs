//! Rows that were accepted and wait to be stored: a file each request, and a job that stores it.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use shared::Error;
use shared::auth::{TenantId, UserId};
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
pub(crate) struct Waiting {
    pub(super) row: Row,
    pub(super) user: Option<UserId>,
}

impl Batches {
    pub(crate) fn new(bucket: Bucket) -> Self {
        Self { bucket }
    }

    fn key(tenant: TenantId, batch: Uuid) -> String {
        format!("batches/{tenant}/{batch}")
    }

    /// Keeps what came until a job has stored it. Without that job the bucket forgets it.
    pub(crate) async fn put(&self, tenant: TenantId, batch: Uuid, content: &impl Serialize) -> Result<(), Error> {
        let json = serde_json::to_vec(content).map_err(Error::internal)?;
        self.bucket.put(&Self::key(tenant, batch), "application/json", json).await
    }

    /// What is kept; nothing, if another delivery of its job has stored it.
    pub(crate) async fn get<T: DeserializeOwned>(&self, tenant: TenantId, batch: Uuid) -> Result<Option<T>, Error> {
        let json = self.bucket.get(&Self::key(tenant, batch)).await?;
        json.map(|json| serde_json::from_slice(&json).map_err(Error::internal)).transpose()
    }

    pub(crate) async fn delete(&self, tenant: TenantId, batch: Uuid) -> Result<(), Error> {
        self.bucket.delete(&Self::key(tenant, batch)).await
    }
}

/// Stores the rows of a request. Twice is once.
pub(crate) async fn store_batch(state: &State, job: &StoreBatch) -> Result<(), Error> {
    let waiting: Option<Vec<Waiting>> = state.batches.get(job.tenant_id, job.batch).await?;
    let Some(waiting) = waiting else { return Ok(()) };
    store_waiting(state, job.tenant_id, &job.dataset, waiting).await?;
    state.batches.delete(job.tenant_id, job.batch).await
}

/// Stores rows but those of users who are erased.
pub(crate) async fn store_waiting(
    state: &State,
    tenant: TenantId,
    dataset: &str,
    waiting: Vec<Waiting>,
) -> Result<(), Error> {
    let users = waiting.iter().filter_map(|waiting| waiting.user).collect();
    let erased = state.rows.erased(users).await?;
    let rows: Vec<Row> = waiting
        .into_iter()
        .filter(|waiting| waiting.user.is_none_or(|user| !erased.contains(&user)))
        .map(|waiting| Row { user: waiting.user, ..waiting.row })
        .collect();
    state.rows.add(tenant, dataset, &rows, |_| None).await
}
