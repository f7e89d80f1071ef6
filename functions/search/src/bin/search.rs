//! The Lambda function `search`: the API.

use search::Search;
use shared::clock::Clock;
use shared::config::{Env, Stage};
use shared::{lambda, telemetry};

#[tokio::main]
async fn main() -> Result<(), lambda::StartError> {
    let env = Env::of_process();
    telemetry::init(Stage::from_env(&env)?);
    let search = Search::build(&env, Clock::system()).await?;
    lambda::run_http(search.router()).await
}
