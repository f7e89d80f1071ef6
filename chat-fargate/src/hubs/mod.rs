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
pub(crate) use packet::{MESSAGE_NEW, Numbered, Packet};

use feed::Feed;

use crate::messages::Message;
use crate::nodes::{Outgoing, Signal};
use crate::sockets::Session;
use crate::state::State;
use crate::threads::ThreadId;

/// Sockets of one thread that hear of each other's coming and going.
const MOST_SHARING: usize = 200;

/// A thread of a tenant.
type Place = (TenantId, ThreadId);

/// The hubs of this node, and the way to those of others.
#[derive(Debug)]
pub(crate) struct Hubs {
    here: Mutex<HashMap<Place, Arc<Hub>>>,
    elsewhere: Outgoing,
}

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
    pub(crate) fn new(elsewhere: Outgoing) -> Self {
        Self { here: Mutex::default(), elsewhere }
    }

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
        if !self.is_told((tenant, thread)) {
            return;
        }
        let messages = messages.filter_map(|message| Some((message.seq, make(MESSAGE_NEW, message)?)));
        let messages: Vec<Numbered> = messages.collect();
        self.hear_messages(state, (tenant, thread), messages.clone());
        self.elsewhere.send(Signal::Messages { tenant, thread, messages });
    }

    /// The same of a thread that another node has written to.
    pub(crate) fn hear_messages(&self, state: &State, place: Place, messages: Vec<Numbered>) {
        let Some(hub) = self.find(place) else { return };
        let mut hole = false;
        for (seq, packet) in messages {
            hole = hub.feed().message(seq, packet);
        }
        if hole {
            let state = state.clone();
            tokio::spawn(async move { fill(&state, &hub, None).await });
        }
    }

    /// Anything else that happens in a thread.
    pub(crate) fn tell(&self, tenant: TenantId, thread: ThreadId, event: &'static str, data: &impl Serialize) {
        self.tell_all((tenant, thread), None, event, data);
    }

    /// What a member does, to the others; nobody waits for it who has no room for it.
    pub(crate) fn tell_others(&self, place: Place, user: UserId, event: &'static str, data: &impl Serialize) {
        self.tell_all(place, Some(user), event, data);
    }

    fn tell_all(&self, place: Place, by: Option<UserId>, event: &'static str, data: &impl Serialize) {
        if !self.is_told(place) {
            return;
        }
        let Some(packet) = make(event, data) else { return };
        self.hear(place, by, &packet);
        let (tenant, thread) = place;
        self.elsewhere.send(Signal::Event { tenant, thread, packet, by });
    }

    /// What happens in a thread, here or elsewhere. What a member does may be lost, and is not for himself.
    pub(crate) fn hear(&self, place: Place, by: Option<UserId>, packet: &Packet) {
        if let Some(hub) = self.find(place) {
            hub.feed().event(packet, by.is_some(), |session| Some(session.user()) != by);
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
        let Some(packet) = make(event, data) else { return };
        self.hear_sharing(tenant, threads, user, &packet);
        if self.elsewhere.is_open() {
            self.elsewhere.send(Signal::Sharing { tenant, threads: threads.to_vec(), user, packet });
        }
    }

    /// The same of a user who is on another node.
    pub(crate) fn hear_sharing(&self, tenant: TenantId, threads: &[ThreadId], user: UserId, packet: &Packet) {
        let mut told = HashSet::new();
        for hub in threads.iter().filter_map(|thread| self.find((tenant, *thread))) {
            let feed = hub.feed();
            if feed.len() <= MOST_SHARING {
                feed.event_to(packet, |session| session.user() != user && told.insert(session.id()));
            }
        }
    }

    /// Whether anybody may hear of a thread, here or elsewhere.
    fn is_told(&self, place: Place) -> bool {
        self.elsewhere.is_open() || self.hubs().contains_key(&place)
    }

    fn find(&self, place: Place) -> Option<Arc<Hub>> {
        self.hubs().get(&place).cloned()
    }

    fn all(&self) -> Vec<Arc<Hub>> {
        self.hubs().values().cloned().collect()
    }

    fn hubs(&self) -> MutexGuard<'_, HashMap<Place, Arc<Hub>>> {
        self.here.lock().unwrap_or_else(PoisonError::into_inner)
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
