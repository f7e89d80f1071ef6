//! Who may talk to a platform that listens on loopback.
//!
//! The port is bound to 127.0.0.1, but a web page in a local browser reaches that too: from its own
//! origin, or by a name of its own that resolves to 127.0.0.1 (DNS rebinding).

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::{HOST, ORIGIN};

/// The origins under which this platform's own pages are opened.
#[derive(Clone, Debug)]
pub(crate) struct OwnOrigins(Arc<[String]>);

impl OwnOrigins {
    /// Those of a platform on `port`.
    pub(crate) fn on(port: u16) -> Self {
        Self(Arc::new([format!("http://127.0.0.1:{port}"), format!("http://localhost:{port}")]))
    }

    /// Separated by commas, for `ALLOWED_ORIGINS`.
    pub(crate) fn list(&self) -> String {
        self.0.join(",")
    }

    /// The address that is printed and put into tokens and mails.
    pub(crate) fn public_base_url(&self) -> &str {
        &self.0[0]
    }

    /// The one that names this machine instead of its address.
    pub(crate) fn by_name(&self) -> &str {
        &self.0[1]
    }

    fn contains(&self, origin: &[u8]) -> bool {
        self.0.iter().any(|own| own.as_bytes() == origin)
    }
}

/// Refuses a Host that is not this machine (421, RFC 9110) and, on `/_local`, a foreign Origin (403).
pub(crate) async fn guard(State(own): State<OwnOrigins>, request: Request, next: Next) -> Response {
    let host = request.headers().get(HOST).and_then(|host| host.to_str().ok());
    if !host.is_some_and(is_loopback) {
        return (StatusCode::MISDIRECTED_REQUEST, "this platform answers to localhost and 127.0.0.1 only\n")
            .into_response();
    }
    let foreign = request.headers().get(ORIGIN).is_some_and(|origin| !own.contains(origin.as_bytes()));
    if foreign && request.uri().path().starts_with("/_local") {
        return (StatusCode::FORBIDDEN, "for this platform's own page only\n").into_response();
    }
    next.run(request).await
}

fn is_loopback(authority: &str) -> bool {
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    };
    host == "127.0.0.1" || host.eq_ignore_ascii_case("localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_a_host() {
        for own in ["127.0.0.1", "127.0.0.1:8080", "localhost", "LOCALHOST:1"] {
            assert!(is_loopback(own), "{own}");
        }
        for foreign in ["", "evil.example", "localhost.evil.example", "127.0.0.1.evil.example:8080", "evil.example:127"]
        {
            assert!(!is_loopback(foreign), "{foreign}");
        }
    }

    #[test]
    fn an_origin_is_own_only_with_its_port() {
        let own = OwnOrigins::on(8080);
        assert!(own.contains(b"http://localhost:8080"));
        for foreign in ["http://localhost:3000", "https://localhost:8080", "http://localhost", "null"] {
            assert!(!own.contains(foreign.as_bytes()), "{foreign}");
        }
    }
}
