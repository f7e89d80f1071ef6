//! The shapes of the JSON under `/_local`.

use local_aws::QueueDepth;
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
    fn a_queue_tells_what_waits_and_what_is_dead() {
        let queue = QueueDepth { name: "jobs".to_owned(), visible: 1, in_flight: 2, delayed: 3, dead_letters: 4 };
        let expected = json!({ "name": "jobs", "depth": 1, "inFlight": 2, "delayed": 3, "deadLetters": 4 });
        assert_eq!(serde_json::to_value(Depth::from(queue)).unwrap(), expected);
    }
}
