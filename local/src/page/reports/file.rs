//! An export's file from this origin: the bucket lets no page of another one read it, and has it saved instead of shown.

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Path, Request, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, HeaderMap, HeaderName, X_CONTENT_TYPE_OPTIONS};
use reqwest::Client;
use serde_json::Value;
use uuid::Uuid;

use super::super::Page;

/// What says whose export it is.
const WHOSE: [HeaderName; 2] = [AUTHORIZATION, HeaderName::from_static("x-tenant-id")];
/// Bytes of an answer that has a link in it.
const LARGEST_ANSWER: usize = 64 * 1024;

/// The bytes, for whoever reports gives a link to them; else what reports answers.
pub(crate) async fn file(State(Page(page)): State<Page>, Path(id): Path<Uuid>, headers: HeaderMap) -> Response {
    let mut request = Request::get(format!("/reports/v1/exports/{id}/download"));
    for name in WHOSE {
        if let Some(value) = headers.get(&name) {
            request = request.header(name, value);
        }
    }
    let request = match request.body(Body::empty()) {
        Ok(request) => request,
        Err(error) => return unavailable(&error),
    };
    let (parts, body) = page.gateway.answer(request).await.into_parts();
    let body = match to_bytes(body, LARGEST_ANSWER).await {
        Ok(body) => body,
        Err(error) => return unavailable(&error),
    };
    let url =
        serde_json::from_slice::<Value>(&body).ok().and_then(|answer| Some(answer["data"]["url"].as_str()?.to_owned()));
    let Some(url) = url else { return Response::from_parts(parts, Body::from(body)) };
    match fetch(&page.client, &url).await {
        Ok(bytes) => {
            let headers = [
                (CONTENT_TYPE, "application/octet-stream"),
                (X_CONTENT_TYPE_OPTIONS, "nosniff"),
                (CACHE_CONTROL, "no-store"),
            ];
            (headers, bytes).into_response()
        }
        Err(error) => unavailable(&error),
    }
}

async fn fetch(client: &Client, url: &str) -> Result<Bytes, reqwest::Error> {
    client.get(url).send().await?.error_for_status()?.bytes().await
}

fn unavailable(error: &dyn std::error::Error) -> Response {
    tracing::error!(%error, "an export's file cannot be read");
    (StatusCode::BAD_GATEWAY, "the file cannot be read\n").into_response()
}
