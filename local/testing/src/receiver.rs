//! A server of a tenant's that is told what happens.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use http::{HeaderMap, StatusCode};
use tokio::sync::Notify;

/// Listens on loopback until it is dropped.
pub struct Receiver {
    /// Where.
    pub url: String,
    heard: Arc<Heard>,
    server: tokio::task::JoinHandle<()>,
}

#[derive(Default)]
struct Heard {
    messages: Mutex<Vec<(HeaderMap, String)>>,
    answers: Mutex<VecDeque<(u16, Option<&'static str>)>>,
    /// Somebody waits for an answer that never comes.
    hanging: Notify,
}

/// As a status: there is no answer.
pub const NEVER: u16 = 0;

impl Receiver {
    /// On a free port.
    pub async fn start() -> Self {
        let heard = Arc::new(Heard::default());
        let router = Router::new().fallback(hear).with_state(heard.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, heard, server }
    }

    /// What it answers next, with `Retry-After`; then 204 again.
    pub fn answer(&self, answers: &[(u16, Option<&'static str>)]) {
        self.heard.answers.lock().unwrap().extend(answers);
    }

    /// Until somebody has asked who gets no answer.
    pub async fn hangs(&self) {
        self.heard.hanging.notified().await;
    }

    /// What it has heard since the last call.
    #[must_use]
    pub fn heard(&self) -> Vec<(HeaderMap, String)> {
        std::mem::take(&mut self.heard.messages.lock().unwrap())
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn hear(State(heard): State<Arc<Heard>>, headers: HeaderMap, body: Bytes) -> (StatusCode, HeaderMap, String) {
    heard.messages.lock().unwrap().push((headers, String::from_utf8(body.to_vec()).unwrap()));
    let (status, after) = heard.answers.lock().unwrap().pop_front().unwrap_or((204, None));
    if status == NEVER {
        heard.hanging.notify_one();
        return std::future::pending().await;
    }
    let mut headers = HeaderMap::new();
    if let Some(after) = after {
        headers.insert("retry-after", after.parse().unwrap());
    }
    headers.insert("location", "http://127.0.0.1:1/".parse().unwrap());
    // Nobody sees what it says.
    (StatusCode::from_u16(status).unwrap(), headers, "secret of the endpoint".to_owned())
}
