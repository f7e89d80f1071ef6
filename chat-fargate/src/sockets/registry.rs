//! The sockets of this node, by their ids and by their users.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::{StreamExt, stream};
use shared::auth::{TenantId, UserId};
use socketioxide::socket::Sid;

use super::session::Session;
use crate::hubs::{Ear, Packet};
use crate::nodes::{Outgoing, Signal};
use crate::state::State;
use crate::threads::{Thread, ThreadId};

/// A user of a tenant.
type Person = (TenantId, UserId);

/// Users who are looked at at a time.
const CONCURRENCY: usize = 16;

/// All sockets of this node, and the way to those of others.
pub(crate) struct Sockets {
    here: Mutex<Registry>,
    elsewhere: Outgoing,
}

#[derive(Default)]
struct Registry {
    by_id: HashMap<Sid, Arc<Session>>,
    by_person: HashMap<Person, Vec<Arc<Session>>>,
}

impl Sockets {
    pub(crate) fn new(elsewhere: Outgoing) -> Self {
        Self { here: Mutex::default(), elsewhere }
    }

    /// A socket that is on its way in.
    pub(super) fn enter(&self, session: &Arc<Session>) {
        let mut registry = self.registry();
        registry.by_id.insert(session.id(), Arc::clone(session));
        registry.by_person.entry((session.tenant(), session.user())).or_default().push(Arc::clone(session));
    }

    /// A socket is gone.
    pub(super) fn leave(&self, state: &State, id: Sid) {
        if let Some(session) = self.remove(id) {
            session.end();
            state.hubs.leave_all(&session);
            if state.presence.is_told_elsewhere() {
                let (state, person) = (state.clone(), (session.tenant(), session.user()));
                tokio::spawn(async move { state.presence.recount(&state, person).await });
            }
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

    /// Whether there is no socket.
    pub(crate) fn is_empty(&self) -> bool {
        self.registry().by_id.is_empty()
    }

    /// Every socket.
    pub(super) fn all(&self) -> Vec<Arc<Session>> {
        self.registry().by_id.values().cloned().collect()
    }

    /// Has all sockets of these users hear a thread that they take part in from now on, and that it is theirs.
    pub(crate) async fn join(&self, state: &State, tenant: TenantId, users: &[UserId], thread: &Thread) {
        let Ok(packet) = Packet::new("thread:created", thread) else { return };
        let (id, last_seq) = (thread.id, thread.last_seq);
        if self.elsewhere.is_open() {
            let (users, packet) = (users.to_vec(), packet.clone());
            self.elsewhere.send(Signal::Joined { tenant, users, thread: id, last_seq, packet });
        }
        self.hear_joined(state, (tenant, users), id, (&packet, last_seq)).await;
    }

    /// The same, told by another node.
    pub(crate) async fn hear_joined(
        &self,
        state: &State,
        users: (TenantId, &[UserId]),
        thread: ThreadId,
        new: (&Packet, u64),
    ) {
        self.settle(state, users, thread, Some(new)).await;
    }

    /// No socket of a user hears a thread any more, unless he takes part in it again.
    pub(crate) async fn part(&self, state: &State, (tenant, user): Person, thread: ThreadId) {
        self.elsewhere.send(Signal::Parted { tenant, user, thread });
        self.leave_thread(state, (tenant, user), thread);
        self.settle(state, (tenant, &[user]), thread, None).await;
    }

    /// The sockets of a user hear a thread no more.
    pub(crate) fn leave_thread(&self, state: &State, person: Person, thread: ThreadId) {
        for session in self.of_person(person) {
            state.hubs.leave(&session, thread);
        }
    }

    /// Has the sockets of these users hear what they take part in, and nothing else: other nodes may have told what was not
    /// heard.
    pub(crate) async fn settle_all(&self, state: &State, which: impl Fn(&Person) -> bool) {
        let persons: Vec<Person> = self.persons().into_iter().filter(which).collect();
        let settling = persons.into_iter().map(|person| self.settle_person(state, person));
        stream::iter(settling).for_each_concurrent(CONCURRENCY, |settling| settling).await;
    }

    async fn settle_person(&self, state: &State, person: Person) {
        let memberships = match state.threads.memberships(person.0, person.1).await {
            Ok(memberships) => memberships,
            Err(error) => {
                tracing::warn!(%error, "nobody can tell what a user may hear");
                return;
            }
        };
        let member: HashSet<ThreadId> = memberships.iter().map(|membership| membership.thread_id).collect();
        let mut wrong = HashSet::new();
        for session in self.of_person(person).into_iter().filter(|session| session.is_settled()) {
            let heard: HashSet<ThreadId> = session.threads().into_iter().collect();
            let differs = heard.symmetric_difference(&member);
            wrong.extend(differs.filter(|thread| !session.has_left(**thread)).copied());
        }
        for thread in wrong {
            self.settle(state, (person.0, &[person.1]), thread, None).await;
        }
    }

    /// Has sockets hear a thread if their users take part in it, and else not. What is read after the last change of what
    /// they hear agrees with it: so whoever joins and parts at once ends as it is stored.
    pub(crate) async fn settle(
        &self,
        state: &State,
        (tenant, users): (TenantId, &[UserId]),
        thread: ThreadId,
        new: Option<(&Packet, u64)>,
    ) {
        let connected = users.iter().filter(|user| self.is_here((tenant, **user)));
        let users: Vec<UserId> = connected.copied().collect();
        let mut before = None;
        while !users.is_empty() {
            let members = state.threads.are_members(tenant, thread, &users).await;
            let members =
                members.inspect_err(|error| tracing::warn!(%error, "nobody can tell who may hear a thread")).ok();
            if members.is_some() && members == before {
                return;
            }
            for (index, user) in users.iter().enumerate() {
                let member = members.as_ref().map(|members| members.get(index).copied().unwrap_or(false));
                for session in self.of_person((tenant, *user)) {
                    match member {
                        Some(true) => hear(state, &session, thread, new.filter(|_| before.is_none())),
                        Some(false) => state.hubs.leave(&session, thread),
                        // It finds out when it comes back.
                        None => session.close(),
                    }
                }
            }
            if members.is_none() {
                return;
            }
            before = members;
        }
    }

    /// Whether a user has a socket.
    pub(crate) fn is_here(&self, person: Person) -> bool {
        self.registry().by_person.contains_key(&person)
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
        self.here.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn hear(state: &State, session: &Arc<Session>, thread: ThreadId, new: Option<(&Packet, u64)>) {
    // One that is on its way in says itself from where on it hears its threads.
    if new.is_none() && (session.has_left(thread) || !session.is_settled()) {
        return;
    }
    if let Some((packet, _)) = new {
        session.tell(packet);
    }
    let last_seq = new.map(|(_, last_seq)| last_seq);
    let hub = state.hubs.listen(session, thread, last_seq);
    if let Some(last_seq) = last_seq {
        hub.begin(last_seq);
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("id", &self.id()).finish_non_exhaustive()
    }
}
