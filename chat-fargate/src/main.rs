//! The chat service as a binary: serves until SIGTERM, then closes its sockets and drains.

use std::net::Ipv4Addr;
use std::process::ExitCode;

use chat_fargate::{Chat, ServerConfig, check_health};
use shared::clock::Clock;
use shared::config::{Env, Stage};
use shared::{server, telemetry};
use tokio::net::TcpListener;

type Failure = Box<dyn std::error::Error>;

#[tokio::main]
async fn main() -> ExitCode {
    let env = Env::of_process();
    let result = match std::env::args().nth(1).as_deref() {
        None => run(&env).await,
        // The container's health check: there is no curl in its image.
        Some("--health") => ask_health(&env).await,
        Some(other) => Err(format!("unknown argument {other}; there is only --health").into()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("chat-fargate: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(env: &Env) -> Result<(), Failure> {
    telemetry::init(Stage::from_env(env)?);
    let config = ServerConfig::from_env(env)?;
    let chat = Chat::build(env, Clock::system()).await?;
    let listener = TcpListener::bind((Ipv4Addr::UNSPECIFIED, config.port)).await?;
    Ok(chat.serve(listener, config.trusted_proxy, server::stop_signal()).await?)
}

async fn ask_health(env: &Env) -> Result<(), Failure> {
    Ok(check_health(ServerConfig::from_env(env)?.port).await?)
}
