//! The flags of `cargo run`.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

/// Starts the whole platform in one process: what template.yaml declares, on an embedded AWS.
#[derive(Debug, Parser)]
#[command(name = "local", version)]
pub(crate) struct Arguments {
    /// Port of the services and of the page at /; 0 takes a free one
    #[arg(long, default_value_t = 8080, global = true)]
    pub(crate) port: u16,

    /// Port of the embedded AWS, for `AWS_ENDPOINT_URL`; 0 takes a free one
    #[arg(long, default_value_t = 4566, global = true)]
    pub(crate) aws_port: u16,

    /// Directory that keeps all data
    #[arg(long, value_name = "DIR", default_value = ".local", global = true)]
    pub(crate) data: PathBuf,

    /// Keep nothing: all data is gone when the platform stops
    #[arg(long, conflicts_with_all = ["data", "fresh"])]
    pub(crate) ephemeral: bool,

    /// Delete the platform's data in DIR first
    #[arg(long)]
    pub(crate) fresh: bool,

    /// Begin without the made-up events, venues and artists that are there to be searched for
    #[arg(long)]
    pub(crate) no_corpus: bool,

    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

/// What else it can do than start.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Print the environment of a function or a task, for a binary that runs beside the platform in DIR
    Env {
        /// Its logical id in template.yaml, such as `AuthFunction` or `ChatTaskDefinition`
        function: String,

        /// In the form of `sam local invoke --env-vars` instead of NAME=VALUE lines
        #[arg(long)]
        json: bool,
    },
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_flags_are_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn what_keeps_nothing_takes_no_directory() {
        assert!(Arguments::try_parse_from(["local", "--ephemeral"]).unwrap().ephemeral);
        assert!(Arguments::try_parse_from(["local", "--ephemeral", "--data", "d"]).is_err());
        assert!(Arguments::try_parse_from(["local", "--ephemeral", "--fresh"]).is_err());
    }

    #[test]
    fn flags_may_stand_before_and_after_the_command() {
        for line in [["local", "--data", "d", "env", "F"], ["local", "env", "F", "--data", "d"]] {
            assert_eq!(Arguments::try_parse_from(line).unwrap().data, PathBuf::from("d"));
        }
    }
}
