//! A gateway of somebody else's, as a real server on loopback.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use serde_json::{Value, json};
use shared::webhooks::WebhookKey;

pub const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
pub const EVENT_SECRET: &str = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX";

/// What it was asked, and what it answers next.
#[derive(Default)]
struct Desk {
    taken: Vec<Value>,
    ids: Vec<String>,
    answers: VecDeque<Answer>,
}

/// An answer other than taking the message.
#[derive(Clone, Debug)]
pub enum Answer {
    Status(u16),
    RetryAfter(u32),
}

#[derive(Clone)]
pub struct Gateway {
    url: String,
    desk: Arc<Mutex<Desk>>,
}

impl Gateway {
    pub async fn start() -> Self {
        let desk = Arc::new(Mutex::new(Desk::default()));
        let router = Router::new().route("/send", post(take)).with_state(Arc::clone(&desk));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/send", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, desk }
    }

    /// As it stands in `GATEWAYS`.
    pub fn settings(&self, name: &str, channels: &[&str]) -> Value {
        json!({"name": name, "url": self.url, "secret": SECRET, "eventSecrets": [EVENT_SECRET], "channels": channels})
    }

    /// What it does next, before it takes messages again.
    pub fn answers(&self, answers: impl IntoIterator<Item = Answer>) {
        self.desk.lock().unwrap().answers.extend(answers);
    }

    /// The messages that it has taken.
    pub fn taken(&self) -> Vec<Value> {
        self.desk.lock().unwrap().taken.clone()
    }

    /// The ids of all requests, refused ones too.
    pub fn asked(&self) -> Vec<String> {
        self.desk.lock().unwrap().ids.clone()
    }
}

async fn take(State(desk): State<Arc<Mutex<Desk>>>, headers: HeaderMap, body: Bytes) -> Response {
    // The tests' time is not the machine's, but near enough for a signature's age when it has not been moved.
    let sent: i64 = headers["webhook-timestamp"].to_str().unwrap().parse().unwrap();
    let key = WebhookKey::parse(SECRET).unwrap();
    let Some(id) = key.verify(&headers, &body, Timestamp::from_second(sent).unwrap()) else {
        return StatusCode::UNAUTHORIZED.into_response();
    };
    let mut desk = desk.lock().unwrap();
    desk.ids.push(id.to_owned());
    match desk.answers.pop_front() {
        Some(Answer::Status(status)) => StatusCode::from_u16(status).unwrap().into_response(),
        Some(Answer::RetryAfter(seconds)) => {
            (StatusCode::TOO_MANY_REQUESTS, [("retry-after", seconds.to_string())]).into_response()
        }
        None => {
            desk.taken.push(serde_json::from_slice(&body).unwrap());
            axum::Json(json!({"id": format!("acme-{}", desk.taken.len())})).into_response()
        }
    }
}
