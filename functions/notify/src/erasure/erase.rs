//! The job of an erasure, in steps that can be repeated.
//!
//! 1. The account is marked: nobody can write to the user any more, and auth's older news changes nothing.
//! 2. What was said to him goes, tenant by tenant; then his preferences, devices, inbox and counters.
//! 3. The mark loses what it says of him, and auth gets the receipt.

use jiff::SignedDuration;
use shared::Error;
use shared::auth::{TenantId, UserId};
use shared::jobs::{ErasureReceipt, Job, QueueName, UserErased};
use shared::store::Transaction;

use super::deliveries::{erase_deliveries, forget_partition};
use crate::State;
use crate::contacts::Erasing;
use crate::devices::Devices;
use crate::suppressions::Suppressions;
use crate::{inbox, metrics};

/// How long one message works before another one goes on: well below the worker's timeout.
const PATIENCE: SignedDuration = SignedDuration::from_secs(20);

/// Forgets the user and says so to auth. Twice is once, with two receipts.
pub(crate) async fn erase(state: &State, erased: &UserErased) -> Result<(), Error> {
    let clock = state.platform.clock();
    let deadline = clock.now() + PATIENCE;
    let user = erased.user_id;
    let account = state.contacts.begin_erasing(user).await?;
    let tenants: Vec<TenantId> = account.tenants().iter().chain(&erased.tenants).copied().collect();
    for (position, tenant) in tenants.iter().enumerate() {
        if tenants[..position].contains(tenant) {
            continue;
        }
        let finished = erase_deliveries(state, *tenant, user, deadline).await?;
        if !finished {
            return go_on_later(state, erased).await;
        }
        erase_rest(state, *tenant, user, &account).await?;
    }
    let mut transaction = Transaction::new(state.platform.store());
    transaction.add(state.contacts.end_erasing(user));
    let receipt = ErasureReceipt {
        erasure_id: erased.erasure_id,
        user_id: user,
        service: state.platform.service().meta_name.to_owned(),
        at: clock.now(),
    };
    let outbox = state.platform.outbox();
    let tenant = tenants.first().copied().unwrap_or(TenantId(uuid::Uuid::nil()));
    let entries = outbox.add(&mut transaction, QueueName::Auth, tenant, &Job::ErasureReceipt(receipt), None)?;
    let _ = transaction.commit().await?;
    outbox.send(entries).await;
    Ok(())
}

/// What is left has a message of its own.
async fn go_on_later(state: &State, erased: &UserErased) -> Result<(), Error> {
    let outbox = state.platform.outbox();
    let mut transaction = Transaction::new(state.platform.store());
    let tenant = erased.tenants.first().copied().unwrap_or(TenantId(uuid::Uuid::nil()));
    let job = Job::UserErased(erased.clone());
    let entries = outbox.add(&mut transaction, QueueName::NotifyLow, tenant, &job, None)?;
    let _ = transaction.commit().await?;
    outbox.send(entries).await;
    Ok(())
}

/// What is kept about him besides messages.
async fn erase_rest(state: &State, tenant: TenantId, user: UserId, account: &Erasing) -> Result<(), Error> {
    let table = state.platform.table();
    // While the devices are still listed.
    table.delete_all(&state.devices.places(tenant, user).await?).await?;
    let addresses = state.contacts.addresses_of(tenant, account).await?;
    table.delete_all(&Suppressions::places(tenant, &addresses)).await?;
    let partitions =
        [Devices::key(tenant, user).pk, inbox::partition(tenant, user), metrics::user_partition(tenant, user)];
    for partition in partitions {
        forget_partition(state, partition).await?;
    }
    Ok(())
}
