//! `/unsubscribe/{token}`

use axum::extract::State as Extract;
use axum::response::{Html, IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, REFERRER_POLICY};
use http::{HeaderValue, StatusCode};
use shared::http::PathParams;

use crate::suppressions::{SuppressionReason, SuppressionSource};
use crate::{NotifyError, State};

const QUESTION: &str = "<p>Do you want no more mail of this kind?</p>\
                        <form method=\"post\"><button>Unsubscribe</button></form>";
const DONE: &str = "<p>You are unsubscribed.</p>";
const UNKNOWN: &str = "<p>This link is not valid.</p>";

/// Shows a button; scanners that follow links change nothing.
#[utoipa::path(
    get, path = "/unsubscribe/{token}", operation_id = "showUnsubscribe", tag = "unsubscribe",
    params(("token" = String, Path, description = "From a mail's `List-Unsubscribe`")),
    responses(
        (status = 200, description = "A page with a button", body = String, content_type = "text/html"),
        (status = 404, description = "A page that says that the link is not valid", body = String, content_type = "text/html"),
    )
)]
pub(crate) async fn show_unsubscribe(
    Extract(state): Extract<State>,
    PathParams(token): PathParams<String>,
) -> Response {
    match state.unsubscribe.open(&token) {
        Some(_) => page(StatusCode::OK, QUESTION),
        None => page(StatusCode::NOT_FOUND, UNKNOWN),
    }
}

/// Ends messages of the categories `marketing` and `reminder` to the address that the mail went to.
#[utoipa::path(
    post, path = "/unsubscribe/{token}", operation_id = "confirmUnsubscribe", tag = "unsubscribe",
    params(("token" = String, Path, description = "From a mail's `List-Unsubscribe`")),
    responses(
        (status = 200, description = "A page that says so", body = String, content_type = "text/html"),
        (status = 404, description = "A page that says that the link is not valid", body = String, content_type = "text/html"),
    )
)]
pub(crate) async fn confirm_unsubscribe(
    Extract(state): Extract<State>,
    PathParams(token): PathParams<String>,
) -> Result<Response, NotifyError> {
    let Some(claim) = state.unsubscribe.open(&token) else {
        return Ok(page(StatusCode::NOT_FOUND, UNKNOWN));
    };
    let (reason, source) = (SuppressionReason::Unsubscribe, SuppressionSource::Owner);
    let (_, write) = state.suppressions.suppress(claim.tenant, claim.channel, &claim.address, reason, source);
    write.run().await?;
    Ok(page(StatusCode::OK, DONE))
}

fn page(status: StatusCode, body: &str) -> Response {
    let html = Html(format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Unsubscribe</title>\
         <meta name=\"viewport\" content=\"width=device-width\"><main>{body}</main></html>"
    ));
    let headers = [
        (CONTENT_SECURITY_POLICY, "default-src 'none'; form-action 'self'; frame-ancestors 'none'"),
        (REFERRER_POLICY, "no-referrer"),
        (CACHE_CONTROL, "no-store"),
        (HeaderName::from_static("x-robots-tag"), "noindex"),
    ];
    (status, headers.map(|(name, value)| (name, HeaderValue::from_static(value))), html).into_response()
}
