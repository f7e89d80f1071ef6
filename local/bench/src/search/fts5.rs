//! SQLite's full-text search, in memory: no typos, no prefixes.

use std::time::Instant;

use rusqlite::Connection;

use super::corpus::Document;
use super::{BOOSTS, LIMIT};
use crate::stage::BoxError;

/// A table, filled.
pub(super) struct Fts5 {
    connection: Connection,
    select: String,
}

impl Fts5 {
    /// Indexes all documents; gives the seconds, too.
    pub(super) fn build(documents: &[Document]) -> Result<(Self, f64), BoxError> {
        let started = Instant::now();
        let mut connection = Connection::open_in_memory()?;
        connection.execute_batch(
            "CREATE VIRTUAL TABLE found USING fts5(title, tags, city, description, body UNINDEXED, \
             tokenize = 'porter unicode61')",
        )?;
        let transaction = connection.transaction()?;
        {
            let mut insert = transaction.prepare("INSERT INTO found VALUES (?1, ?2, ?3, ?4, ?5)")?;
            for Document { title, description, tags, city, json } in documents {
                insert.execute((title, tags.join(" "), city, description, json.to_string()))?;
            }
        }
        transaction.commit()?;
        let seconds = started.elapsed().as_secs_f64();
        let [title, tags, city, description] = BOOSTS;
        let select = format!(
            "SELECT body FROM found WHERE found MATCH ?1 \
             ORDER BY bm25(found, {title}, {tags}, {city}, {description}) LIMIT {LIMIT}"
        );
        Ok((Self { connection, select }, seconds))
    }

    /// The milliseconds of a search, and how many results it has on its page.
    pub(super) fn time(&self, text: &str) -> Result<(f64, usize), BoxError> {
        let started = Instant::now();
        let mut select = self.connection.prepare_cached(&self.select)?;
        let bodies = select.query_map([text], |row| row.get::<_, String>(0))?;
        let found = bodies.collect::<Result<Vec<_>, _>>()?;
        Ok((started.elapsed().as_secs_f64() * 1000.0, found.len()))
    }
}
