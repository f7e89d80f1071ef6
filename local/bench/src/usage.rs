//! What a request used, read from its own log line.

use std::sync::Mutex;

use tracing::field::{Field, Visit};
use tracing_subscriber::layer::{Context, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

static LAST: Mutex<Used> = Mutex::new(Used { calls: 0, units: 0.0 });

/// Calls to the store and consumed units of one request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Used {
    pub(crate) calls: u64,
    pub(crate) units: f64,
}

struct Recorder;

impl<S: tracing::Subscriber> Layer<S> for Recorder {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        if event.metadata().fields().field("store.calls").is_some() {
            let mut used = LAST.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            event.record(&mut *used);
        }
    }
}

impl Visit for Used {
    fn record_debug(&mut self, _: &Field, _: &dyn std::fmt::Debug) {}

    fn record_u64(&mut self, field: &Field, value: u64) {
        if field.name() == "store.calls" {
            self.calls = value;
        }
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        if field.name() == "store.units" {
            self.units = value;
        }
    }
}

/// Listens to the log lines; the services write them as they do when deployed.
pub(crate) fn record() {
    let lines = tracing_subscriber::fmt::layer().json().with_writer(std::io::sink);
    tracing_subscriber::registry()
        .with(EnvFilter::new("info,dynoxide=error,s3s=off"))
        .with(lines)
        .with(Recorder)
        .init();
}

/// What the last request used.
pub(crate) fn last() -> Used {
    *LAST.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
