//! How far members have read, as sockets say it: told at once, and written every two seconds, the last one alone.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::{StreamExt, stream};
use shared::Error;
use shared::auth::{TenantId, UserId};

use super::model::{Thread, ThreadId};
use super::own::Receipt;
use crate::error::ChatError;
use crate::state::State;

/// How often a cursor is written at most.
const INTERVAL: Duration = Duration::from_secs(2);
/// Cursors that are written at a time.
const CONCURRENCY: usize = 16;

type Reader = (TenantId, UserId, ThreadId);

/// The cursors of this node that are not written yet.
#[derive(Debug, Default)]
pub(crate) struct Receipts(Mutex<HashMap<Reader, u64>>);

impl Receipts {
    /// How far `user` has read a thread if he has read up to `seq`, or everything.
    ///
    /// # Errors
    /// [`ChatError::ThreadNotFound`], [`ChatError::NotThreadMember`], and [`Error::Validation`] for a number that there is
    /// none of.
    pub(crate) async fn check(
        &self,
        state: &State,
        (tenant, user): (TenantId, UserId),
        thread: ThreadId,
        seq: Option<u64>,
    ) -> Result<Receipt, ChatError> {
        let (membership, head) = state.threads.reading(tenant, user, thread).await?;
        let seq = within(seq, head.last_seq)?.max(membership.last_read_seq);
        Ok(Receipt { thread_id: thread, user_id: user, seq })
    }

    /// Keeps a cursor to be written soon. `false` if it is no further than the last one.
    pub(crate) fn note(&self, tenant: TenantId, receipt: Receipt) -> bool {
        let mut waiting = self.waiting();
        let seq = waiting.entry((tenant, receipt.user_id, receipt.thread_id)).or_default();
        let moves = *seq < receipt.seq;
        *seq = receipt.seq.max(*seq);
        moves
    }

    /// How far `user` has read a thread by what is not written yet.
    pub(crate) fn unwritten(&self, (tenant, user): (TenantId, UserId), thread: ThreadId) -> Option<u64> {
        self.waiting().get(&(tenant, user, thread)).copied()
    }

    /// A thread as `user` sees it, with what is not written yet.
    pub(super) fn seen(&self, tenant: TenantId, user: UserId, mut thread: Thread) -> Thread {
        if let Some(seq) = self.waiting().get(&(tenant, user, thread.id)) {
            thread.unread = thread.unread.min(thread.last_seq.saturating_sub(*seq));
        }
        thread
    }

    /// Writes what waits. What cannot be written waits on.
    pub(crate) async fn write(&self, state: &State) {
        let taken = self.waiting().clone();
        let writes = taken.into_iter().map(|((tenant, user, thread), seq)| async move {
            let written = state.threads.move_cursor(tenant, user, thread, seq).await;
            ((tenant, user, thread), seq, written)
        });
        let mut writes = stream::iter(writes).buffer_unordered(CONCURRENCY);
        while let Some((reader, seq, written)) = writes.next().await {
            match written {
                Ok(_) => {
                    let mut waiting = self.waiting();
                    if waiting.get(&reader) == Some(&seq) {
                        waiting.remove(&reader);
                    }
                }
                Err(error) => tracing::warn!(%error, "a read cursor waits for the store"),
            }
        }
    }

    fn waiting(&self) -> MutexGuard<'_, HashMap<Reader, u64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Writes cursors until the task is aborted.
pub(crate) async fn write_receipts_for_ever(state: State) {
    loop {
        tokio::time::sleep(INTERVAL).await;
        state.receipts.write(&state).await;
    }
}

/// A number up to which a thread can have been read.
pub(crate) fn within(seq: Option<u64>, last_seq: u64) -> Result<u64, Error> {
    match seq {
        None => Ok(last_seq),
        Some(seq) if seq <= last_seq => Ok(seq),
        Some(_) => Err(Error::field("seq", "is beyond the newest message")),
    }
}
