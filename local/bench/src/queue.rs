//! What Lambda does with a service's queue.

use std::sync::Arc;

use aws_config::SdkConfig;
use aws_config::timeout::TimeoutConfig;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::{DeleteMessageBatchRequestEntry, Message};
use futures_util::future::try_join_all;
use serde_json::json;
use shared::jobs::{Worker, handle};

use crate::stage::{BoxError, Stage};

/// Batches at a time.
pub(crate) const WORKERS: usize = 4;

/// Workers of one queue.
pub(crate) struct Workers {
    sqs: Client,
    url: String,
    worker: Arc<dyn Worker>,
}

impl Workers {
    pub(crate) async fn new(stage: &Stage, url: &str, worker: Arc<dyn Worker>) -> Result<Self, BoxError> {
        Ok(Self::of(&sdk(stage).await?, url, worker))
    }

    /// The same with an SDK's configuration of one's own.
    pub(crate) fn of(sdk: &SdkConfig, url: &str, worker: Arc<dyn Worker>) -> Self {
        Self { sqs: Client::new(sdk), url: url.to_owned(), worker }
    }

    /// Waits for one batch at most, and works on it.
    pub(crate) async fn one(&self) -> Result<usize, BoxError> {
        self.batch(20).await
    }

    /// Works until the queue is empty; says how many messages that were.
    pub(crate) async fn drain(&self) -> Result<usize, BoxError> {
        let workers = try_join_all((0..WORKERS).map(|_| async {
            let mut done = 0;
            loop {
                match self.batch(0).await? {
                    0 => return Ok::<_, BoxError>(done),
                    some => done += some,
                }
            }
        }));
        let mut done: usize = workers.await?.into_iter().sum();
        // A job may have made others.
        loop {
            match self.batch(0).await? {
                0 => return Ok(done),
                some => done += some,
            }
        }
    }

    /// Works until it is stopped.
    pub(crate) async fn run(&self) -> Result<(), BoxError> {
        loop {
            self.batch(20).await?;
        }
    }

    async fn batch(&self, wait: i32) -> Result<usize, BoxError> {
        let messages = receive(&self.sqs, &self.url, wait).await?;
        if messages.is_empty() {
            return Ok(0);
        }
        let records = messages.iter().map(|message| {
            json!({"messageId": message.message_id(), "body": message.body(), "attributes": {}, "messageAttributes": {}})
        });
        let event = json!({ "Records": records.collect::<Vec<_>>() });
        let response = handle(self.worker.as_ref(), serde_json::from_value(event)?).await?;
        if let Some(failed) = response.batch_item_failures.first() {
            return Err(format!("message {} failed", failed.item_identifier).into());
        }
        delete(&self.sqs, &self.url, &messages).await?;
        Ok(messages.len())
    }
}

pub(crate) async fn receive(sqs: &Client, url: &str, wait: i32) -> Result<Vec<Message>, BoxError> {
    let receive = sqs.receive_message().queue_url(url).max_number_of_messages(10).wait_time_seconds(wait);
    Ok(receive.send().await?.messages.unwrap_or_default())
}

pub(crate) async fn delete(sqs: &Client, url: &str, messages: &[Message]) -> Result<(), BoxError> {
    let entries = messages.iter().enumerate().map(|(index, message)| {
        let entry = DeleteMessageBatchRequestEntry::builder().id(index.to_string());
        entry.receipt_handle(message.receipt_handle().unwrap_or_default()).build()
    });
    let entries = entries.collect::<Result<Vec<_>, _>>()?;
    sqs.delete_message_batch().queue_url(url).set_entries(Some(entries)).send().await?;
    Ok(())
}

/// The SDK's configuration that services have, but for the patience of a long poll.
pub(crate) async fn sdk(stage: &Stage) -> Result<SdkConfig, BoxError> {
    let env = stage.aws.function_env("NotifyFunction")?.into_iter().collect();
    let sdk = shared::store::sdk_config(&shared::config::AwsConfig::from_env(&env)).await;
    Ok(sdk.into_builder().timeout_config(TimeoutConfig::disabled()).build())
}
