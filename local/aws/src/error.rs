use std::path::PathBuf;

use crate::template::TemplateError;

/// What can go wrong while the embedded AWS starts or is asked about itself.
///
/// What a caller does wrong over HTTP is never this: it is answered on the wire, as AWS would.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// template.yaml cannot be read as a description of resources.
    #[error("template.yaml: {0}")]
    Template(#[from] TemplateError),
    /// The port is taken, or the data directory cannot be used.
    #[error("{what}: {source}")]
    Io {
        /// What was attempted.
        what: String,
        /// Why it failed.
        source: std::io::Error,
    },
    /// DynamoDB's store refused to open or to take a table.
    #[error("dynamodb: {0}")]
    DynamoDb(String),
    /// The store of messages and mail failed.
    #[error("messages and mail: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// A stored mail cannot be read.
    #[error("mail: {0}")]
    Mail(String),
    /// A stored SMS or push cannot be read.
    #[error("publication: {0}")]
    Publication(String),
    /// The key or the certificate that messages of topics are signed with cannot be made or read.
    #[error("signing: {0}")]
    Signing(#[from] rcgen::Error),
    /// A queue of template.yaml has attributes that SQS does not take.
    #[error("queue {queue}: {reason}")]
    Queue {
        /// The queue's name.
        queue: String,
        /// What SQS answers.
        reason: String,
    },
    /// The S3 store could not be opened.
    #[error("s3 in {path}: {reason}")]
    S3 {
        /// The directory of the buckets.
        path: PathBuf,
        /// Why not.
        reason: String,
    },
    /// template.yaml has no such function or task definition.
    #[error("template.yaml declares no {kind} {name}")]
    Undeclared {
        /// `function` or `task definition`.
        kind: &'static str,
        /// The logical id asked for.
        name: String,
    },
    /// A worker thread of the emulator died.
    #[error("a worker of the embedded AWS stopped: {0}")]
    Worker(#[from] tokio::task::JoinError),
}

impl Error {
    pub(crate) fn io(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        let what = what.into();
        move |source| Self::Io { what, source }
    }
}
