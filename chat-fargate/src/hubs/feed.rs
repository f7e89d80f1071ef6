//! One thread as the sockets of this node hear it. No I/O: who hears is behind [`Ear`].
//!
//! Messages are told strictly by their number. One that comes too early waits until the hole before it is filled. A
//! listener is either *live*: it has everything that was told; or *behind*: it has everything up to a number, and is told
//! the rest from the store, before anything new. It falls behind when there is no room for it.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::hash::Hash;
use std::sync::Arc;

use super::packet::Packet;

/// Packets besides messages that are kept for one listener who is behind. One who misses more has to come anew.
const MOST_OWED: usize = 256;
/// Messages beyond a hole that wait in memory; the rest is read when the hole is filled.
const MOST_EARLY: usize = 1024;

/// Who hears: a socket.
pub(crate) trait Ear {
    /// Hands a packet over.
    fn emit(&self, packet: &Packet) -> Emitted;
    /// There is no room, so whoever replays has something to do.
    fn lag(&self);
    /// Has missed what cannot be made up for: it has to connect anew. Only marks it: the feed is locked.
    fn close(&self);
}

impl<E: Ear> Ear for Arc<E> {
    fn emit(&self, packet: &Packet) -> Emitted {
        E::emit(self, packet)
    }

    fn lag(&self) {
        E::lag(self);
    }

    fn close(&self) {
        E::close(self);
    }
}

/// What became of a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Emitted {
    Sent,
    /// There is no room at the moment.
    Full,
    /// Nobody is there any more.
    Gone,
}

/// How far a listener is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hearing {
    Live,
    /// Has everything up to this number.
    Behind(u64),
    /// Wants what comes after the thread's head, which was not read yet.
    Waiting,
}

#[derive(Debug)]
struct Listener<E> {
    ear: E,
    hearing: Hearing,
    /// What else was told while it was behind.
    owed: VecDeque<Packet>,
}

/// What a listener who is behind misses: numbers `after + 1 ..= to`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Missing {
    pub(crate) after: u64,
    pub(crate) to: u64,
}

/// What became of a replay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Replayed {
    /// The listener is live.
    Over,
    /// It is not there any more.
    Gone,
    /// Something is left.
    More,
    /// There is no room at the moment.
    Full,
}

/// The thread, by its listeners' keys.
#[derive(Debug)]
pub(crate) struct Feed<K, E> {
    /// The newest number that was told; unknown until the thread's head was read.
    told: Option<u64>,
    early: BTreeMap<u64, Packet>,
    listeners: HashMap<K, Listener<E>>,
}

impl<K: Eq + Hash + Copy, E: Ear> Feed<K, E> {
    pub(crate) fn new() -> Self {
        Self { told: None, early: BTreeMap::new(), listeners: HashMap::new() }
    }

    pub(crate) fn len(&self) -> usize {
        self.listeners.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.listeners.is_empty()
    }

    pub(crate) fn told(&self) -> Option<u64> {
        self.told
    }

    /// The thread's head was read; what came meanwhile follows it. A feed that has begun goes on as it is.
    pub(crate) fn begin(&mut self, last_seq: u64) {
        if self.told.is_some() {
            return;
        }
        self.told = Some(last_seq);
        for listener in self.listeners.values_mut() {
            listener.ear.lag();
            listener.hearing = match listener.hearing {
                // Whoever has more than there is has everything.
                Hearing::Behind(after) => Hearing::Behind(after.min(last_seq)),
                Hearing::Live | Hearing::Waiting => Hearing::Behind(last_seq),
            };
        }
        self.early.retain(|seq, _| *seq > last_seq);
        self.tell_early();
    }

    /// A new message. `true` if something before it is missing here.
    pub(crate) fn message(&mut self, seq: u64, packet: Packet) -> bool {
        match self.told {
            Some(told) if seq <= told => false,
            Some(told) if seq == told + 1 => {
                self.tell_next(seq, &packet);
                self.tell_early();
                !self.early.is_empty()
            }
            _ => {
                if self.early.len() < MOST_EARLY {
                    self.early.insert(seq, packet);
                }
                self.told.is_some()
            }
        }
    }

    /// Anything else, to those listeners that `hears` names. What may be lost is not kept for who has no room for it.
    pub(crate) fn event(&mut self, packet: &Packet, may_be_lost: bool, hears: impl Fn(&E) -> bool) {
        for listener in self.listeners.values_mut().filter(|listener| hears(&listener.ear)) {
            let emitted = match (listener.hearing, self.told) {
                (Hearing::Live, Some(told)) => {
                    let emitted = listener.ear.emit(packet);
                    if emitted == Emitted::Full && !may_be_lost {
                        listener.hearing = Hearing::Behind(told);
                        listener.ear.lag();
                    }
                    emitted
                }
                _ => Emitted::Full,
            };
            if emitted == Emitted::Full && !may_be_lost {
                listener.owe(packet);
            }
        }
    }

    /// What is no event of the thread's, to those live listeners that `hears` names. It may be lost.
    pub(crate) fn event_to(&self, packet: &Packet, mut hears: impl FnMut(&E) -> bool) {
        for listener in self.listeners.values().filter(|listener| listener.hearing == Hearing::Live) {
            if hears(&listener.ear) {
                listener.ear.emit(packet);
            }
        }
    }

    /// Somebody listens from now on: with everything after a number, or with what comes after what was told by now. It is
    /// behind until it was replayed to. Who listens already goes on as it is.
    pub(crate) fn listen(&mut self, key: K, ear: E, after: Option<u64>) {
        if self.listeners.contains_key(&key) {
            return;
        }
        let after = match (after, self.told) {
            (Some(after), Some(told)) => Some(after.min(told)),
            (after, told) => after.or(told),
        };
        let hearing = after.map_or(Hearing::Waiting, Hearing::Behind);
        self.listeners.insert(key, Listener { ear, hearing, owed: VecDeque::new() });
    }

    /// A listener wants what comes after a number, which it may have already. Gives what that is.
    pub(crate) fn rewind(&mut self, key: K, after: u64) -> Option<Missing> {
        let told = self.told?;
        let listener = self.listeners.get_mut(&key)?;
        let after = after.min(told);
        listener.hearing = Hearing::Behind(after);
        Some(Missing { after, to: told })
    }

    /// What a listener who is behind misses.
    pub(crate) fn missing(&self, key: K) -> Option<Missing> {
        match self.listeners.get(&key)?.hearing {
            Hearing::Behind(after) => Some(Missing { after, to: self.told? }),
            Hearing::Live | Hearing::Waiting => None,
        }
    }

    /// Tells a listener messages that follow `after`, in their order, and the rest of what it is owed once it has all.
    /// Nothing if it is elsewhere by now.
    pub(crate) fn replay(&mut self, key: K, after: u64, page: &[(u64, Packet)]) -> Replayed {
        let (Some(listener), Some(told)) = (self.listeners.get_mut(&key), self.told) else { return Replayed::Gone };
        match listener.hearing {
            Hearing::Live | Hearing::Waiting => return Replayed::Over,
            Hearing::Behind(now) if now != after => return Replayed::More,
            Hearing::Behind(_) => {}
        }
        let mut has = after;
        for (seq, packet) in page.iter().filter(|(seq, _)| (after + 1..=told).contains(seq)) {
            match listener.ear.emit(packet) {
                Emitted::Sent => has = *seq,
                Emitted::Full => {
                    listener.hearing = Hearing::Behind(has);
                    return Replayed::Full;
                }
                Emitted::Gone => return Replayed::Gone,
            }
        }
        listener.hearing = Hearing::Behind(has);
        if has < told {
            return Replayed::More;
        }
        while let Some(packet) = listener.owed.front() {
            match listener.ear.emit(packet) {
                Emitted::Sent => listener.owed.pop_front(),
                Emitted::Full => return Replayed::Full,
                Emitted::Gone => return Replayed::Gone,
            };
        }
        listener.hearing = Hearing::Live;
        Replayed::Over
    }

    /// A listener goes on from a number, whatever it misses before.
    pub(crate) fn skip_to(&mut self, key: K, after: u64) {
        if let Some(listener) = self.listeners.get_mut(&key)
            && let Hearing::Behind(has) = listener.hearing
        {
            listener.hearing = Hearing::Behind(has.max(after));
        }
    }

    pub(crate) fn leave(&mut self, key: K) {
        self.listeners.remove(&key);
    }

    /// The numbers that are missing before what waits, or up to the thread's head.
    pub(crate) fn hole(&self, head: Option<u64>) -> Option<Missing> {
        let after = self.told?;
        let before_early = self.early.keys().next().map(|seq| seq - 1);
        let to = head.into_iter().chain(before_early).max()?;
        (after < to).then_some(Missing { after, to })
    }

    fn tell_early(&mut self) {
        while let Some(next) = self.told.map(|told| told + 1)
            && let Some(packet) = self.early.remove(&next)
        {
            self.tell_next(next, &packet);
        }
    }

    fn tell_next(&mut self, seq: u64, packet: &Packet) {
        for listener in self.listeners.values_mut().filter(|listener| listener.hearing == Hearing::Live) {
            if listener.ear.emit(packet) == Emitted::Full {
                listener.hearing = Hearing::Behind(seq - 1);
                listener.ear.lag();
            }
        }
        self.told = Some(seq);
    }
}

impl<E: Ear> Listener<E> {
    fn owe(&mut self, packet: &Packet) {
        if self.owed.len() < MOST_OWED {
            self.owed.push_back(packet.clone());
        } else {
            self.ear.close();
        }
    }
}

#[cfg(test)]
mod tests;
