//! From the start of the `auth` binary to its first answer, against a bare `lambda_http` hello.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use lambda_simulator::{InvocationStatus, Simulator};
use local_aws::LocalAws;
use serde_json::Value;

use crate::build;
use crate::report::{Pair, at_most};
use crate::stage::BoxError;

const ROUNDS: usize = 21;
const PATIENCE: Duration = Duration::from_secs(10);

pub(crate) async fn measure() -> Result<(), BoxError> {
    let (auth, bare) = (build::binary("auth", "auth")?, build::binary("bench", "bare-lambda")?);
    let aws = LocalAws::ephemeral().await?;
    let environment: Vec<(String, String)> = aws.function_env("AuthFunction")?.into_iter().collect();
    let event = include_str!("../../../events/health.json");
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        let baseline = first_answer(&bare, &environment, event).await?;
        let ours = first_answer(&auth, &environment, event).await?;
        rounds.push(Pair { ours, baseline });
    }
    at_most("start of auth to its first answer", &rounds, 3.0);
    Ok(())
}

/// Milliseconds from the start of `binary` to its first answer.
async fn first_answer(binary: &Path, environment: &[(String, String)], event: &str) -> Result<f64, BoxError> {
    let simulator = Simulator::builder().function_name("auth").build().await?;
    let event: Value = serde_json::from_str(event)?;
    let invocation = simulator.enqueue_payload(event).await;
    let started = Instant::now();
    let mut process = Command::new(binary)
        .env_clear()
        .envs(simulator.lambda_env_vars())
        .envs(environment.iter().cloned())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    let state = simulator.wait_for_invocation_complete(&invocation, PATIENCE).await;
    let taken = started.elapsed().as_secs_f64() * 1000.0;
    process.kill()?;
    process.wait()?;
    if state?.status == InvocationStatus::Success { Ok(taken) } else { Err("the first invocation failed".into()) }
}
