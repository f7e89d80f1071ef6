//! The entry points of the Lambda binaries.

use std::sync::Arc;

use axum::Router;
use lambda_runtime::{LambdaEvent, service_fn};

use crate::jobs::{Event, Worker, handle};

/// Why a function could not start or go on; printed by its `main`.
pub type StartError = lambda_runtime::Error;

/// Serves `router` behind API Gateway until the environment is shut down.
pub async fn run_http(router: Router) -> Result<(), StartError> {
    lambda_http::run(router).await
}

/// Runs `worker` on timers and queue batches.
pub async fn run_worker(worker: Arc<dyn Worker>) -> Result<(), StartError> {
    lambda_runtime::run(service_fn(move |event: LambdaEvent<Event>| {
        let worker = Arc::clone(&worker);
        async move { handle(worker.as_ref(), event.payload).await.map_err(lambda_runtime::Error::from) }
    }))
    .await
}
