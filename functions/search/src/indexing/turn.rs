//! A tenant's turn: who has it works alone on the tenant's index, and hears of everybody who came meanwhile.
//!
//! | pk | sk | what |
//! |---|---|---|
//! | `TENANT#<id>#INDEX` | `TURN` | a lease, and how often somebody has called |

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use shared::Error;
use shared::auth::TenantId;
use shared::store::{Key, Lease};
use tokio::task::JoinHandle;

use crate::State;

/// How long a worker that has died keeps others away.
const LEASE: SignedDuration = SignedDuration::from_secs(12);
/// How often a living one says so.
const HEARTBEAT: std::time::Duration = std::time::Duration::from_secs(4);

/// A turn that is held. It is given up when it is dropped, and free for others once its lease has run out.
pub(super) struct Turn {
    state: State,
    lease: Lease,
    calls: u64,
    heartbeat: JoinHandle<()>,
}

/// What is stored of it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    calls: u64,
    lease_until: Option<i64>,
}

/// Who may work now.
pub(super) enum Taken {
    /// Whoever asked.
    Turn(Turn),
    /// Somebody else, who hears of the call; if he has died, that is known at this time.
    Busy(Timestamp),
}

fn key(tenant: TenantId) -> Key {
    Key::new(format!("TENANT#{tenant}#INDEX"), "TURN")
}

impl Turn {
    /// Calls, and takes the turn if it is free.
    pub(super) async fn take(state: &State, tenant: TenantId) -> Result<Taken, Error> {
        let (table, clock) = (state.platform.table(), state.platform.clock());
        let key = key(tenant);
        // First the call, then the claim: a holder who ends in between has either heard it or leaves the turn to us.
        let call = table.update(&key, "ADD calls :one").value(":one", 1);
        let row: Row =
            call.run_and_read().await?.ok_or_else(|| Error::internal("a call without a condition failed"))?;
        let Some(lease) = Lease::claim(table, &key, clock, LEASE).await? else {
            let until = row.lease_until.and_then(|at| Timestamp::from_millisecond(at).ok());
            return Ok(Taken::Busy(until.unwrap_or_else(|| clock.now()) + SignedDuration::from_secs(1)));
        };
        let heartbeat = tokio::spawn(beat(state.clone(), lease.clone()));
        Ok(Taken::Turn(Self { state: state.clone(), lease, calls: row.calls, heartbeat }))
    }

    /// Whether nobody else has planned to look at the turn between now and then.
    pub(super) async fn plan_look(
        state: &State,
        tenant: TenantId,
        now: Timestamp,
        at: Timestamp,
    ) -> Result<bool, Error> {
        let plan = state.platform.table().update(&key(tenant), "SET lookAt = :at");
        let plan = plan.when("attribute_not_exists(lookAt) OR lookAt <= :now");
        plan.value(":at", at.as_millisecond()).value(":now", now.as_millisecond()).run().await
    }

    /// Ends the turn, unless somebody has called since it was taken or since this was last asked.
    pub(super) async fn end(&mut self) -> Result<bool, Error> {
        let table = self.state.platform.table();
        let free = table.update(&self.lease.key, "REMOVE leaseOwner, leaseUntil");
        let free = free.when("leaseOwner = :me AND calls = :calls").value(":me", self.lease.owner);
        if free.value(":calls", self.calls).run().await? {
            return Ok(true);
        }
        let row: Option<Row> = table.get(&self.lease.key).await?;
        let calls = row.map_or(0, |row| row.calls);
        if calls == self.calls {
            return Err(Error::unavailable("the turn was taken by somebody else"));
        }
        self.calls = calls;
        Ok(false)
    }

    /// Ends the turn although somebody may have called: somebody else goes on.
    pub(super) async fn release(self) -> Result<(), Error> {
        self.lease.release(self.state.platform.table()).run().await.map(|_| ())
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.heartbeat.abort();
    }
}

async fn beat(state: State, lease: Lease) {
    loop {
        tokio::time::sleep(HEARTBEAT).await;
        let until = state.platform.clock().now() + LEASE;
        let extend = state.platform.table().update(&lease.key, "SET leaseUntil = :until").when("leaseOwner = :me");
        match extend.value(":until", until.as_millisecond()).value(":me", lease.owner).run().await {
            Ok(true) => {}
            // The manifest's version keeps whoever has lost his turn from doing harm.
            Ok(false) => return,
            Err(error) => tracing::warn!(%error, "a turn could not be extended"),
        }
    }
}
