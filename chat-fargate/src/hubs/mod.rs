//! A hub for each thread that somebody on this node hears. It tells its sockets what happens in the thread: messages
//! strictly in their order, each once, whatever is lost or late between nodes and sockets.

mod catch_up;
mod compare;
mod feed;
mod packet;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use shared::auth::{TenantId, UserId};
use socketioxide::socket::Sid;

pub(crate) use catch_up::{catch_up, fill, replay_from};
pub(crate) use compare::{compare, compare_for_ever};
pub(crate) use feed::{Ear, Emitted};
pub(crate) use packet::Packet;

use feed::Feed;

use crate::messages::Message;
use crate::sockets::Session;
use crate::state::State;
use crate::threads::ThreadId;

/// Sockets of one thread that hear of each other's coming and going.
const MOST_SHARING: usize = 200;
/// A new message.
pub(crate) const MESSAGE_NEW: &str = "message:new";

/// A thread of a tenant.
type Place = (TenantId, ThreadId);

/// The hubs of this node.
#[derive(Debug, Default)]
pub(crate) struct Hubs(Mutex<HashMap<Place, Arc<Hub>>>);

/// One thread.
#[derive(Debug)]
pub(crate) struct Hub {
    pub(crate) tenant: TenantId,
    pub(crate) thread: ThreadId,
    feed: Mutex<Feed<Sid, Arc<Session>>>,
    /// Held by who fills a hole: once is enough.
    filling: tokio::sync::Mutex<()>,
}

impl Hubs {
    /// Has a socket hear a thread: everything after a number, or what comes from now on. One that is gone hears nothing.
    pub(crate) fn listen(&self, session: &Arc<Session>, thread: ThreadId, after: Option<u64>) -> Arc<Hub> {
        let place = (session.tenant(), thread);
        let mut hubs = self.hubs();
        let hub = Arc::clone(hubs.entry(place).or_insert_with(|| Arc::new(Hub::new(place))));
        hub.feed().listen(session.id(), Arc::clone(session), after);
        if !session.hears(Arc::clone(&hub)) {
            remove(&mut hubs, &hub, session);
        }
        hub
    }

    /// A socket hears a thread no more. The last one to go ends its hub.
    pub(crate) fn leave(&self, session: &Session, thread: ThreadId) {
        let mut hubs = self.hubs();
        if let Some(hub) = session.hears_no_more(thread) {
            remove(&mut hubs, &hub, session);
        }
    }

    /// A socket is gone: it hears nothing, now or later.
    pub(crate) fn leave_all(&self, session: &Session) {
        let mut hubs = self.hubs();
        for hub in session.hears_nothing() {
            remove(&mut hubs, &hub, session);
        }
    }

    /// New messages of a thread, in their order.
    pub(crate) fn tell_messages<'a>(
        &self,
        state: &State,
        (tenant, thread): Place,
        messages: impl Iterator<Item = &'a Message>,
    ) {
        let Some(hub) = self.find((tenant, thread)) else { return };
        let mut hole = false;
        for message in messages {
            if let Some(packet) = make(MESSAGE_NEW, message) {
                hole = hub.feed().message(message.seq, packet);
            }
        }
        if hole {
            let state = state.clone();
            tokio::spawn(async move { fill(&state, &hub, None).await });
        }
    }

    /// Anything else that happens in a thread.
    pub(crate) fn tell(&self, tenant: TenantId, thread: ThreadId, event: &'static str, data: &impl Serialize) {
        if let (Some(hub), Some(packet)) = (self.find((tenant, thread)), make(event, data)) {
            hub.feed().event(&packet, false, |_| true);
        }
    }

    /// What a member does, to the others; nobody waits for it who has no room for it.
    pub(crate) fn tell_others(
        &self,
        (tenant, thread): Place,
        user: UserId,
        event: &'static str,
        data: &impl Serialize,
    ) {
        if let (Some(hub), Some(packet)) = (self.find((tenant, thread)), make(event, data)) {
            hub.feed().event(&packet, true, |session| session.user() != user);
        }
    }

    /// What concerns those who share one of these threads with a user, to each socket of theirs once; nobody waits for it.
    /// Threads with many sockets are left out: everybody would hear of everybody.
    pub(crate) fn tell_sharing(
        &self,
        tenant: TenantId,
        threads: &[ThreadId],
        user: UserId,
        event: &'static str,
        data: &impl Serialize,
    ) {
        let hubs: Vec<Arc<Hub>> = threads.iter().filter_map(|thread| self.find((tenant, *thread))).collect();
        let mut told = HashSet::new();
        let Some(packet) = make(event, data).filter(|_| !hubs.is_empty()) else { return };
        for hub in hubs {
            let feed = hub.feed();
            if feed.len() <= MOST_SHARING {
                feed.event_to(&packet, |session| session.user() != user && told.insert(session.id()));
            }
        }
    }

    fn find(&self, place: Place) -> Option<Arc<Hub>> {
        self.hubs().get(&place).cloned()
    }

    fn all(&self) -> Vec<Arc<Hub>> {
        self.hubs().values().cloned().collect()
    }

    fn hubs(&self) -> MutexGuard<'_, HashMap<Place, Arc<Hub>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn remove(hubs: &mut HashMap<Place, Arc<Hub>>, hub: &Hub, session: &Session) {
    let mut feed = hub.feed();
    feed.leave(session.id());
    if feed.is_empty() {
        hubs.remove(&(hub.tenant, hub.thread));
    }
}

impl Hub {
    fn new((tenant, thread): Place) -> Self {
        Self { tenant, thread, feed: Mutex::new(Feed::new()), filling: tokio::sync::Mutex::default() }
    }

    /// The thread's head was read.
    pub(crate) fn begin(&self, last_seq: u64) {
        self.feed().begin(last_seq);
    }

    /// The newest number that was told here; `None` before the thread's head was read.
    pub(crate) fn told(&self) -> Option<u64> {
        self.feed().told()
    }

    fn feed(&self) -> MutexGuard<'_, Feed<Sid, Arc<Session>>> {
        self.feed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What cannot be made into JSON is told to nobody: a fault of ours.
fn make(event: &'static str, data: &impl Serialize) -> Option<Packet> {
    Packet::new(event, data).inspect_err(|error| tracing::error!(%error, event, "an event could not be made")).ok()
}
