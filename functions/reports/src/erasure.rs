//! The job of an erasure, in steps that can be repeated.
//!
//! 1. From now on rows about the user are dropped when they come.
//! 2. His private templates, his schedules, his exports with their files, and all rows about him go, also those that did
//!    not fit.
//! 3. Fifteen minutes later the same once more: requests and jobs that were under way are over by then.
//! 4. auth gets the receipt.

use jiff::SignedDuration;
use shared::Error;
use shared::jobs::{QueueName, UserErased};
use shared::store::{Key, Transaction};

use crate::State;
use crate::exports::{Which, delete_with_files};
use crate::jobs::Job;

/// How long requests may still be at work, and tokens valid.
const SETTLING: SignedDuration = SignedDuration::from_mins(15);
/// Rows that are read at a time.
const READ: u32 = 500;
/// How long one message works before another one goes on.
const PATIENCE: SignedDuration = SignedDuration::from_secs(20);

/// Takes no more rows about the user, and forgets him.
pub(crate) async fn begin(state: &State, erased: &UserErased) -> Result<(), Error> {
    state.rows.refuse(erased.user_id).await?;
    erase(state, erased).await
}

/// Forgets the user, and looks again later.
pub(crate) async fn erase(state: &State, erased: &UserErased) -> Result<(), Error> {
    let (is_all, now) = (forget(state, erased).await?, state.platform.clock().now());
    let (next, due) = if is_all {
        (Job::FinishErasure(erased.clone()), Some(now + SETTLING))
    } else {
        (Job::GoOnErasing(erased.clone()), None)
    };
    let transaction = Transaction::new(state.platform.store());
    state.platform.outbox().commit_with(transaction, (QueueName::Reports, erased.share(), due), &next).await
}

/// Forgets what has come about meanwhile, and says so to auth. Twice is once, with two receipts.
pub(crate) async fn finish(state: &State, erased: &UserErased) -> Result<(), Error> {
    let transaction = Transaction::new(state.platform.store());
    let outbox = state.platform.outbox();
    if !forget(state, erased).await? {
        let again = Job::FinishErasure(erased.clone());
        return outbox.commit_with(transaction, (QueueName::Reports, erased.share(), None), &again).await;
    }
    let receipt = erased.receipt(state.platform.service(), state.platform.clock().now());
    outbox.commit_with(transaction, (QueueName::Auth, erased.share(), None), &receipt).await
}

/// Deletes for a while; says whether that was all.
async fn forget(state: &State, erased: &UserErased) -> Result<bool, Error> {
    let user = erased.user_id;
    let deadline = state.platform.clock().now() + PATIENCE;
    let is_late = || state.platform.clock().now() > deadline;
    for tenant in &erased.tenants {
        for template in state.templates.all(*tenant).await? {
            if template.owner_id == user && template.is_private() {
                state.templates.delete(*tenant, &template).await?;
            }
        }
        state.schedules.forget(*tenant, user).await?;
        loop {
            let exports = state.exports.page(*tenant, user, READ, None).await?;
            for export in &exports.items {
                delete_with_files(state, Which { tenant: *tenant, user, id: export.id }, export).await?;
            }
            if exports.next.is_none() {
                break;
            }
            if is_late() {
                return Ok(false);
            }
        }
        loop {
            if state.sources.forget_rejected(*tenant, user, READ).await? {
                break;
            }
            if is_late() {
                return Ok(false);
            }
        }
        let mut after = None;
        loop {
            let rows = state.rows.about(*tenant, user, READ, after).await?;
            let keys: Vec<Key> = rows.items.into_iter().map(|row| row.key).collect();
            state.rows.delete(&keys).await?;
            if rows.next.is_none() {
                break;
            }
            if is_late() {
                return Ok(false);
            }
            after = rows.next;
        }
    }
    Ok(true)
}
