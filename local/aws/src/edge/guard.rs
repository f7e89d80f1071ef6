use http::{HeaderMap, StatusCode, header};

/// Why a request is not from this machine's own programs, or `None`.
///
/// The port is bound to loopback, but a web page in a local browser reaches loopback too: by its
/// own origin, or by a name of its own that resolves to 127.0.0.1 (DNS rebinding). The SDKs send
/// no `Origin`, so only this very address may be one.
pub(super) fn refusal(headers: &HeaderMap) -> Option<StatusCode> {
    let host = headers.get(header::HOST).and_then(|it| it.to_str().ok());
    // By this name a container on this machine reaches its host (`sam local invoke`).
    if host.is_some_and(|host| host.split(':').next() == Some("host.docker.internal")) {
        return headers.get(header::ORIGIN).map(|_| StatusCode::FORBIDDEN);
    }
    let Some(port) = host.and_then(loopback_port) else {
        return Some(StatusCode::MISDIRECTED_REQUEST);
    };
    let origin = headers.get(header::ORIGIN)?.to_str().ok();
    let authority = origin.and_then(|it| it.strip_prefix("http://"));
    match authority.and_then(loopback_port) {
        Some(origin_port) if origin_port == port => None,
        _ => Some(StatusCode::FORBIDDEN),
    }
}

/// The port of an authority, if its host is this machine.
fn loopback_port(authority: &str) -> Option<&str> {
    let (host, port) = authority.rsplit_once(':').unwrap_or((authority, "80"));
    let is_loopback = host == "127.0.0.1" || host.eq_ignore_ascii_case("localhost");
    is_loopback.then_some(port)
}
