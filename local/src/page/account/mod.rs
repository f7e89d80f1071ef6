//! Pages of a small web application: `/account`, and those that auth's mails lead to. They show how a browser signs up,
//! signs in and manages an account by auth's API, and know nothing that another web application would not.

use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::{document, file, script};

/// Where the document is: `account.js` shows the part of it that belongs to the path.
const PATHS: [&str; 9] = [
    "/account",
    "/sign-in",
    "/verify-address",
    "/change-address",
    "/reset-password",
    "/magic-link",
    "/accept-invitation",
    "/profile-export",
    "/erasures/{id}",
];
const HTML: &str = include_str!("account.html");
const STYLE: &str = include_str!("account.css");
const SCRIPTS: [(&str, &str); 12] = [
    ("account.js", include_str!("account.js")),
    ("api.js", include_str!("api.js")),
    ("erasure.js", include_str!("erasure.js")),
    ("export.js", include_str!("export.js")),
    ("forms.js", include_str!("forms.js")),
    ("mailed.js", include_str!("mailed.js")),
    ("passkeys.js", include_str!("passkeys.js")),
    ("profile.js", include_str!("profile.js")),
    ("reauthenticate.js", include_str!("reauthenticate.js")),
    ("sessions.js", include_str!("sessions.js")),
    ("sign-in.js", include_str!("sign-in.js")),
    ("totp.js", include_str!("totp.js")),
];
/// Only this process's own scripts run. The picture of a TOTP secret is a `data:` address. Forms are sent by script
/// alone: without it a browser would put a password into an address.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The pages, and what they load.
pub(super) fn router() -> Router {
    let pages = PATHS.into_iter().fold(Router::new(), |router, path| router.route(path, get(page)));
    pages
        .route("/_local/account/account.css", get(async || file("text/css; charset=utf-8", STYLE)))
        .route("/_local/account/{name}", get(own_script))
}

/// The same document for every path, whatever token stands in the query: it is redeemed by a button, since scanners of
/// mail open links. No other site learns of it by the address of the page.
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
    fn nothing_comes_from_another_host() {
        for text in SCRIPTS.iter().map(|(_, script)| *script).chain([HTML, STYLE]) {
            assert!(!text.contains("http://") && !text.contains("https://") && !text.contains("//cdn"));
        }
    }

    #[test]
    fn nothing_is_inline() {
        for inline in ["<script>", "<style", " style=", " onclick=", " onsubmit=", "javascript:"] {
            assert!(!HTML.contains(inline), "{inline}");
        }
    }

    #[test]
    fn the_scripts_write_text_only() {
        for dangerous in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("] {
            for (name, script) in SCRIPTS {
                assert!(!script.contains(dangerous), "{name}: {dangerous}");
            }
        }
    }

    #[test]
    fn tokens_are_kept_in_memory_only() {
        for storage in ["localStorage", "sessionStorage", "indexedDB", "document.cookie"] {
            for (name, script) in SCRIPTS {
                assert!(!script.contains(storage), "{name}: {storage}");
            }
        }
    }
}
