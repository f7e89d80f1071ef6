//! Who may connect.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::Deserialize;
use serde_json::Value;
use shared::auth::Principal;
use shared::http::ErrorBody;
use shared::service::CHAT;
use shared::{Error, ServiceError};
use socketioxide::extract::SocketRef;

use super::events;
use super::session::Session;
use crate::hubs::{Hub, catch_up};
use crate::state::State;
use crate::threads::ThreadId;

/// How long a client may take to change from polling to a websocket before it hears anything.
const UPGRADE: Duration = Duration::from_secs(2);

/// What clients say when they connect. Fields that other versions know are let pass.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Handshake {
    /// The access token. A bearer header is taken where there is none; a query string never is,
    /// since addresses are logged.
    token: Option<String>,
    /// The last number that the client has of each thread: it hears what it has missed, before anything new. Of other
    /// threads it hears what comes from now on.
    last_seq: Option<HashMap<ThreadId, u64>>,
}

impl Handshake {
    /// What a client says; nothing at all is fine.
    pub(super) fn read(said: Option<Value>) -> Result<Self, Error> {
        let said = said.filter(|said| !said.is_null());
        let read = said.map(serde_json::from_value).transpose();
        Ok(read.map_err(|error| Error::field("auth", error.to_string()))?.unwrap_or_default())
    }
}

/// Why a socket was not let in: the error's code, the only thing a `connect_error` can say.
#[derive(Debug)]
pub(super) struct Refused(String);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self(ErrorBody::of(&error, CHAT.error_prefix).code)
    }
}

/// Lets a socket in and sets it up whole, so that it misses nothing once it is connected.
pub(super) async fn admit(state: &State, socket: &SocketRef, handshake: Handshake) -> Result<(), Refused> {
    let principal = authenticate(state, socket, handshake.token).await.inspect_err(|error| {
        tracing::info!(error.code = error.problem().code, "a socket was refused");
    })?;
    let elsewhere = state.presence.sockets_elsewhere((principal.tenant(), principal.user())).await;
    let slot = state
        .slots
        .take(principal.user(), elsewhere)
        .ok_or(Error::RateLimited { retry_after: super::PING_INTERVAL })?;
    let (session, requests) = Session::new(socket.clone(), principal, slot);
    // From here on it hears of new threads.
    state.sockets.enter(&session);
    if let Err(error) = hear_all(state, &session, &handshake.last_seq.unwrap_or_default()).await {
        state.sockets.leave(state, session.id());
        return Err(error.into());
    }
    session.settles();
    events::listen(state, socket);
    let leaving = state.clone();
    socket.on_disconnect(move |socket: SocketRef| {
        // Not before the future runs: whoever disconnects it may hold locks.
        let state = leaving.clone();
        async move { state.sockets.leave(&state, socket.id) }
    });
    tokio::spawn(events::answer_all(state.clone(), session, requests));
    Ok(())
}

async fn authenticate(state: &State, socket: &SocketRef, token: Option<String>) -> Result<Principal, Error> {
    let headers = &socket.req_parts().headers;
    let authenticator = state.platform.authenticator();
    let principal = match token {
        Some(token) => authenticator.authenticate_token(&token).await?,
        None => authenticator.authenticate(headers).await?,
    };
    principal.check_tenant_header(headers, CHAT.tenant_header)?;
    Ok(principal)
}

/// Has a socket hear all threads of its user.
async fn hear_all(state: &State, session: &Arc<Session>, last_seq: &HashMap<ThreadId, u64>) -> Result<(), Error> {
    let memberships = state.threads.memberships(session.tenant(), session.user()).await?;
    let listening = memberships.iter().map(|membership| {
        let thread = membership.thread_id;
        state.hubs.listen(session, thread, last_seq.get(&thread).copied())
    });
    // A hub that is new here begins where its thread is now.
    let new: Vec<Arc<Hub>> = listening.filter(|hub| hub.told().is_none()).collect();
    begin(state, &new).await?;
    // Who was taken out of a thread after the first look, and before he listened, hears it no more.
    let now = state.threads.memberships(session.tenant(), session.user()).await?;
    let now: HashSet<ThreadId> = now.into_iter().map(|membership| membership.thread_id).collect();
    let person = (session.tenant(), &[session.user()][..]);
    for thread in session.threads().into_iter().filter(|thread| !now.contains(thread)) {
        state.sockets.settle(state, person, thread, None).await;
    }
    Ok(())
}

/// Reads where the threads of hubs are.
pub(super) async fn begin(state: &State, hubs: &[Arc<Hub>]) -> Result<(), Error> {
    let Some(first) = hubs.first() else { return Ok(()) };
    let threads: Vec<ThreadId> = hubs.iter().map(|hub| hub.thread).collect();
    let heads = state.threads.heads(first.tenant, &threads).await?;
    for (hub, head) in hubs.iter().zip(heads) {
        if let Some(head) = head {
            hub.begin(head.last_seq);
        }
    }
    Ok(())
}

/// After a socket was let in: it hears what it has missed, and then what comes.
pub(super) async fn connected(state: State, socket: SocketRef) {
    let Some(session) = state.sockets.of(socket.id) else { return };
    tracing::info!(socket.id = %socket.id, tenant.id = %session.tenant(), "a socket connected");
    // A packet that is on its way when the transport changes may be lost there (engineioxide 0.17), so none is before.
    let deadline = Instant::now() + UPGRADE;
    while session.is_polling() && !session.is_gone() && Instant::now() < deadline {
        session.pause(UPGRADE / 100).await;
    }
    session.connected();
    // Here and below: a task as long as its connection does not keep room for what it seldom does.
    Box::pin(state.presence.look_at(&state, (session.tenant(), session.user()))).await;
    while !session.is_gone() {
        for hub in session.hubs() {
            Box::pin(catch_up(&state, &hub, &session)).await;
        }
        if !session.is_gone() {
            session.lagging().await;
        }
    }
    if session.is_doomed() {
        // It hears nothing more, even if it cannot be told so.
        state.sockets.leave(&state, session.id());
        session.disconnect().await;
    }
}
