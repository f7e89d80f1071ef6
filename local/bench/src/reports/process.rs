//! A worker in a process of its own, so that its memory is its own, too.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use reports::Reports;
use serde_json::{Value, json};
use shared::clock::Clock;
use shared::config::{AwsConfig, Env};
use shared::store::sdk_config;
use tokio::process::Command;

use crate::queue::Workers;
use crate::stage::{BoxError, Stage};
use crate::usage::memory;

/// The first argument of such a process.
pub(crate) const PROCESS: &str = "reports-process";
/// An export is begun so long after it was asked for.
const SETTLING: Duration = Duration::from_millis(2100);

/// The variables of the API and of its worker.
pub(super) fn variables(stage: &Stage) -> Result<BTreeMap<String, String>, BoxError> {
    let worker = stage.aws.function_env("ReportsWorkerFunction")?;
    Ok(stage.aws.function_env("ReportsFunction")?.into_iter().chain(worker).collect())
}

/// Has the export made that waits, and gives what that took.
pub(super) async fn start(stage: &Stage) -> Result<Value, BoxError> {
    tokio::time::sleep(SETTLING).await;
    let output = Command::new(std::env::current_exe()?).arg(PROCESS).envs(variables(stage)?).output().await?;
    serde_json::from_slice(&output.stdout).map_err(|_| String::from_utf8_lossy(&output.stderr).into())
}

/// Makes the export that waits, and prints as JSON what that took.
pub(crate) async fn in_own_process() -> Result<(), BoxError> {
    let env: Env = std::env::vars().collect();
    let reports = Reports::build(&env, Clock::system()).await?;
    let sdk = sdk_config(&AwsConfig::from_env(&env)).await;
    let workers = Workers::of(&sdk, env.require("REPORTS_EXPORTS_QUEUE_URL")?, reports.worker());
    let (started, before) = (Instant::now(), memory("VmHWM:")?);
    workers.one().await?;
    workers.drain().await?;
    let seconds = started.elapsed().as_secs_f64();
    println!("{}", json!({"seconds": seconds, "before": before, "peak": memory("VmHWM:")?}));
    Ok(())
}
