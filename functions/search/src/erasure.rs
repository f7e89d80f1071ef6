//! The job of an erasure.

use shared::Error;
use shared::auth::SYSTEM_TENANT;
use shared::jobs::{self, ErasureReceipt, QueueName, UserErased};
use shared::store::Transaction;

use crate::State;

/// Forgets the user, and says so to auth. Documents are their tenant's, and nothing else is kept of anybody. Twice is
/// once, with two receipts.
pub(crate) async fn erase(state: &State, erased: &UserErased) -> Result<(), Error> {
    let receipt = jobs::Job::ErasureReceipt(ErasureReceipt {
        erasure_id: erased.erasure_id,
        user_id: erased.user_id,
        service: state.platform.service().name.to_owned(),
        at: state.platform.clock().now(),
    });
    let tenant = erased.tenants.first().copied().unwrap_or(SYSTEM_TENANT);
    let transaction = Transaction::new(state.platform.store());
    state.platform.outbox().commit_with(transaction, (QueueName::Auth, tenant, None), &receipt).await
}
