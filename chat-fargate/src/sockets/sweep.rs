//! Tells sockets that their token is about to expire, and closes those whose token has expired or was revoked.

use std::time::Duration;

use jiff::SignedDuration;
use shared::{Error, ServiceError};

use super::events::Expiry;
use super::session::{Session, check_standing};
use crate::hubs::{Ear, Packet};
use crate::state::State;

/// With what authenticators know being at most 15 s old, a revoked session's sockets close within 30 s.
const INTERVAL: Duration = Duration::from_secs(5);
/// In how many intervals all users have had their turn.
const PARTS: u128 = 6;
/// How long before its end a token's owner is told.
const NOTICE: SignedDuration = SignedDuration::from_mins(1);
/// How long a socket may be on its way in.
const PATIENCE: Duration = Duration::from_mins(1);

/// Looks at every socket once, and closes those that may not stay.
pub(crate) async fn sweep(state: &State) {
    for session in state.sockets.all() {
        if session.is_stranded(PATIENCE) {
            state.sockets.leave(state, session.id());
            continue;
        }
        match check_standing(state, &session.principal()).await {
            Ok(()) => tell_expiry(state, &session),
            Err(error @ (Error::TokenExpired | Error::Unauthorized)) => {
                tracing::info!(socket.id = %session.id(), error.code = error.problem().code, "a socket is closed");
                // One that is too busy to be closed is met by the next sweep.
                session.close();
            }
            // Whatever such a socket says is refused as well, so it may wait for the store to come back.
            Err(error) => {
                tracing::warn!(%error, "nobody can tell whether a socket may stay");
            }
        }
    }
}

fn tell_expiry(state: &State, session: &Session) {
    let expires_at = session.principal().expires_at();
    if expires_at - NOTICE <= state.clock().now()
        && session.tell_expiry()
        && let Ok(packet) = Packet::new("auth:expiring", &Expiry { expires_at })
    {
        session.tell(&packet);
    }
}

/// Has all sockets hear what their users take part in, a part of them at a time, until the task is aborted: whatever is lost
/// between nodes, who was taken out of a thread hears nothing of it half a minute later.
pub(crate) async fn settle_for_ever(state: State) {
    for turn in (0..PARTS).cycle() {
        tokio::time::sleep(INTERVAL).await;
        state.sockets.settle_all(&state, |(_, user)| user.0.as_u128() % PARTS == turn).await;
    }
}

/// Sweeps until the task is aborted.
pub(crate) async fn sweep_for_ever(state: State) {
    loop {
        tokio::time::sleep(INTERVAL).await;
        sweep(&state).await;
    }
}
