//! The embedded AWS alone: `cargo run -p local-aws -- --port 4566 --data .local/aws`.

use std::io::Write;
use std::path::PathBuf;

use clap::Parser;
use local_aws::{LocalAws, Options};
use tokio::signal::unix::{SignalKind, signal};

/// DynamoDB, SQS, SNS, SES and S3 on one loopback port.
#[derive(Debug, Parser)]
struct Arguments {
    /// The port on 127.0.0.1; 0 takes any that is free.
    #[arg(long, default_value_t = 4566)]
    port: u16,
    /// The directory that keeps everything; without it, nothing is kept.
    #[arg(long)]
    data: Option<PathBuf>,
    /// A SAM template instead of the platform's own.
    #[arg(long)]
    template: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
        .init();
    let arguments = Arguments::parse();
    let template = match arguments.template {
        Some(file) => Some(std::fs::read_to_string(file)?),
        None => None,
    };
    let mut terminate = signal(SignalKind::terminate())?;
    let aws =
        LocalAws::start(Options { data: arguments.data, port: arguments.port, template, ..Options::default() }).await?;

    // Programs that start this one read the address from here.
    let mut out = std::io::stdout();
    writeln!(out, "{}", aws.endpoint())?;
    out.flush()?;

    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted?,
        _ = terminate.recv() => {}
    }
    aws.shutdown().await?;
    Ok(())
}
