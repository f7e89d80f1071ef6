//! Requests to Socket.IO while the node stops.

use axum::Json;
use axum::extract::{Request, State as Shared};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::UPGRADE;
use http::{Method, StatusCode};
use serde_json::json;

use crate::nodes::session_of;
use crate::state::State;

/// Lets no new session begin, and ends polls when it is their turn: their clients begin anew, elsewhere.
pub(crate) async fn gate(Shared(state): Shared<State>, request: Request, next: Next) -> Response {
    let Some(sid) = session_of(request.uri()) else {
        return if state.leaving.has_begun() { unknown() } else { next.run(request).await };
    };
    // What a client says is taken to its end, and a websocket ends with its connection.
    if request.method() != Method::GET || request.headers().contains_key(UPGRADE) {
        return next.run(request).await;
    }
    let turn = state.leaving.turn_of(sid);
    tokio::select! {
        response = next.run(request) => response,
        () = turn => unknown(),
    }
}

/// As Engine.IO says of a session that is not there. It is the client's error to every alarm, and nobody's.
fn unknown() -> Response {
    (StatusCode::BAD_REQUEST, Json(json!({"code": 1, "message": "Session ID unknown"}))).into_response()
}
