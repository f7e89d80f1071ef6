//! The page at `/`, and the JSON under `/_local` that it is made of. It exists only here.

mod account;
mod chat;
mod inbox;
mod outbox;
mod reports;
mod search;
mod site;
mod views;

use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use axum::extract::{Path, Request, State};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::StatusCode;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderMap, HeaderName, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use local_aws::LocalAws;
use reqwest::Client;
use shared::client::http_client;
use shared::clock::Clock;
use shared::service::Service;

use crate::error::LocalError;
use crate::gateway::Gateway;
use crate::seeds;
use crate::timers::Timer;
pub(crate) use inbox::Inbox;
pub(crate) use outbox::Outbox;
use site::Site;
use views::{Depth, ServiceView};

/// Where the docs pages find Scalar's script, without a network.
pub(crate) const SCALAR_SCRIPT: &str = "/_local/scalar.js";

const HTML: &str = include_str!("page.html");
const SCRIPT: &str = include_str!("page.js");
/// What the pages have in common.
const SCRIPTS: [(&str, &str); 3] = [
    ("elements.js", include_str!("elements.js")),
    ("session.js", include_str!("session.js")),
    ("sign-in.js", include_str!("sign-in.js")),
];
const STYLE: &str = include_str!("page.css");
/// How long reading a file of the embedded AWS takes, at most.
const PATIENCE: Duration = Duration::from_mins(1);
/// Stands in the HTML where the token belongs.
const TOKEN_PLACE: &str = "{{token}}";
/// The page needs nothing but what this process serves, and shows mails that may say anything.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const MAIL_POLICY: &str = "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'";

/// The web applications beside it.
static SITES: [&Site; 4] = [&account::ACCOUNT, &chat::CHAT, &reports::REPORTS, &search::SEARCH];

/// What the page shows. Clones share it.
#[derive(Clone)]
pub(crate) struct Page(Arc<Parts>);

struct Parts {
    aws: Arc<LocalAws>,
    outbox: Outbox,
    gateway: Gateway,
    services: Vec<&'static Service>,
    timers: Vec<Timer>,
    clock: Clock,
    client: Client,
    /// What the page's actions must show; made anew at every start.
    token: String,
}

impl Page {
    pub(crate) fn new(
        aws: Arc<LocalAws>,
        outbox: Outbox,
        gateway: Gateway,
        services: Vec<&'static Service>,
        timers: Vec<Timer>,
        clock: Clock,
    ) -> Result<Self, LocalError> {
        let token = URL_SAFE_NO_PAD.encode(shared::ids::random::<32>()?);
        let config = |source| LocalError::Config { owner: "page".to_owned(), source };
        let client = http_client(PATIENCE).map_err(config)?;
        Ok(Self(Arc::new(Parts { aws, outbox, gateway, services, timers, clock, client, token })))
    }
}

impl Parts {
    /// Refuses whoever does not have this start's token: only the page has it.
    #[expect(clippy::result_large_err, reason = "it is the answer")]
    fn check_token(&self, headers: &HeaderMap) -> Result<(), Response> {
        let shown = headers.get("x-local-token").map_or(&b""[..], |token| token.as_bytes());
        verify_slices_are_equal(shown, self.token.as_bytes())
            .map_err(|_| (StatusCode::FORBIDDEN, "the page's token is needed\n").into_response())
    }
}

/// The page, its JSON, the web application, and behind them the HTTP API of template.yaml.
pub(crate) fn router(page: Page) -> Router {
    Router::new()
        .route("/", get(index))
        .route("/_local/page.js", get(async || file("text/javascript; charset=utf-8", SCRIPT)))
        .route("/_local/page.css", get(async || file("text/css; charset=utf-8", STYLE)))
        .route(SCALAR_SCRIPT, get(scalar_script))
        .route("/_local/services", get(services))
        .route("/_local/accounts", get(accounts))
        .route("/_local/outbox", get(messages))
        .route("/_local/outbox/{id}", get(html))
        .route("/_local/queues", get(queues))
        .route("/_local/queues/{name}/redrive", post(redrive))
        .route("/_local/timers", get(timers))
        .route("/_local/timers/{function}/{name}", post(fire))
        .route("/_local/reports/files/{id}", get(reports::file))
        .fallback(service)
        .with_state(page)
        .merge(SCRIPTS.iter().fold(Router::new(), |router, (name, text)| {
            router.route(&format!("/_local/{name}"), get(async || file("text/javascript; charset=utf-8", text)))
        }))
        .merge(SITES.iter().fold(Router::new(), |sites, site| sites.merge(site.router())))
}

async fn service(State(Page(page)): State<Page>, request: Request) -> Response {
    page.gateway.answer(request).await
}

async fn index(State(Page(page)): State<Page>) -> impl IntoResponse {
    document(POLICY, HTML.replace(TOKEN_PLACE, &page.token))
}

/// A page with what it may do. No other site learns of it by its address.
fn document<T>(policy: &'static str, html: T) -> ([(HeaderName, &'static str); 4], Html<T>) {
    let headers = [
        (CONTENT_SECURITY_POLICY, policy),
        (REFERRER_POLICY, "no-referrer"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (CACHE_CONTROL, "no-store"),
    ];
    (headers, Html(html))
}

/// One of a page's scripts, by its name.
fn script(scripts: &[(&str, &'static str)], name: &str) -> Response {
    match scripts.iter().find(|(own, _)| *own == name) {
        Some((_, script)) => file("text/javascript; charset=utf-8", script).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn file(content_type: &'static str, content: &'static str) -> impl IntoResponse {
    ([(CONTENT_TYPE, content_type), (X_CONTENT_TYPE_OPTIONS, "nosniff"), (CACHE_CONTROL, "no-cache")], content)
}

async fn scalar_script() -> Response {
    match scalar_api_reference::get_asset("scalar.js") {
        Some(script) => ([(CONTENT_TYPE, "text/javascript; charset=utf-8"), (CACHE_CONTROL, "max-age=86400")], script)
            .into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn services(State(Page(page)): State<Page>) -> Json<Vec<ServiceView>> {
    Json(page.services.iter().map(|service| ServiceView::of(service)).collect())
}

async fn accounts(State(Page(page)): State<Page>) -> Json<Vec<seeds::AccountView>> {
    Json(seeds::views(&page.clock))
}

async fn messages(State(Page(page)): State<Page>) -> Response {
    answer(page.outbox.messages().await)
}

/// A message's HTML, for a frame of the page: nothing in it runs, and nothing in it is loaded.
async fn html(State(Page(page)): State<Page>, Path(id): Path<String>) -> Response {
    let messages = match page.outbox.messages().await {
        Ok(messages) => messages,
        Err(error) => return answer::<(), _>(Err(error)),
    };
    let Some(html) = messages.into_iter().find(|message| message.id == id).and_then(|message| message.html) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    document(MAIL_POLICY, format!("<!doctype html><base target=\"_blank\">{html}")).into_response()
}

async fn queues(State(Page(page)): State<Page>) -> Response {
    answer(page.aws.queues().await.map(|queues| queues.into_iter().map(Depth::from).collect::<Vec<_>>()))
}

async fn timers(State(Page(page)): State<Page>) -> Response {
    Json(page.timers.iter().map(Timer::view).collect::<Vec<_>>()).into_response()
}

/// Gives a queue back its dead letters. Only the page does that.
async fn redrive(State(Page(page)): State<Page>, Path(name): Path<String>, headers: HeaderMap) -> Response {
    match page.check_token(&headers) {
        Ok(()) => answer(page.aws.redrive(&name).await),
        Err(refused) => refused,
    }
}

/// Fires a timer now. Only the page does that: it alone knows the token.
async fn fire(
    State(Page(page)): State<Page>,
    Path((function, name)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    if let Err(refused) = page.check_token(&headers) {
        return refused;
    }
    match page.timers.iter().find(|timer| timer.is(&function, &name)) {
        Some(timer) => Json(timer.fire().await).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn answer<T: serde::Serialize, E: std::fmt::Display>(result: Result<T, E>) -> Response {
    match result {
        Ok(value) => Json(value).into_response(),
        Err(error) => {
            tracing::error!(%error, "the embedded AWS does not say");
            (StatusCode::INTERNAL_SERVER_ERROR, format!("{error}\n")).into_response()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_names_its_token_once_and_nothing_of_another_host() {
        assert_eq!(HTML.matches(TOKEN_PLACE).count(), 1);
        for text in [HTML, SCRIPT, STYLE].into_iter().chain(SCRIPTS.map(|(_, text)| text)) {
            assert!(!text.contains("http://") && !text.contains("https://") && !text.contains("//cdn"));
        }
    }

    #[test]
    fn the_scripts_write_text_only() {
        for dangerous in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("] {
            for text in [SCRIPT].into_iter().chain(SCRIPTS.map(|(_, text)| text)) {
                assert!(!text.contains(dangerous), "{dangerous}");
            }
        }
    }

    #[test]
    fn scalars_script_is_in_this_program() {
        let script = scalar_api_reference::get_asset("scalar.js").unwrap();
        assert!(script.len() > 1_000_000);
    }
}
