use jiff::Timestamp;
use rusqlite::Connection;
use serde::{Deserialize, Serialize};

use super::error::SnsError;
use crate::links::links;

/// An SMS or a push that was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Publication {
    /// The id that SNS answered with.
    pub id: String,
    /// What it is.
    pub kind: PublicationKind,
    /// The phone number, or the ARN of the platform endpoint.
    pub to: String,
    /// The subject, if one was given.
    pub subject: Option<String>,
    /// The message as given; with `MessageStructure` `json` that is the whole JSON.
    pub message: String,
    /// Every http and https address in the message, once, in order.
    pub links: Vec<String>,
    /// When it was accepted.
    pub at: Timestamp,
}

/// Where a publication went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PublicationKind {
    /// To a phone number.
    Sms,
    /// To a platform endpoint: an app on a device.
    Push,
}

impl Publication {
    pub(super) fn store(mut self, connection: &Connection, now: i64) -> Result<(), SnsError> {
        self.links = links(&[&self.message]);
        self.at = Timestamp::from_millisecond(now).unwrap_or_default();
        connection.execute(
            "INSERT INTO publications (id, published_at, publication) VALUES (?1, ?2, ?3)",
            (&self.id, now, serde_json::to_string(&self)?),
        )?;
        Ok(())
    }
}

/// All of them, newest first.
pub(super) fn stored(connection: &Connection) -> Result<Vec<Publication>, SnsError> {
    let mut query =
        connection.prepare("SELECT publication FROM publications ORDER BY published_at DESC, rowid DESC")?;
    let rows: Vec<String> = query.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    rows.iter().map(|row| Ok(serde_json::from_str(row)?)).collect()
}
