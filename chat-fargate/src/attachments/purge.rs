//! Files that go: those of deleted messages, and those that nobody has sent.

use serde::{Deserialize, Serialize};
use shared::Error;
use shared::auth::TenantId;
use shared::jobs::{Entry, QueueName};
use shared::store::Transaction;
use uuid::Uuid;

use super::Attached;
use crate::jobs::Job;
use crate::state::State;

/// Files of a tenant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Files {
    pub(super) tenant_id: TenantId,
    pub(super) ids: Vec<Uuid>,
}

/// Adds the writes by which the files of a message go with it, and the job that deletes their bytes.
pub(crate) fn delete_files(
    state: &State,
    transaction: &mut Transaction,
    tenant: TenantId,
    files: &[Attached],
) -> Result<Vec<Entry>, Error> {
    if files.is_empty() {
        return Ok(Vec::new());
    }
    transaction.extend(files.iter().map(|file| state.attachments.forget(tenant, file.id)));
    let ids = files.iter().map(|file| file.id).collect();
    let job = Job::DeleteFiles(Files { tenant_id: tenant, ids });
    state.platform.outbox().add(transaction, QueueName::Chat, tenant, &job, None)
}

/// Deletes files that are nobody's any more, and those that were not sent in time.
pub(crate) async fn purge(state: &State, files: &Files, unused_alone: bool) -> Result<(), Error> {
    for id in &files.ids {
        if !unused_alone || state.attachments.forget_unused(files.tenant_id, *id).run().await? {
            state.attachments.delete(files.tenant_id, *id).await?;
        }
    }
    Ok(())
}
