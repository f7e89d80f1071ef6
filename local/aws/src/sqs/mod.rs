//! SQS, on SQLite: the operations that the platform uses, by the JSON protocol.

mod acknowledge;
mod admin;
mod batch;
mod error;
mod message;
mod queue;
mod receive;
mod send;
mod take;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use http::{Response, StatusCode};
use rusqlite::Connection;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value as Json, json};
use tokio::sync::Notify;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

pub use admin::QueueDepth;
pub(crate) use message::hex;

use acknowledge::{ByReceipt, ByReceipts, ChangeVisibility, Delete};
use admin::{CreateQueue, GetQueueAttributes, GetQueueUrl, ListQueues, PurgeQueue};
use error::SqsError;
use queue::Queue;
use receive::ReceiveMessage;
use send::{SendMessage, SendMessageBatch};

use crate::Error;
use crate::clock::Clock;
use crate::edge::{Body, json};
use crate::sqlite::Sqlite;
use crate::template::{self, ACCOUNT, REGION};

pub(crate) struct Sqs {
    sqlite: Sqlite,
    clock: Arc<Clock>,
    endpoint: String,
    stop: CancellationToken,
    /// Told whenever a queue may have something to receive, so that long polls look again.
    arrivals: Mutex<HashMap<String, Arc<Notify>>>,
}

impl Sqs {
    pub(crate) fn new(sqlite: Sqlite, clock: Arc<Clock>, endpoint: String, stop: CancellationToken) -> Self {
        Self { sqlite, clock, endpoint, stop, arrivals: Mutex::default() }
    }

    pub(crate) async fn answer(&self, operation: &str, body: &[u8]) -> Response<Body> {
        match self.run(operation, body).await {
            Ok(answer) => json(StatusCode::OK, &answer),
            Err(error) => error.into_response(),
        }
    }

    async fn run(&self, operation: &str, body: &[u8]) -> Result<Json, SqsError> {
        match operation {
            "SendMessage" => self.on_queue::<SendMessage>(body).await,
            "SendMessageBatch" => self.on_queue::<SendMessageBatch>(body).await,
            "ReceiveMessage" => self.receive(&parse(body)?).await,
            "DeleteMessage" => self.on_queue::<ByReceipt<Delete>>(body).await,
            "DeleteMessageBatch" => self.on_queue::<ByReceipts<Delete>>(body).await,
            "ChangeMessageVisibility" => self.on_queue::<ByReceipt<ChangeVisibility>>(body).await,
            "ChangeMessageVisibilityBatch" => self.on_queue::<ByReceipts<ChangeVisibility>>(body).await,
            "GetQueueAttributes" => self.on_queue::<GetQueueAttributes>(body).await,
            "PurgeQueue" => self.on_queue::<PurgeQueue>(body).await,
            "CreateQueue" => {
                let (request, now): (CreateQueue, _) = (parse(body)?, self.clock.now_ms());
                self.queue_url(move |connection| request.run(connection, now)).await
            }
            "GetQueueUrl" => {
                let request: GetQueueUrl = parse(body)?;
                self.queue_url(move |connection| request.run(connection)).await
            }
            "ListQueues" => self.list(parse(body)?).await,
            other => Err(SqsError::UnknownOperation(other.to_owned())),
        }
    }

    /// Runs an operation on one queue and lets its long polls look again.
    async fn on_queue<T: OnQueue>(&self, body: &[u8]) -> Result<Json, SqsError> {
        let (request, now): (T, _) = (parse(body)?, self.clock.now_ms());
        let arrival = self.arrival(request.queue_url());
        let answer = self.sqlite.transaction(move |connection| request.run(connection, now)).await?;
        arrival.notify_waiters();
        Ok(serde_json::to_value(answer)?)
    }

    async fn queue_url(
        &self,
        find: impl FnOnce(&Connection) -> Result<String, SqsError> + Send + 'static,
    ) -> Result<Json, SqsError> {
        let name = self.sqlite.transaction(find).await?;
        Ok(json!({"QueueUrl": self.url(&name)}))
    }

    async fn list(&self, request: ListQueues) -> Result<Json, SqsError> {
        let names = self.sqlite.transaction(move |connection| request.run(connection)).await?;
        let urls: Vec<_> = names.iter().map(|name| self.url(name)).collect();
        Ok(json!({"QueueUrls": urls}))
    }

    fn url(&self, name: &str) -> String {
        format!("{}/{ACCOUNT}/{name}", self.endpoint)
    }

    /// Looks until there is a message, the wait is over, or this AWS stops.
    async fn receive(&self, request: &ReceiveMessage) -> Result<Json, SqsError> {
        let started = Instant::now();
        let arrival = self.arrival(request.queue_url());
        loop {
            // Listening before looking: what arrives in between must not be missed.
            let arrived = arrival.notified();
            tokio::pin!(arrived);
            arrived.as_mut().enable();

            let (look, now) = (request.clone(), self.clock.now_ms());
            let found = self.sqlite.transaction(move |connection| look.look(connection, now)).await?;
            if let Some(queue) = found.filled {
                self.arrival(&queue).notify_waiters();
            }
            let left = found.wait.saturating_sub(started.elapsed());
            if !found.messages.is_empty() || left.is_zero() || self.stop.is_cancelled() {
                return Ok(match found.messages.as_slice() {
                    [] => json!({}),
                    messages => json!({"Messages": messages}),
                });
            }
            let pause = found.next_visible.map_or(left, |next| next.min(left));
            tokio::select! {
                () = arrived => {}
                () = tokio::time::sleep(pause) => {}
                () = self.stop.cancelled() => {}
            }
        }
    }

    fn arrival(&self, queue_url: &str) -> Arc<Notify> {
        let name = queue_url.rsplit('/').next().unwrap_or_default();
        let mut arrivals = self.arrivals.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(arrivals.entry(name.to_owned()).or_default())
    }

    /// Lets every long poll look again.
    pub(crate) fn time_has_changed(&self) {
        let arrivals = self.arrivals.lock().unwrap_or_else(PoisonError::into_inner);
        for arrival in arrivals.values() {
            arrival.notify_waiters();
        }
    }

    /// Makes the declared queues, and gives those that are there the declared attributes.
    pub(crate) fn provision(&self, declared: &[template::Queue]) -> Result<(), Error> {
        let now = self.clock.now_ms();
        self.sqlite.blocking_transaction(|connection| {
            let refused = |name: &str| {
                let queue = name.to_owned();
                move |error: SqsError| Error::Queue { queue, reason: error.to_string() }
            };
            let mut queues = Vec::new();
            for template::Queue { name, attributes, .. } in declared {
                let queue = Queue::new(name, attributes.clone(), now).map_err(refused(name))?;
                queue.save(connection).map_err(refused(name))?;
                queues.push(queue);
            }
            // Only now, since a queue may be declared before its dead-letter queue.
            for queue in &queues {
                admin::check_redrive(connection, queue).map_err(refused(&queue.name))?;
            }
            Ok(())
        })
    }

    pub(crate) async fn depths(&self) -> Result<Vec<QueueDepth>, Error> {
        let now = self.clock.now_ms();
        let depths: Result<Vec<_>, SqsError> = self
            .sqlite
            .transaction(move |connection| {
                let names = admin::names(connection)?;
                names.iter().map(|name| admin::depth(connection, name, now)).collect()
            })
            .await;
        depths.map_err(every_queue)
    }

    pub(crate) async fn release_in_flight(&self) -> Result<(), Error> {
        let now = self.clock.now_ms();
        self.sqlite.transaction(move |connection| admin::release_in_flight(connection, now)).await.map_err(every_queue)
    }

    pub(crate) async fn redrive(&self, queue: &str) -> Result<usize, Error> {
        let (name, now) = (queue.to_owned(), self.clock.now_ms());
        let moved = self.sqlite.transaction(move |connection| admin::redrive(connection, &name, now)).await;
        self.time_has_changed();
        moved.map_err(every_queue)
    }
}

/// An operation on one queue that needs no waiting.
trait OnQueue: DeserializeOwned + Send + 'static {
    type Answer: Serialize + Send + 'static;

    fn queue_url(&self) -> &str;

    fn run(self, connection: &Connection, now: i64) -> Result<Self::Answer, SqsError>;
}

fn arn(queue: &str) -> String {
    format!("arn:aws:sqs:{REGION}:{ACCOUNT}:{queue}")
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, SqsError> {
    Ok(serde_json::from_slice(body)?)
}

/// What went wrong with all queues at once.
fn every_queue(error: SqsError) -> Error {
    match error {
        SqsError::Sqlite(error) => Error::Sqlite(error),
        SqsError::Worker(error) => Error::Worker(error),
        other => Error::Queue { queue: "*".to_owned(), reason: other.to_string() },
    }
}
