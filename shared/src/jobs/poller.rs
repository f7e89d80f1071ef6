//! Reading a queue into its worker, for processes that no Lambda invokes.

use std::sync::Arc;
use std::time::Duration;

use aws_config::SdkConfig;
use aws_lambda_events::sqs::{SqsEvent, SqsMessage};
use aws_sdk_sqs::Client;
use aws_sdk_sqs::config::Builder;
use aws_sdk_sqs::config::timeout::TimeoutConfig;
use aws_sdk_sqs::types::{DeleteMessageBatchRequestEntry, Message, MessageSystemAttributeName};
use tokio_util::sync::CancellationToken;

use super::worker::{Event, Worker, handle};
use crate::error::{Error, chain};

/// SQS's longest wait for a message.
const WAIT_SECONDS: i32 = 20;
/// A call that takes longer has no connection any more.
const LONGEST_CALL: Duration = Duration::from_secs(30);
/// SQS's most messages a receive.
const MOST_MESSAGES: u32 = 10;
/// Pause after a receive that failed.
const PAUSE: Duration = Duration::from_secs(1);

/// Reads one queue for one worker, as Lambda does.
#[derive(Clone)]
pub struct Poller {
    client: Client,
    url: String,
    worker: Arc<dyn Worker>,
    batch_size: u32,
    partial_failures: bool,
}

impl Poller {
    /// A reader of the queue at this address.
    #[must_use]
    pub fn new(sdk: &SdkConfig, url: String, worker: Arc<dyn Worker>) -> Self {
        // A long poll outlasts what services allow a call.
        let timeouts =
            TimeoutConfig::builder().operation_attempt_timeout(LONGEST_CALL).operation_timeout(LONGEST_CALL).build();
        let config = Builder::from(sdk).timeout_config(timeouts).build();
        Self { client: Client::from_conf(config), url, worker, batch_size: MOST_MESSAGES, partial_failures: true }
    }

    /// As an event source says it: messages of a batch, and whether one that fails fails alone.
    #[must_use]
    pub fn with_batches(self, batch_size: u32, partial_failures: bool) -> Self {
        Self { batch_size, partial_failures, ..self }
    }

    /// Reads until `stop`; a batch that is being worked on is finished.
    pub async fn run(self, stop: CancellationToken) {
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
                tracing::warn!(queue.url = self.url, error.chain = chain(&error), "could not read the queue");
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = tokio::time::sleep(PAUSE) => {}
                }
            }
        }
    }

    async fn receive(&self) -> Result<Vec<Message>, Error> {
        let most = self.batch_size.clamp(1, MOST_MESSAGES);
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
        let mut batch = SqsEvent::default();
        batch.records = messages.iter().map(record).collect();
        let failures = handle(self.worker.as_ref(), Event::Batch(batch)).await?.batch_item_failures;
        if !failures.is_empty() && !self.partial_failures {
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

/// A message as Lambda hands it over.
fn record(message: &Message) -> SqsMessage {
    let mut record = SqsMessage::default();
    record.message_id = message.message_id().map(str::to_owned);
    record.receipt_handle = message.receipt_handle().map(str::to_owned);
    record.body = message.body().map(str::to_owned);
    let attributes = message.attributes().into_iter().flatten();
    record.attributes = attributes.map(|(name, value)| (name.as_str().to_owned(), value.clone())).collect();
    record
}
