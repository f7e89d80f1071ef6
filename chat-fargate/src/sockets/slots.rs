//! How many sockets one user may have.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use shared::auth::UserId;

/// Sockets of one user on this node, and on all of them. What others say is a moment late, and a client that is refused does
/// not try again: so who comes from a node that is gone must find room for all that he had there.
const MOST_SOCKETS: usize = 20;
const MOST_EVERYWHERE: usize = 2 * MOST_SOCKETS;

/// Who has how many sockets. Clones share it.
#[derive(Clone, Debug, Default)]
pub(crate) struct SocketSlots(Arc<Mutex<HashMap<UserId, usize>>>);

/// A place for one socket; dropping it frees it.
#[derive(Debug)]
pub(super) struct SocketSlot {
    slots: SocketSlots,
    user: UserId,
}

impl SocketSlots {
    /// A place for one more socket of `user`, who has so many on other nodes, if there is one.
    pub(super) fn take(&self, user: UserId, elsewhere: usize) -> Option<SocketSlot> {
        let mut taken = self.taken();
        let count = taken.get(&user).copied().unwrap_or(0);
        if count >= MOST_SOCKETS || count + elsewhere >= MOST_EVERYWHERE {
            return None;
        }
        taken.insert(user, count + 1);
        Some(SocketSlot { slots: self.clone(), user })
    }

    fn taken(&self) -> MutexGuard<'_, HashMap<UserId, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for SocketSlot {
    fn drop(&mut self) {
        let mut taken = self.slots.taken();
        if let Some(count) = taken.get_mut(&self.user) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&self.user);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn twenty_a_user_and_a_dropped_one_makes_room() {
        let slots = SocketSlots::default();
        let (one, other) = (UserId(Uuid::from_u128(1)), UserId(Uuid::from_u128(2)));
        let mut held: Vec<SocketSlot> = (0..20).filter_map(|_| slots.take(one, 0)).collect();
        assert_eq!(held.len(), 20);
        assert!(slots.take(one, 0).is_none());
        assert!(slots.take(other, 0).is_some());
        assert!(slots.take(other, 40).is_none());
        assert!(slots.take(other, 38).is_some());
        held.pop();
        assert!(slots.take(one, 0).is_some());
        drop(held);
        assert!(slots.taken().is_empty());
    }
}
