//! The Lambda function `reports`: the API.

use reports::Reports;
use shared::clock::Clock;
use shared::config::{Env, Stage};
use shared::{lambda, telemetry};

#[tokio::main]
async fn main() -> Result<(), lambda::StartError> {
    let env = Env::of_process();
    telemetry::init(Stage::from_env(&env)?);
    let reports = Reports::build(&env, Clock::system()).await?;
    lambda::run_http(reports.router()).await
}
