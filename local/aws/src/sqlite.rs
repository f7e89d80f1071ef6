use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;

use crate::Error;

const SCHEMA: &str = include_str!("schema.sql");

/// The database of queues and mail. One connection: SQLite has one writer anyway.
#[derive(Debug, Clone)]
pub(crate) struct Sqlite {
    connection: Arc<Mutex<Connection>>,
}

impl Sqlite {
    pub(crate) fn open(directory: Option<&Path>) -> Result<Self, Error> {
        let connection = match directory {
            Some(directory) => Connection::open(directory.join("messages.sqlite"))?,
            None => Connection::open_in_memory()?,
        };
        // WAL with NORMAL loses nothing to a killed process; only to a machine that loses power.
        connection.pragma_update(None, "journal_mode", "wal")?;
        connection.pragma_update(None, "synchronous", "normal")?;
        connection.execute_batch(SCHEMA)?;
        connection.set_prepared_statement_cache_capacity(64);
        Ok(Self { connection: Arc::new(Mutex::new(connection)) })
    }

    /// Runs one transaction on a thread that may block; an error of `work` rolls it back.
    pub(crate) async fn transaction<T, E>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<rusqlite::Error> + From<tokio::task::JoinError> + Send + 'static,
    {
        let this = self.clone();
        tokio::task::spawn_blocking(move || this.blocking_transaction(work)).await?
    }

    /// The same, for a caller that may block.
    pub(crate) fn blocking_transaction<T, E: From<rusqlite::Error>>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        let transaction = connection.transaction()?;
        let result = work(&transaction)?;
        transaction.commit()?;
        Ok(result)
    }
}
