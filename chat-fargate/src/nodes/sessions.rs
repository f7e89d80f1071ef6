//! Which node has an Engine.IO session. A client that polls carries no cookie unless it is told to, so a load balancer gives
//! its requests to any node: one that does not have the session passes them on to the one that has it, the change to a
//! websocket among them.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State as Shared};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, Uri, header};
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo};
use serde::Deserialize;
use tokio::io::{copy, split};

use super::link::Link;
use crate::state::State;

/// How long a session that says nothing is found: longer than Socket.IO waits for a ping's answer.
const KEPT: Duration = Duration::from_mins(1);
/// How often its owner says that it still has it.
const RENEWED: Duration = Duration::from_secs(10);
/// Until another node is connected to, and has answered: it may hold a poll until the next ping.
const CONNECTING: Duration = Duration::from_secs(2);
const ANSWERING: Duration = Duration::from_mins(1);
/// The longest first answer to a poll, in bytes.
const LONGEST_OPENING: usize = 4096;
/// Says that a request was passed on once, which is enough.
const PASSED_ON: &str = "x-passed-on";

/// The sessions of this node that began with a poll.
pub(super) struct Sessions {
    here: Mutex<HashMap<String, Instant>>,
    client: Client<HttpConnector, Body>,
}

impl Default for Sessions {
    fn default() -> Self {
        let mut connector = HttpConnector::new();
        connector.set_connect_timeout(Some(CONNECTING));
        connector.set_nodelay(true);
        connector.set_keepalive(Some(KEPT));
        Self { here: Mutex::default(), client: Client::builder(TokioExecutor::new()).build(connector) }
    }
}

/// What the first answer to a poll says.
#[derive(Deserialize)]
struct Opening {
    sid: String,
}

/// Answers a request to Socket.IO here, or by the node that has its session.
pub(crate) async fn pass_on(Shared(state): Shared<State>, request: Request, next: Next) -> Response {
    let Some(link) = state.link.clone() else { return next.run(request).await };
    let Some(sid) = session_of(request.uri()) else {
        return link.remember(next.run(request).await).await;
    };
    // Also of one that was passed on, which is how others go on finding it.
    let ours = link.has(sid);
    if ours || request.headers().contains_key(PASSED_ON) || !is_sid(sid) {
        return next.run(request).await;
    }
    match link.owner(sid).await {
        Some(owner) if owner.to_string() != link.address => link.forward(owner, request).await,
        // Nobody has it, or this node before it was started anew: Socket.IO says so, and the client comes again.
        _ => next.run(request).await,
    }
}

/// The Engine.IO session that a request belongs to; `None` of one that begins.
pub(crate) fn session_of(uri: &Uri) -> Option<&str> {
    let mut pairs = uri.query()?.split('&').filter_map(|pair| pair.split_once('='));
    pairs.find(|(name, _)| *name == "sid").map(|(_, value)| value)
}

/// Whether it has the form that this server gives to sessions: Valkey is asked for no other.
fn is_sid(text: &str) -> bool {
    text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

fn key(sid: &str) -> String {
    format!("chat:session:{sid}")
}

impl Link {
    /// Whether this node has a session. Says so to the others now and then.
    fn has(self: &Arc<Self>, sid: &str) -> bool {
        let mut here = self.here();
        let Some(renewed) = here.get_mut(sid) else { return false };
        if renewed.elapsed() > RENEWED {
            *renewed = Instant::now();
            let (link, sid) = (Arc::clone(self), sid.to_owned());
            tokio::spawn(async move { link.claim(&sid).await });
        }
        true
    }

    /// Remembers the session that an answer opens, before the client knows of it.
    async fn remember(&self, response: Response) -> Response {
        if response.status() != StatusCode::OK {
            return response;
        }
        let (parts, body) = response.into_parts();
        let Ok(body) = to_bytes(body, LONGEST_OPENING).await else {
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        };
        // `0` is Engine.IO's packet type of an opening.
        let opening = body.strip_prefix(b"0").and_then(|json| serde_json::from_slice::<Opening>(json).ok());
        if let Some(Opening { sid }) = opening {
            self.keep(sid.clone());
            self.claim(&sid).await;
        }
        Response::from_parts(parts, Body::from(body))
    }

    /// This node has a session; it forgets those that are over, or have become websockets.
    fn keep(&self, sid: String) {
        let mut here = self.here();
        if here.len() >= here.capacity() {
            here.retain(|_, renewed| renewed.elapsed() < KEPT);
        }
        here.insert(sid, Instant::now());
    }

    /// Says that a session is here. Without Valkey a client that meets another node has to come again.
    async fn claim(&self, sid: &str) {
        let mut pipe = redis::pipe();
        pipe.set_ex(key(sid), &self.address, KEPT.as_secs()).ignore();
        let _ = self.ask::<()>(&pipe).await;
    }

    async fn owner(&self, sid: &str) -> Option<SocketAddr> {
        let mut pipe = redis::pipe();
        pipe.get(key(sid));
        let (found,): (Option<String>,) = self.ask(&pipe).await.ok()?;
        found?.parse().ok()
    }

    /// Has another node answer. One that does not is gone, and its sessions with it: the client comes again.
    async fn forward(&self, owner: SocketAddr, request: Request) -> Response {
        let forwarding = tokio::time::timeout(ANSWERING, self.exchange(owner, request));
        match forwarding.await {
            Ok(Some(response)) => response,
            Ok(None) | Err(_) => StatusCode::BAD_GATEWAY.into_response(),
        }
    }

    async fn exchange(&self, owner: SocketAddr, mut request: Request) -> Option<Response> {
        let path = request.uri().path_and_query()?.as_str();
        *request.uri_mut() = format!("http://{owner}{path}").parse().ok()?;
        *request.version_mut() = http::Version::HTTP_11;
        request.headers_mut().insert(PASSED_ON, HeaderValue::from_static("1"));
        let ours = request.extensions_mut().remove::<OnUpgrade>().filter(|_| is_upgrade(&request));
        let answered = self.sessions.client.request(request).await;
        let mut response = answered.inspect_err(|error| tracing::info!(%error, "a node does not answer")).ok()?;
        if response.status() == StatusCode::SWITCHING_PROTOCOLS {
            let (ours, theirs) = (ours?, hyper::upgrade::on(&mut response));
            tokio::spawn(async move {
                if let (Ok(ours), Ok(theirs)) = tokio::join!(ours, theirs) {
                    tunnel(TokioIo::new(ours), TokioIo::new(theirs)).await;
                }
            });
        }
        Some(response.map(Body::new))
    }

    fn here(&self) -> MutexGuard<'_, HashMap<String, Instant>> {
        self.sessions.here.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Until either side ends.
async fn tunnel(ours: TokioIo<Upgraded>, theirs: TokioIo<Upgraded>) {
    let ((mut from_ours, mut to_ours), (mut from_theirs, mut to_theirs)) = (split(ours), split(theirs));
    tokio::select! {
        _ = copy(&mut from_ours, &mut to_theirs) => {}
        _ = copy(&mut from_theirs, &mut to_ours) => {}
    }
}

fn is_upgrade(request: &Request) -> bool {
    request.headers().contains_key(header::UPGRADE)
}
