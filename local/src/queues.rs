//! The SQS event sources of template.yaml: polls each queue into its worker, as Lambda does.

use std::sync::Arc;
use std::time::Duration;

use aws_sdk_sqs::Client;
use aws_sdk_sqs::config::timeout::TimeoutConfig;
use aws_sdk_sqs::types::{DeleteMessageBatchRequestEntry, Message, MessageSystemAttributeName};
use local_aws::template::QueueSource;
use shared::Error;
use shared::config::{AwsConfig, Env};
use shared::jobs::{Event, Worker, handle};
use tokio_util::sync::CancellationToken;

/// SQS's longest wait for a message.
const WAIT_SECONDS: i32 = 20;
/// SQS's most messages a receive.
const MOST_MESSAGES: u32 = 10;
/// Pause after a receive that failed.
const PAUSE: Duration = Duration::from_secs(1);

/// Reads one queue for one function.
#[derive(Clone)]
pub(crate) struct QueueReader {
    client: Client,
    url: String,
    source: QueueSource,
    worker: Arc<dyn Worker>,
}

impl QueueReader {
    /// Finds the queue; one that template.yaml does not declare is an error.
    pub(crate) async fn connect(source: &QueueSource, worker: Arc<dyn Worker>, env: &Env) -> Result<Self, Error> {
        let sdk = shared::store::sdk_config(&AwsConfig::from_env(env)).await;
        // A long poll outlasts what services allow a call.
        let config = aws_sdk_sqs::config::Builder::from(&sdk).timeout_config(TimeoutConfig::disabled()).build();
        let client = Client::from_conf(config);
        let found = client.get_queue_url().queue_name(&source.queue).send().await.map_err(Error::internal)?;
        let url = found.queue_url.ok_or_else(|| Error::internal("a queue without an address"))?;
        Ok(Self { client, url, source: source.clone(), worker })
    }

    /// Reads until `stop`; a batch that is being worked on is finished.
    pub(crate) async fn run(self, stop: CancellationToken) {
        loop {
            let received = tokio::select! {
                () = stop.cancelled() => return,
                received = self.receive() => received,
            };
            let outcome = match received {
                Ok(messages) => self.work(messages).await,
                Err(error) => Err(error),
            };
            if let Err(error) = outcome {
                tracing::warn!(queue = self.source.queue, error = cause(&error), "could not read the queue");
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = tokio::time::sleep(PAUSE) => {}
                }
            }
        }
    }

    async fn receive(&self) -> Result<Vec<Message>, Error> {
        let most = self.source.batch_size.clamp(1, MOST_MESSAGES);
        let received = self
            .client
            .receive_message()
            .queue_url(&self.url)
            .max_number_of_messages(i32::try_from(most).unwrap_or(1))
            .wait_time_seconds(WAIT_SECONDS)
            .message_system_attribute_names(MessageSystemAttributeName::All)
            .send()
            .await;
        Ok(received.map_err(Error::unavailable)?.messages.unwrap_or_default())
    }

    /// Hands over a batch and deletes what succeeded. What failed stays, becomes visible again when
    /// its visibility timeout ends, and in the end is redriven to the dead-letter queue.
    async fn work(&self, messages: Vec<Message>) -> Result<(), Error> {
        if messages.is_empty() {
            return Ok(());
        }
        let event: Event = serde_json::from_value(sqs_event(&messages)).map_err(Error::internal)?;
        let response = handle(self.worker.as_ref(), event).await?;
        let failures = response.batch_item_failures;
        if !failures.is_empty() && !self.source.partial_failures {
            return Ok(());
        }
        let failed = |id: Option<&str>| failures.iter().any(|failure| Some(failure.item_identifier.as_str()) == id);
        let mut entries = Vec::new();
        for (index, message) in messages.iter().enumerate().filter(|(_, message)| !failed(message.message_id())) {
            let entry = DeleteMessageBatchRequestEntry::builder()
                .id(index.to_string())
                .receipt_handle(message.receipt_handle().unwrap_or_default());
            entries.push(entry.build().map_err(Error::internal)?);
        }
        if entries.is_empty() {
            return Ok(());
        }
        let deletion = self.client.delete_message_batch().queue_url(&self.url).set_entries(Some(entries));
        deletion.send().await.map_err(Error::unavailable)?;
        Ok(())
    }
}

/// The event that Lambda makes of a batch.
fn sqs_event(messages: &[Message]) -> serde_json::Value {
    let records = messages.iter().map(|message| {
        let attributes = message.attributes().into_iter().flatten();
        let attributes: serde_json::Map<_, _> =
            attributes.map(|(name, value)| (name.as_str().to_owned(), value.as_str().into())).collect();
        serde_json::json!({
            "messageId": message.message_id(),
            "receiptHandle": message.receipt_handle(),
            "body": message.body(),
            "attributes": attributes,
            "messageAttributes": {},
            "md5OfBody": message.md5_of_body(),
            "eventSource": "aws:sqs",
            "awsRegion": local_aws::REGION,
        })
    });
    serde_json::json!({ "Records": records.collect::<Vec<_>>() })
}

/// What is behind an error whose own text is meant for callers.
pub(crate) fn cause(error: &Error) -> String {
    match error {
        Error::Internal(cause) | Error::Unavailable(cause) => cause.to_string(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests;
