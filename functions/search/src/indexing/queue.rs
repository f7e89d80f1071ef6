//! Calling the worker.

use jiff::Timestamp;
use shared::Error;
use shared::auth::TenantId;
use shared::jobs::{Entry, QueueName};
use shared::store::Transaction;

use crate::State;
use crate::jobs::Job;

/// Adds the job that works on the tenant's index.
pub(crate) fn wake(
    state: &State,
    transaction: &mut Transaction,
    tenant: TenantId,
    due: Option<Timestamp>,
) -> Result<Vec<Entry>, Error> {
    state.platform.outbox().add(transaction, QueueName::Search, tenant, &Job::Index { tenant }, due)
}

/// The same alone.
pub(super) async fn wake_now(state: &State, tenant: TenantId, due: Option<Timestamp>) -> Result<(), Error> {
    let transaction = Transaction::new(state.platform.store());
    state.platform.outbox().commit_with(transaction, (QueueName::Search, tenant, due), &Job::Index { tenant }).await
}
