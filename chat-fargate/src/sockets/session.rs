//! A connected socket: whose it is, what it hears, and the line in which its events wait.

use std::collections::{HashMap, HashSet};
use std::mem;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde_json::Value;
use shared::Error;
use shared::auth::{LEEWAY, Principal, TenantId, UserId};
use socketioxide::extract::SocketRef;
use socketioxide::socket::Sid;
use socketioxide::{SendError, SocketError, TransportType};
use tokio::sync::{Notify, mpsc};
use tokio_util::sync::CancellationToken;

use super::acknowledge::Acknowledgement;
use super::bucket::TokenBucket;
use super::slots::SocketSlot;
use crate::hubs::{Ear, Emitted, Hub, Packet};
use crate::state::State;
use crate::threads::ThreadId;

/// Events of one socket that wait for the ones before them. A client that sends without waiting for
/// acknowledgements has its messages stored in the order it sent them.
const WAITING_EVENTS: usize = 64;
/// How often a socket without room is tried to be told that it is closed, and the pause between two tries.
const GOODBYES: usize = 120;
const NO_ROOM: Duration = Duration::from_millis(500);

/// What is known of a socket, from before it is let in until it is gone.
pub(crate) struct Session {
    socket: SocketRef,
    tenant: TenantId,
    user: UserId,
    /// Replaced by `auth:refresh`.
    token: Mutex<Token>,
    bucket: Mutex<TokenBucket>,
    line: mpsc::Sender<Request>,
    /// What it hears; `None` once it is gone.
    threads: Mutex<Option<HashMap<ThreadId, Arc<Hub>>>>,
    /// It hears what it asked for when it came: from then on others may add to that.
    settled: AtomicBool,
    /// What it wants to hear no more of, though its user takes part.
    left: Mutex<HashSet<ThreadId>>,
    /// What its user is told before the socket may hear.
    early: Mutex<Option<Vec<Packet>>>,
    lagging: Notify,
    /// It has to connect anew.
    doomed: AtomicBool,
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
    pub(super) ack: Acknowledgement,
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
            threads: Mutex::new(Some(HashMap::new())),
            settled: AtomicBool::new(false),
            left: Mutex::default(),
            early: Mutex::new(Some(Vec::new())),
            lagging: Notify::new(),
            doomed: AtomicBool::new(false),
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

    /// It hears what it asked for when it came.
    pub(super) fn settles(&self) {
        self.settled.store(true, Ordering::Relaxed);
    }

    /// Whether it does.
    pub(super) fn is_settled(&self) -> bool {
        self.settled.load(Ordering::Relaxed)
    }

    /// It wants to hear a thread no more, until it wants to again.
    pub(super) fn wants_no_more(&self, thread: ThreadId) {
        lock(&self.left).insert(thread);
    }

    /// Whether it wants to hear a thread no more.
    pub(super) fn has_left(&self, thread: ThreadId) -> bool {
        lock(&self.left).contains(&thread)
    }

    /// It hears a thread. `false` if it is gone.
    pub(crate) fn hears(&self, hub: Arc<Hub>) -> bool {
        lock(&self.left).remove(&hub.thread);
        let heard = lock(&self.threads).as_mut().map(|threads| threads.insert(hub.thread, hub)).is_some();
        self.lagging.notify_one();
        heard
    }

    /// It hears a thread no more; gives its hub, if it did.
    pub(crate) fn hears_no_more(&self, thread: ThreadId) -> Option<Arc<Hub>> {
        lock(&self.threads).as_mut()?.remove(&thread)
    }

    /// It hears nothing any more; gives the hubs of what it heard.
    pub(crate) fn hears_nothing(&self) -> Vec<Arc<Hub>> {
        lock(&self.threads).take().into_iter().flat_map(HashMap::into_values).collect()
    }

    /// The hub of a thread that it hears.
    pub(super) fn hub(&self, thread: ThreadId) -> Option<Arc<Hub>> {
        lock(&self.threads).as_ref()?.get(&thread).cloned()
    }

    /// The hubs of all threads that it hears.
    pub(super) fn hubs(&self) -> Vec<Arc<Hub>> {
        lock(&self.threads).iter().flat_map(HashMap::values).cloned().collect()
    }

    /// The threads that it hears.
    pub(crate) fn threads(&self) -> Vec<ThreadId> {
        lock(&self.threads).iter().flat_map(HashMap::keys).copied().collect()
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

    /// Whether nothing more is to be told to it.
    pub(crate) fn is_gone(&self) -> bool {
        self.gone.is_cancelled() || self.is_doomed()
    }

    /// Whether it has to connect anew.
    pub(super) fn is_doomed(&self) -> bool {
        self.doomed.load(Ordering::Relaxed)
    }

    /// Until the client is told that it is closed, or is gone.
    pub(super) async fn disconnect(&self) {
        tracing::info!(socket.id = %self.socket.id, "a socket is closed");
        for _ in 0..GOODBYES {
            if !self.socket.connected() || self.socket.clone().disconnect().is_ok() {
                return;
            }
            // There is no room to tell it.
            tokio::time::sleep(NO_ROOM).await;
        }
    }

    /// Whether it may still change from polling to a websocket.
    pub(super) fn is_polling(&self) -> bool {
        self.socket.transport_type() == TransportType::Polling
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
        if self.is_doomed() {
            return Emitted::Gone;
        }
        match self.socket.emit(packet.event, &packet.argument()) {
            Ok(()) => Emitted::Sent,
            Err(SendError::Socket(SocketError::InternalChannelFull)) => Emitted::Full,
            Err(_) => Emitted::Gone,
        }
    }

    fn lag(&self) {
        self.lagging.notify_one();
    }

    /// The socket's own task closes it: its handlers take locks that the caller may hold.
    fn close(&self) {
        self.doomed.store(true, Ordering::Relaxed);
        self.lagging.notify_one();
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
