//! The shapes of the JSON under `/_local`.

use local_aws::{Mail, QueueDepth};
use serde::Serialize;
use shared::service::Service;

/// A service that answers HTTP.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ServiceView {
    name: &'static str,
    title: &'static str,
    base_path: &'static str,
    docs: String,
    openapi: String,
    health: String,
}

impl ServiceView {
    pub(super) fn of(service: &Service) -> Self {
        let at = |page: &str| format!("{}/{page}", service.base_path);
        Self {
            name: service.name,
            title: service.title,
            base_path: service.base_path,
            docs: at("docs"),
            openapi: at("openapi.json"),
            health: at("health"),
        }
    }
}

/// A message that the platform sent to somebody, whatever it went by.
#[derive(Debug, Serialize)]
pub(super) struct SentMessage {
    id: String,
    channel: &'static str,
    to: String,
    subject: String,
    text: Option<String>,
    html: Option<String>,
    links: Vec<String>,
    at: String,
}

/// Everything that was sent, newest first.
pub(super) fn outbox(mails: Vec<Mail>) -> Vec<SentMessage> {
    let message = |mail: Mail| SentMessage {
        id: mail.id,
        channel: "email",
        to: mail.to.join(", "),
        subject: mail.subject,
        text: mail.text,
        html: mail.html,
        links: mail.links,
        at: mail.at.to_string(),
    };
    mails.into_iter().map(message).collect()
}

/// How full a queue is.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Depth {
    name: String,
    #[serde(rename = "depth")]
    visible: u64,
    in_flight: u64,
    delayed: u64,
    dead_letters: u64,
}

impl From<QueueDepth> for Depth {
    fn from(queue: QueueDepth) -> Self {
        Self {
            name: queue.name,
            visible: queue.visible,
            in_flight: queue.in_flight,
            delayed: queue.delayed,
            dead_letters: queue.dead_letters,
        }
    }
}
