//! The Lambda function `notify-worker`: its queue.

use notify::Notify;
use shared::clock::Clock;
use shared::config::{Env, Stage};
use shared::{lambda, telemetry};

#[tokio::main]
async fn main() -> Result<(), lambda::StartError> {
    let env = Env::of_process();
    telemetry::init(Stage::from_env(&env)?);
    let notify = Notify::build(&env, Clock::system()).await?;
    lambda::run_worker(notify.worker()).await
}
