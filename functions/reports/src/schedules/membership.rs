//! Who is no member any more has no report made of the tenant's data.

use shared::Error;
use shared::jobs::UserChanged;

use super::model::Schedule;
use crate::State;

/// Pauses the schedules of a user in tenants that he has left.
pub(crate) async fn pause_of_strangers(state: &State, changed: &UserChanged) -> Result<(), Error> {
    for (tenant, schedule) in state.schedules.of_user(changed.user_id).await? {
        if changed.tenants.contains(&tenant) || schedule.paused {
            continue;
        }
        let (version, updated_at) = (schedule.version + 1, state.platform.clock().now());
        let paused = Schedule { next: None, paused: true, version, updated_at, ..schedule };
        if !state.schedules.replace(tenant, &paused).run().await? {
            return Err(Error::unavailable("a schedule has changed meanwhile"));
        }
    }
    Ok(())
}
