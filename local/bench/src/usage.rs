//! What a request used, read from its own log line.

use std::net::SocketAddr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use tracing::field::{Field, Visit};
use tracing_subscriber::layer::{Context, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

use crate::load;
use crate::stage::BoxError;

/// Off while rates are measured, so that they do not pay for it.
static LISTENING: AtomicBool = AtomicBool::new(false);
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
        let listening = LISTENING.load(Ordering::Relaxed);
        if listening && event.metadata().fields().field("store.calls").is_some() {
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

/// Listens to the log lines, which the services write as they do when deployed.
pub(crate) fn record() {
    let lines = tracing_subscriber::fmt::layer().json().flatten_event(true);
    let lines = lines.with_current_span(false).with_span_list(false).with_writer(std::io::sink);
    tracing_subscriber::registry()
        .with(EnvFilter::new("info,dynoxide=error,s3s=off"))
        .with(lines)
        .with(Recorder)
        .init();
}

/// Sends one request and prints what it used.
pub(crate) async fn print(address: SocketAddr, request: Vec<u8>) -> Result<(), BoxError> {
    LISTENING.store(true, Ordering::Relaxed);
    load::run(address, vec![request], 1).await?;
    LISTENING.store(false, Ordering::Relaxed);
    let used = *LAST.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    println!("    {} calls, {} units", used.calls, used.units);
    Ok(())
}

/// A line of what the system knows of this process' memory, in megabytes. `RssAnon` leaves its code out.
pub(crate) fn memory(name: &str) -> Result<f64, BoxError> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix(name)).ok_or_else(|| format!("no {name}"))?;
    Ok(line.trim().trim_end_matches(" kB").parse::<f64>()? / 1024.0)
}
