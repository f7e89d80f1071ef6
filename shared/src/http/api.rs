//! A service's router, assembled from its list of routes.

use axum::Router;
use axum::extract::Request;
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderName, RETRY_AFTER};
use http::request::Parts;
use http::{HeaderValue, Method};
use tower_http::cors::{AllowOrigin, CorsLayer};

use super::context::{ContextLayer, with_context};
use super::document::Described;
use super::guard::{Guard, guard};
use super::reply::{REPLAYED, refuse};
use super::{Routes, Rule, body, docs, document};
use crate::config::CorsConfig;
use crate::error::Error;
use crate::platform::Platform;
use crate::routes;

/// How long browsers may remember a preflight.
const PREFLIGHT_AGE: std::time::Duration = std::time::Duration::from_mins(10);

/// The routes of a service while they are collected.
pub struct Api<S> {
    platform: Platform,
    router: Router<S>,
    described: Vec<Described<S>>,
}

impl<S: Clone + Send + Sync + 'static> Api<S> {
    /// Only what every service has: `/health`, and at the end the document and its page.
    #[must_use]
    pub fn new(platform: &Platform) -> Self {
        let api = Self { platform: platform.clone(), router: Router::new(), described: Vec::new() };
        api.route(Rule::public(), routes!(docs::health))
    }

    /// Adds the handlers of one path, each guarded by `rule`.
    #[must_use]
    pub fn route(mut self, rule: Rule, routes: Routes<S>) -> Self {
        let layer = Guard { rule, platform: self.platform.clone() };
        // `layer` would also guard the method router's own 405, which has to stay a 405.
        let methods = routes.methods.route_layer(from_fn_with_state(layer, guard));
        let path = format!("{}{}", self.platform.service().base_path, routes.path);
        self.router = self.router.route(&path, methods);
        self.described.push((rule, routes.described));
        self
    }

    /// The router, with everything around the routes, and the OpenAPI document.
    pub fn finish(self, state: S) -> Router {
        let service = self.platform.service();
        let context = ContextLayer { service, clock: self.platform.clock().clone() };
        let document = move || document::write(service, &self.described);
        self.router
            .with_state(state)
            .merge(docs::routes(service, self.platform.docs(), document))
            .method_not_allowed_fallback(method_not_allowed)
            .fallback(not_found)
            // CORS outermost, so that web pages can read the answer to a panic, too.
            .layer((cors(self.platform.cors()), from_fn_with_state(context, with_context)))
    }
}

async fn not_found(request: Request) -> Response {
    body::drain(request.into_body()).await;
    refuse(&Error::NotFound).into_response()
}

async fn method_not_allowed(request: Request) -> Response {
    body::drain(request.into_body()).await;
    refuse(&Error::MethodNotAllowed).into_response()
}

/// Lets the pages of the allowed origins read answers; also answers their preflights.
pub fn cors(config: &CorsConfig) -> CorsLayer {
    // A predicate, since a list would be cloned with the layer for each request.
    let origins = config.allowed_origins.clone();
    let is_allowed = move |origin: &HeaderValue, _: &Parts| origins.iter().any(|allowed| allowed == origin);
    CorsLayer::new()
        .allow_origin(AllowOrigin::predicate(is_allowed))
        .allow_methods([Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE])
        .allow_headers([
            AUTHORIZATION,
            CONTENT_TYPE,
            HeaderName::from_static("x-tenant-id"),
            HeaderName::from_static("x-request-id"),
            HeaderName::from_static("x-search-after"),
            HeaderName::from_static("idempotency-key"),
        ])
        .expose_headers([HeaderName::from_static("x-request-id"), RETRY_AFTER, REPLAYED])
        .allow_credentials(true)
        .max_age(PREFLIGHT_AGE)
}
