//! The entry points of the Lambda binaries.

use std::sync::Arc;

use axum::Router;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::header::HOST;
use http::uri::Authority;
use lambda_http::Adapter;
use lambda_http::request::LambdaRequest;
use lambda_runtime::{LambdaEvent, service_fn};
use tower::ServiceExt;

use crate::jobs::{Event, Worker, handle};

/// Why a function could not start or go on; printed by its `main`.
pub type StartError = lambda_runtime::Error;

/// Serves `router` behind API Gateway until the environment is shut down.
pub async fn run_http(router: Router) -> Result<(), StartError> {
    lambda_runtime::run(Adapter::from(router).map_request(readable)).await
}

/// The event with what `lambda_http` would panic on taken out: the caller writes the query, the
/// host and the body, and must not be able to make an invocation fail.
fn readable(mut event: LambdaEvent<LambdaRequest>) -> LambdaEvent<LambdaRequest> {
    if let LambdaRequest::ApiGatewayV2(request) = &mut event.payload {
        request.raw_query_string = request.raw_query_string.take().map(|query| encoded(&query));
        // API Gateway is always https, whatever a proxy before it has written.
        request.headers.remove("x-forwarded-proto");
        if request.headers.get(HOST).is_some_and(|host| Authority::try_from(host.as_bytes()).is_err()) {
            request.headers.remove(HOST);
        }
        if request.is_base64_encoded && request.body.as_ref().is_some_and(|body| STANDARD.decode(body).is_err()) {
            request.body = None;
        }
    }
    event
}

/// A query with every byte that may not stand in one percent-encoded (RFC 3986).
fn encoded(query: &str) -> String {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/?%".contains(&byte);
    let encode = |byte| if allowed(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    query.bytes().map(encode).collect()
}

/// Runs `worker` on timers and queue batches.
pub async fn run_worker(worker: Arc<dyn Worker>) -> Result<(), StartError> {
    lambda_runtime::run(service_fn(move |event: LambdaEvent<Event>| {
        let worker = Arc::clone(&worker);
        async move { handle(worker.as_ref(), event.payload).await.map_err(lambda_runtime::Error::from) }
    }))
    .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_query_becomes_one_and_a_good_one_stays(query in ".{0,200}") {
            let encoded = encoded(&query);
            let uri = format!("/health?{encoded}");
            prop_assert!(uri.parse::<http::Uri>().is_ok());
            prop_assert_eq!(super::encoded(&encoded), encoded);
        }
    }
}
