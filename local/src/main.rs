//! The whole platform in one process: what template.yaml declares, on an embedded AWS.
//!
//! `cargo run` starts it; README.md says what can then be done with it.

#[cfg(test)]
mod across;
mod cli;
mod corpus;
mod data;
mod environment;
mod error;
mod gateway;
mod guard;
mod model;
mod page;
mod platform;
mod queues;
mod sandbox;
mod seeds;
mod services;
mod startup;
mod timers;

use std::process::ExitCode;

use clap::Parser;
use shared::config::Stage;

use cli::{Arguments, Command};

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let outcome = match &arguments.command {
        Some(Command::Env { function, json }) => environment::print(&arguments.data, function, *json),
        None => {
            shared::telemetry::init(Stage::Local);
            platform::run(&arguments).await
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
