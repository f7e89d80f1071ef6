//! Which web pages may open sockets: browsers let any page open a WebSocket, so we have to look.

use axum::extract::{Request, State as Shared};
use axum::middleware::Next;
use axum::response::Response;
use http::header::ORIGIN;
use shared::Error;
use shared::http::answer_refusal;

use crate::state::State;

/// Refuses requests of pages that are not on the list that CORS has. Other clients send no origin.
pub(super) async fn only_allowed(Shared(state): Shared<State>, request: Request, next: Next) -> Response {
    let allowed = &state.platform.cors().allowed_origins;
    let foreign =
        request.headers().get_all(ORIGIN).iter().any(|origin| !allowed.iter().any(|allowed| origin == allowed));
    if foreign {
        return answer_refusal(&state.platform, request.headers(), &Error::Forbidden).await;
    }
    next.run(request).await
}
