//! A platform started for one test, and a client that speaks to it.

use std::path::Path;
use std::process::{ExitStatus, Output, Stdio};
use std::time::Duration;

use http::Method;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// Long enough for a debug build on a machine that runs other tests beside it.
const PATIENCE: Duration = Duration::from_mins(1);

pub(crate) const PASSWORD: &str = "Password123!";
pub(crate) const T1: &str = "00000000-0000-0000-0000-000000000001";
pub(crate) const T2: &str = "a0000001-0000-0000-0000-000000000001";

/// A running platform. Dropping it kills it.
pub(crate) struct Platform {
    process: Child,
    pub(crate) url: String,
    pub(crate) client: reqwest::Client,
}

/// A status and a body.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Value,
}

fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_local"));
    command.env("RUST_LOG", "warn").kill_on_drop(true).stdin(Stdio::null());
    command
}

/// Runs the binary to its end.
pub(crate) async fn output(arguments: &[&str]) -> Output {
    tokio::time::timeout(PATIENCE, command().args(arguments).output()).await.unwrap().unwrap()
}

/// The directory as an argument.
pub(crate) fn argument(directory: &Path) -> &str {
    directory.to_str().unwrap()
}

impl Platform {
    /// One that keeps nothing.
    pub(crate) async fn ephemeral() -> Self {
        Self::start(&["--ephemeral"]).await
    }

    /// One that keeps its data in `directory`.
    pub(crate) async fn on(directory: &TempDir) -> Self {
        Self::start(&["--data", argument(directory.path())]).await
    }

    /// One that keeps nothing, with everything that there is to be searched for.
    pub(crate) async fn with_corpus() -> Self {
        Self::run(&["--ephemeral"]).await
    }

    /// One with these flags, on free ports, once it says that it is up.
    pub(crate) async fn start(flags: &[&str]) -> Self {
        Self::run(&[flags, &["--no-corpus"]].concat()).await
    }

    /// One that keeps its data in `directory`, and whose webhooks may be on loopback.
    pub(crate) async fn with_private_webhooks(directory: &TempDir) -> Self {
        let flags = ["--data", argument(directory.path()), "--no-corpus"];
        Self::spawn(command().env("DANGEROUS_ALLOW_PRIVATE_WEBHOOKS", "true").args(flags)).await
    }

    async fn run(flags: &[&str]) -> Self {
        Self::spawn(command().args(flags)).await
    }

    async fn spawn(command: &mut Command) -> Self {
        let mut process = command.args(["--port", "0", "--aws-port", "0"]).stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let url = tokio::time::timeout(PATIENCE, async {
            loop {
                let line = lines.next_line().await.unwrap().expect("the platform ended before it was up");
                if let Some(rest) = line.trim_start().strip_prefix("page ") {
                    return rest.trim_start().split_once("/ ").unwrap().0.to_owned();
                }
            }
        });
        let url = url.await.unwrap();
        // The rest is read, too: a full pipe would stop the platform.
        tokio::spawn(async move { while lines.next_line().await.is_ok_and(|line| line.is_some()) {} });
        Self { process, url, client: client() }
    }

    /// SIGKILL, and waits for the end.
    pub(crate) async fn kill(mut self) {
        self.process.kill().await.unwrap();
    }

    /// SIGTERM, and how it ends.
    pub(crate) async fn terminate(mut self) -> ExitStatus {
        let process = self.process.id().unwrap().to_string();
        assert!(Command::new("kill").args(["-TERM", &process]).status().await.unwrap().success());
        tokio::time::timeout(PATIENCE, self.process.wait()).await.unwrap().unwrap()
    }

    /// A request that the test shapes itself.
    pub(crate) fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.client.request(method, format!("{}{path}", self.url))
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        answer(self.request(Method::GET, path)).await
    }

    pub(crate) async fn post(&self, path: &str, token: Option<&str>, body: &Value) -> Answer {
        let request = self.request(Method::POST, path).json(body);
        answer(match token {
            Some(token) => request.bearer_auth(token),
            None => request,
        })
        .await
    }

    /// Signs in with the seeds' password.
    pub(crate) async fn login(&self, email: &str) -> Answer {
        self.post("/auth/v1/login", None, &json!({ "email": email, "password": PASSWORD })).await
    }

    /// The same for another tenant than the account's first.
    pub(crate) async fn token_in(&self, email: &str, tenant: &str) -> String {
        let login = self.request(Method::POST, "/auth/v1/login").header("x-tenant-id", tenant);
        let answer = answer(login.json(&json!({ "email": email, "password": PASSWORD }))).await;
        answer.body["data"]["accessToken"].as_str().unwrap().to_owned()
    }

    /// An access token of a seeded account without a second factor.
    pub(crate) async fn token(&self, email: &str) -> String {
        self.login(email).await.body["data"]["accessToken"].as_str().unwrap().to_owned()
    }
}

/// Sends a request and reads its answer; a body that is no JSON becomes a string.
pub(crate) async fn answer(request: reqwest::RequestBuilder) -> Answer {
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    Answer { status, body: serde_json::from_str(&text).unwrap_or(Value::String(text)) }
}

#[expect(clippy::disallowed_methods, reason = "a test's own client, on loopback")]
fn client() -> reqwest::Client {
    reqwest::Client::builder().timeout(PATIENCE).no_proxy().build().unwrap()
}
