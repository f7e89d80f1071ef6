//! The SQS event sources of template.yaml: polls each queue into its worker, as Lambda does.

use std::sync::Arc;

use aws_sdk_sqs::Client;
use local_aws::template::QueueSource;
use shared::Error;
use shared::config::{AwsConfig, Env};
use shared::jobs::{Poller, Worker};

/// The reader of an event source; a queue that template.yaml does not declare is an error.
pub(crate) async fn connect(source: &QueueSource, worker: Arc<dyn Worker>, env: &Env) -> Result<Poller, Error> {
    let sdk = shared::store::sdk_config(&AwsConfig::from_env(env)).await;
    let found = Client::new(&sdk).get_queue_url().queue_name(&source.queue).send().await.map_err(Error::internal)?;
    let url = found.queue_url.ok_or_else(|| Error::internal("a queue without an address"))?;
    Ok(Poller::new(&sdk, url, worker).with_batches(source.batch_size, source.partial_failures))
}

/// What is behind an error whose own text is meant for callers.
pub(crate) fn cause(error: &Error) -> String {
    match error {
        Error::Internal(cause) | Error::Unavailable(cause) => cause.to_string(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests;
