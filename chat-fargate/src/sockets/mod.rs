//! Socket.IO: who may connect, what sockets may say, and what they hear.
//!
//! | event | from | says | is heard by |
//! |---|---|---|---|
//! | `message:send`, `message:edit`, `message:delete` | client | the body of `POST /messages`; `{messageId, content}`; `{messageId}` | the thread's members, as `message:new`, `message:updated`, `message:deleted` with the message |
//! | `reaction:add`, `reaction:remove` | client | `{messageId, emoji}` | the members, as `reaction:added`, `reaction:removed` |
//! | `typing:start`, `typing:stop` | client | `{threadId}` | the other members, as `{threadId, userId}` |
//! | `message:read` | client | `{threadId, seq?}` | the other members, as `{threadId, userId, seq}` |
//! | `thread:join`, `thread:leave` | client | `{threadId}` | nobody: this socket hears the thread again, or no more |
//! | `presence:query` | client | `{userIds}` | nobody; answered with those who share a thread |
//! | `presence:update` | server | `{userId, status, lastSeenAt}` | who shares a thread |
//! | `sync` | client | `{threads: {<threadId>: <last seq>}}` | this socket, as `message:new`; `sync:gap` for what is beyond |
//! | `auth:refresh` | client | `{token}` of the same session | nobody |
//! | `auth:expiring` | server | `{expiresAt}`, a minute before | whose token it is |
//! | `thread:created` | server | a thread | its new members |
//! | `thread:updated`, `thread:archived` | server | a thread without its members | its members |
//! | `member:added`, `member:removed` | server | a member; `{threadId, userId}` | the members |
//!
//! Clients' events are acknowledged with `{data, error}`. Nobody has to join a thread: a socket hears
//! all threads of its user.

mod acknowledge;
mod bucket;
mod events;
mod handshake;
mod opening;
mod origin;
mod registry;
mod session;
mod slots;
mod sweep;

use std::convert::Infallible;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::middleware::{from_fn_with_state, map_request};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde_json::Value;
use shared::http::cors;
use socketioxide::extract::{SocketRef, TryData};
use socketioxide::handler::ConnectHandler;
use socketioxide::layer::SocketIoLayer;
use socketioxide::{ParserConfig, SocketIo};
use tower::{Layer, service_fn};

use handshake::{Handshake, admit};

pub(crate) use registry::Sockets;
pub(crate) use session::Session;
pub(crate) use slots::SocketSlots;
pub(crate) use sweep::{settle_for_ever, sweep, sweep_for_ever};

use crate::leaving::gate;
use crate::nodes::pass_on;
use crate::state::State;

/// Where Socket.IO is; clients put a slash behind it.
const PATH: &str = "/chat/v1/socket.io";
/// The largest frame or polling body, in bytes.
const LARGEST_FRAME: usize = 100_000;
const PING_INTERVAL: Duration = Duration::from_secs(25);
const PING_TIMEOUT: Duration = Duration::from_secs(20);
/// How long a connection may stay without saying who it is.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// What is read from a websocket at once, in bytes; each has so much of its own.
const READ_BUFFER: usize = 2048;
/// Packets that wait for a slow socket before it falls behind.
const WAITING_PACKETS: usize = 64;

/// Socket.IO as it is configured, before anybody may connect.
pub(crate) fn engine() -> (SocketIoLayer, SocketIo) {
    SocketIo::builder()
        .req_path(PATH)
        .ping_interval(PING_INTERVAL)
        .ping_timeout(PING_TIMEOUT)
        .connect_timeout(CONNECT_TIMEOUT)
        .max_buffer_size(WAITING_PACKETS)
        .max_payload(LARGEST_FRAME as u64)
        .ws_max_message_size(LARGEST_FRAME)
        .ws_max_frame_size(LARGEST_FRAME)
        .ws_read_buffer_size(READ_BUFFER)
        // No event of ours holds binary data.
        .with_parser(ParserConfig::common().max_incoming_binaries(0))
        .build_layer()
}

/// Lets sockets in, each with its handlers set before it learns that it is connected.
pub(crate) fn open(io: &SocketIo, state: &State) {
    let (admitting, hearing) = (state.clone(), state.clone());
    let admitted = move |socket: SocketRef, TryData(said): TryData<Value>| {
        let state = admitting.clone();
        async move { admit(&state, &socket, Handshake::read(said.ok())?).await }
    };
    let connected = move |socket: SocketRef| handshake::connected(hearing.clone(), socket);
    io.ns("/", connected.with(admitted));
}

/// The routes of Socket.IO. They stand beside the API's and not behind its context, since a polling
/// request waits longer than any other may take.
pub(crate) fn router(layer: &SocketIoLayer, state: &State) -> Router {
    // The layer takes every request to its path.
    let engine = layer
        .layer(service_fn(|_: Request| async { Ok::<Response, Infallible>(StatusCode::NOT_FOUND.into_response()) }));
    Router::new()
        .route_service(PATH, engine.clone())
        .route_service(&format!("{PATH}/"), engine)
        .layer(map_request(opening::own_its_parts))
        .layer(from_fn_with_state(state.clone(), gate))
        .layer(from_fn_with_state(state.clone(), pass_on))
        .layer(from_fn_with_state(state.clone(), origin::only_allowed))
        .layer(cors(state.platform.cors()))
}
