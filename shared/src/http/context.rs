//! The context of one request: its ids, its meter, and the one line it writes to the log.

use std::panic::AssertUnwindSafe;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use http::header::{CACHE_CONTROL, HeaderName, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS};
use http::{HeaderMap, HeaderValue};
use uuid::Uuid;

use super::Meta;
use super::reply::refuse;
use crate::auth::TenantId;
use crate::clock::Clock;
use crate::error::{Error, panic_text};
use crate::ids;
use crate::platform::Platform;
use crate::service::Service;
use crate::store::Meter;

/// How long a request may take; API Gateway gives up at 30 s and Lambda at 29 s.
const LONGEST_REQUEST: Duration = Duration::from_secs(25);

/// The request's id, from the caller or made up, in both directions.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The trace that API Gateway or the load balancer has begun.
const TRACE_ID: HeaderName = HeaderName::from_static("x-amzn-trace-id");

tokio::task_local! {
    static CONTEXT: Arc<RequestContext>;
}

/// What is known of the request that this task works on.
#[derive(Debug)]
pub struct RequestContext {
    service: &'static Service,
    clock: Clock,
    request_id: Uuid,
    trace_id: String,
    tenant: OnceLock<TenantId>,
    code: OnceLock<&'static str>,
}

impl RequestContext {
    fn new(service: &'static Service, clock: Clock, headers: &HeaderMap) -> Self {
        let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
        let request_id = text(REQUEST_ID).and_then(|id| id.parse().ok()).unwrap_or_else(|| ids::new(&clock));
        let trace_id = text(TRACE_ID)
            .and_then(|trace| trace.split(';').find_map(|part| part.trim().strip_prefix("Root=")))
            .filter(|root| root.len() <= 64 && root.bytes().all(|byte| byte.is_ascii_graphic()))
            .map_or_else(|| request_id.simple().to_string(), str::to_owned);
        Self { service, clock, request_id, trace_id, tenant: OnceLock::new(), code: OnceLock::new() }
    }

    /// The context of this task's request, if it works on one.
    #[must_use]
    pub fn current() -> Option<Arc<Self>> {
        CONTEXT.try_with(Arc::clone).ok()
    }

    /// The service that answers.
    #[must_use]
    pub fn service(&self) -> &'static Service {
        self.service
    }

    /// Notes whose request this is, once the token is verified.
    pub(super) fn set_tenant(&self, tenant: TenantId) {
        // The guard runs once a request.
        let _ = self.tenant.set(tenant);
    }

    /// Notes the error code for the log line.
    pub(super) fn set_code(&self, code: &'static str) {
        // The first error is the one that is answered.
        let _ = self.code.set(code);
    }

    /// Tells the caller the request's id, and browsers not to sniff, frame or cache the answer,
    /// unless the handler says so.
    fn mark(&self, response: &mut Response) {
        let headers = response.headers_mut();
        if let Ok(id) = HeaderValue::from_str(&self.request_id.to_string()) {
            headers.insert(REQUEST_ID, id);
        }
        headers.entry(X_CONTENT_TYPE_OPTIONS).or_insert(HeaderValue::from_static("nosniff"));
        headers.entry(X_FRAME_OPTIONS).or_insert(HeaderValue::from_static("DENY"));
        headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    }

    /// `meta` of an answer made now.
    pub(super) fn meta(&self) -> Meta {
        Meta {
            request_id: self.request_id,
            trace_id: self.trace_id.clone(),
            tenant_id: self.tenant.get().copied(),
            service: self.service.meta_name,
            timestamp: self.clock.now(),
        }
    }
}

/// What the outermost layer needs.
#[derive(Clone, Debug)]
pub(super) struct ContextLayer {
    pub(super) service: &'static Service,
    pub(super) clock: Clock,
}

/// The layer around everything but CORS: gives the request its context, catches panics, ends what takes too long.
pub(super) async fn with_context(State(layer): State<ContextLayer>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let context = Arc::new(RequestContext::new(layer.service, layer.clock, request.headers()));
    let method = request.method().clone();
    // The pattern, never the path: paths hold tokens and ids.
    let route = request.extensions().get::<MatchedPath>().cloned();
    let meter = Arc::new(Meter::default());
    let work = CONTEXT.scope(Arc::clone(&context), Arc::clone(&meter).measure(answer(request, next)));
    let mut response = work.await;
    context.mark(&mut response);
    let usage = meter.usage();
    tracing::info!(
        http.method = %method,
        http.route = route.as_ref().map_or("none", MatchedPath::as_str),
        http.status = response.status().as_u16(),
        error.code = context.code.get().copied(),
        duration_ms = started.elapsed().as_secs_f64() * 1000.0,
        store.calls = usage.calls,
        store.units = usage.units,
        request.id = %context.request_id,
        trace.id = %context.trace_id,
        tenant.id = context.tenant.get().map(tracing::field::display),
        service = context.service.meta_name,
        "request answered",
    );
    response
}

/// Answers a request that none of an [`Api`](super::Api)'s routes gets to see, as these would.
pub async fn answer_refusal(platform: &Platform, headers: &HeaderMap, error: &Error) -> Response {
    let context = Arc::new(RequestContext::new(platform.service(), platform.clock().clone(), headers));
    let mut response = CONTEXT.scope(Arc::clone(&context), async { refuse(error).into_response() }).await;
    context.mark(&mut response);
    response
}

/// Runs `work` to its end even if the caller hangs up meanwhile, still as a part of this task's request.
///
/// # Errors
/// [`Error::Internal`] when `work` panics.
pub async fn to_its_end<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> Result<T, Error> {
    let running = match Meter::current() {
        Some(meter) => tokio::spawn(meter.measure(work)),
        None => tokio::spawn(work),
    };
    running.await.map_err(Error::internal)
}

async fn answer(request: Request, next: Next) -> Response {
    let work = AssertUnwindSafe(next.run(request)).catch_unwind();
    match tokio::time::timeout(LONGEST_REQUEST, work).await {
        Ok(Ok(response)) => response,
        Ok(Err(panic)) => refuse(&Error::internal(format!("panic: {}", panic_text(panic.as_ref())))).into_response(),
        Err(_) => refuse(&Error::Timeout).into_response(),
    }
}
