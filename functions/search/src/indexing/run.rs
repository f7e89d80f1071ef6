//! A worker's turn: all work of the tenant that is ready, batch after batch.

use std::time::{Duration, Instant};

use jiff::SignedDuration;
use shared::Error;
use shared::auth::TenantId;

use super::apply::apply;
use super::queue::{each, wake_now};
use super::reindex;
use super::turn::{Taken, Turn};
use crate::State;

/// Documents of the first batch, and of the largest one.
const BATCH: std::ops::RangeInclusive<usize> = 1000..=5000;
/// What a batch should take at most.
const BATCH_TIME: Duration = Duration::from_secs(5);
/// How long one message works before another one goes on: well below the worker's timeout.
const PATIENCE: Duration = Duration::from_secs(40);
/// Work of this age should have been done.
const OVERDUE: SignedDuration = SignedDuration::from_secs(30);

/// Does what waits for the tenant's index, unless somebody else is at it: he does it then.
pub(crate) async fn index(state: &State, tenant: TenantId) -> Result<(), Error> {
    if !has_work(state, tenant).await? {
        return Ok(());
    }
    let mut turn = match Turn::take(state, tenant).await? {
        Taken::Turn(turn) => turn,
        Taken::Busy(until) => return look_again(state, tenant, until).await,
    };
    match work(state, tenant, &mut turn).await {
        Ok(End::Idle) => Ok(()),
        Ok(End::Tired) => {
            turn.release().await?;
            wake_now(state, tenant, None).await
        }
        // Whoever comes next need not wait for the lease to run out.
        Err(error) => {
            turn.release().await?;
            Err(error)
        }
    }
}

/// Most calls come when one worker has done the work of all.
async fn has_work(state: &State, tenant: TenantId) -> Result<bool, Error> {
    Ok(state.tasks.waiting(tenant).await?.is_some()
        || state.reindexing.get(tenant).await?.is_some()
        || reindex::begin_if_needed(state, tenant).await?)
}

/// How a turn ends.
enum End {
    /// There is no more work, and the turn is given back.
    Idle,
    /// It took long enough.
    Tired,
}

async fn work(state: &State, tenant: TenantId, turn: &mut Turn) -> Result<End, Error> {
    let (began, mut most) = (Instant::now(), *BATCH.start());
    loop {
        let clock = state.platform.clock();
        let waiting = state.tasks.waiting(tenant).await?;
        let ready = state.tasks.ready(tenant, most, clock.now()).await?;
        let mut worked = !ready.works.is_empty();
        if worked {
            let started = Instant::now();
            if let Err(error) = apply(state, tenant, &ready.works).await {
                // An index that is broken is made anew; its work waits until then.
                let is_tired = began.elapsed() > PATIENCE;
                if is_tired || !(go_on(state, tenant).await? || reindex::mend(state, tenant).await?) {
                    return Err(error);
                }
                continue;
            }
            most = next_batch(most, started.elapsed());
        }
        worked |= go_on(state, tenant).await?;
        worked = worked || reindex::begin_if_needed(state, tenant).await?;
        if !worked && turn.end().await? {
            if let Some(waiting) = waiting.filter(|_| !ready.more) {
                state.tasks.rest(&waiting).await?;
            }
            return Ok(End::Idle);
        }
        if began.elapsed() > PATIENCE {
            return Ok(End::Tired);
        }
    }
}

/// Goes on with a reindex; whether there is one, or has to be one now.
async fn go_on(state: &State, tenant: TenantId) -> Result<bool, Error> {
    match reindex::go_on(state, tenant).await {
        Err(error) => {
            if reindex::mend(state, tenant).await? {
                Ok(true)
            } else {
                Err(error)
            }
        }
        gone_on => gone_on,
    }
}

/// As many documents as the time allows.
fn next_batch(most: usize, took: Duration) -> usize {
    let next = if took > BATCH_TIME { most / 2 } else { most.saturating_mul(2) };
    next.clamp(BATCH.start() / 4, *BATCH.end())
}

/// Whoever has the turn may have died without hearing the call: once in a lease somebody looks.
async fn look_again(state: &State, tenant: TenantId, at: jiff::Timestamp) -> Result<(), Error> {
    let now = state.platform.clock().now();
    if Turn::plan_look(state, tenant, now, at).await? { wake_now(state, tenant, Some(at)).await } else { Ok(()) }
}

/// Calls for all tenants whose work should have been done: the queue was down, or whoever wrote it has died.
pub(crate) async fn wake_overdue(state: &State) -> Result<(), Error> {
    let tenants = state.tasks.overdue(state.platform.clock().now() - OVERDUE).await?;
    each(tenants.into_iter().map(|tenant| wake_now(state, tenant, None))).await
}
