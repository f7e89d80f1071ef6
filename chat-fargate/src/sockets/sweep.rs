//! Closes sockets whose token has expired or was revoked.

use std::time::Duration;

use shared::{Error, ServiceError};

use super::session::{Session, check_standing};
use crate::state::State;

/// With what authenticators know being at most 15 s old, a revoked session's sockets close within 30 s.
const INTERVAL: Duration = Duration::from_secs(5);

/// Looks at every socket once, and closes those that may not stay.
pub(crate) async fn sweep(state: &State) {
    for socket in state.rooms.sockets() {
        let Some(session) = Session::of(&socket) else { continue };
        match check_standing(state, &session.principal).await {
            Ok(()) => {}
            Err(error @ (Error::TokenExpired | Error::Unauthorized)) => {
                tracing::info!(socket.id = %socket.id, error.code = error.problem().code, "a socket is closed");
                if let Err(error) = socket.disconnect() {
                    tracing::debug!(%error, "a socket is too busy to be closed; the next sweep tries again");
                }
            }
            // Whatever such a socket says is refused as well, so it may wait for the store to come back.
            Err(error) => {
                tracing::warn!(%error, "nobody can tell which sockets may stay");
                return;
            }
        }
    }
}

/// Sweeps until the task is aborted.
pub(crate) async fn sweep_for_ever(state: State) {
    loop {
        tokio::time::sleep(INTERVAL).await;
        sweep(&state).await;
    }
}
