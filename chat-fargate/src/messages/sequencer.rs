//! Sends of one thread stand in line here, so that on this node they do not run into each other.
//!
//! The order itself is the store's: a message is written only if the thread's head still has the
//! number before it. The line saves the retries, and keeps events in the order of the numbers.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use shared::auth::TenantId;

use crate::threads::ThreadId;

/// The line of one thread. Whoever holds the lock sends; the number is the newest one known here.
pub(crate) type Sequencer = tokio::sync::Mutex<u64>;

/// How many lines are kept before the unused ones are looked for.
const FIRST_SWEEP: usize = 1024;

/// The lines of all threads that are written to at the moment.
#[derive(Debug, Default)]
pub(crate) struct Sequencers(Mutex<Lines>);

#[derive(Debug, Default)]
struct Lines {
    by_thread: HashMap<(TenantId, ThreadId), Weak<Sequencer>>,
    sweep_at: usize,
}

impl Sequencers {
    /// The line of a thread.
    pub(crate) fn of(&self, tenant: TenantId, thread: ThreadId) -> Arc<Sequencer> {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(line) = lines.by_thread.get(&(tenant, thread)).and_then(Weak::upgrade) {
            return line;
        }
        if lines.by_thread.len() >= lines.sweep_at.max(FIRST_SWEEP) {
            lines.by_thread.retain(|_, line| line.strong_count() > 0);
            lines.sweep_at = lines.by_thread.len() * 2;
        }
        let line = Arc::new(Sequencer::default());
        lines.by_thread.insert((tenant, thread), Arc::downgrade(&line));
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_thread_has_one_line_while_it_is_used_and_none_is_kept_for_ever() {
        let sequencers = Sequencers::default();
        let of = |number: u128| sequencers.of(TenantId(Uuid::nil()), ThreadId(Uuid::from_u128(number)));
        let first = of(0);
        assert!(Arc::ptr_eq(&first, &of(0)));
        for number in 1..10_000 {
            assert!(!Arc::ptr_eq(&first, &of(number)));
        }
        assert!(Arc::ptr_eq(&first, &of(0)));
        assert!(sequencers.0.lock().unwrap().by_thread.len() <= FIRST_SWEEP);
    }
}
