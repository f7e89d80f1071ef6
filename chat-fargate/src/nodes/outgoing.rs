//! Telling other nodes.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::MissedTickBehavior;

use super::link::{BEAT, Link, Unreachable};
use super::signal::{Sent, Signal};

pub(super) const CHANNEL: &str = "chat:signals";
/// When Valkey is tried again.
const PAUSE: Duration = Duration::from_secs(1);
/// Signals that wait for Valkey; more are lost, and the others are told so.
const WAITING: usize = 10_000;
/// How often it is looked whether none waits any more.
const LOOKING: Duration = Duration::from_millis(20);
/// Signals of one round trip.
const AT_ONCE: usize = 128;

/// Where signals to other nodes wait. Nobody waits for it; without other nodes it takes nothing. Clones share it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Outgoing(Option<Waiting>);

#[derive(Clone, Debug)]
struct Waiting {
    line: mpsc::Sender<Signal>,
    /// Signals that are not sent yet.
    unsent: Arc<AtomicUsize>,
    missed: Arc<AtomicBool>,
}

/// The other end of an [`Outgoing`].
pub(crate) struct Queue {
    line: mpsc::Receiver<Signal>,
    unsent: Arc<AtomicUsize>,
    missed: Arc<AtomicBool>,
}

impl Outgoing {
    pub(crate) fn new() -> (Self, Queue) {
        let (sender, receiver) = mpsc::channel(WAITING);
        let (unsent, missed): (Arc<AtomicUsize>, Arc<AtomicBool>) = Default::default();
        let waiting = Waiting { line: sender, unsent: Arc::clone(&unsent), missed: Arc::clone(&missed) };
        (Self(Some(waiting)), Queue { line: receiver, unsent, missed })
    }

    /// Whether there may be other nodes.
    pub(crate) fn is_open(&self) -> bool {
        self.0.is_some()
    }

    /// Until everything is sent that waits.
    pub(crate) async fn drained(&self) {
        while self.0.as_ref().is_some_and(|waiting| waiting.unsent.load(Ordering::Relaxed) > 0) {
            tokio::time::sleep(LOOKING).await;
        }
    }

    /// Tells the others.
    pub(crate) fn send(&self, signal: Signal) {
        let Some(waiting) = &self.0 else { return };
        waiting.unsent.fetch_add(1, Ordering::Relaxed);
        if waiting.line.try_send(signal).is_err() {
            waiting.unsent.fetch_sub(1, Ordering::Relaxed);
            waiting.missed.store(true, Ordering::Relaxed);
        }
    }
}

/// Sends what waits, in its order, until the task is aborted.
pub(crate) async fn publish_for_ever(link: Arc<Link>, mut queue: Queue) {
    let mut beat = tokio::time::interval(BEAT);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut signals = Vec::with_capacity(AT_ONCE);
    loop {
        let received = tokio::select! {
            _ = beat.tick() => {
                signals.push(Signal::Beat);
                0
            }
            received = queue.line.recv_many(&mut signals, AT_ONCE) => {
                if received == 0 {
                    return;
                }
                received
            }
        };
        if queue.missed.swap(false, Ordering::Relaxed) {
            signals.push(Signal::Missed);
        }
        if publish(&link, &signals).await.is_err() {
            queue.missed.store(true, Ordering::Relaxed);
            tokio::time::sleep(PAUSE).await;
        }
        queue.unsent.fetch_sub(received, Ordering::Relaxed);
        signals.clear();
    }
}

async fn publish(link: &Link, signals: &[Signal]) -> Result<(), Unreachable> {
    let mut pipe = redis::pipe();
    for signal in signals {
        match serde_json::to_vec(&Sent { from: link.node, signal }) {
            Ok(sent) => pipe.publish(CHANNEL, sent).ignore(),
            Err(error) => {
                tracing::error!(%error, "a signal could not be made");
                continue;
            }
        };
    }
    link.ask(&pipe).await
}
