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

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_mail_is_a_message_with_all_its_recipients() {
        let mail = Mail {
            id: "1".to_owned(),
            to: vec!["a@example.com".to_owned(), "b@example.com".to_owned()],
            subject: "Hello".to_owned(),
            text: Some("See http://127.0.0.1/x".to_owned()),
            links: vec!["http://127.0.0.1/x".to_owned()],
            ..Mail::default()
        };
        let expected = json!([{
            "id": "1", "channel": "email", "to": "a@example.com, b@example.com", "subject": "Hello",
            "text": "See http://127.0.0.1/x", "html": null, "links": ["http://127.0.0.1/x"], "at": "1970-01-01T00:00:00Z",
        }]);
        assert_eq!(serde_json::to_value(outbox(vec![mail])).unwrap(), expected);
    }

    #[test]
    fn a_queue_tells_what_waits_and_what_is_dead() {
        let queue = QueueDepth { name: "jobs".to_owned(), visible: 1, in_flight: 2, delayed: 3, dead_letters: 4 };
        let expected = json!({ "name": "jobs", "depth": 1, "inFlight": 2, "delayed": 3, "deadLetters": 4 });
        assert_eq!(serde_json::to_value(Depth::from(queue)).unwrap(), expected);
    }
}
