//! Files of messages.

use std::time::Duration;

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::support::{Answer, Platform, User, hear, platform};

const BYTES: &[u8] = b"Load-in 14:00, doors 19:00";

async fn announce(platform: &Platform, user: &User, thread: &str) -> Value {
    let body = json!({"threadId": thread, "name": "Plan \u{e4}.txt", "contentType": "text/plain", "size": BYTES.len()});
    platform.post(user, "/attachments", body).await.expect(201).clone()
}

fn client() -> reqwest::Client {
    shared::client::http_client(Duration::from_secs(10)).unwrap()
}

async fn put(announced: &Value, bytes: &'static [u8]) -> u16 {
    let upload = &announced["upload"];
    let mut request = client().put(upload["url"].as_str().unwrap()).body(bytes);
    for (name, value) in upload["headers"].as_object().unwrap() {
        request = request.header(name, value.as_str().unwrap());
    }
    request.send().await.unwrap().status().as_u16()
}

async fn uploaded(platform: &Platform, user: &User, thread: &str) -> Value {
    let announced = announce(platform, user, thread).await;
    assert_eq!(put(&announced, BYTES).await, 200);
    announced["id"].clone()
}

async fn send(platform: &Platform, user: &User, thread: &str, more: Value) -> Answer {
    let mut body = json!({"threadId": thread, "type": "file"});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    platform.post(user, "/messages", body).await
}

/// A file that was sent; its id.
pub(crate) async fn sent(platform: &Platform, user: &User, thread: &str) -> String {
    let id = uploaded(platform, user, thread).await;
    send(platform, user, thread, json!({"attachments": [id]})).await.expect(201);
    id.as_str().unwrap().to_owned()
}

async fn fetch(url: &Value) -> reqwest::Response {
    client().get(url.as_str().unwrap()).send().await.unwrap()
}

#[tokio::test]
async fn a_file_is_uploaded_sent_and_fetched_by_members() {
    let platform = platform().await;
    let [sender, member] = platform.users(platform.tenant());
    let thread = platform.group(&[&sender, &member]).await;
    let mut ear = platform.socket(&member).await;
    let id = uploaded(&platform, &sender, &thread).await;
    let path = format!("/attachments/{}", id.as_str().unwrap());
    assert_eq!(platform.get(&sender, &path).await.refusal(), (404, "NOT_FOUND"));
    let message = send(&platform, &sender, &thread, json!({"attachments": [id]})).await.expect(201).clone();
    let file = json!({"id": id, "name": "Plan \u{e4}.txt", "contentType": "text/plain", "size": BYTES.len()});
    assert_eq!((&message["attachments"], &message["content"]), (&json!([file]), &json!("")));
    assert_eq!(hear(&mut ear).await, ("message:new".to_owned(), message.clone()));

    let download = platform.get(&member, &path).await.expect(200).clone();
    assert_eq!((&download["name"], &download["id"]), (&file["name"], &id));
    let response = fetch(&download["url"]).await;
    assert_eq!(response.headers()["content-disposition"], "attachment; filename=\"Plan__.txt\"");
    assert_eq!(response.bytes().await.unwrap(), BYTES);
    // Its words may go, while the file stays.
    let path = format!("/messages/{}", message["id"].as_str().unwrap());
    platform.patch(&sender, &path, json!({"content": "the plan"})).await.expect(200);
    platform.patch(&sender, &path, json!({"content": ""})).await.expect(200);
}

#[tokio::test]
async fn what_is_no_uploaded_file_of_ones_own_is_not_sent() {
    let platform = platform().await;
    let [sender, member] = platform.users(platform.tenant());
    let (thread, other) = (platform.group(&[&sender, &member]).await, platform.group(&[&sender]).await);
    let missing = announce(&platform, &sender, &thread).await["id"].clone();
    let foreign = uploaded(&platform, &member, &thread).await;
    let elsewhere = uploaded(&platform, &sender, &other).await;
    let good = uploaded(&platform, &sender, &thread).await;
    for wrong in [&missing, &foreign, &elsewhere, &json!("0199aaaa-0000-7000-8000-000000000000"), &good] {
        let answer = send(&platform, &sender, &thread, json!({"attachments": [good, wrong]})).await;
        assert_eq!(
            (answer.refusal(), answer.fields()),
            ((400, "VALIDATION_FAILED"), vec!["attachments[1]"]),
            "{wrong}"
        );
    }
    send(&platform, &sender, &thread, json!({"attachments": [good]})).await.expect(201);
    let again = send(&platform, &sender, &thread, json!({"attachments": [good]})).await;
    assert_eq!(again.refusal(), (400, "VALIDATION_FAILED"));
    let eleven: Vec<&Value> = std::iter::repeat_n(&good, 11).collect();
    let many = send(&platform, &sender, &thread, json!({"attachments": eleven})).await;
    assert_eq!(many.refusal(), (400, "VALIDATION_FAILED"));
    assert_eq!(send(&platform, &sender, &thread, json!({})).await.refusal(), (400, "INVALID_MESSAGE"));
}

#[tokio::test]
async fn a_message_with_a_file_that_is_sent_again_is_stored_once() {
    let platform = platform().await;
    let sender = platform.user(platform.tenant());
    let thread = platform.group(&[&sender]).await;
    let id = uploaded(&platform, &sender, &thread).await;
    let body = json!({"attachments": [id], "clientMessageId": "same"});
    let first = send(&platform, &sender, &thread, body.clone()).await.expect(201).clone();
    assert_eq!(send(&platform, &sender, &thread, body).await.expect(201), &first);
    // Also when it was deleted meanwhile.
    let gone = uploaded(&platform, &sender, &thread).await;
    let deleted = json!({"attachments": [gone], "clientMessageId": "deleted"});
    let message = send(&platform, &sender, &thread, deleted.clone()).await.expect(201)["id"].clone();
    platform.delete(&sender, &format!("/messages/{}", message.as_str().unwrap())).await.expect(200);
    assert_eq!(send(&platform, &sender, &thread, deleted).await.expect(201)["id"], message);
    let other = send(&platform, &sender, &thread, json!({"attachments": [id], "clientMessageId": "other"})).await;
    assert_eq!((other.refusal(), other.fields()), ((400, "VALIDATION_FAILED"), vec!["attachments"]));
    let id = uploaded(&platform, &sender, &thread).await;
    let twice = || send(&platform, &sender, &thread, json!({"attachments": [id]}));
    let (one, two) = tokio::join!(twice(), twice());
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 400]);
}

#[tokio::test]
async fn a_file_has_rules() {
    let platform = platform().await;
    let user = platform.user(platform.tenant());
    let thread = platform.group(&[&user]).await;
    let refused = async |change: Value| {
        let mut body = json!({"threadId": thread, "name": "a.png", "contentType": "image/png", "size": 10});
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        platform.post(&user, "/attachments", body).await
    };
    assert_eq!(refused(json!({"size": 25_000_001})).await.refusal(), (400, "ATTACHMENT_TOO_LARGE"));
    for (change, field) in [
        (json!({"size": 0}), "size"),
        (json!({"name": "../a.png"}), "name"),
        (json!({"name": "gnp.\u{202e}a"}), "name"),
        (json!({"contentType": "text/html"}), "contentType"),
        (json!({"contentType": "image/svg+xml"}), "contentType"),
        (json!({"more": 1}), "more"),
    ] {
        let answer = refused(change.clone()).await;
        assert_eq!((answer.refusal(), answer.fields()), ((400, "VALIDATION_FAILED"), vec![field]), "{change}");
    }
    let announced = announce(&platform, &user, &thread).await;
    assert_eq!(announced["upload"]["headers"]["if-none-match"], "*");
    assert_ne!(put(&announced, b"other bytes than were announced, and more").await, 200);
}

#[tokio::test]
async fn files_go_with_their_message_and_unsent_ones_after_a_day() {
    let platform = platform().await;
    let user = platform.user(platform.tenant());
    let thread = platform.group(&[&user]).await;
    let id = uploaded(&platform, &user, &thread).await;
    let unsent = uploaded(&platform, &user, &thread).await;
    let kept = sent(&platform, &user, &thread).await;
    let message = send(&platform, &user, &thread, json!({"attachments": [id]})).await.expect(201).clone();
    let path = |id: &str| format!("/attachments/{id}");
    let url = platform.get(&user, &path(id.as_str().unwrap())).await.expect(200)["url"].clone();
    assert_eq!(fetch(&url).await.status(), 200);
    platform.read_queue();
    platform.delete(&user, &format!("/messages/{}", message["id"].as_str().unwrap())).await.expect(200);
    assert_eq!(platform.get(&user, &path(id.as_str().unwrap())).await.refusal(), (404, "NOT_FOUND"));
    platform.until(async || fetch(&url).await.status() == 404).await;

    // A minute more, since what is due just now is being sent by whoever has written it.
    platform.clock.advance(SignedDuration::from_hours(24) + SignedDuration::from_mins(1));
    platform.aws.advance(Duration::from_hours(24) + Duration::from_mins(1));
    platform.chat.sweep_outbox().await;
    let user = platform.again(&user);
    platform
        .until(async || {
            let answer = send(&platform, &user, &thread, json!({"attachments": [unsent]})).await;
            platform.keys_with(unsent.as_str().unwrap()).await.is_empty() && answer.status == 400
        })
        .await;
    assert_eq!(platform.get(&user, &path(&kept)).await.status, 200);
}
