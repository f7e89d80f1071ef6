//! Calling the worker.

use futures_util::{StreamExt, stream};
use jiff::Timestamp;
use shared::Error;
use shared::auth::TenantId;
use shared::jobs::{Entry, QueueName};
use shared::store::Transaction;

use crate::State;
use crate::jobs::Job;

/// Tenants that are called at a time.
const AT_ONCE: usize = 16;

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
pub(crate) async fn wake_now(state: &State, tenant: TenantId, due: Option<Timestamp>) -> Result<(), Error> {
    let transaction = Transaction::new(state.platform.store());
    state.platform.outbox().commit_with(transaction, (QueueName::Search, tenant, due), &Job::Index { tenant }).await
}

/// Does this for many tenants, some at a time. One that fails keeps no other from its turn; the first error is the answer.
pub(super) async fn each(all: impl Iterator<Item = impl Future<Output = Result<(), Error>>>) -> Result<(), Error> {
    let all: Vec<Result<(), Error>> = stream::iter(all).buffer_unordered(AT_ONCE).collect().await;
    all.into_iter().collect()
}
