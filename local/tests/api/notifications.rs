//! A message that was accepted is sent once, whatever dies in between.

use std::collections::HashMap;
use std::time::Duration;

use http::Method;
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::platform::{Platform, answer};

const SENDERS: usize = 8;
/// Acknowledged messages after which the platform is killed, in the middle of others.
const ENOUGH: usize = 120;
/// A lease of 35 s and a timer of a minute.
const PATIENCE: Duration = Duration::from_secs(150);

/// Sends mails until there is no answer any more; tells of each that was accepted.
async fn send_until_the_end(
    request: reqwest::RequestBuilder,
    sender: usize,
    accepted: mpsc::UnboundedSender<(String, String)>,
) {
    for number in 0.. {
        let subject = format!("mail {number} of sender {sender}");
        let content = json!({"subject": subject, "text": "Hi"});
        let mail = json!({"to": "a@example.com", "channels": ["email"], "content": content});
        let Ok(response) = request.try_clone().unwrap().json(&mail).send().await else { return };
        assert_eq!(response.status(), 202);
        let Ok(body) = response.json::<Value>().await else { return };
        let id = body["data"]["deliveries"][0]["id"].as_str().unwrap().to_owned();
        if accepted.send((id, subject)).is_err() {
            return;
        }
    }
}

/// Waits until the delivery's fate is decided, and gives it.
async fn outcome(platform: &Platform, token: &str, id: &str) -> Value {
    let path = format!("/notify/v1/deliveries/{id}");
    loop {
        let delivery = answer(platform.request(Method::GET, &path).bearer_auth(token)).await;
        assert_eq!(delivery.status, 200, "{delivery:?}");
        let status = delivery.body["data"]["status"].as_str().unwrap();
        if !["scheduled", "queued", "sending"].contains(&status) {
            return delivery.body["data"].clone();
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_accepted_mail_is_sent_once_after_a_kill() {
    let directory = tempfile::tempdir().unwrap();
    let platform = Platform::on(&directory).await;
    let token = platform.token("organizer@eventzr.com").await;
    let (accept, mut accepted) = mpsc::unbounded_channel();
    let mut senders = JoinSet::new();
    for sender in 0..SENDERS {
        let request = platform.request(Method::POST, "/notify/v1/notifications").bearer_auth(&token);
        senders.spawn(send_until_the_end(request, sender, accept.clone()));
    }
    drop(accept);
    let mut sent = Vec::new();
    for _ in 0..ENOUGH {
        sent.push(accepted.recv().await.expect("the senders have stopped early"));
    }
    platform.kill().await;
    // What was answered until the very end counts.
    while let Some(one) = accepted.recv().await {
        sent.push(one);
    }
    senders.join_all().await;

    let platform = Platform::on(&directory).await;
    let token = platform.token("organizer@eventzr.com").await;
    let mut interrupted = 0;
    let all = async {
        for (id, _) in &sent {
            let delivery = outcome(&platform, &token, id).await;
            assert!(delivery["status"] == "sent" || delivery["status"] == "delivered", "{delivery}");
            let history = delivery["history"].as_array().unwrap();
            assert_eq!(history.iter().filter(|entry| entry["code"] == "SENT").count(), 1, "{delivery}");
            interrupted += history.iter().filter(|entry| entry["code"] == "INTERRUPTED").count();
        }
    };
    assert!(tokio::time::timeout(PATIENCE, all).await.is_ok(), "some were not sent");
    let outbox = answer(platform.request(Method::GET, "/_local/outbox")).await.body;
    let mut mails: HashMap<&str, usize> = HashMap::new();
    for message in outbox.as_array().unwrap() {
        *mails.entry(message["subject"].as_str().unwrap()).or_default() += 1;
    }
    for (id, subject) in &sent {
        assert!(mails.contains_key(subject.as_str()), "{id} was not sent");
    }
    // Only where the process died between the provider's answer and our write may a mail have gone out again.
    let repeated: usize = mails.values().map(|count| count - 1).sum();
    assert!(repeated <= interrupted, "{repeated} mails went out again, and {interrupted} tries were cut off");
}
