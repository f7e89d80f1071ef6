//! What is left of exports goes.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use shared::Error;
use shared::auth::TenantId;
use uuid::Uuid;

use super::model::{Export, State as ExportState};
use super::store::Files;
use super::work::Work;
use crate::State;

/// After this a worker has heard that it has nothing more to do.
const HEARD: SignedDuration = SignedDuration::from_mins(2);

/// Files of an export are to be deleted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CleanUp {
    tenant: TenantId,
    id: Uuid,
    /// The parts of this attempt; everything, if it is not given.
    attempt: Option<u32>,
    /// Whether the file is what it was made for.
    keeps_file: bool,
    /// The file and the upload that may have become it.
    upload: Option<(String, String)>,
}

impl CleanUp {
    /// When it is to be done if a worker may be at work: it would write on behind it.
    pub(super) fn due(export: &Export, now: Timestamp) -> Option<Timestamp> {
        (!export.is_over()).then_some(now + HEARD)
    }

    /// After an attempt that is over.
    pub(super) fn after(tenant: TenantId, export: &Export, work: &Work) -> Self {
        let upload = work.upload().map(|upload| (Files::file(tenant, export), upload.to_owned()));
        let keeps_file = matches!(export.state, ExportState::Completed { .. });
        Self { tenant, id: export.id, attempt: Some(export.attempt), keeps_file, upload }
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
    let files = Files::files(job.tenant, job.id);
    let Some(attempt) = job.attempt else {
        bucket.delete_all(&parts, None).await?;
        return bucket.delete_all(&files, None).await;
    };
    if !job.keeps_file {
        bucket.delete_all(&format!("{files}{attempt}/"), None).await?;
    }
    bucket.delete_all(&format!("{parts}{attempt}/"), None).await
}
