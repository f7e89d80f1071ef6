//! A process of its own: how long its first search takes, and how much memory what it holds takes.

use std::time::Duration;

use http::Method;
use serde_json::{Value, json};
use tokio::process::Command;

use super::service::{Api, Service, variables};
use crate::report::{Pair, compare, median};
use crate::stage::{BoxError, Stage};
use crate::usage::memory;

/// The first argument of such a process.
pub(crate) const PROCESS: &str = "search-process";
const TOKEN: &str = "BENCH_TOKEN";
const QUERY: &str = "BENCH_QUERY";
const PROCESSES: usize = 5;
/// Searches after the first one.
const WARM: usize = 21;
const PAUSE: Duration = Duration::from_millis(20);

/// Measures in this process, and prints that as JSON for whoever has started it.
pub(crate) async fn in_own_process() -> Result<(), BoxError> {
    let api = Api::build(std::env::vars().collect(), std::env::var(TOKEN)?).await?;
    // Keys are known and connections made; no index is open.
    api.call(Method::GET, "/admin/stats", None).await?;
    let (query, before) = (std::env::var(QUERY)?, memory("RssAnon:")?);
    let search = |semantic: bool| Some(json!({"query": query, "use_semantic": semantic}).to_string());
    let first = api.time(Method::POST, "/search", search(false)).await?;
    let mut warm = Vec::new();
    for _ in 0..WARM {
        warm.push(api.time(Method::POST, "/search", search(false)).await?);
    }
    while api.call(Method::POST, "/search", search(true)).await?["semantic"] == "loading" {
        tokio::time::sleep(PAUSE).await;
    }
    // What was needed on the way is given back by and by, while other things are done.
    for _ in 0..WARM {
        tokio::time::sleep(PAUSE).await;
        api.call(Method::POST, "/search", search(true)).await?;
    }
    let (after, peak) = (memory("RssAnon:")?, memory("VmHWM:")?);
    println!("{}", json!({"first": first, "warm": median(warm), "before": before, "after": after, "peak": peak}));
    Ok(())
}

/// Prints what a cold start costs, and what its index takes.
pub(super) async fn measure_index(stage: &Stage, service: &Service, query: &str) -> Result<(), BoxError> {
    let (mut opens, mut taken, mut peaks) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..PROCESSES {
        let measured = start(stage, service, query, Some("/nowhere")).await?;
        opens.push(Pair { ours: number(&measured, "first")?, baseline: number(&measured, "warm")? });
        taken.push(number(&measured, "after")? - number(&measured, "before")?);
        peaks.push(number(&measured, "peak")?);
    }
    compare("the first search of a new process, against the same one warm", "ms", &opens);
    println!("memory of the open index: {:.0} MB (the whole process at most: {:.0} MB)", median(taken), median(peaks));
    Ok(())
}

/// Prints what the model takes, as long as there are no documents.
pub(super) async fn measure_model(stage: &Stage, service: &Service) -> Result<(), BoxError> {
    let mut taken = Vec::new();
    for _ in 0..PROCESSES {
        let without = start(stage, service, "nothing", Some("/nowhere")).await?;
        let with = start(stage, service, "nothing", None).await?;
        taken.push(number(&with, "after")? - number(&without, "after")?);
    }
    println!("memory of the model: {:.0} MB", median(taken));
    Ok(())
}

fn number(of: &Value, name: &str) -> Result<f64, BoxError> {
    of[name].as_f64().ok_or_else(|| format!("no {name}: {of}").into())
}

async fn start(stage: &Stage, service: &Service, query: &str, model: Option<&str>) -> Result<Value, BoxError> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg(PROCESS).envs(variables(stage)?);
    command.env(TOKEN, &service.api.token).env(QUERY, query);
    command.envs(model.map(|folder| ("EMBEDDING_MODEL_DIR", folder)));
    let output = command.output().await?;
    serde_json::from_slice(&output.stdout).map_err(|_| String::from_utf8_lossy(&output.stderr).into())
}
