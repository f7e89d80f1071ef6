//! Hearing other nodes.

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use redis::RedisError;
use shared::ids;
use tokio::time::Instant;

use super::link::{LONGEST_SILENCE, Link};
use super::outgoing::CHANNEL;
use super::signal::{Sent, Signal};
use crate::hubs::compare;
use crate::state::State;

/// The longest pause before Valkey is tried again, in milliseconds.
const LONGEST_PAUSE_MS: u64 = 1000;

/// Why a node hears nothing any more.
#[derive(Debug, thiserror::Error)]
enum Deaf {
    #[error("{0}")]
    Valkey(#[from] RedisError),
    #[error("nothing was heard for {} s", LONGEST_SILENCE.as_secs())]
    Silence,
}

/// Hears other nodes until the task is aborted.
pub(crate) async fn listen_for_ever(state: State, link: Arc<Link>) {
    loop {
        if let Err(error) = listen(&state, &link).await {
            tracing::warn!(%error, "other nodes are not heard");
        }
        tokio::time::sleep(Duration::from_millis(ids::jitter(LONGEST_PAUSE_MS))).await;
    }
}

async fn listen(state: &State, link: &Link) -> Result<(), Deaf> {
    let connecting = async {
        let mut connection = link.client.get_async_pubsub().await?;
        connection.subscribe(CHANNEL).await?;
        Ok(connection)
    };
    let connecting = tokio::time::timeout(LONGEST_SILENCE, connecting).await;
    let connection = connecting.map_err(|_| Deaf::Silence)?.map_err(Deaf::Valkey)?;
    // What was told before is only in the store.
    link.missed.notify_one();
    let mut messages = connection.into_on_message();
    let mut deaf_at = Instant::now() + LONGEST_SILENCE;
    loop {
        let message = tokio::time::timeout_at(deaf_at, messages.next()).await.map_err(|_| Deaf::Silence)?;
        let Some(message) = message else { return Err(Deaf::Silence) };
        match serde_json::from_slice::<Sent<Signal>>(message.get_payload_bytes()) {
            Ok(sent) if sent.from == link.node => deaf_at = Instant::now() + LONGEST_SILENCE,
            Ok(sent) => {
                link.note(sent.from);
                hear(state, link, sent.signal);
            }
            // A newer node says what this one does not know.
            Err(error) => tracing::debug!(%error, "a signal is not understood"),
        }
    }
}

/// Does what another node has told. Nothing here waits, so that what follows is heard in its order.
fn hear(state: &State, link: &Link, signal: Signal) {
    match signal {
        Signal::Beat => {}
        Signal::Missed => link.missed.notify_one(),
        Signal::Messages { tenant, thread, messages } => state.hubs.hear_messages(state, (tenant, thread), messages),
        Signal::Event { tenant, thread, packet, by } => state.hubs.hear((tenant, thread), by, &packet),
        Signal::Sharing { tenant, threads, user, packet } => {
            state.hubs.hear_sharing(tenant, &threads, user, &packet);
            state.presence.correct(state, (tenant, user), &packet);
        }
        Signal::Joined { tenant, users, thread, last_seq, packet } => {
            let state = state.clone();
            tokio::spawn(async move {
                state.sockets.hear_joined(&state, (tenant, &users), thread, (&packet, last_seq)).await;
            });
        }
        Signal::Parted { tenant, user, thread } => {
            state.sockets.leave_thread(state, (tenant, user), thread);
            let state = state.clone();
            tokio::spawn(async move { state.sockets.settle(&state, (tenant, &[user]), thread, None).await });
        }
    }
}

/// Whenever something may have been missed, finds out from the store who takes part in what, and what was said there;
/// and says anew who is here. Until the task is aborted.
pub(crate) async fn look_for_ever(state: State, link: Arc<Link>) {
    loop {
        link.missed.notified().await;
        state.presence.forget_said();
        state.sockets.settle_all(&state, |_| true).await;
        compare(&state).await;
    }
}
