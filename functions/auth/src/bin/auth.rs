//! The Lambda function `auth`: the API.

use auth::Auth;
use shared::clock::Clock;
use shared::config::{Env, Stage};
use shared::{lambda, telemetry};

#[tokio::main]
async fn main() -> Result<(), lambda::StartError> {
    let env = Env::of_process();
    telemetry::init(Stage::from_env(&env)?);
    let auth = Auth::build(&env, Clock::system()).await?;
    lambda::run_http(auth.router()).await
}
