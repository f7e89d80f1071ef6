//! The job of an erasure, in steps that can be repeated.
//!
//! 1. The account is marked: nobody can write to the user any more, and auth's older news changes nothing.
//! 2. What was said to him goes, tenant by tenant; then his preferences, devices, inbox and counters.
//! 3. A quarter of an hour later the same once more: requests that had begun before the mark are over by then, and the
//!    indexes show what they wrote.
//! 4. The mark loses what it says of him, and auth gets the receipt.

use jiff::SignedDuration;
use shared::Error;
use shared::auth::{TenantId, UserId};
use shared::jobs::{QueueName, UserErased};
use shared::store::Transaction;

use super::deliveries::{erase_deliveries, forget_partition};
use crate::State;
use crate::devices::Devices;
use crate::jobs::{Job, commit_with};
use crate::suppressions::Suppressions;
use crate::{inbox, metrics};

/// How long one message works before another one goes on: well below the worker's timeout.
const PATIENCE: SignedDuration = SignedDuration::from_secs(20);
/// How long requests may still be at work, tokens valid, and indexes behind.
const SETTLING: SignedDuration = SignedDuration::from_mins(15);

/// Forgets the user, and looks again later.
pub(crate) async fn erase(state: &State, erased: &UserErased) -> Result<(), Error> {
    let (next, due) = if erase_all(state, erased).await? {
        (Job::FinishErasure(erased.clone()), Some(state.platform.clock().now() + SETTLING))
    } else {
        // What is left has a message of its own.
        (Job::UserErased(erased.clone()), None)
    };
    let transaction = Transaction::new(state.platform.store());
    commit_with(state, transaction, (QueueName::NotifyLow, &erased.tenants, due), &next).await
}

/// Forgets what has come about meanwhile, and says so to auth. Twice is once, with two receipts.
pub(crate) async fn finish(state: &State, erased: &UserErased) -> Result<(), Error> {
    let transaction = Transaction::new(state.platform.store());
    if !erase_all(state, erased).await? {
        let again = Job::FinishErasure(erased.clone());
        return commit_with(state, transaction, (QueueName::NotifyLow, &erased.tenants, None), &again).await;
    }
    let receipt = erased.receipt(state.platform.service(), state.platform.clock().now());
    let transaction = transaction.with(state.contacts.end_erasing(erased.user_id));
    commit_with(state, transaction, (QueueName::Auth, &erased.tenants, None), &receipt).await
}

/// Whether the time was enough for everything.
async fn erase_all(state: &State, erased: &UserErased) -> Result<bool, Error> {
    let deadline = state.platform.clock().now() + PATIENCE;
    let user = erased.user_id;
    let mut tenants = state.contacts.begin_erasing(user).await?;
    tenants.extend(&erased.tenants);
    for (position, tenant) in tenants.iter().enumerate() {
        if tenants[..position].contains(tenant) {
            continue;
        }
        if !erase_deliveries(state, *tenant, user, deadline).await? {
            return Ok(false);
        }
        erase_rest(state, *tenant, user).await?;
    }
    Ok(true)
}

/// What is kept about him besides messages.
async fn erase_rest(state: &State, tenant: TenantId, user: UserId) -> Result<(), Error> {
    let table = state.platform.table();
    // While the devices are still listed.
    let devices = state.devices.ids(tenant, user).await?;
    state.devices.disown(tenant, user, &devices).await?;
    let addresses = state.contacts.held_addresses(tenant, user).await?;
    let suppressions = state.suppressions.of_held(tenant, &addresses).await?;
    table.delete_all(&Suppressions::keys(tenant, &suppressions)).await?;
    let partitions =
        [Devices::key(tenant, user).pk, inbox::partition(tenant, user), metrics::user_partition(tenant, user)];
    for partition in partitions {
        forget_partition(state, partition).await?;
    }
    Ok(())
}
