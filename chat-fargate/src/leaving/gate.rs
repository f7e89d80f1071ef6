//! Requests to Socket.IO while the node stops.

use axum::extract::{Request, State as Shared};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::{RETRY_AFTER, UPGRADE};
use http::{Method, StatusCode};

use crate::nodes::session_of;
use crate::state::State;

/// Lets no new session begin, and ends polls when it is their turn: their clients begin anew, elsewhere.
pub(crate) async fn gate(Shared(state): Shared<State>, request: Request, next: Next) -> Response {
    let begins = session_of(request.uri()).is_none();
    if begins && state.leaving.has_begun() {
        return come_again();
    }
    // What a client says is taken to its end, and a websocket ends with its connection.
    if begins || request.method() != Method::GET || request.headers().contains_key(UPGRADE) {
        return next.run(request).await;
    }
    tokio::select! {
        response = next.run(request) => response,
        () = state.leaving.clone().turn() => come_again(),
    }
}

fn come_again() -> Response {
    (StatusCode::SERVICE_UNAVAILABLE, [(RETRY_AFTER, "1")]).into_response()
}
