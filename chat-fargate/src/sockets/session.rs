//! A connected socket: whose it is, and the line in which its events wait.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use serde_json::Value;
use shared::Error;
use shared::auth::{LEEWAY, Principal};
use socketioxide::extract::{AckSender, SocketRef};
use tokio::sync::mpsc;

use super::bucket::TokenBucket;
use super::slots::SocketSlot;
use crate::state::State;

/// Events of one socket that wait for the ones before them. A client that sends without waiting for
/// acknowledgements has its messages stored in the order it sent them.
const WAITING_EVENTS: usize = 64;

/// What is known of a connected socket. It is kept with the socket and dropped with it.
pub(super) struct Session {
    pub(super) principal: Principal,
    bucket: Mutex<TokenBucket>,
    line: mpsc::Sender<Request>,
    _slot: SocketSlot,
}

/// An event of a client that waits for its turn.
pub(super) struct Request {
    pub(super) event: &'static str,
    pub(super) payload: Value,
    pub(super) ack: AckSender,
}

impl Session {
    /// A session and the end of its line where events come out.
    pub(super) fn new(principal: Principal, slot: SocketSlot) -> (Arc<Self>, mpsc::Receiver<Request>) {
        let (line, requests) = mpsc::channel(WAITING_EVENTS);
        let bucket = Mutex::new(TokenBucket::full(Instant::now()));
        (Arc::new(Self { principal, bucket, line, _slot: slot }), requests)
    }

    /// The session of a socket that was let in.
    pub(super) fn of(socket: &SocketRef) -> Option<Arc<Self>> {
        socket.extensions.get::<Arc<Self>>()
    }

    /// Puts an event in line, unless there are too many; then it comes back.
    pub(super) fn queue(&self, request: Request) -> Result<(), Request> {
        let allowed = self.bucket.lock().unwrap_or_else(PoisonError::into_inner).take(Instant::now());
        if !allowed {
            return Err(request);
        }
        self.line.try_send(request).map_err(|error| match error {
            mpsc::error::TrySendError::Full(request) | mpsc::error::TrySendError::Closed(request) => request,
        })
    }
}

/// Whether the token that `principal` was made from still stands.
///
/// # Errors
/// [`Error::TokenExpired`], [`Error::Unauthorized`] once it is revoked, and [`Error::Unavailable`]
/// while nobody can tell.
pub(super) async fn check_standing(state: &State, principal: &Principal) -> Result<(), Error> {
    if principal.expires_at() + LEEWAY <= state.clock().now() {
        return Err(Error::TokenExpired);
    }
    if state.platform.authenticator().is_revoked(principal).await? {
        return Err(Error::Unauthorized);
    }
    Ok(())
}
