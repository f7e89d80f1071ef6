//! notify: what a message costs, how many it takes and sends against bare loops of the same calls, and how long
//! one takes from its request to its provider.

mod bare;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use notify::Notify;
use serde_json::json;
use shared::auth::Role;
use shared::config::Env;

use crate::load;
use crate::queue::Workers;
use crate::report::{Pair, at_least, percentile};
use crate::stage::{BoxError, Stage, serve};

/// Connections that send requests.
const CONNECTIONS: usize = 16;
/// Requests of each in one round.
const EACH: usize = 15;
const ROUNDS: usize = 9;
/// Messages whose calls are counted.
const COUNTED: u32 = 100;
/// Recipients of a bulk request.
const RECIPIENTS: u32 = 1000;
/// Messages that are timed one by one.
const TIMED: usize = 100;
const WRITES: [&str; 5] = ["PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems"];

pub(crate) async fn measure() -> Result<(), BoxError> {
    let stage = Stage::start().await?;
    let organizer = stage.member_as("ada", Role::Organizer).await?;
    let env: Env = stage.aws.function_env("NotifyFunction")?.into_iter().collect();
    let notify = Notify::build(&env, stage.clock.clone()).await?;
    let address = serve(notify.router()).await?;
    let workers =
        Workers::new(&stage, &stage.aws.function_env("NotifyFunction")?["NOTIFY_QUEUE_URL"], notify.worker()).await?;
    let mail = json!({"to": "a@example.com", "channels": ["email"], "content": {"subject": "Hello", "text": "Hi"}});
    let single = load::request("POST", "/notify/v1/notifications", Some(&organizer.token), Some(&mail.to_string()));
    let recipients: Vec<_> = (0..RECIPIENTS).map(|number| json!({"to": format!("r{number}@example.com")})).collect();
    let bulk = json!({"recipients": recipients, "channels": ["email"], "content": {"subject": "Hello", "text": "Hi"}});
    let bulk = load::request("POST", "/notify/v1/notifications/bulk", Some(&organizer.token), Some(&bulk.to_string()));

    // Warm: keys and connections are there.
    load::run(address, vec![single.clone()], 1).await?;
    workers.drain().await?;
    count(&stage, &workers, address, ("a single message", &single, COUNTED as usize), COUNTED).await?;
    count(&stage, &workers, address, ("a message of a bulk request", &bulk, 1), RECIPIENTS).await?;

    let bare = bare::Bare::new(&stage).await?;
    let (mut accepts, mut drains) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let baseline = bare.accepts(CONNECTIONS, EACH).await?;
        let ours = load::run(address, vec![single.clone(); CONNECTIONS], EACH).await?.per_second;
        accepts.push(Pair { ours, baseline });
        let ours = per_second(&workers).await?;
        bare.fill(CONNECTIONS * EACH).await?;
        drains.push(Pair { ours, baseline: bare.drain(CONNECTIONS * EACH).await? });
    }
    at_least("POST /notifications", &accepts, 0.8);
    at_least("sending", &drains, 0.8);
    idle(&stage, Arc::new(workers), address, single).await
}

/// Prints the calls of accepting and of sending `messages`.
async fn count(
    stage: &Stage,
    workers: &Workers,
    address: SocketAddr,
    (what, request, times): (&str, &[u8], usize),
    messages: u32,
) -> Result<(), BoxError> {
    let before = stage.aws.calls();
    load::run(address, vec![request.to_vec()], times).await?;
    let accepted = stage.aws.calls();
    workers.drain().await?;
    let sent = stage.aws.calls();
    println!(
        "{what}: {} to accept, {} to send",
        per_message(&before, &accepted, messages),
        per_message(&accepted, &sent, messages)
    );
    Ok(())
}

/// `5.0 calls (2.0 writes)`
fn per_message(before: &BTreeMap<String, u64>, after: &BTreeMap<String, u64>, messages: u32) -> String {
    let made = |wanted: &dyn Fn(&str) -> bool| -> f64 {
        let calls = after.iter().filter(|(name, _)| wanted(name));
        let made: u64 = calls.map(|(name, count)| count - before.get(name).copied().unwrap_or(0)).sum();
        f64::from(u32::try_from(made).unwrap_or(u32::MAX)) / f64::from(messages)
    };
    format!("{:.2} calls ({:.2} writes)", made(&|_| true), made(&|name| WRITES.contains(&name)))
}

/// Messages sent in a second, of those that wait.
async fn per_second(workers: &Workers) -> Result<f64, BoxError> {
    let started = Instant::now();
    let sent = workers.drain().await?;
    #[expect(clippy::cast_precision_loss, reason = "a count")]
    Ok(sent as f64 / started.elapsed().as_secs_f64())
}

/// Prints how long a message takes from its request to the provider's call while nothing else happens.
async fn idle(stage: &Stage, workers: Arc<Workers>, address: SocketAddr, request: Vec<u8>) -> Result<(), BoxError> {
    let reading = tokio::spawn(async move { workers.run().await });
    let calls = || stage.aws.calls().get("SendRawEmail").copied().unwrap_or(0);
    let mut times = Vec::with_capacity(TIMED);
    for _ in 0..TIMED {
        let (before, started) = (calls(), Instant::now());
        load::run(address, vec![request.clone()], 1).await?;
        while calls() == before {
            tokio::time::sleep(Duration::from_micros(200)).await;
        }
        times.push(started.elapsed().as_secs_f64() * 1000.0);
    }
    reading.abort();
    println!(
        "from request to provider, idle: p50 {:.1} ms, p99 {:.1} ms",
        percentile(&mut times, 0.5),
        percentile(&mut times, 0.99)
    );
    Ok(())
}
