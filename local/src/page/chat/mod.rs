//! The page at `/chat`: two accounts side by side, by chat's API and the official Socket.IO client.

use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::{document, file, script};

const HTML: &str = include_str!("chat.html");
const STYLE: &str = include_str!("chat.css");
const SCRIPTS: [(&str, &str); 5] = [
    ("chat.js", include_str!("chat.js")),
    ("client.js", include_str!("client.js")),
    ("panel.js", include_str!("panel.js")),
    // From npm's `socket.io-client` (MIT) as it is; a test of the page compares it.
    ("socket.io.esm.min.js", include_str!("socket.io.esm.min.js")),
    ("view.js", include_str!("view.js")),
];
/// Only this process's own scripts run, and they speak with it alone.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The page, and what it loads.
pub(super) fn router() -> Router {
    Router::new()
        .route("/chat", get(page))
        .route("/_local/chat/chat.css", get(async || file("text/css; charset=utf-8", STYLE)))
        .route("/_local/chat/{name}", get(own_script))
}

async fn page() -> impl IntoResponse {
    document(POLICY, HTML)
}

async fn own_script(Path(name): Path<String>) -> Response {
    script(&SCRIPTS, &name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_scripts_write_text_only_and_come_from_here() {
        let own = SCRIPTS.iter().filter(|(name, _)| !name.starts_with("socket.io"));
        for (name, text) in own.copied().chain([("chat.html", HTML), ("chat.css", STYLE)]) {
            for wrong in ["innerHTML", "outerHTML", "insertAdjacentHTML", "eval(", "http://", "https://", "Storage"] {
                assert!(!text.contains(wrong), "{name}: {wrong}");
            }
        }
    }
}
