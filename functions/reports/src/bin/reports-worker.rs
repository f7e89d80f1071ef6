//! The Lambda function `reports-worker`: its queue and timers.

use reports::Reports;
use shared::clock::Clock;
use shared::config::{Env, Stage};
use shared::{lambda, telemetry};

#[tokio::main]
async fn main() -> Result<(), lambda::StartError> {
    let env = Env::of_process();
    telemetry::init(Stage::from_env(&env)?);
    let reports = Reports::build(&env, Clock::system()).await?;
    lambda::run_worker(reports.worker()).await
}
