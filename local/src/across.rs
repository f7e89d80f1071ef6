//! What no service does alone: the real workers of all of them, on the queues of template.yaml.

use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{Method, Request, StatusCode};
use jiff::SignedDuration;
use local_aws::LocalAws;
use serde_json::{Value, json};
use shared::clock::Clock;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use crate::seeds;
use crate::services::Services;

/// Longer than every service together takes for a job, in real time.
const PATIENCE: Duration = Duration::from_mins(1);

/// Every service, with its queues being read.
struct Across {
    aws: LocalAws,
    clock: Clock,
    services: Services,
    readers: JoinSet<()>,
    stop: CancellationToken,
}

impl Across {
    async fn start() -> Self {
        let (aws, clock) = (LocalAws::ephemeral().await.unwrap(), Clock::manual(Clock::system().now()));
        let mut services = Services::build(&aws, &clock).await.unwrap();
        seeds::ensure(services.auth.as_ref().unwrap(), &clock).await.unwrap();
        let stop = CancellationToken::new();
        let readers = services.readers.drain(..).map(|reader| reader.run(stop.clone())).collect();
        Self { aws, clock, services, readers, stop }
    }

    /// Calls auth, and gives `data`.
    async fn call(&self, method: Method, path: &str, token: &str, body: Value) -> (StatusCode, Value) {
        let peer: std::net::SocketAddr = "127.0.0.1:1000".parse().unwrap();
        let request = Request::builder().method(method).uri(format!("/auth/v1{path}")).extension(ConnectInfo(peer));
        let request = request.header("content-type", "application/json");
        let request =
            if token.is_empty() { request } else { request.header("authorization", format!("Bearer {token}")) };
        let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
        let answer = self.services.auth.as_ref().unwrap().router().oneshot(request.body(body).unwrap()).await.unwrap();
        let (status, bytes) = (answer.status(), to_bytes(answer.into_body(), usize::MAX).await.unwrap());
        (status, serde_json::from_slice::<Value>(&bytes).unwrap()["data"].clone())
    }

    async fn signed_in(&self) -> String {
        let login = json!({"email": "user@eventzr.com", "password": seeds::PASSWORD});
        let (_, data) = self.call(Method::POST, "/login", "", login).await;
        data["accessToken"].as_str().unwrap().to_owned()
    }

    /// Waits until `path` says that it is completed; `minutes` of the platform's time pass at each look.
    async fn completed(&self, path: &str, token: &str, minutes: i64) -> Value {
        let looking = async {
            loop {
                let (_, data) = self.call(Method::GET, path, token, Value::Null).await;
                if data["status"] == "completed" {
                    return data;
                }
                self.clock.advance(SignedDuration::from_mins(minutes));
                self.aws.advance(Duration::from_mins(1) * u32::try_from(minutes).unwrap());
                for timer in &self.services.timers {
                    timer.fire().await;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(PATIENCE, looking).await.unwrap()
    }

    async fn end(mut self) {
        self.stop.cancel();
        while self.readers.join_next().await.is_some() {}
        drop(self.services);
        self.aws.shutdown().await.unwrap();
    }
}

/// The services that have a queue of their own to be told by.
fn told() -> Value {
    json!(["auth", "chat", "notify", "reports", "search"])
}

#[tokio::test]
async fn an_erasure_ends_with_the_receipts_of_all_services() {
    let across = Across::start().await;
    let (status, erasure) = across.call(Method::DELETE, "/profile", &across.signed_in().await, Value::Null).await;
    assert_eq!((status, &erasure["status"]), (StatusCode::ACCEPTED, &json!("processing")));
    let path = format!("/erasures/{}", erasure["id"].as_str().unwrap());
    let done = across.completed(&path, "", 1).await;
    assert_eq!(done["services"], told());
    assert!(done["receipt"].as_str().unwrap().split('.').count() == 3, "{done}");
    // The address is known no more, but for this mail.
    let mailed = async {
        loop {
            let mails = across.aws.mailbox().await.unwrap();
            if let Some(mail) = mails.into_iter().find(|mail| mail.links.iter().any(|link| link.ends_with(&path))) {
                return mail;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    assert_eq!(tokio::time::timeout(PATIENCE, mailed).await.unwrap().to, ["user@eventzr.com"]);
    across.end().await;
}

#[tokio::test]
async fn an_export_has_a_file_of_every_service() {
    let across = Across::start().await;
    let token = across.signed_in().await;
    let (_, profile) = across.call(Method::GET, "/profile", &token, Value::Null).await;
    let (status, export) = across.call(Method::POST, "/profile/export", &token, Value::Null).await;
    assert_eq!((status, &export["services"]), (StatusCode::ACCEPTED, &told()));
    across.completed("/profile/export", &token, 0).await;
    let (_, files) = across.call(Method::GET, "/profile/export/download", &token, Value::Null).await;
    let files = files.as_array().unwrap();
    assert_eq!(json!(files.iter().map(|file| &file["service"]).collect::<Vec<_>>()), told());
    for file in files {
        let stored: Value = testing::fetch(file["url"].as_str().unwrap()).await.json().await.unwrap();
        assert_eq!(stored["userId"], profile["id"]);
    }
    across.end().await;
}
