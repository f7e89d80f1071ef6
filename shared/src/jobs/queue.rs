//! Sending to SQS.

use std::collections::HashMap;
use std::ops::Range;

use aws_config::SdkConfig;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::SendMessageBatchRequestEntry;
use serde::{Deserialize, Serialize};

use crate::config::Env;
use crate::error::{Error, chain};

/// The most messages of one `SendMessageBatch`.
const BATCH: usize = 10;
/// The most bytes of all messages of one batch, with room for attributes.
const BATCH_BYTES: usize = 250 * 1024;

/// The queues between services, by who reads them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum QueueName {
    /// Read by auth.
    Auth,
    /// Read by chat.
    Chat,
    /// Read by notify.
    Notify,
    /// Read by notify before the others.
    NotifyHigh,
    /// Read by notify after the others.
    NotifyLow,
    /// Read by reports.
    Reports,
    /// Read by reports, one export after another.
    ReportsExports,
    /// Its calls of tenants' servers, which may be slow.
    ReportsWebhooks,
    /// Read by search.
    Search,
}

impl QueueName {
    /// Every queue there may be.
    pub const ALL: [Self; 9] = [
        Self::Auth,
        Self::Chat,
        Self::NotifyHigh,
        Self::Notify,
        Self::NotifyLow,
        Self::Reports,
        Self::ReportsExports,
        Self::ReportsWebhooks,
        Self::Search,
    ];

    /// The variable that holds its address.
    #[must_use]
    pub fn variable(self) -> &'static str {
        match self {
            Self::Auth => "AUTH_QUEUE_URL",
            Self::Chat => "CHAT_QUEUE_URL",
            Self::Notify => "NOTIFY_QUEUE_URL",
            Self::NotifyHigh => "NOTIFY_HIGH_QUEUE_URL",
            Self::NotifyLow => "NOTIFY_LOW_QUEUE_URL",
            Self::Reports => "REPORTS_QUEUE_URL",
            Self::ReportsExports => "REPORTS_EXPORTS_QUEUE_URL",
            Self::ReportsWebhooks => "REPORTS_WEBHOOKS_QUEUE_URL",
            Self::Search => "SEARCH_QUEUE_URL",
        }
    }
}

/// The queues that this service was given. One that it was not given is not addressed.
#[derive(Clone, Debug)]
pub struct Queues {
    client: Client,
    urls: HashMap<QueueName, String>,
}

/// A message that is to be sent.
#[derive(Clone, Debug)]
pub(crate) struct Outgoing<'a> {
    /// Fair queues share by this group: the tenant.
    pub(crate) group: &'a str,
    pub(crate) body: &'a str,
    /// Seconds until it may be received, at most 900.
    pub(crate) delay: u16,
}

impl Queues {
    /// Reads the addresses of the queues.
    #[must_use]
    pub fn from_env(env: &Env, sdk: &SdkConfig) -> Self {
        let urls = QueueName::ALL
            .into_iter()
            .filter_map(|name| env.get(name.variable()).map(|url| (name, url.to_owned())))
            // A queue of a service that is not deployed.
            .filter(|(_, url)| !url.is_empty())
            .collect();
        Self { client: Client::new(sdk), urls }
    }

    /// Where a queue is, if this service was given it.
    #[must_use]
    pub fn url(&self, queue: QueueName) -> Option<&str> {
        self.urls.get(&queue).map(String::as_str)
    }

    /// Whether this service was given that queue.
    #[must_use]
    pub fn has(&self, queue: QueueName) -> bool {
        self.urls.contains_key(&queue)
    }

    /// Sends in batches and says for each message whether it was taken. A batch that fails is logged,
    /// and the others go on.
    pub(crate) async fn send(&self, queue: QueueName, messages: &[Outgoing<'_>]) -> Vec<bool> {
        let mut taken = vec![false; messages.len()];
        for batch in batches(messages) {
            match self.send_batch(queue, batch, messages).await {
                Ok(indexes) => indexes.into_iter().for_each(|index| taken[index] = true),
                Err(error) => tracing::warn!(queue = ?queue, error.chain = chain(&error), "messages could not be sent"),
            }
        }
        taken
    }

    /// The indexes of the messages that were taken.
    async fn send_batch(
        &self,
        queue: QueueName,
        batch: Range<usize>,
        messages: &[Outgoing<'_>],
    ) -> Result<Vec<usize>, Error> {
        let url = self.urls.get(&queue).ok_or_else(|| Error::internal("a queue that is not configured"))?;
        let entries = batch.clone().map(|index| entry(index, &messages[index])).collect::<Result<Vec<_>, _>>()?;
        let call = self.client.send_message_batch().queue_url(url).set_entries(Some(entries));
        let output = call.send().await.map_err(Error::unavailable)?;
        for refused in &output.failed {
            tracing::warn!(queue = ?queue, error.code = refused.code, "a message was refused");
        }
        let indexes = output.successful.iter().filter_map(|done| done.id.parse().ok());
        Ok(indexes.filter(|index| batch.contains(index)).collect())
    }
}

/// Splits into runs that SQS takes at once.
fn batches(messages: &[Outgoing<'_>]) -> Vec<Range<usize>> {
    let mut runs = Vec::new();
    let (mut start, mut bytes) = (0, 0);
    for (index, message) in messages.iter().enumerate() {
        if index > start && (index - start == BATCH || bytes + message.body.len() > BATCH_BYTES) {
            runs.push(start..index);
            (start, bytes) = (index, 0);
        }
        bytes += message.body.len();
    }
    if start < messages.len() {
        runs.push(start..messages.len());
    }
    runs
}

fn entry(index: usize, message: &Outgoing<'_>) -> Result<SendMessageBatchRequestEntry, Error> {
    SendMessageBatchRequestEntry::builder()
        .id(index.to_string())
        .message_body(message.body)
        .message_group_id(message.group)
        .set_delay_seconds((message.delay > 0).then_some(message.delay.into()))
        .build()
        .map_err(Error::internal)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn batches_cover_all_messages_within_the_limits(sizes in proptest::collection::vec(0_usize..200_000, 0..40)) {
            let bodies: Vec<String> = sizes.iter().map(|size| "x".repeat(*size)).collect();
            let messages: Vec<_> = bodies.iter().map(|body| Outgoing { group: "g", body, delay: 0 }).collect();
            let runs = batches(&messages);
            let covered: Vec<usize> = runs.iter().cloned().flatten().collect();
            prop_assert_eq!(covered, (0..sizes.len()).collect::<Vec<_>>());
            for run in runs {
                prop_assert!(run.len() <= BATCH);
                prop_assert!(run.len() == 1 || sizes[run].iter().sum::<usize>() <= BATCH_BYTES);
            }
        }
    }
}
