//! The job of an erasure, in steps that can be repeated.
//!
//! 1. The user's saved searches go. Documents are their tenant's, and nothing else is kept of anybody.
//! 2. Five minutes later the same once more: requests that were under way are over by then.
//! 3. auth gets the receipt.

use jiff::SignedDuration;
use shared::Error;
use shared::jobs::{QueueName, UserErased};
use shared::store::Transaction;

use crate::State;
use crate::jobs::Job;

/// How long requests may still be at work, and tokens valid.
const SETTLING: SignedDuration = SignedDuration::from_mins(5);
/// Saved searches that are read at a time.
const READ: u32 = 100;

/// Forgets the user, and looks again later.
pub(crate) async fn erase(state: &State, erased: &UserErased) -> Result<(), Error> {
    forget(state, erased).await?;
    let (later, again) = (state.platform.clock().now() + SETTLING, Job::FinishErasure(erased.clone()));
    let transaction = Transaction::new(state.platform.store());
    state.platform.outbox().commit_with(transaction, (QueueName::Search, erased.share(), Some(later)), &again).await
}

/// Forgets what has come about meanwhile, and says so to auth. Twice is once, with two receipts.
pub(crate) async fn finish(state: &State, erased: &UserErased) -> Result<(), Error> {
    forget(state, erased).await?;
    let receipt = erased.receipt(state.platform.service(), state.platform.clock().now());
    let transaction = Transaction::new(state.platform.store());
    state.platform.outbox().commit_with(transaction, (QueueName::Auth, erased.share(), None), &receipt).await
}

async fn forget(state: &State, erased: &UserErased) -> Result<(), Error> {
    for tenant in &erased.tenants {
        loop {
            let found = state.saved.page(*tenant, erased.user_id, READ, None).await?;
            for saved in &found.items {
                let mut transaction = Transaction::new(state.platform.store());
                transaction.extend(state.saved.delete(*tenant, erased.user_id, saved.id));
                // Somebody else may have deleted it.
                let _ = transaction.commit().await?;
            }
            if found.next.is_none() {
                break;
            }
        }
        let _ = state.saved.forget(*tenant, erased.user_id).run().await?;
    }
    Ok(())
}
