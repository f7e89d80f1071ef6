//! What is left of exports goes.

use serde::{Deserialize, Serialize};
use shared::Error;
use shared::auth::TenantId;
use uuid::Uuid;

use super::model::Export;
use super::store::Files;
use super::work::Work;
use crate::State;

/// Files of an export are to be deleted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CleanUp {
    tenant: TenantId,
    id: Uuid,
    /// The parts of this attempt; everything, if it is not given.
    attempt: Option<u32>,
    /// The file and the upload that may have become it.
    upload: Option<(String, String)>,
}

impl CleanUp {
    /// After an attempt that is over.
    pub(super) fn after(tenant: TenantId, export: &Export, work: &Work) -> Self {
        let upload = work.upload().map(|upload| (Files::file(tenant, export), upload.to_owned()));
        Self { tenant, id: export.id, attempt: Some(export.attempt), upload }
    }

    /// After an export that is gone.
    pub(super) fn everything(tenant: TenantId, export: &Export, work: &Work) -> Self {
        Self { attempt: None, ..Self::after(tenant, export, work) }
    }
}

/// Deletes them. Twice is once; what a worker adds that has not heard of the end, the bucket forgets.
pub(crate) async fn clean_up(state: &State, job: &CleanUp) -> Result<(), Error> {
    let (bucket, parts) = (&state.files.bucket, Files::parts(job.tenant, job.id));
    if let Some((key, upload)) = &job.upload {
        // One that has become the file is over.
        if bucket.length(key).await?.is_none() {
            bucket.abort_upload(key, upload).await?;
        }
    }
    if let Some(attempt) = job.attempt {
        return bucket.delete_all(&format!("{parts}{attempt}/"), None).await;
    }
    bucket.delete_all(&parts, None).await?;
    bucket.delete_all(&Files::files(job.tenant, job.id), None).await
}
