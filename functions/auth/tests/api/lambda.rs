//! The real binaries under a Lambda Runtime API, with every file of `events/` that is auth's. (CI sends the others, too.)

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use lambda_simulator::{InvocationStatus, Simulator};
use serde_json::{Value, json};
use shared::auth::{Role, Roles};
use shared::clock::Clock;

use crate::support::{App, T1, TOTP_SECRET};

/// How long a debug build may take for one event.
const PATIENCE: Duration = Duration::from_secs(20);

/// A binary that is ended with the test.
struct Function {
    simulator: Simulator,
    process: Child,
}

impl Drop for Function {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Function {
    async fn start(app: &App, logical_id: &str, binary: &str) -> Self {
        let simulator = Simulator::builder().function_name(logical_id).build().await.unwrap();
        let process = Command::new(binary)
            .env_clear()
            .envs(simulator.lambda_env_vars())
            .envs(app.aws.function_env(logical_id).unwrap())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Self { simulator, process }
    }

    async fn invoke(&self, event: Value) -> Result<Value, String> {
        let id = self.simulator.enqueue_payload(event).await;
        let state = self.simulator.wait_for_invocation_complete(&id, PATIENCE).await.unwrap();
        match state.status {
            InvocationStatus::Success => Ok(state.response.unwrap().payload),
            _ => Err(format!("{:?}", state.error)),
        }
    }
}

fn events() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../events")
}

fn read(name: &str) -> Value {
    serde_json::from_slice(&std::fs::read(events().join(name)).unwrap()).unwrap()
}

/// The accounts that the files of `events/` sign in with.
async fn start() -> App {
    let app = App::start_at(Clock::system()).await;
    for (name, totp_secret) in [("admin", None), ("dev", Some(TOTP_SECRET.to_vec()))] {
        let hash = app.auth.state().passwords.hash("Password123!").await.unwrap();
        app.account_with(name, |new| {
            new.email = format!("{name}@eventzr.com");
            new.password_hash = Some(hash);
            new.memberships = vec![(T1, Roles(vec![Role::Admin]))];
            new.totp_secret = totp_secret;
        })
        .await;
    }
    app
}

#[tokio::test(flavor = "multi_thread")]
async fn every_event_gets_its_expected_answer() {
    let app = start().await;
    let api = Function::start(&app, "AuthFunction", env!("CARGO_BIN_EXE_auth")).await;
    let worker = Function::start(&app, "AuthWorkerFunction", env!("CARGO_BIN_EXE_auth-worker")).await;
    let expected = read("expected.json");
    let files = std::fs::read_dir(events()).unwrap().map(|entry| entry.unwrap().path());
    let events = files.filter(|path| path.extension().is_some_and(|kind| kind == "json"));
    let names = events.map(|path| path.file_name().unwrap().to_str().unwrap().to_owned());
    let mut done = 0;
    for file in names.filter(|name| name != "expected.json") {
        let expected = &expected[&file];
        assert!(expected.is_object(), "{file} has no expected answer");
        if !expected["function"].as_str().unwrap().starts_with("Auth") {
            continue;
        }
        let function = if expected["binary"] == "auth" { &api } else { &worker };
        let answer = function.invoke(read(&file)).await.unwrap_or_else(|error| panic!("{file}: {error}"));
        if expected["binary"] == "auth" {
            assert_eq!(answer["statusCode"], expected["status"], "{file}: {answer}");
            let body: Value = serde_json::from_str(answer["body"].as_str().unwrap_or("null")).unwrap_or(Value::Null);
            assert_eq!(body["error"].get("code").unwrap_or(&Value::Null), &expected["error"], "{file}: {answer}");
        }
        done += 1;
    }
    let own = |row: &&Value| row["function"].as_str().unwrap().starts_with("Auth");
    assert_eq!(done, expected.as_object().unwrap().values().filter(own).count());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_timer_fails_its_invocation() {
    let app = start().await;
    let worker = Function::start(&app, "AuthWorkerFunction", env!("CARGO_BIN_EXE_auth-worker")).await;
    assert!(worker.invoke(json!({"timer": "no-such-timer"})).await.is_err());
    assert!(worker.invoke(json!({"timer": "outbox"})).await.is_ok());
}
