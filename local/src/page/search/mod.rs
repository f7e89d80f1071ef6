//! The page at `/search`: results while one types, facets, and what a score is made of, by search's API alone.

use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::{document, file, script};

const HTML: &str = include_str!("search.html");
const STYLE: &str = include_str!("search.css");
const SCRIPTS: [(&str, &str); 9] = [
    ("client.js", include_str!("client.js")),
    ("facets.js", include_str!("facets.js")),
    ("finder.js", include_str!("finder.js")),
    ("latest.js", include_str!("latest.js")),
    ("marked.js", include_str!("marked.js")),
    ("results.js", include_str!("results.js")),
    ("search.js", include_str!("search.js")),
    ("suggestions.js", include_str!("suggestions.js")),
    ("wanted.js", include_str!("wanted.js")),
];
/// Only this process's own scripts run, and they speak with it alone.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The page, and what it loads.
pub(super) fn router() -> Router {
    Router::new()
        .route("/search", get(page))
        .route("/_local/search/search.css", get(async || file("text/css; charset=utf-8", STYLE)))
        .route("/_local/search/{name}", get(own_script))
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
    fn scripts_write_text_only_and_come_from_here() {
        for (name, text) in SCRIPTS.into_iter().chain([("search.html", HTML), ("search.css", STYLE)]) {
            for wrong in ["innerHTML", "outerHTML", "insertAdjacentHTML", "eval(", "http://", "https://", "Storage"] {
                assert!(!text.contains(wrong), "{name}: {wrong}");
            }
        }
    }

    #[test]
    fn nothing_is_inline() {
        for inline in ["<script>", "<style", " style=", " onclick=", " onsubmit=", "javascript:"] {
            assert!(!HTML.contains(inline), "{inline}");
        }
    }
}
