use std::collections::BTreeMap;
use std::time::Duration;

use rusqlite::Connection;
use serde::{Deserialize, Serialize};

use super::error::SqsError;
use super::message::{Attributes, md5_of, md5_of_attributes};
use super::queue::Queue;
use super::send::sequence_number;
use super::take::{Received, forget_expired, next_visible, receivable, receive, redrive};

const SENDER_ID: &str = "000000000000";

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ReceiveMessage {
    queue_url: String,
    max_number_of_messages: Option<i64>,
    visibility_timeout: Option<i64>,
    wait_time_seconds: Option<i64>,
    /// The older name of `MessageSystemAttributeNames`.
    #[serde(default)]
    attribute_names: Vec<String>,
    #[serde(default)]
    message_system_attribute_names: Vec<String>,
    #[serde(default)]
    message_attribute_names: Vec<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ReceivedMessage {
    message_id: String,
    receipt_handle: String,
    body: String,
    #[serde(rename = "MD5OfBody")]
    md5_of_body: String,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    attributes: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    message_attributes: Attributes,
    #[serde(rename = "MD5OfMessageAttributes", skip_serializing_if = "Option::is_none")]
    md5_of_message_attributes: Option<String>,
}

/// What one look at a queue found.
pub(super) struct Look {
    pub(super) messages: Vec<ReceivedMessage>,
    /// How long the caller is willing to wait for one, at most.
    pub(super) wait: Duration,
    /// When the next hidden message becomes visible, from now.
    pub(super) next_visible: Option<Duration>,
    /// The dead-letter queue that got messages by this look.
    pub(super) filled: Option<String>,
}

impl ReceiveMessage {
    pub(super) fn queue_url(&self) -> &str {
        &self.queue_url
    }

    /// Takes what is visible now.
    pub(super) fn look(&self, connection: &Connection, now: i64) -> Result<Look, SqsError> {
        let queue = Queue::load(connection, &self.queue_url)?;
        let limit = within("MaxNumberOfMessages", self.max_number_of_messages, 1, 10)?;
        let wait = match within("WaitTimeSeconds", self.wait_time_seconds, 0, 20)? {
            Some(seconds) => 1000 * seconds,
            None => queue.wait,
        };
        let timeout = match within("VisibilityTimeout", self.visibility_timeout, 0, 43_200)? {
            Some(seconds) => 1000 * seconds,
            None => queue.visibility_timeout,
        };

        forget_expired(connection, &queue, now)?;
        let filled = redrive(connection, &queue, now)?;
        let mut messages = Vec::new();
        for id in receivable(connection, &queue, limit.unwrap_or(1), now)? {
            let received = receive(connection, id, now, now + timeout)?;
            messages.push(self.message(&queue, received)?);
        }
        let next_visible = next_visible(connection, &queue, now)?;
        Ok(Look { messages, wait: duration(wait), next_visible: next_visible.map(|at| duration(at - now)), filled })
    }

    fn message(&self, queue: &Queue, received: Received) -> Result<ReceivedMessage, SqsError> {
        let mut message_attributes: Attributes = serde_json::from_str(&received.attributes)?;
        message_attributes.retain(|name, _| self.asks_for_attribute(name));
        Ok(ReceivedMessage {
            md5_of_body: md5_of(&received.body),
            md5_of_message_attributes: md5_of_attributes(&message_attributes)?,
            message_attributes,
            attributes: self.system_attributes(queue, &received)?,
            message_id: received.message_id,
            receipt_handle: format!("{}.{}", received.receipt, received.id),
            body: received.body,
        })
    }

    fn asks_for_attribute(&self, name: &str) -> bool {
        self.message_attribute_names.iter().any(|asked| {
            let prefix = asked.strip_suffix(".*");
            asked == "All" || asked == name || prefix.is_some_and(|it| name.starts_with(it))
        })
    }

    fn system_attributes(&self, queue: &Queue, received: &Received) -> Result<BTreeMap<String, String>, SqsError> {
        let given: Attributes = serde_json::from_str(&received.system_attributes)?;
        let trace = given.get("AWSTraceHeader").and_then(|it| it.text());
        let source = received.dead_letter_source.as_deref();
        let all = [
            ("SenderId", Some(SENDER_ID.to_owned())),
            ("SentTimestamp", Some(received.sent_at.to_string())),
            ("ApproximateReceiveCount", Some(received.receive_count.to_string())),
            ("ApproximateFirstReceiveTimestamp", Some(received.first_received_at.to_string())),
            ("MessageGroupId", received.group_id.clone()),
            ("MessageDeduplicationId", received.deduplication_id.clone()),
            ("SequenceNumber", queue.fifo.then(|| sequence_number(received.id))),
            ("AWSTraceHeader", trace.map(str::to_owned)),
            ("DeadLetterQueueSourceArn", source.map(super::arn)),
        ];
        let asked: Vec<&String> = self.attribute_names.iter().chain(&self.message_system_attribute_names).collect();
        let is_asked = |name: &str| asked.iter().any(|it| *it == "All" || *it == name);
        Ok(all
            .into_iter()
            .filter(|(name, _)| is_asked(name))
            .filter_map(|(name, value)| Some((name.to_owned(), value?)))
            .collect())
    }
}

fn within(parameter: &str, value: Option<i64>, least: i64, most: i64) -> Result<Option<i64>, SqsError> {
    match value {
        Some(value) if !(least..=most).contains(&value) => Err(SqsError::InvalidParameterValue(format!(
            "Value {value} for parameter {parameter} is invalid. Reason: Must be >= {least} \
                 and <= {most}, if provided."
        ))),
        value => Ok(value),
    }
}

fn duration(milliseconds: i64) -> Duration {
    Duration::from_millis(u64::try_from(milliseconds).unwrap_or(0))
}
