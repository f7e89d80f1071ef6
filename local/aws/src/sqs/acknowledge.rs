//! What a receiver says about a message it holds: done, or hide it for another while.

use rusqlite::{Connection, OptionalExtension};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::OnQueue;
use super::batch::{self, Entry, Outcome};
use super::error::SqsError;
use super::queue::Queue;

/// An answer without fields.
#[derive(Debug, Serialize)]
pub(super) struct Empty {}

/// Something done to one message.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ByReceipt<T> {
    queue_url: String,
    #[serde(flatten)]
    action: T,
}

/// The same, done to up to ten.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", bound = "T: Deserialize<'de>")]
pub(super) struct ByReceipts<T> {
    queue_url: String,
    #[serde(default = "Vec::new")]
    entries: Vec<Entry<T>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Delete {
    receipt_handle: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ChangeVisibility {
    receipt_handle: String,
    visibility_timeout: Option<i64>,
}

/// What can be done to a message by the handle of its last receive.
pub(super) trait Action: DeserializeOwned + Send + 'static {
    fn apply(self, connection: &Connection, queue: &Queue, now: i64) -> Result<Empty, SqsError>;
}

impl<T: Action> OnQueue for ByReceipt<T> {
    type Answer = Empty;

    fn queue_url(&self) -> &str {
        &self.queue_url
    }

    fn run(self, connection: &Connection, now: i64) -> Result<Empty, SqsError> {
        let queue = Queue::load(connection, &self.queue_url)?;
        self.action.apply(connection, &queue, now)
    }
}

impl<T: Action> OnQueue for ByReceipts<T> {
    type Answer = Outcome<Empty>;

    fn queue_url(&self) -> &str {
        &self.queue_url
    }

    fn run(self, connection: &Connection, now: i64) -> Result<Outcome<Empty>, SqsError> {
        let queue = Queue::load(connection, &self.queue_url)?;
        batch::each(self.entries, |action| action.apply(connection, &queue, now))
    }
}

impl Action for Delete {
    fn apply(self, connection: &Connection, queue: &Queue, now: i64) -> Result<Empty, SqsError> {
        let handle = ReceiptHandle::parse(&self.receipt_handle)?;
        match handle.visible_at(connection, queue)? {
            // Another receiver may hold it by now; in a FIFO queue that would break the order.
            Some(visible_at) if queue.fifo && visible_at <= now => {
                return Err(SqsError::InvalidParameterValue(format!(
                    "Value {} for parameter ReceiptHandle is invalid. Reason: The receipt handle \
                     has expired.",
                    self.receipt_handle
                )));
            }
            Some(_) => {
                connection.prepare_cached("DELETE FROM messages WHERE id = ?1")?.execute([handle.row])?;
            }
            // Deleted already, or received again since: SQS calls that a success.
            None => {}
        }
        Ok(Empty {})
    }
}

impl Action for ChangeVisibility {
    fn apply(self, connection: &Connection, queue: &Queue, now: i64) -> Result<Empty, SqsError> {
        let handle = ReceiptHandle::parse(&self.receipt_handle)?;
        let timeout = match self.visibility_timeout {
            Some(seconds @ 0..=43_200) => 1000 * seconds,
            Some(seconds) => {
                return Err(SqsError::InvalidParameterValue(format!(
                    "Value {seconds} for parameter VisibilityTimeout is invalid. Reason: \
                     VisibilityTimeout must be an integer between 0 and 43200."
                )));
            }
            None => return Err(SqsError::MissingParameter("VisibilityTimeout")),
        };
        match handle.visible_at(connection, queue)? {
            Some(visible_at) if visible_at > now => {
                connection
                    .prepare_cached("UPDATE messages SET visible_at = ?2 WHERE id = ?1")?
                    .execute((handle.row, now + timeout))?;
                Ok(Empty {})
            }
            Some(_) => Err(SqsError::MessageNotInflight),
            None => Err(SqsError::InvalidParameterValue(format!(
                "Value {} for parameter ReceiptHandle is invalid. Reason: Message does not exist \
                 or is not available for visibility timeout change.",
                self.receipt_handle
            ))),
        }
    }
}

/// Names one receive of one message.
struct ReceiptHandle {
    receipt: String,
    row: i64,
}

impl ReceiptHandle {
    fn parse(text: &str) -> Result<Self, SqsError> {
        let handle = text.split_once('.').and_then(|(receipt, row)| {
            let receipt = receipt.parse::<Uuid>().ok()?;
            Some(Self { receipt: receipt.to_string(), row: row.parse().ok()? })
        });
        handle.ok_or(SqsError::ReceiptHandleIsInvalid)
    }

    /// When the message becomes visible again, if this is still its last receive.
    fn visible_at(&self, connection: &Connection, queue: &Queue) -> Result<Option<i64>, SqsError> {
        let visible_at = connection
            .prepare_cached("SELECT visible_at FROM messages WHERE id = ?1 AND queue = ?2 AND receipt = ?3")?
            .query_row((self.row, &queue.name, &self.receipt), |row| row.get(0))
            .optional()?;
        Ok(visible_at)
    }
}
