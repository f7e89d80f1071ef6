//! Which messages a receive gets, and what it does to them.

use rusqlite::{Connection, Row};

use super::error::SqsError;
use super::queue::Queue;
use crate::ambient;

/// A row of `messages`, just received.
pub(super) struct Received {
    pub(super) id: i64,
    pub(super) message_id: String,
    pub(super) body: String,
    pub(super) attributes: String,
    pub(super) system_attributes: String,
    pub(super) group_id: Option<String>,
    pub(super) deduplication_id: Option<String>,
    pub(super) sent_at: i64,
    pub(super) receive_count: i64,
    pub(super) first_received_at: i64,
    pub(super) receipt: String,
    pub(super) dead_letter_source: Option<String>,
}

impl Received {
    fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            message_id: row.get("message_id")?,
            body: row.get("body")?,
            attributes: row.get("attributes")?,
            system_attributes: row.get("system_attributes")?,
            group_id: row.get("group_id")?,
            deduplication_id: row.get("deduplication_id")?,
            sent_at: row.get("sent_at")?,
            receive_count: row.get("receive_count")?,
            first_received_at: row.get("first_received_at")?,
            receipt: row.get("receipt")?,
            dead_letter_source: row.get("dead_letter_source")?,
        })
    }
}

/// Deletes what is older than the queue keeps.
pub(super) fn forget_expired(connection: &Connection, queue: &Queue, now: i64) -> Result<(), SqsError> {
    connection
        .prepare_cached("DELETE FROM messages WHERE queue = ?1 AND sent_at < ?2")?
        .execute((&queue.name, now - queue.retention))?;
    Ok(())
}

/// Moves what has been received as often as it may; returns the queue that got it.
pub(super) fn redrive(connection: &Connection, queue: &Queue, now: i64) -> Result<Option<String>, SqsError> {
    let Some(redrive) = &queue.redrive else {
        return Ok(None);
    };
    let moved = connection
        .prepare_cached(
            "UPDATE messages
             SET queue = ?1, dead_letter_source = ?2, visible_at = ?3, receipt = NULL
             WHERE queue = ?2 AND visible_at <= ?3 AND receive_count >= ?4",
        )?
        .execute((&redrive.dead_letter_queue, &queue.name, now, redrive.max_receive_count))?;
    Ok((moved > 0).then(|| redrive.dead_letter_queue.clone()))
}

/// The rows to receive, in order.
///
/// FIFO: oldest first, none of a group that has a message in flight. Standard: groups with fewer
/// messages in flight first (fair queues), then oldest first.
pub(super) fn receivable(connection: &Connection, queue: &Queue, limit: i64, now: i64) -> Result<Vec<i64>, SqsError> {
    let query = if queue.fifo {
        "SELECT id FROM messages AS message
         WHERE queue = ?1 AND visible_at <= ?2 AND NOT EXISTS (
             SELECT 1 FROM messages AS other
             WHERE other.queue = ?1 AND other.group_id = message.group_id
               AND other.visible_at > ?2 AND other.receive_count > 0)
         ORDER BY id LIMIT ?3"
    } else {
        "SELECT message.id FROM messages AS message
         LEFT JOIN (
             SELECT group_id, count(*) AS messages FROM messages
             WHERE queue = ?1 AND visible_at > ?2 AND receive_count > 0 AND group_id IS NOT NULL
             GROUP BY group_id
         ) AS in_flight ON in_flight.group_id = message.group_id
         WHERE message.queue = ?1 AND message.visible_at <= ?2
         ORDER BY coalesce(in_flight.messages, 0), message.id LIMIT ?3"
    };
    let ids = connection
        .prepare_cached(query)?
        .query_map((&queue.name, now, limit), |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    Ok(ids)
}

/// Marks a message as received, hidden until `visible_at`.
pub(super) fn receive(connection: &Connection, id: i64, now: i64, visible_at: i64) -> Result<Received, SqsError> {
    let received = connection
        .prepare_cached(
            "UPDATE messages
             SET receive_count = receive_count + 1, visible_at = ?2, receipt = ?3,
                 first_received_at = coalesce(first_received_at, ?4)
             WHERE id = ?1
             RETURNING *",
        )?
        .query_row((id, visible_at, ambient::id().to_string(), now), Received::from_row)?;
    Ok(received)
}

/// When the next message that is hidden now becomes visible.
pub(super) fn next_visible(connection: &Connection, queue: &Queue, now: i64) -> Result<Option<i64>, SqsError> {
    let at = connection
        .prepare_cached("SELECT min(visible_at) FROM messages WHERE queue = ?1 AND visible_at > ?2")?
        .query_row((&queue.name, now), |row| row.get(0))?;
    Ok(at)
}
