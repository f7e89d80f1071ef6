//! Telling notify that a message has arrived.

use std::time::Duration;

use http::StatusCode;
use http::header::CONTENT_TYPE;
use reqwest::Client;
use serde_json::json;
use shared::client::http_client;
use shared::clock::Clock;
use shared::config::ConfigError;
use shared::webhooks::WebhookKey;

use super::Taken;

const PATIENCE: Duration = Duration::from_secs(10);
/// Before each try. notify may still be writing down what the sandbox has answered, and does not know the message yet.
const PAUSES_MS: [u64; 9] = [100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 30_000];

/// Tells by signed requests.
pub(super) struct Reporter {
    url: String,
    key: WebhookKey,
    client: Client,
    clock: Clock,
}

impl Reporter {
    pub(super) fn new(url: String, key: WebhookKey, clock: Clock) -> Result<Self, ConfigError> {
        Ok(Self { url, key, client: http_client(PATIENCE)?, clock })
    }

    /// Tells that `taken` has arrived; says whether notify has heard it.
    pub(super) async fn delivered(&self, taken: &Taken) -> bool {
        for pause in PAUSES_MS {
            tokio::time::sleep(Duration::from_millis(pause)).await;
            match self.tell(taken).await {
                Some(status) if status.is_success() => return true,
                Some(status) if status.is_client_error() && status != StatusCode::TOO_MANY_REQUESTS => {
                    tracing::warn!(%status, "notify refuses an event of the sandbox");
                    return false;
                }
                _ => {}
            }
        }
        tracing::warn!(message = %taken.id, "notify has not heard that a message of the sandbox has arrived");
        false
    }

    /// The status of the answer, if there was one.
    async fn tell(&self, taken: &Taken) -> Option<StatusCode> {
        let now = self.clock.now();
        let event = json!({ "type": "message.delivered", "timestamp": now, "data": { "id": taken.id } }).to_string();
        // The same id each time: twice is once.
        let signed = self.key.sign(&format!("delivered-{}", taken.id), now, &event).ok()?;
        let request = self.client.post(&self.url).header(CONTENT_TYPE, "application/json");
        let request = signed.into_iter().fold(request, |request, (name, value)| request.header(name, value));
        Some(request.body(event).send().await.ok()?.status())
    }
}
