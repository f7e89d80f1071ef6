//! What should have been sent and was not: its message went to the dead-letter queue while the store was down, or
//! somebody has emptied a queue. A timer sends a new one.

use futures_util::{StreamExt, TryStreamExt, stream};
use jiff::SignedDuration;
use shared::Error;
use shared::auth::TenantId;
use shared::store::{Commit, Transaction};

use crate::State;
use crate::deliveries::{Delivery, OPEN_SHARDS, State as DeliveryState, What, tenant_of};
use crate::jobs::{Deliver, Job};

/// How long after its time a delivery counts as stuck: longer than SQS takes to give up a message, and longer than
/// queues usually are. In a queue that is longer, a second message does no harm.
const STUCK: SignedDuration = SignedDuration::from_hours(1);
/// New messages for one delivery before it is given up: a day of them.
const MOST_MESSAGES: usize = 24;
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
    for stuck in state.deliveries.overdue(shard, before, MOST).await? {
        let tenant = tenant_of(&stuck.key).ok_or_else(|| Error::internal("a delivery without a tenant"))?;
        requeued += usize::from(requeue(state, tenant, &stuck.item).await?);
    }
    Ok(requeued)
}

/// Whether a new message was sent.
async fn requeue(state: &State, tenant: TenantId, stuck: &Delivery) -> Result<bool, Error> {
    let now = state.platform.clock().now();
    let alive = match stuck.state {
        DeliveryState::Sending { until, .. } => until > now,
        ref other => !other.status().is_open(),
    };
    if alive {
        return Ok(false);
    }
    let mut transaction = Transaction::new(state.platform.store());
    if stuck.history.iter().filter(|event| event.what == What::Stuck).count() >= MOST_MESSAGES {
        let after = stuck.after(DeliveryState::Failed, What::Crashed, now);
        for write in state.deliveries.change(tenant, stuck, &after, now) {
            transaction.add(write);
        }
        // Refused: it has gone on meanwhile.
        let _ = transaction.commit().await?;
        return Ok(false);
    }
    let after = stuck.after(DeliveryState::Queued, What::Stuck, now);
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
