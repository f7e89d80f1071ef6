//! Workers: what a Lambda (or the local platform) hands them, one message at a time.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent, SqsMessage};
use futures_util::future::BoxFuture;
use futures_util::{FutureExt, StreamExt, stream};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::error::{Error, chain, panic_text};
use crate::store::Meter;

/// Messages of one batch at a time; they wait for the store, not for the processor.
const CONCURRENCY: usize = 10;

/// What a service does with timers and messages. Both are idempotent: either may come twice.
pub trait Worker: Send + Sync + 'static {
    /// A timer of template.yaml has fired.
    fn timer<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<(), Error>>;

    /// A message has come. An error leaves it in its queue, to come again.
    fn message<'a>(&'a self, message: Message<'a>) -> BoxFuture<'a, Result<(), Error>>;
}

/// A message as it was received.
#[derive(Clone, Copy, Debug)]
pub struct Message<'a> {
    /// SQS's id, the same for each delivery.
    pub id: &'a str,
    /// What was sent.
    pub body: &'a str,
    /// Which delivery this is, from 1.
    pub receives: u32,
}

impl Message<'_> {
    /// The job that was sent. An error says where it is wrong, without what stands there.
    pub fn job<T: DeserializeOwned>(&self) -> Result<T, Error> {
        serde_json::from_str(self.body).map_err(|error| {
            Error::internal(format!("no job: {:?} at {}:{}", error.classify(), error.line(), error.column()))
        })
    }
}

/// What a worker's Lambda is invoked with.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Event {
    /// `{"timer": "<name>"}`, from a `Schedule` event.
    Timer {
        /// The timer's name in template.yaml.
        timer: String,
    },
    /// A batch from a queue.
    Batch(SqsEvent),
}

/// Runs one invocation. Only failed messages are named in the answer; a panic fails its message alone.
///
/// # Errors
/// When a timer failed, so that the invocation counts as failed.
pub async fn handle(worker: &dyn Worker, event: Event) -> Result<SqsBatchResponse, Error> {
    let records = match event {
        Event::Timer { timer } => {
            measured("timer", &timer, worker.timer(&timer)).await?;
            return Ok(SqsBatchResponse::default());
        }
        Event::Batch(batch) => batch.records,
    };
    // Collected first: a stream that maps borrowed records is not `Send` to the compiler.
    let received: Vec<_> = records.iter().map(|record| receive(worker, record)).collect();
    let failed: Vec<String> =
        stream::iter(received).buffer_unordered(CONCURRENCY).filter_map(std::future::ready).collect().await;
    let mut response = SqsBatchResponse::default();
    response.batch_item_failures = failed
        .into_iter()
        .map(|id| {
            let mut failure = BatchItemFailure::default();
            failure.item_identifier = id;
            failure
        })
        .collect();
    Ok(response)
}

/// The message's id if it failed.
async fn receive(worker: &dyn Worker, record: &SqsMessage) -> Option<String> {
    let id = record.message_id.as_deref().unwrap_or_default();
    let receives = record.attributes.get("ApproximateReceiveCount").and_then(|count| count.parse().ok()).unwrap_or(1);
    let message = Message { id, body: record.body.as_deref().unwrap_or_default(), receives };
    // Inside, so that a panic of `message` itself is this message's, too.
    let work = async move { worker.message(message).await }.boxed();
    measured("message", id, work).await.err().map(|_| id.to_owned())
}

/// One log line for each job, with what it used.
async fn measured(kind: &'static str, name: &str, work: BoxFuture<'_, Result<(), Error>>) -> Result<(), Error> {
    let started = std::time::Instant::now();
    let meter = Arc::new(Meter::default());
    let result = Arc::clone(&meter)
        .measure(AssertUnwindSafe(work).catch_unwind())
        .await
        .unwrap_or_else(|panic| Err(Error::internal(format!("panic: {}", panic_text(panic.as_ref())))));
    let usage = meter.usage();
    tracing::info!(
        job.kind = kind,
        job.name = name,
        job.error = result.as_ref().err().map(|error| chain(error)),
        duration_ms = started.elapsed().as_secs_f64() * 1000.0,
        store.calls = usage.calls,
        store.units = usage.units,
        "job done",
    );
    result
}
