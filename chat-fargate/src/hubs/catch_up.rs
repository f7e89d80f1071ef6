//! Reading from the store what a socket, or this whole node, has missed.

use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use shared::Error;

use super::feed::{Ear, Emitted, Missing, Replayed};
use super::{Hub, MESSAGE_NEW, Packet};
use crate::messages::Message;
use crate::sockets::Session;
use crate::state::State;
use crate::threads::ThreadId;

/// Messages that are read at once.
const PAGE: u32 = 100;
/// The most messages of a thread that are replayed to a socket. What is before them it reads by HTTP.
const MOST_REPLAYED: u64 = 10_000;
/// When a socket without room is tried again.
const NO_ROOM: Duration = Duration::from_millis(50);
/// When the store is asked again.
const NO_STORE: Duration = Duration::from_secs(1);

/// That messages are beyond what can be replayed.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Gap {
    thread_id: ThreadId,
    /// The first one.
    from: u64,
    /// The last one.
    to: u64,
}

/// Tells a socket what it has missed of a thread, until it hears it live, or is gone.
pub(crate) async fn catch_up(state: &State, hub: &Hub, session: &Arc<Session>) {
    while let Some(missing) = hub.missing(session) {
        let Some(missing) = tell_gap(hub, session, missing) else {
            session.pause(NO_ROOM).await;
            continue;
        };
        let page = match read(state, hub, missing).await {
            Ok(page) => page,
            Err(error) => {
                tracing::warn!(%error, "what a socket has missed waits for the store");
                session.pause(NO_STORE).await;
                continue;
            }
        };
        if page.is_empty() && missing.after < missing.to {
            tracing::error!(thread.id = %hub.thread, after = missing.after, "messages are not where they should be");
            session.close();
            return;
        }
        let replayed = hub.feed().replay(session.id(), missing.after, &page);
        match replayed {
            Replayed::Over | Replayed::More => {}
            Replayed::Full => session.pause(NO_ROOM).await,
            Replayed::Gone => return,
        }
    }
}

/// Has a socket hear a thread again from after a number, and gives the numbers it was told.
pub(crate) async fn replay_from(state: &State, hub: &Hub, session: &Arc<Session>, after: u64) -> Option<(u64, u64)> {
    let missing = hub.feed().rewind(session.id(), after)?;
    catch_up(state, hub, session).await;
    Some((missing.after, missing.to))
}

/// Reads the messages that this node has not told yet: before those that wait, and up to the thread's head.
pub(crate) async fn fill(state: &State, hub: &Hub, head: Option<u64>) {
    let Ok(_filling) = hub.filling.try_lock() else { return };
    loop {
        let Some(missing) = hub.feed().hole(head) else { return };
        match read(state, hub, missing).await {
            Ok(page) if !page.is_empty() => {
                let mut feed = hub.feed();
                for (seq, packet) in page {
                    feed.message(seq, packet);
                }
            }
            Ok(_) => return,
            Err(error) => {
                tracing::warn!(%error, "messages of another node wait for the store");
                return;
            }
        }
    }
}

async fn read(state: &State, hub: &Hub, missing: Missing) -> Result<Vec<(u64, Packet)>, Error> {
    let Missing { after, to } = missing;
    if after >= to {
        return Ok(Vec::new());
    }
    let messages = state.messages.page(hub.tenant, hub.thread, (after + 1, to), false, PAGE).await?;
    let packets = messages.into_iter().map(|message| {
        let seq = message.seq;
        Ok((seq, Packet::new(MESSAGE_NEW, &Message::from(message))?))
    });
    packets.collect()
}

/// Says what is beyond a replay, and goes on after it. `None` if there was no room for that.
fn tell_gap(hub: &Hub, session: &Arc<Session>, missing: Missing) -> Option<Missing> {
    let Missing { after, to } = missing;
    let first = to.saturating_sub(MOST_REPLAYED);
    if first <= after {
        return Some(missing);
    }
    let gap = Gap { thread_id: hub.thread, from: after + 1, to: first };
    let packet = super::make("sync:gap", &gap)?;
    if session.emit(&packet) == Emitted::Full {
        return None;
    }
    hub.feed().skip_to(session.id(), first);
    Some(Missing { after: first, to })
}

impl Hub {
    fn missing(&self, session: &Session) -> Option<Missing> {
        if session.is_gone() { None } else { self.feed().missing(session.id()) }
    }
}
