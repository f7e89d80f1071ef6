//! What handlers answer, and how it becomes a response.

use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_TYPE, HeaderName, RETRY_AFTER};
use http::{HeaderValue, StatusCode};
use serde::Serialize;
use serde_json::value::RawValue;

use super::RequestContext;
use super::envelope::{ErrorBody, Meta, Page};
use crate::error::{Error, Retry, ServiceError, chain};
use crate::jobs::{Entry, Outbox};

/// Set on an answer that was given before.
pub(super) const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// Bytes that most answers fit into.
const USUAL_ANSWER: usize = 1024;

/// A successful answer.
#[derive(Debug)]
pub struct Reply<T> {
    pub(super) status: StatusCode,
    pub(super) body: Body<T>,
    pub(super) page: Option<Page>,
}

/// What stands in an answer's envelope.
#[derive(Debug)]
pub(super) enum Body<T> {
    /// Made by this request.
    Fresh(T),
    /// Kept from the first request with the same Idempotency-Key.
    Kept(Kept),
}

/// The parts of an answer that an idempotency record keeps.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) data: Option<Box<RawValue>>,
    pub(super) error: Option<Box<RawValue>>,
    pub(super) page: Option<Box<RawValue>>,
}

impl<T> Reply<T> {
    /// 200.
    pub fn ok(data: T) -> Self {
        Self { status: StatusCode::OK, body: Body::Fresh(data), page: None }
    }

    /// 201.
    pub fn created(data: T) -> Self {
        Self { status: StatusCode::CREATED, ..Self::ok(data) }
    }

    /// 202.
    pub fn accepted(data: T) -> Self {
        Self { status: StatusCode::ACCEPTED, ..Self::ok(data) }
    }

    /// What this request made; `None` for an answer kept from an earlier one.
    pub fn fresh(&self) -> Option<&T> {
        match &self.body {
            Body::Fresh(data) => Some(data),
            Body::Kept(_) => None,
        }
    }

    /// Sends the outbox entries that were committed together with this answer. Those of a kept one are not written: the
    /// first request has sent its own.
    pub async fn send(&self, outbox: &Outbox, entries: Vec<Entry>) {
        if self.fresh().is_some() {
            outbox.send(entries).await;
        }
    }

    /// A page of a list.
    pub fn page(data: T, page: Page) -> Self {
        Self { page: Some(page), ..Self::ok(data) }
    }
}

#[derive(Serialize)]
struct Whole<D, E, P> {
    data: D,
    error: E,
    page: P,
    meta: Option<Meta>,
}

impl<T: Serialize> IntoResponse for Reply<T> {
    fn into_response(self) -> Response {
        match self.body {
            Body::Fresh(data) => write(self.status, data, None::<()>, self.page),
            Body::Kept(kept) => {
                let mut response = write(self.status, kept.data, kept.error, kept.page);
                response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
                response
            }
        }
    }
}

/// On an answer that would be another one later: it is not kept for an Idempotency-Key.
#[derive(Clone, Copy, Debug)]
pub(super) struct Passing;

/// An error that is already in its envelope.
#[derive(Debug)]
pub struct Refusal(Response);

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        self.0
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        refuse(&error)
    }
}

impl ErrorBody {
    /// What a caller of the service with this prefix is told of `error`. What is our fault is logged here, once.
    #[must_use]
    pub fn of(error: &dyn ServiceError, prefix: &str) -> Self {
        let problem = error.problem();
        if problem.status >= 500 {
            tracing::error!(error.code = problem.code, error.chain = chain(error), "a request failed on our side");
        }
        Self {
            code: format!("{prefix}{}", problem.code),
            message: error.to_string(),
            http: problem.status,
            details: problem.details,
        }
    }
}

/// An error in its envelope. What is our fault is logged here, once.
pub fn refuse(error: &dyn ServiceError) -> Refusal {
    let problem = error.problem();
    let context = RequestContext::current();
    if let Some(context) = &context {
        context.set_code(problem.code);
    }
    let body = ErrorBody::of(error, context.as_ref().map_or("ERR_", |context| context.service().error_prefix));
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = write(status, None::<()>, Some(body), None::<()>);
    if let Retry::After(after) = problem.retry {
        let seconds = after.as_secs() + u64::from(after.subsec_nanos() > 0);
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds.max(1)));
    }
    if problem.retry != Retry::Never {
        response.extensions_mut().insert(Passing);
    }
    if problem.status == 401 {
        response.headers_mut().insert(http::header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    Refusal(response)
}

fn write(status: StatusCode, data: impl Serialize, error: impl Serialize, page: impl Serialize) -> Response {
    let meta = RequestContext::current().map(|context| context.meta());
    let mut bytes = Vec::with_capacity(USUAL_ANSWER);
    match serde_json::to_writer(&mut bytes, &Whole { data, error, page, meta }) {
        Ok(()) => {
            let json = [(CONTENT_TYPE, HeaderValue::from_static("application/json"))];
            (status, json, bytes).into_response()
        }
        Err(error) => {
            tracing::error!(%error, "an answer could not be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
