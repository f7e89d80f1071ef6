//! What is public in every service: `/health`, `/openapi.json`, `/docs`.

use std::sync::{Arc, LazyLock};

use axum::Router;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use serde::Serialize;
use utoipa::ToSchema;

use super::Reply;
use crate::config::DocsConfig;
use crate::service::Service;

/// That the service runs.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Health {
    /// Always `ok`: a service that is not well does not answer.
    #[schema(example = "ok")]
    status: &'static str,
    /// The build's version.
    version: &'static str,
}

/// Whether the service runs.
#[utoipa::path(get, path = "/health", tag = "platform", responses((status = 200, body = super::Envelope<Health>)))]
pub(super) async fn health() -> Reply<Health> {
    Reply::ok(Health { status: "ok", version: env!("CARGO_PKG_VERSION") })
}

/// The routes of the document itself, which is written when it is first asked for, and of its
/// page. They are not in the document.
pub(super) fn routes<W>(service: &'static Service, config: &DocsConfig, write: W) -> Router
where
    W: Fn() -> Bytes + Send + Sync + 'static,
{
    let page = Bytes::from(page(service, config));
    let document = Arc::new(LazyLock::new(write));
    let json = move || {
        let document = Bytes::clone(&document);
        async move { ([(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, "max-age=300")], document).into_response() }
    };
    let html = move || {
        let page = page.clone();
        async move { ([(CACHE_CONTROL, "max-age=300")], Html(page)).into_response() as Response }
    };
    Router::new()
        .route(&format!("{}/openapi.json", service.base_path), get(json))
        .route(&format!("{}/docs", service.base_path), get(html))
}

fn page(service: &Service, config: &DocsConfig) -> String {
    let integrity = config
        .script_integrity
        .as_ref()
        .map(|hash| format!(r#" integrity="{hash}" crossorigin="anonymous""#))
        .unwrap_or_default();
    format!(
        r#"<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title></head>
<body>
<script id="api-reference" data-url="{base}/openapi.json" data-configuration='{{"withDefaultFonts":false}}'></script>
<script src="{script}"{integrity}></script>
</body>
</html>
"#,
        title = service.title,
        base = service.base_path,
        script = config.script_url,
    )
}
