use rusqlite::{Connection, OptionalExtension};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::OnQueue;
use super::batch::{self, Entry, Outcome};
use super::error::SqsError;
use super::message::{Attributes, check_attributes, hex, md5_of, md5_of_attributes};
use super::queue::{LARGEST, Queue};
use crate::ambient;

/// How long FIFO queues remember a deduplication id.
const DEDUPLICATION_WINDOW_MS: i64 = 5 * 60 * 1000;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct SendMessage {
    queue_url: String,
    #[serde(flatten)]
    message: NewMessage,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct SendMessageBatch {
    queue_url: String,
    #[serde(default)]
    entries: Vec<Entry<NewMessage>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct NewMessage {
    #[serde(default)]
    message_body: String,
    delay_seconds: Option<i64>,
    #[serde(default)]
    message_attributes: Attributes,
    #[serde(default)]
    message_system_attributes: Attributes,
    message_deduplication_id: Option<String>,
    message_group_id: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Sent {
    message_id: String,
    #[serde(rename = "MD5OfMessageBody")]
    md5_of_message_body: String,
    #[serde(rename = "MD5OfMessageAttributes", skip_serializing_if = "Option::is_none")]
    md5_of_message_attributes: Option<String>,
    #[serde(rename = "MD5OfMessageSystemAttributes", skip_serializing_if = "Option::is_none")]
    md5_of_message_system_attributes: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sequence_number: Option<String>,
}

impl OnQueue for SendMessage {
    type Answer = Sent;

    fn queue_url(&self) -> &str {
        &self.queue_url
    }

    fn run(self, connection: &Connection, now: i64) -> Result<Sent, SqsError> {
        let queue = Queue::load(connection, &self.queue_url)?;
        send(connection, &queue, &self.message, now)
    }
}

impl OnQueue for SendMessageBatch {
    type Answer = Outcome<Sent>;

    fn queue_url(&self) -> &str {
        &self.queue_url
    }

    fn run(self, connection: &Connection, now: i64) -> Result<Outcome<Sent>, SqsError> {
        let queue = Queue::load(connection, &self.queue_url)?;
        let bodies = self.entries.iter().map(|it| it.request.message_body.len());
        if bodies.sum::<usize>() > LARGEST {
            return Err(SqsError::BatchRequestTooLong(LARGEST));
        }
        batch::each(self.entries, |message| send(connection, &queue, &message, now))
    }
}

fn send(connection: &Connection, queue: &Queue, message: &NewMessage, now: i64) -> Result<Sent, SqsError> {
    check_body(queue, message)?;
    let visible_at = now + delay(queue, message.delay_seconds)?;
    let (message_id, sequence) = match deduplication_id(queue, message)? {
        Some(id) => send_once(connection, queue, message, &id, (now, visible_at))?,
        None => insert(connection, queue, message, None, (now, visible_at))?,
    };
    Ok(Sent {
        message_id,
        md5_of_message_body: md5_of(&message.message_body),
        md5_of_message_attributes: md5_of_attributes(&message.message_attributes)?,
        md5_of_message_system_attributes: md5_of_attributes(&message.message_system_attributes)?,
        sequence_number: queue.fifo.then(|| sequence_number(sequence)),
    })
}

/// Stores the message unless one was sent with this deduplication id within the window; returns
/// the id and the sequence of the one that counts.
fn send_once(
    connection: &Connection,
    queue: &Queue,
    message: &NewMessage,
    id: &str,
    times: (i64, i64),
) -> Result<(String, i64), SqsError> {
    let (now, _) = times;
    connection
        .prepare_cached("DELETE FROM deduplication WHERE queue = ?1 AND sent_at <= ?2")?
        .execute((&queue.name, now - DEDUPLICATION_WINDOW_MS))?;
    let earlier = connection
        .prepare_cached("SELECT message_id, sequence FROM deduplication WHERE queue = ?1 AND deduplication_id = ?2")?
        .query_row((&queue.name, id), |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    if let Some(earlier) = earlier {
        return Ok(earlier);
    }
    let (message_id, sequence) = insert(connection, queue, message, Some(id), times)?;
    connection
        .prepare_cached(
            "INSERT INTO deduplication (queue, deduplication_id, message_id, sequence, sent_at)
             VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute((&queue.name, id, &message_id, sequence, now))?;
    Ok((message_id, sequence))
}

fn insert(
    connection: &Connection,
    queue: &Queue,
    message: &NewMessage,
    deduplication_id: Option<&str>,
    (sent_at, visible_at): (i64, i64),
) -> Result<(String, i64), SqsError> {
    let message_id = ambient::id().to_string();
    connection
        .prepare_cached(
            "INSERT INTO messages (queue, message_id, body, attributes, system_attributes,
                 group_id, deduplication_id, sent_at, visible_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        )?
        .execute((
            &queue.name,
            &message_id,
            &message.message_body,
            serde_json::to_string(&message.message_attributes)?,
            serde_json::to_string(&message.message_system_attributes)?,
            &message.message_group_id,
            deduplication_id,
            sent_at,
            visible_at,
        ))?;
    Ok((message_id, connection.last_insert_rowid()))
}

/// Sequence numbers are 20 digits, so that they sort as text.
pub(super) fn sequence_number(row: i64) -> String {
    format!("{row:020}")
}

fn check_body(queue: &Queue, message: &NewMessage) -> Result<(), SqsError> {
    let body = &message.message_body;
    if body.is_empty() {
        return Err(SqsError::MissingParameter("MessageBody"));
    }
    let allowed = |letter: char| letter >= ' ' || matches!(letter, '\t' | '\n' | '\r');
    if !body.chars().all(allowed) || body.contains(['\u{FFFE}', '\u{FFFF}']) {
        return Err(SqsError::InvalidMessageContents);
    }
    let size = body.len() + check_attributes(&message.message_attributes)?;
    if size > queue.largest_message {
        return Err(SqsError::InvalidParameterValue(format!(
            "One or more parameters are invalid. Reason: Message must be shorter than {} bytes.",
            queue.largest_message
        )));
    }
    Ok(())
}

fn delay(queue: &Queue, seconds: Option<i64>) -> Result<i64, SqsError> {
    let invalid = |reason: &str| {
        SqsError::InvalidParameterValue(format!(
            "Value {} for parameter DelaySeconds is invalid. Reason: {reason}.",
            seconds.unwrap_or_default()
        ))
    };
    match seconds {
        None => Ok(queue.delay),
        Some(1..) if queue.fifo => Err(invalid("The request include parameter that is not valid for this queue type")),
        Some(seconds @ 0..=900) => Ok(1000 * seconds),
        Some(_) => Err(invalid("DelaySeconds must be >= 0 and <= 900")),
    }
}

fn deduplication_id(queue: &Queue, message: &NewMessage) -> Result<Option<String>, SqsError> {
    if !queue.fifo {
        return match &message.message_deduplication_id {
            None => Ok(None),
            Some(_) => Err(SqsError::InvalidParameterValue(
                "The request include parameter MessageDeduplicationId which is not valid for \
                 this queue type"
                    .to_owned(),
            )),
        };
    }
    if message.message_group_id.is_none() {
        return Err(SqsError::MissingParameter("MessageGroupId"));
    }
    match &message.message_deduplication_id {
        Some(id) => Ok(Some(id.clone())),
        None if queue.deduplicates_content => Ok(Some(hex(&Sha256::digest(message.message_body.as_bytes())))),
        None => Err(SqsError::InvalidParameterValue(
            "The queue should either have ContentBasedDeduplication enabled or \
             MessageDeduplicationId provided explicitly"
                .to_owned(),
        )),
    }
}
