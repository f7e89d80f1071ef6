//! The Lambda function `auth-worker`: timers.

use auth::Auth;
use shared::clock::Clock;
use shared::config::{Env, Stage};
use shared::{lambda, telemetry};

#[tokio::main]
async fn main() -> Result<(), lambda::StartError> {
    let env = Env::of_process();
    telemetry::init(Stage::from_env(&env)?);
    let auth = Auth::build(&env, Clock::system()).await?;
    lambda::run_worker(auth.worker()).await
}
