//! A socket keeps the request by which it was opened.

use axum::extract::{OriginalUri, Request};
use http::{HeaderMap, HeaderValue, Uri};

/// The request with parts of its own. As they come, its headers and address are pieces of the 16 KB that were read from the
/// connection, all of which would be kept with them.
pub(super) async fn own_its_parts(mut request: Request) -> Request {
    let headers = request.headers().iter().filter_map(|(name, value)| {
        let mut own = HeaderValue::from_bytes(value.as_bytes()).ok()?;
        own.set_sensitive(value.is_sensitive());
        Some((name.as_str().parse().ok()?, own))
    });
    let headers: HeaderMap = headers.collect();
    if let Ok(uri) = request.uri().to_string().parse::<Uri>() {
        *request.uri_mut() = uri;
    }
    *request.headers_mut() = headers;
    request.extensions_mut().remove::<OriginalUri>();
    request
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn nothing_of_a_request_is_lost() {
        let request = Request::builder().uri("/chat/v1/socket.io/?EIO=4&transport=polling").header("x-tenant-id", "a");
        let request = request.header("cookie", "a=1").header("cookie", "b=2").body(axum::body::Body::empty()).unwrap();
        let (uri, headers) = (request.uri().clone(), request.headers().clone());
        let own = own_its_parts(request).await;
        assert_eq!((own.uri(), own.headers()), (&uri, &headers));
    }
}
