//! The embedded AWS: DynamoDB, SQS, SNS, SES and S3 on one loopback port, holding what
//! template.yaml declares.
//!
//! It serves the platform when it runs on one machine, and every crate's tests. Services reach it
//! with the SDK's own clients by `AWS_ENDPOINT_URL`, and cannot tell the difference but by what it
//! can do on purpose: [`Faults`].
//!
//! DynamoDB is [dynoxide](https://docs.rs/dynoxide-rs), S3 is [s3s](https://docs.rs/s3s) on files;
//! queues, topics and mail are kept here, in SQLite. With a data directory everything that was
//! acknowledged survives a SIGKILL.
//!
//! SMS and pushes are listed ([`LocalAws::publications`]), as mail is. What is published to a topic,
//! or what becomes of a mail that was sent with a configuration set, is signed as SNS signs it and
//! posted to the topic's HTTP subscriptions until they take it; without a server of its own a test
//! takes it by hand ([`LocalAws::notifications`]). The certificate that it is signed with was
//! issued by a local authority, to be trusted by `AWS_CA_BUNDLE`.

mod ambient;
mod calls;
mod clock;
mod dynamodb;
mod edge;
mod error;
mod faults;
mod files;
mod form;
mod links;
mod provision;
mod s3;
mod ses;
mod sns;
mod sqlite;
mod sqs;
mod start;
pub mod template;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tempfile::TempDir;
use tokio::task::JoinHandle;
use tokio_util::sync::DropGuard;

pub use error::Error;
pub use faults::{Fault, Faults, When};
pub use links::links;
pub use ses::Mail;
pub use sns::{Publication, PublicationKind, SnsDelivery};
pub use sqs::QueueDepth;
pub use template::Template;

use clock::Clock;
use edge::Edge;

/// The access key that S3 checks signatures with; the other services take any.
pub const ACCESS_KEY: &str = "test";
/// The secret key that S3 checks signatures with.
pub const SECRET_KEY: &str = "test";
/// The region of the environment and of every ARN.
pub const REGION: &str = template::REGION;

/// How to start.
#[derive(Debug, Default)]
pub struct Options {
    /// The directory that keeps everything, made if it is not there. Without one, nothing
    /// outlives the process.
    pub data: Option<PathBuf>,
    /// The port on 127.0.0.1; 0 is any that is free.
    pub port: u16,
    /// Values of template.yaml's parameters; the others have their defaults.
    pub parameters: BTreeMap<String, String>,
    /// Another template than the platform's own.
    pub template: Option<String>,
}

/// A running embedded AWS. Dropping it stops it; [`shutdown`](Self::shutdown) waits for that.
pub struct LocalAws {
    endpoint: String,
    template: Template,
    edge: Arc<Edge>,
    clock: Arc<Clock>,
    stop: DropGuard,
    serving: JoinHandle<Result<(), Error>>,
    ca_file: PathBuf,
    _temporary: Option<TempDir>,
}

impl LocalAws {
    /// The platform's resources on a free port, gone with the value. Cheap enough for one a test.
    pub async fn ephemeral() -> Result<Self, Error> {
        Self::start(Options::default()).await
    }

    /// The address for `AWS_ENDPOINT_URL`, without a trailing slash.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// What the template declares.
    #[must_use]
    pub fn template(&self) -> &Template {
        &self.template
    }

    /// The environment that Lambda gives a function, with the SDK's variables for this AWS.
    pub fn function_env(&self, logical_id: &str) -> Result<BTreeMap<String, String>, Error> {
        let mut functions = self.template.functions.iter();
        match functions.find(|function| function.logical_id == logical_id) {
            Some(function) => Ok(self.with_sdk_variables(&function.environment)),
            None => Err(Error::Undeclared { kind: "function", name: logical_id.to_owned() }),
        }
    }

    /// The environment that ECS gives the (first) container of a task definition.
    pub fn container_env(&self, task_definition: &str) -> Result<BTreeMap<String, String>, Error> {
        let mut containers = self.template.containers.iter();
        match containers.find(|container| container.task_definition == task_definition) {
            Some(container) => Ok(self.with_sdk_variables(&container.environment)),
            None => Err(Error::Undeclared { kind: "task definition", name: task_definition.to_owned() }),
        }
    }

    fn with_sdk_variables(&self, variables: &BTreeMap<String, String>) -> BTreeMap<String, String> {
        let mut variables = variables.clone();
        let ca_file = self.ca_file.to_string_lossy();
        for (name, value) in [
            ("AWS_CA_BUNDLE", &*ca_file),
            ("AWS_ENDPOINT_URL", self.endpoint.as_str()),
            ("AWS_REGION", REGION),
            ("AWS_ACCESS_KEY_ID", ACCESS_KEY),
            ("AWS_SECRET_ACCESS_KEY", SECRET_KEY),
        ] {
            variables.insert(name.to_owned(), value.to_owned());
        }
        variables
    }

    /// What shall go wrong between the clients and this AWS.
    #[must_use]
    pub fn faults(&self) -> &Faults {
        &self.edge.faults
    }

    /// How often each operation was called since the start, by its AWS name.
    #[must_use]
    pub fn calls(&self) -> BTreeMap<String, u64> {
        self.edge.calls.snapshot()
    }

    /// Every mail that was sent, newest first.
    pub async fn mailbox(&self) -> Result<Vec<Mail>, Error> {
        self.edge.ses.mailbox().await
    }

    /// Every SMS and push that was sent, newest first.
    pub async fn publications(&self) -> Result<Vec<Publication>, Error> {
        self.edge.sns.publications().await
    }

    /// What is still to be posted to the topics' HTTP subscriptions, oldest first, whether or not
    /// somebody listens there. Also what waits for a subscription's confirmation.
    pub async fn notifications(&self) -> Result<Vec<SnsDelivery>, Error> {
        self.edge.sns.notifications().await
    }

    /// Takes a delivery out of [`notifications`](Self::notifications): it was delivered by hand.
    pub async fn acknowledge(&self, id: i64) -> Result<(), Error> {
        self.edge.sns.acknowledge(id).await
    }

    /// How full every queue is, by name.
    pub async fn queues(&self) -> Result<Vec<QueueDepth>, Error> {
        self.edge.sqs.depths().await
    }

    /// Makes every message visible again that was received and not deleted, for whoever knows that all
    /// receivers have died. (SQS itself would wait for their visibility timeouts.)
    pub async fn release_in_flight(&self) -> Result<(), Error> {
        self.edge.sqs.release_in_flight().await
    }

    /// Gives a queue back what its dead-letter queue took from it; says how many messages that were.
    pub async fn redrive(&self, queue: &str) -> Result<usize, Error> {
        self.edge.sqs.redrive(queue).await
    }

    /// Moves the time of the queues forward: delays, visibility timeouts and deduplication end as
    /// if one had waited.
    ///
    /// DynamoDB's TTL, S3's presigned URLs and the retries of SNS have the machine's time.
    pub fn advance(&self, by: Duration) {
        self.clock.advance(by);
        self.edge.sqs.time_has_changed();
    }

    /// Deletes what has outlived its TTL now instead of within the next minute; returns how many
    /// items that were.
    pub async fn sweep_ttl(&self) -> Result<usize, Error> {
        let database = self.edge.dynamodb.database().clone();
        let swept = tokio::task::spawn_blocking(move || database.sweep_ttl()).await?;
        swept.map_err(|error| Error::DynamoDb(error.to_string()))
    }

    /// Lets requests under way end (at most 2 s), then stops.
    pub async fn shutdown(self) -> Result<(), Error> {
        drop(self.stop);
        self.serving.await?
    }
}
