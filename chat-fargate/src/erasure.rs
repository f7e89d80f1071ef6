//! Forgetting an erased user, in steps that can be repeated.
//!
//! 1. Thread by thread: the user takes part no more, so that nothing new comes of him. That he did stays written until
//!    the thread is done, whichever step dies.
//! 2. What he wrote there becomes tombstones; his reactions, and where others mention him, go.
//! 3. Five minutes later the same once more: what had begun before is over by then. Then auth gets the receipt.
//!
//! What stays is his id: at tombstones, at threads that he made, and where order was kept.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use shared::Error;
use shared::auth::TenantId;
use shared::jobs::{QueueName, UserErased};
use shared::store::Transaction;

use crate::error::ChatError;
use crate::jobs::Job;
use crate::messages::forget_user;
use crate::moderation::reports;
use crate::state::State;
use crate::threads::{ThreadId, take_out};

/// How long one message works before another one goes on: well below the queue's visibility timeout.
const PATIENCE: SignedDuration = SignedDuration::from_secs(20);
/// How long what has begun before may still be at work.
const SETTLING: SignedDuration = SignedDuration::from_mins(5);
/// Messages that are looked at in one step.
const PAGE: u32 = 100;

/// How far an erasure is; what a message carries that goes on with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Erasing {
    erased: UserErased,
    /// The thread that was begun with, and up to where it is done.
    place: Option<(TenantId, ThreadId, u64)>,
    /// Whether this is the second look.
    again: bool,
}

impl Erasing {
    /// One that begins.
    pub(crate) fn new(erased: UserErased) -> Self {
        Self { erased, place: None, again: false }
    }
}

/// Forgets the user, and looks again later; the second look ends with the receipt. Twice is once, with two receipts.
pub(crate) async fn erase(state: &State, mut erasing: Erasing) -> Result<(), Error> {
    let now = state.clock().now();
    let done = erase_all(state, &mut erasing, now + PATIENCE).await?;
    let tenant = erasing.erased.share();
    let (outbox, transaction) = (state.platform.outbox(), Transaction::new(state.platform.store()));
    if done && erasing.again {
        let receipt = erasing.erased.receipt(state.platform.service(), state.clock().now());
        return outbox.commit_with(transaction, (QueueName::Auth, tenant, None), &receipt).await;
    }
    let due = done.then_some(now + SETTLING);
    erasing.again |= done;
    outbox.commit_with(transaction, (QueueName::Chat, tenant, due), &Job::GoOnErasing(erasing)).await
}

/// Whether the time was enough for everything.
async fn erase_all(state: &State, erasing: &mut Erasing, deadline: Timestamp) -> Result<bool, Error> {
    let user = erasing.erased.user_id;
    let tenants = erasing.erased.tenants.clone();
    // Tenants and threads have an order, so that what was done before is passed by.
    let begun = erasing.place.as_ref().and_then(|place| tenants.iter().position(|tenant| *tenant == place.0));
    for tenant in tenants.into_iter().skip(begun.unwrap_or(0)) {
        for thread in state.threads.ever_of(tenant, user).await? {
            let mut done = match erasing.place {
                Some((in_tenant, in_thread, _)) if in_tenant == tenant && thread < in_thread => continue,
                Some((in_tenant, in_thread, done)) if in_tenant == tenant && thread == in_thread => done,
                _ => 0,
            };
            match take_out(state, tenant, user, thread).await {
                // It is gone, or he has left it before.
                Ok(()) | Err(ChatError::ThreadNotFound | ChatError::Shared(Error::NotFound)) => {}
                Err(ChatError::Shared(error)) => return Err(error),
                Err(other) => return Err(Error::internal(other)),
            }
            while let Some(next) = erase_page(state, erasing, (tenant, thread), done).await? {
                done = next;
                erasing.place = Some((tenant, thread, done));
                if state.clock().now() > deadline {
                    return Ok(false);
                }
            }
            erasing.place = Some((tenant, thread, done));
            state.messages.forget_guards(tenant, thread, user).await?;
            reports::forget(state, tenant, thread, user).await?;
            state.bans.forget_reasons(tenant, thread, user).await?;
            if erasing.again {
                state.threads.forget_parted(tenant, user, thread).await?;
            }
        }
        state.blocks.forget(tenant, user).await?;
        state.bans.forget(tenant, user).await?;
        reports::forget_notes(state, tenant, user).await?;
        state.presence.forget(tenant, user).await?;
    }
    erasing.place = None;
    Ok(true)
}

/// Forgets the user in a page of messages; where the next one begins.
async fn erase_page(
    state: &State,
    erasing: &Erasing,
    (tenant, thread): (TenantId, ThreadId),
    done: u64,
) -> Result<Option<u64>, Error> {
    let messages = state.messages.page(tenant, thread, (done + 1, u64::MAX), false, PAGE).await?;
    let last = messages.last().map(|message| message.seq);
    for message in messages {
        forget_user(state, tenant, message, erasing.erased.user_id).await?;
    }
    Ok(last)
}
