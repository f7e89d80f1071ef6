use std::collections::BTreeMap;
use std::sync::Arc;

use http::Method;
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::platform::{Platform, answer};

const SENDERS: usize = 12;
/// Acknowledged messages after which the platform is killed, in the middle of others.
const ENOUGH: usize = 60;

#[tokio::test(flavor = "multi_thread")]
async fn every_acknowledged_message_survives_a_kill_once_and_in_its_place() {
    let directory = tempfile::tempdir().unwrap();
    let platform = Platform::on(&directory).await;
    let token: Arc<str> = platform.token("admin@eventzr.com").await.into();
    let made = platform
        .post("/chat/v1/threads", Some(&token), &json!({ "type": "group", "name": "crash", "memberIds": [] }))
        .await;
    assert_eq!(made.status, 201, "{made:?}");
    let thread: Arc<str> = made.body["data"]["id"].as_str().unwrap().into();

    let (acknowledge, mut acknowledged) = mpsc::unbounded_channel();
    let mut senders = JoinSet::new();
    for sender in 0..SENDERS {
        let request = platform.request(Method::POST, "/chat/v1/messages").bearer_auth(&token);
        senders.spawn(send_until_the_end(request, sender, Arc::clone(&thread), acknowledge.clone()));
    }
    drop(acknowledge);
    let mut written = BTreeMap::new();
    for _ in 0..ENOUGH {
        let (content, message) = acknowledged.recv().await.expect("the senders have stopped early");
        written.insert(content, message);
    }
    platform.kill().await;
    // What was answered until the very end counts.
    while let Some((content, message)) = acknowledged.recv().await {
        written.insert(content, message);
    }
    senders.join_all().await;

    let platform = Platform::on(&directory).await;
    let token = platform.token("admin@eventzr.com").await;
    let found = read_all(&platform, &token, &thread).await;
    let seqs: Vec<_> = found.iter().map(|message| message["seq"].as_u64().unwrap()).collect();
    let last = u64::try_from(seqs.len()).unwrap();
    assert_eq!(seqs, (1..=last).collect::<Vec<_>>(), "the sequence has a gap or a double");
    for (content, message) in &written {
        let copies: Vec<_> = found.iter().filter(|found| found["content"] == content.as_str()).collect();
        assert_eq!(copies, [message], "{content}");
    }

    let next = json!({ "threadId": &*thread, "content": "after the crash", "type": "text" });
    let next = platform.post("/chat/v1/messages", Some(&token), &next).await;
    assert_eq!((next.status, next.body["data"]["seq"].as_u64()), (201, Some(last + 1)), "{next:?}");
}

/// Sends one message after the other; the first that gets no answer is the last.
async fn send_until_the_end(
    request: reqwest::RequestBuilder,
    sender: usize,
    thread: Arc<str>,
    acknowledge: mpsc::UnboundedSender<(String, Value)>,
) {
    for number in 0.. {
        let content = format!("message {number} of sender {sender}");
        let body = json!({ "threadId": &*thread, "content": content, "type": "text", "clientMessageId": content });
        let Ok(response) = request.try_clone().unwrap().json(&body).send().await else { return };
        let created = response.status() == 201;
        let Ok(answer) = response.json::<Value>().await else { return };
        if created && acknowledge.send((content, answer["data"].clone())).is_err() {
            return;
        }
    }
}

/// A thread's messages in order.
async fn read_all(platform: &Platform, token: &str, thread: &str) -> Vec<Value> {
    let mut messages = Vec::new();
    let mut cursor = None;
    loop {
        let position = cursor.map(|cursor| format!("&cursor={cursor}")).unwrap_or_default();
        let path = format!("/chat/v1/threads/{thread}/messages?after=0&limit=100{position}");
        let page = answer(platform.request(Method::GET, &path).bearer_auth(token)).await;
        assert_eq!(page.status, 200, "{page:?}");
        messages.extend(page.body["data"].as_array().unwrap().iter().cloned());
        match page.body["page"]["next_cursor"].as_str() {
            Some(next) => cursor = Some(next.to_owned()),
            None => return messages,
        }
    }
}
