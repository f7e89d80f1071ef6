//! Queues themselves: made, found, counted, emptied.

use std::collections::BTreeMap;

use rusqlite::Connection;
use serde::{Deserialize, Serialize};

use super::OnQueue;
use super::acknowledge::Empty;
use super::error::SqsError;
use super::queue::Queue;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct CreateQueue {
    queue_name: String,
    #[serde(default)]
    attributes: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GetQueueUrl {
    queue_name: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ListQueues {
    #[serde(default)]
    queue_name_prefix: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GetQueueAttributes {
    queue_url: String,
    #[serde(default)]
    attribute_names: Vec<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct QueueAttributes {
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    attributes: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct PurgeQueue {
    queue_url: String,
}

/// How full a queue is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct QueueDepth {
    /// The queue's name.
    pub name: String,
    /// Messages that a receive would get.
    pub visible: u64,
    /// Messages that were received and neither deleted nor given up.
    pub in_flight: u64,
    /// Messages whose delay has not passed.
    pub delayed: u64,
    /// Messages of this queue that were received too often and are in its dead-letter queue.
    pub dead_letters: u64,
}

impl CreateQueue {
    /// Returns the queue's name.
    pub(super) fn run(self, connection: &Connection, now: i64) -> Result<String, SqsError> {
        let queue = Queue::new(&self.queue_name, self.attributes, now)?;
        if let Some(existing) = Queue::find(connection, &queue.name)? {
            refuse_other_attributes(&existing, &queue)?;
        } else {
            check_redrive(connection, &queue)?;
            queue.save(connection)?;
        }
        Ok(queue.name)
    }
}

impl GetQueueUrl {
    /// Returns the queue's name, if there is such a queue.
    pub(super) fn run(&self, connection: &Connection) -> Result<String, SqsError> {
        let queue = Queue::find(connection, &self.queue_name)?;
        Ok(queue.ok_or(SqsError::QueueDoesNotExist)?.name)
    }
}

impl ListQueues {
    /// Returns the queues' names.
    pub(super) fn run(&self, connection: &Connection) -> Result<Vec<String>, SqsError> {
        let mut names = names(connection)?;
        names.retain(|name| name.starts_with(&self.queue_name_prefix));
        Ok(names)
    }
}

impl OnQueue for GetQueueAttributes {
    type Answer = QueueAttributes;

    fn queue_url(&self) -> &str {
        &self.queue_url
    }

    fn run(self, connection: &Connection, now: i64) -> Result<QueueAttributes, SqsError> {
        let queue = Queue::load(connection, &self.queue_url)?;
        let depth = depth(connection, &queue.name, now)?;
        let seconds = |milliseconds: i64| (milliseconds / 1000).to_string();
        let mut attributes = queue.attributes.clone();
        for (name, value) in [
            ("ApproximateNumberOfMessages", depth.visible.to_string()),
            ("ApproximateNumberOfMessagesNotVisible", depth.in_flight.to_string()),
            ("ApproximateNumberOfMessagesDelayed", depth.delayed.to_string()),
            ("CreatedTimestamp", seconds(queue.created_at)),
            ("LastModifiedTimestamp", seconds(queue.created_at)),
            ("DelaySeconds", seconds(queue.delay)),
            ("MaximumMessageSize", queue.largest_message.to_string()),
            ("MessageRetentionPeriod", seconds(queue.retention)),
            ("ReceiveMessageWaitTimeSeconds", seconds(queue.wait)),
            ("VisibilityTimeout", seconds(queue.visibility_timeout)),
            ("QueueArn", super::arn(&queue.name)),
        ] {
            attributes.insert(name.to_owned(), value);
        }
        for name in &self.attribute_names {
            if name != "All" && !attributes.contains_key(name) && !Queue::can_set(name) {
                return Err(SqsError::InvalidAttributeName(name.clone()));
            }
        }
        let asked = |name: &str| self.attribute_names.iter().any(|it| it == "All" || it == name);
        attributes.retain(|name, _| asked(name));
        Ok(QueueAttributes { attributes })
    }
}

impl OnQueue for PurgeQueue {
    type Answer = Empty;

    fn queue_url(&self) -> &str {
        &self.queue_url
    }

    fn run(self, connection: &Connection, _now: i64) -> Result<Empty, SqsError> {
        let queue = Queue::load(connection, &self.queue_url)?;
        connection.execute("DELETE FROM messages WHERE queue = ?1", [&queue.name])?;
        Ok(Empty {})
    }
}

fn refuse_other_attributes(existing: &Queue, asked: &Queue) -> Result<(), SqsError> {
    for (name, value) in &asked.attributes {
        if existing.attributes.get(name) != Some(value) {
            return Err(SqsError::QueueNameExists(name.clone()));
        }
    }
    Ok(())
}

/// A dead-letter queue must be there, and of the same kind.
pub(super) fn check_redrive(connection: &Connection, queue: &Queue) -> Result<(), SqsError> {
    let Some(redrive) = &queue.redrive else {
        return Ok(());
    };
    let target = Queue::find(connection, &redrive.dead_letter_queue)?;
    if target.is_some_and(|target| target.fifo == queue.fifo) {
        return Ok(());
    }
    Err(SqsError::InvalidParameterValue(format!(
        "Value for parameter RedrivePolicy is invalid. Reason: Dead letter target {} does not \
         exist, or is not of the queue's type.",
        redrive.dead_letter_queue
    )))
}

pub(super) fn names(connection: &Connection) -> Result<Vec<String>, SqsError> {
    let names = connection
        .prepare_cached("SELECT name FROM queues ORDER BY name")?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    Ok(names)
}

/// Makes what was received and not deleted visible again.
pub(super) fn release_in_flight(connection: &Connection, now: i64) -> Result<(), SqsError> {
    connection
        .prepare_cached("UPDATE messages SET visible_at = ?1 WHERE visible_at > ?1 AND receive_count > 0")?
        .execute((now,))?;
    Ok(())
}

/// Gives a queue back what its dead-letter queue took from it, as `StartMessageMoveTask` does; says how many messages.
pub(super) fn redrive(connection: &Connection, name: &str, now: i64) -> Result<usize, SqsError> {
    let moved = connection
        .prepare_cached(
            "UPDATE messages
             SET queue = ?1, dead_letter_source = NULL, visible_at = ?2, receive_count = 0, receipt = NULL
             WHERE dead_letter_source = ?1",
        )?
        .execute((name, now))?;
    Ok(moved)
}

pub(super) fn depth(connection: &Connection, name: &str, now: i64) -> Result<QueueDepth, SqsError> {
    let counts: [i64; 4] = connection
        .prepare_cached(
            "SELECT
                 count(*) FILTER (WHERE queue = ?1 AND visible_at <= ?2),
                 count(*) FILTER (WHERE queue = ?1 AND visible_at > ?2 AND receive_count > 0),
                 count(*) FILTER (WHERE queue = ?1 AND visible_at > ?2 AND receive_count = 0),
                 count(*) FILTER (WHERE dead_letter_source = ?1)
             FROM messages WHERE queue = ?1 OR dead_letter_source = ?1",
        )?
        .query_row((name, now), |row| Ok([row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?]))?;
    let [visible, in_flight, delayed, dead_letters] = counts.map(|count| u64::try_from(count).unwrap_or(0));
    Ok(QueueDepth { name: name.to_owned(), visible, in_flight, delayed, dead_letters })
}
