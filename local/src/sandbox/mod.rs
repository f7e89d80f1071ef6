//! A gateway like those of other providers, so that messages that AWS does not carry go somewhere, too.
//!
//! It speaks the protocol of notify's gateways: a request is signed, a repetition is dropped by its `webhook-id`, and
//! what it has taken it keeps. Soon after, it tells notify that the message has arrived.

mod journal;
mod report;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use shared::clock::Clock;
use shared::ids;
use shared::webhooks::WebhookKey;

use crate::error::LocalError;
use journal::Journal;
pub(crate) use journal::{Content, Taken};
use report::Reporter;

/// Its name in `GATEWAYS`.
const NAME: &str = "sandbox";

/// The gateway. Clones share it.
#[derive(Clone)]
pub(crate) struct Sandbox(Arc<Parts>);

struct Parts {
    key: WebhookKey,
    journal: Mutex<Journal>,
    reporter: Reporter,
    clock: Clock,
}

/// What it reads of its own entry in `GATEWAYS`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Settings {
    name: String,
    secret: String,
    event_secrets: Vec<String>,
}

/// What it reads of a request.
#[derive(Deserialize)]
struct Letter {
    channel: String,
    to: String,
    content: Content,
}

impl Sandbox {
    /// With the keys in `gateways`, and the messages in `file`; without one it keeps nothing.
    pub(crate) fn open(
        gateways: &str,
        file: Option<PathBuf>,
        base_url: &str,
        clock: &Clock,
    ) -> Result<Self, LocalError> {
        let (key, event_key) = keys(gateways)
            .ok_or_else(|| LocalError::Template { owner: "GATEWAYS".to_owned(), problem: format!("no `{NAME}`") })?;
        let journal = match file {
            Some(path) => Journal::open(&path).map_err(|source| LocalError::Data { path, source })?,
            None => Journal::default(),
        };
        let url = format!("{base_url}/notify/v1/webhooks/{NAME}");
        let reporter = Reporter::new(url, event_key, clock.clone())
            .map_err(|source| LocalError::Config { owner: NAME.to_owned(), source })?;
        Ok(Self(Arc::new(Parts { key, journal: Mutex::new(journal), reporter, clock: clock.clone() })))
    }

    /// Its one route.
    pub(crate) fn router(&self) -> Router {
        Router::new().route("/_local/gateway", post(take)).with_state(self.clone())
    }

    /// Everything it has taken, oldest first.
    pub(crate) fn taken(&self) -> Vec<Taken> {
        self.journal(|journal| journal.taken().to_vec())
    }

    /// Tells what a platform that was killed did not tell any more.
    pub(crate) fn resume(&self) {
        for taken in self.journal(|journal| journal.untold()) {
            self.report(taken);
        }
    }

    fn report(&self, taken: Taken) {
        let sandbox = self.clone();
        tokio::spawn(async move {
            if sandbox.0.reporter.delivered(&taken).await {
                let told = tokio::task::spawn_blocking(move || sandbox.journal(|journal| journal.told(taken.id))).await;
                if let Ok(Err(error)) = told {
                    tracing::warn!(%error, "what the sandbox has told could not be written down");
                }
            }
        });
    }

    fn journal<T>(&self, work: impl FnOnce(&mut Journal) -> T) -> T {
        work(&mut self.0.journal.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn keys(gateways: &str) -> Option<(WebhookKey, WebhookKey)> {
    let all: Vec<Settings> = serde_json::from_str(gateways).ok()?;
    let own = all.into_iter().find(|gateway| gateway.name == NAME)?;
    Some((WebhookKey::parse(&own.secret)?, WebhookKey::parse(own.event_secrets.first()?)?))
}

async fn take(State(sandbox): State<Sandbox>, headers: HeaderMap, body: Bytes) -> Response {
    let now = sandbox.0.clock.now();
    let Some(webhook_id) = sandbox.0.key.verify(&headers, &body, now) else {
        return StatusCode::UNAUTHORIZED.into_response();
    };
    let Ok(Letter { channel, to, content }) = serde_json::from_slice(&body) else {
        return StatusCode::UNPROCESSABLE_ENTITY.into_response();
    };
    let taken = Taken { id: ids::at(now), webhook_id: webhook_id.to_owned(), channel, to, content, at: now };
    // The answer says that it is kept, so it waits for the disk.
    let keeper = sandbox.clone();
    let kept = tokio::task::spawn_blocking(move || keeper.journal(|journal| journal.take(taken))).await;
    match kept.unwrap_or_else(|error| Err(error.into())) {
        Ok((taken, told)) => {
            let answer = Json(serde_json::json!({ "id": taken.id }));
            if !told {
                sandbox.report(taken);
            }
            answer.into_response()
        }
        Err(error) => {
            tracing::error!(%error, "the sandbox could not keep a message");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}
