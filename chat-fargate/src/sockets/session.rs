//! A connected socket: whose it is, what it hears, and the line in which its events wait.

use std::collections::HashMap;
use std::mem;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde_json::Value;
use shared::Error;
use shared::auth::{LEEWAY, Principal, TenantId, UserId};
use socketioxide::extract::{AckSender, SocketRef};
use socketioxide::socket::Sid;
use socketioxide::{SendError, SocketError};
use tokio::sync::{Notify, mpsc};
use tokio_util::sync::CancellationToken;

use super::bucket::TokenBucket;
use super::slots::SocketSlot;
use crate::hubs::{Ear, Emitted, Hub, Packet};
use crate::state::State;
use crate::threads::ThreadId;

/// Events of one socket that wait for the ones before them. A client that sends without waiting for
/// acknowledgements has its messages stored in the order it sent them.
const WAITING_EVENTS: usize = 64;

/// What is known of a socket, from before it is let in until it is gone.
pub(crate) struct Session {
    socket: SocketRef,
    tenant: TenantId,
    user: UserId,
    /// Replaced by `auth:refresh`.
    token: Mutex<Token>,
    bucket: Mutex<TokenBucket>,
    line: mpsc::Sender<Request>,
    threads: Mutex<HashMap<ThreadId, Arc<Hub>>>,
    /// What its user is told before the socket may hear.
    early: Mutex<Option<Vec<Packet>>>,
    lagging: Notify,
    gone: CancellationToken,
    since: Instant,
    /// When it last said something.
    spoke: Mutex<Instant>,
    _slot: SocketSlot,
}

#[derive(Debug)]
struct Token {
    principal: Principal,
    /// Whether its owner knows that it is about to expire.
    told: AtomicBool,
}

/// An event of a client that waits for its turn.
pub(super) struct Request {
    pub(super) event: &'static str,
    pub(super) payload: Value,
    pub(super) ack: AckSender,
}

impl Session {
    /// A session and the end of its line where events come out.
    pub(super) fn new(
        socket: SocketRef,
        principal: Principal,
        slot: SocketSlot,
    ) -> (Arc<Self>, mpsc::Receiver<Request>) {
        let (line, requests) = mpsc::channel(WAITING_EVENTS);
        let since = Instant::now();
        let session = Self {
            socket,
            tenant: principal.tenant(),
            user: principal.user(),
            token: Mutex::new(Token { principal, told: AtomicBool::new(false) }),
            bucket: Mutex::new(TokenBucket::full(since)),
            line,
            threads: Mutex::default(),
            early: Mutex::new(Some(Vec::new())),
            lagging: Notify::new(),
            gone: CancellationToken::new(),
            since,
            spoke: Mutex::new(since),
            _slot: slot,
        };
        (Arc::new(session), requests)
    }

    pub(crate) fn id(&self) -> Sid {
        self.socket.id
    }

    pub(crate) fn tenant(&self) -> TenantId {
        self.tenant
    }

    pub(crate) fn user(&self) -> UserId {
        self.user
    }

    /// Who speaks, by the newest token.
    pub(super) fn principal(&self) -> Principal {
        lock(&self.token).principal.clone()
    }

    /// Goes on with another token.
    pub(super) fn renew(&self, principal: Principal) {
        *lock(&self.token) = Token { principal, told: AtomicBool::new(false) };
    }

    /// Whether its owner is to be told now that its token expires; once a token.
    pub(super) fn tell_expiry(&self) -> bool {
        !lock(&self.token).told.swap(true, Ordering::Relaxed)
    }

    /// Puts an event in line, unless there are too many; then it comes back.
    pub(super) fn queue(&self, request: Request) -> Result<(), Request> {
        *lock(&self.spoke) = Instant::now();
        if !lock(&self.bucket).take(Instant::now()) {
            return Err(request);
        }
        self.line.try_send(request).map_err(|error| match error {
            mpsc::error::TrySendError::Full(request) | mpsc::error::TrySendError::Closed(request) => request,
        })
    }

    /// It hears a thread.
    pub(crate) fn hears(&self, hub: Arc<Hub>) {
        lock(&self.threads).insert(hub.thread, hub);
        self.lagging.notify_one();
    }

    /// It hears a thread no more; gives its hub, if it did.
    pub(crate) fn hears_no_more(&self, thread: ThreadId) -> Option<Arc<Hub>> {
        lock(&self.threads).remove(&thread)
    }

    /// The hub of a thread that it hears.
    pub(super) fn hub(&self, thread: ThreadId) -> Option<Arc<Hub>> {
        lock(&self.threads).get(&thread).cloned()
    }

    /// The hubs of all threads that it hears.
    pub(super) fn hubs(&self) -> Vec<Arc<Hub>> {
        lock(&self.threads).values().cloned().collect()
    }

    /// The threads that it hears.
    pub(crate) fn threads(&self) -> Vec<ThreadId> {
        lock(&self.threads).keys().copied().collect()
    }

    /// For how long it has said nothing.
    pub(crate) fn idle(&self) -> Duration {
        lock(&self.spoke).elapsed()
    }

    /// Tells its user something, once it can hear. A socket that has no room for it has to come anew.
    pub(super) fn tell(&self, packet: &Packet) {
        if let Some(early) = lock(&self.early).as_mut() {
            early.push(packet.clone());
        } else if self.emit(packet) == Emitted::Full {
            self.close();
        }
    }

    /// The socket can hear from now on.
    pub(super) fn connected(&self) {
        let early = mem::take(&mut *lock(&self.early));
        early.into_iter().flatten().for_each(|packet| self.tell(&packet));
    }

    /// Until something of what it hears is to be replayed, or it is gone.
    pub(super) async fn lagging(&self) {
        tokio::select! {
            () = self.lagging.notified() => {}
            () = self.gone.cancelled() => {}
        }
    }

    /// Waits, unless it is gone.
    pub(crate) async fn pause(&self, time: Duration) {
        tokio::select! {
            () = tokio::time::sleep(time) => {}
            () = self.gone.cancelled() => {}
        }
    }

    /// The socket is gone.
    pub(super) fn end(&self) {
        self.gone.cancel();
    }

    pub(crate) fn is_gone(&self) -> bool {
        self.gone.is_cancelled()
    }

    /// Until it is gone.
    pub(super) async fn gone(&self) {
        self.gone.cancelled().await;
    }

    /// Whether it has been on its way in for so long that it will not come.
    pub(super) fn is_stranded(&self, patience: Duration) -> bool {
        !self.socket.connected() && self.since.elapsed() > patience
    }
}

impl Ear for Session {
    fn emit(&self, packet: &Packet) -> Emitted {
        match self.socket.emit(packet.event, &packet.argument()) {
            Ok(()) => Emitted::Sent,
            Err(SendError::Socket(SocketError::InternalChannelFull)) => Emitted::Full,
            Err(_) => Emitted::Gone,
        }
    }

    fn lag(&self) {
        self.lagging.notify_one();
    }

    fn close(&self) {
        tracing::info!(socket.id = %self.socket.id, "a socket that is too slow has to come anew");
        if let Err(error) = self.socket.clone().disconnect() {
            tracing::debug!(%error, "a socket is too busy to be told that it is closed");
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
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
