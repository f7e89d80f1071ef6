//! Why the platform does not start, or stopped.

use std::path::PathBuf;

use shared::config::ConfigError;

/// Why the platform does not start, or stopped: said to whoever typed the command.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LocalError {
    #[error("{path} is in use by another instance: stop it, or choose another directory with --data")]
    DataInUse { path: PathBuf },
    #[error("{path}: {source}")]
    Data { path: PathBuf, source: std::io::Error },
    #[error("port {port} is in use: choose another with --port (0 takes a free one)")]
    PortInUse { port: u16 },
    #[error("port {port}: {source}")]
    Port { port: u16, source: std::io::Error },
    #[error("port {port} is in use: choose another for the embedded AWS with --aws-port (0 takes a free one)")]
    AwsPortInUse { port: u16 },
    #[error("embedded AWS: {0}")]
    Aws(#[from] local_aws::Error),
    #[error(
        "template.yaml: {owner} runs the binary `{binary}`, which is not linked into this program (local/src/services.rs)"
    )]
    NotLinked { owner: String, binary: String },
    #[error("template.yaml: {owner}: {problem}")]
    Template { owner: String, problem: String },
    #[error("{owner}: {source}")]
    Config { owner: String, source: ConfigError },
    #[error("seeded accounts: {0}")]
    Seeds(String),
    #[error("serving: {0}")]
    Serve(std::io::Error),
    #[error("no platform was started in {path} yet: start it with `cargo run`")]
    NeverStarted { path: PathBuf },
    #[error("template.yaml declares no function {name}; it declares {known}")]
    UnknownFunction { name: String, known: String },
    #[error(transparent)]
    Internal(#[from] shared::Error),
}
