//! Logging: JSON lines on Lambda and Fargate, readable lines locally.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::FmtSpan;

use crate::config::Stage;

/// What is logged unless `RUST_LOG` says otherwise. The embedded DynamoDB warns of each condition that did not hold;
/// `webauthn_rs_core` calls an error of ours what a caller sends wrong, and auth's audit log has that.
const DEFAULT_FILTER: &str =
    "info,aws_config=warn,aws_smithy_runtime=warn,hyper=warn,dynoxide=error,webauthn_rs_core=off";

/// Starts logging for this process; a second call changes nothing.
pub fn init(stage: Stage) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(DEFAULT_FILTER));
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_span_events(FmtSpan::NONE);
    let started = match stage {
        Stage::Deployed => lines.json().flatten_event(true).with_current_span(false).with_span_list(false).try_init(),
        Stage::Local => {
            let errors = std::io::stderr;
            lines.with_target(false).with_ansi(errors().is_terminal()).with_writer(errors).try_init()
        }
    };
    if started.is_err() {
        tracing::debug!("logging was already started");
    }
}
