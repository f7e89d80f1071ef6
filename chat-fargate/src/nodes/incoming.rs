//! Hearing other nodes.

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use redis::RedisError;
use shared::ids;

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
    tokio::spawn(look(state.clone()));
    let mut messages = connection.into_on_message();
    loop {
        let message = tokio::time::timeout(LONGEST_SILENCE, messages.next()).await.map_err(|_| Deaf::Silence)?;
        let Some(message) = message else { return Err(Deaf::Silence) };
        match serde_json::from_slice::<Sent<Signal>>(message.get_payload_bytes()) {
            Ok(sent) if sent.from == link.node => {}
            Ok(sent) => {
                link.note(sent.from);
                hear(state, sent.signal);
            }
            // A newer node says what this one does not know.
            Err(error) => tracing::debug!(%error, "a signal is not understood"),
        }
    }
}

/// Does what another node has told. Nothing here waits, so that what follows is heard in its order.
fn hear(state: &State, signal: Signal) {
    match signal {
        Signal::Beat => {}
        Signal::Missed => {
            tokio::spawn(look(state.clone()));
        }
        Signal::Messages { tenant, thread, messages } => state.hubs.hear_messages(state, (tenant, thread), messages),
        Signal::Event { tenant, thread, packet, by } => state.hubs.hear((tenant, thread), by, &packet),
        Signal::Sharing { tenant, threads, user, packet } => {
            state.hubs.hear_sharing(tenant, &threads, user, &packet);
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

/// Finds out from the store what nobody told: who takes part in what, and what was said there.
async fn look(state: State) {
    state.sockets.settle_all(&state).await;
    compare(&state).await;
}
