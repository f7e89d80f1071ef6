//! What has outlived its time and does not go by itself: files. Rows have their TTL.

use jiff::SignedDuration;
use shared::Error;

use super::store::SHARDS;
use crate::State;
use crate::deliveries::tenant_of;

/// Files of one shard in one run; the next run takes the next ones.
const MOST: u32 = 250;

/// When a file is tried again that could not be deleted.
const AGAIN: SignedDuration = SignedDuration::from_hours(1);

/// Deletes files that nothing needs any more; says how many.
pub(crate) async fn purge(state: &State) -> Result<usize, Error> {
    let now = state.platform.clock().now();
    let mut deleted = 0;
    for shard in 0..SHARDS {
        for key in state.attachments.overdue(shard, now, MOST).await? {
            let Some(tenant) = tenant_of(&key) else { continue };
            // One that cannot be deleted holds up no other.
            match state.attachments.delete(tenant, &key, now).await {
                Ok(gone) => deleted += usize::from(gone),
                Err(error) => {
                    tracing::error!(row.pk = key.pk, %error, "a file cannot be deleted");
                    if let Err(error) = state.attachments.put_off(&key, now, now + AGAIN).await {
                        tracing::error!(row.pk = key.pk, %error, "nor can it be put off");
                    }
                }
            }
        }
    }
    Ok(deleted)
}
