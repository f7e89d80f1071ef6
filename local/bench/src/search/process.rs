//! A process of its own: how long its first search takes, and how much memory what it holds takes.

use http::Method;
use serde_json::{Value, json};
use tokio::process::Command;

use super::Running;
use super::service::{Api, variables};
use crate::report::{Pair, compare, median};
use crate::stage::BoxError;

/// The first argument of such a process.
pub(crate) const PROCESS: &str = "search-process";
const TOKEN: &str = "BENCH_TOKEN";
const TASK: &str = "BENCH_TASK";
const QUERY: &str = "BENCH_QUERY";
const PROCESSES: usize = 5;
/// Searches after the first one.
const WARM: usize = 21;

/// Measures in this process, and prints that as JSON for whoever has started it.
pub(crate) async fn in_own_process() -> Result<(), BoxError> {
    let api = Api::build(std::env::vars().collect(), std::env::var(TOKEN)?).await?;
    // Keys are known and connections made.
    api.call(Method::GET, &format!("/tasks/{}", std::env::var(TASK)?), None).await?;
    let (query, before) = (std::env::var(QUERY)?, resident()?);
    let search = |semantic: bool| Some(json!({"query": query, "use_semantic": semantic}).to_string());
    let first = api.time(Method::POST, "/search", search(false)).await?;
    let mut warm = Vec::new();
    for _ in 0..WARM {
        warm.push(api.time(Method::POST, "/search", search(false)).await?);
    }
    while api.call(Method::POST, "/search", search(true)).await?["semantic"] == "loading" {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    println!("{}", json!({"first": first, "warm": median(warm), "before": before, "after": resident()?}));
    Ok(())
}

/// Prints what a cold start costs.
pub(super) async fn measure(running: &Running, query: &str) -> Result<(), BoxError> {
    let (mut opens, mut indexes, mut models) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..PROCESSES {
        let without = start(running, query, Some("/nowhere")).await?;
        let with = start(running, query, None).await?;
        let number = |of: &Value, name: &str| of[name].as_f64().ok_or_else(|| format!("no {name}: {of}"));
        opens.push(Pair { ours: number(&without, "first")?, baseline: number(&without, "warm")? });
        indexes.push(number(&without, "after")? - number(&without, "before")?);
        models.push(number(&with, "after")? - number(&without, "after")?);
    }
    compare("the first search of a new process, against the same one warm", "ms", &opens);
    println!("memory: {:.0} MB of the open index, {:.0} MB of the model", median(indexes), median(models));
    Ok(())
}

async fn start(running: &Running, query: &str, model: Option<&str>) -> Result<Value, BoxError> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg(PROCESS).envs(variables(&running.stage)?);
    command.env(TOKEN, &running.service.api.token).env(TASK, &running.task).env(QUERY, query);
    command.envs(model.map(|folder| ("EMBEDDING_MODEL_DIR", folder)));
    let output = command.output().await?;
    serde_json::from_slice(&output.stdout).map_err(|_| String::from_utf8_lossy(&output.stderr).into())
}

/// Megabytes of this process that are in memory, without the code.
fn resident() -> Result<f64, BoxError> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:")).ok_or("no RssAnon")?;
    Ok(line.trim().trim_end_matches(" kB").parse::<f64>()? / 1024.0)
}
