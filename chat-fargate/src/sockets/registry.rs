//! The sockets of this node, by their ids and by their users.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use shared::auth::{TenantId, UserId};
use socketioxide::socket::Sid;

use super::session::Session;
use crate::hubs::Packet;
use crate::state::State;
use crate::threads::{Thread, ThreadId};

/// A user of a tenant.
type Person = (TenantId, UserId);

/// All sockets of this node.
#[derive(Default)]
pub(crate) struct Sockets(Mutex<Registry>);

#[derive(Default)]
struct Registry {
    by_id: HashMap<Sid, Arc<Session>>,
    by_person: HashMap<Person, Vec<Arc<Session>>>,
}

impl Sockets {
    /// A socket that is on its way in.
    pub(super) fn enter(&self, session: &Arc<Session>) {
        let mut registry = self.registry();
        registry.by_id.insert(session.id(), Arc::clone(session));
        registry.by_person.entry((session.tenant(), session.user())).or_default().push(Arc::clone(session));
    }

    /// A socket is gone.
    pub(super) fn leave(&self, state: &State, id: Sid) {
        let Some(session) = self.remove(id) else { return };
        session.end();
        for hub in session.hubs() {
            state.hubs.leave(&session, hub.thread);
        }
    }

    fn remove(&self, id: Sid) -> Option<Arc<Session>> {
        let mut registry = self.registry();
        let session = registry.by_id.remove(&id)?;
        let person = (session.tenant(), session.user());
        if let Some(sessions) = registry.by_person.get_mut(&person) {
            sessions.retain(|other| other.id() != id);
            if sessions.is_empty() {
                registry.by_person.remove(&person);
            }
        }
        Some(session)
    }

    /// The socket with this id.
    pub(super) fn of(&self, id: Sid) -> Option<Arc<Session>> {
        self.registry().by_id.get(&id).cloned()
    }

    /// Every socket.
    pub(super) fn all(&self) -> Vec<Arc<Session>> {
        self.registry().by_id.values().cloned().collect()
    }

    /// All sockets of these users hear a thread from now on, and that it is theirs.
    pub(crate) fn join(&self, state: &State, tenant: TenantId, users: &[UserId], thread: &Thread) {
        let Ok(packet) = Packet::new("thread:created", thread) else { return };
        for session in users.iter().flat_map(|user| self.of_person((tenant, *user))) {
            session.tell(&packet);
            state.hubs.listen(&session, thread.id, Some(thread.last_seq)).begin(thread.last_seq);
        }
    }

    /// No socket of a user hears a thread any more.
    pub(crate) fn part(&self, state: &State, person: Person, thread: ThreadId) {
        for session in self.of_person(person) {
            state.hubs.leave(&session, thread);
        }
    }

    /// Everybody who has a socket.
    pub(crate) fn persons(&self) -> Vec<Person> {
        self.registry().by_person.keys().copied().collect()
    }

    /// The sockets of a user.
    pub(crate) fn of_person(&self, person: Person) -> Vec<Arc<Session>> {
        self.registry().by_person.get(&person).cloned().unwrap_or_default()
    }

    fn registry(&self) -> MutexGuard<'_, Registry> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("id", &self.id()).finish_non_exhaustive()
    }
}
