//! What should have been sent and was not: its message went to the dead-letter queue while the store was down, or
//! somebody has emptied a queue. A timer sends a new one.

use futures_util::{StreamExt, TryStreamExt, stream};
use jiff::SignedDuration;
use shared::Error;
use shared::auth::TenantId;
use shared::store::{Commit, Key, Transaction};

use crate::State;
use crate::deliveries::{OPEN_SHARDS, State as DeliveryState, What, tenant_of};
use crate::jobs::{Deliver, Job};
use crate::notifications::{expand_again, notification_of};

/// How long after its time a delivery counts as stuck: longer than SQS takes to give up a message, and longer than
/// queues usually are. In a queue that is longer, a second message does no harm.
const STUCK: SignedDuration = SignedDuration::from_hours(1);
/// Deliveries of one shard in one run; the next run takes the next ones.
const MOST: u32 = 100;
/// Store calls at a time.
const CONCURRENCY: usize = 8;

/// Sends new messages for deliveries that are stuck; says for how many. Called every few minutes.
pub(crate) async fn requeue_stuck(state: &State) -> Result<usize, Error> {
    let shards: Vec<_> = (0..OPEN_SHARDS).map(|shard| shard_of(state, shard)).collect();
    let requeued: Vec<usize> = stream::iter(shards).buffer_unordered(CONCURRENCY).try_collect().await?;
    Ok(requeued.into_iter().sum())
}

async fn shard_of(state: &State, shard: u128) -> Result<usize, Error> {
    let before = state.platform.clock().now() - STUCK;
    let mut requeued = 0;
    for overdue in state.deliveries.overdue(shard, before, MOST).await? {
        let Some(tenant) = tenant_of(&overdue) else { continue };
        // One that cannot be helped holds up no other.
        let outcome = match notification_of(&overdue) {
            Some(notification) => expand_again(state, tenant, notification).await,
            None => requeue(state, tenant, &overdue).await,
        };
        match outcome {
            Ok(new) => requeued += usize::from(new),
            Err(error) => tracing::error!(row.pk = overdue.pk, %error, "what is stuck cannot be sent on"),
        }
    }
    Ok(requeued)
}

/// Whether a new message was sent.
async fn requeue(state: &State, tenant: TenantId, key: &Key) -> Result<bool, Error> {
    let Some(stuck) = state.deliveries.at(key).await? else {
        return Ok(false);
    };
    let stuck = &stuck;
    let now = state.platform.clock().now();
    let alive = match stuck.state {
        DeliveryState::Sending { until, .. } => until > now,
        ref other => !other.status().is_open(),
    };
    if alive {
        return Ok(false);
    }
    let mut transaction = Transaction::new(state.platform.store());
    let after = stuck.interrupted(What::Stuck, now);
    transaction.add(state.deliveries.replace(tenant, stuck, &after));
    let job = Job::Deliver(Deliver::one(tenant, &after));
    let outbox = state.platform.outbox();
    let entries = outbox.add(&mut transaction, after.priority.queue(), tenant, &job, None)?;
    let done = transaction.commit().await? == Commit::Done;
    if done {
        outbox.send(entries).await;
    }
    Ok(done)
}
