//! Socket.IO: who may connect, what sockets may say, and what they hear.
//!
//! | event | from | says | is heard by |
//! |---|---|---|---|
//! | `message:send` | client | the body of `POST /messages` | the thread's members, as `message:new` |
//! | `typing:start`, `typing:stop` | client | `{threadId}` | the other members, as `{threadId, userId}` |
//! | `message:new` | server | a message | its thread's members, by `seq` |
//! | `thread:created` | server | a thread | its members |
//!
//! Clients' events are acknowledged with `{data, error}`. Nobody has to join a thread: a socket hears
//! all threads of its user.

mod bucket;
mod events;
mod handshake;
mod origin;
mod rooms;
mod session;
mod slots;
mod sweep;

use std::convert::Infallible;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use shared::http::cors;
use socketioxide::extract::{SocketRef, TryData};
use socketioxide::handler::ConnectHandler;
use socketioxide::layer::SocketIoLayer;
use socketioxide::{ParserConfig, SocketIo};
use tower::{Layer, service_fn};

use handshake::{Handshake, admit};

pub(crate) use rooms::Rooms;
pub(crate) use slots::SocketSlots;
pub(crate) use sweep::{sweep, sweep_for_ever};

use crate::state::State;

/// Where Socket.IO is; clients put a slash behind it.
const PATH: &str = "/chat/v1/socket.io";
/// The largest frame or polling body, in bytes.
const LARGEST_FRAME: usize = 100_000;
const PING_INTERVAL: Duration = Duration::from_secs(25);
const PING_TIMEOUT: Duration = Duration::from_secs(20);
/// How long a connection may stay without saying who it is.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Packets that wait for a slow socket before the next one is lost to it.
const WAITING_PACKETS: usize = 1024;

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
        // No event of ours holds binary data.
        .with_parser(ParserConfig::common().max_incoming_binaries(0))
        .build_layer()
}

/// Lets sockets in, each with its handlers set before it learns that it is connected.
pub(crate) fn open(io: &SocketIo, state: &State) {
    let state = state.clone();
    let admitted = move |socket: SocketRef, TryData(handshake): TryData<Handshake>| {
        let state = state.clone();
        async move { admit(&state, &socket, handshake.unwrap_or_default()).await }
    };
    io.ns("/", handshake::connected.with(admitted));
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
        .layer(from_fn_with_state(state.clone(), origin::only_allowed))
        .layer(cors(state.platform.cors()))
}
