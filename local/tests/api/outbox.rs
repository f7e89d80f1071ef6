//! Where messages end: on the page's outbox, whatever they went by.

use std::time::Duration;

use http::Method;
use http::header::ORIGIN;
use jiff::Timestamp;
use serde_json::{Value, json};
use shared::webhooks::WebhookKey;
use tempfile::TempDir;

use crate::platform::{Answer, Platform, answer, argument, output};

/// Events go by a topic or a webhook, and may come before notify has written down what they are about.
const PATIENCE: Duration = Duration::from_mins(1);
const NUMBER: &str = "+436641234567";

/// Sends, and gives the deliveries' ids.
async fn send(platform: &Platform, token: &str, message: &Value) -> Vec<String> {
    let accepted = platform.post("/notify/v1/notifications", Some(token), message).await;
    assert_eq!(accepted.status, 202, "{accepted:?}");
    let deliveries = accepted.body["data"]["deliveries"].as_array().unwrap();
    deliveries.iter().map(|delivery| delivery["id"].as_str().unwrap().to_owned()).collect()
}

/// Waits until the delivery's status is `wanted`.
async fn becomes(platform: &Platform, token: &str, id: &str, wanted: &str) {
    let path = format!("/notify/v1/deliveries/{id}");
    let mut last = Value::Null;
    let wait = async {
        while last["status"] != wanted {
            tokio::time::sleep(Duration::from_millis(50)).await;
            last = answer(platform.request(Method::GET, &path).bearer_auth(token)).await.body["data"].take();
        }
    };
    assert!(tokio::time::timeout(PATIENCE, wait).await.is_ok(), "it never became {wanted}: {last}");
}

async fn outbox(platform: &Platform) -> Vec<Value> {
    let answer = platform.get("/_local/outbox").await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.body.as_array().unwrap().clone()
}

/// Waits until the outbox has `count` messages.
async fn outbox_of(platform: &Platform, count: usize) -> Vec<Value> {
    let wait = async {
        loop {
            let messages = outbox(platform).await;
            if messages.len() >= count {
                return messages;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(PATIENCE, wait).await.expect("there are fewer messages")
}

fn whatsapp(text: &str) -> Value {
    json!({"to": NUMBER, "channels": ["whatsapp"], "content": {"text": text}})
}

#[tokio::test]
async fn every_channel_ends_in_the_outbox() {
    let platform = Platform::ephemeral().await;
    let login = platform.login("user@eventzr.com").await.body;
    let user = &login["data"]["user"]["id"];
    let device = json!({"platform": "ios", "token": "0f".repeat(32)});
    let registered = platform.post("/notify/v1/devices", login["data"]["accessToken"].as_str(), &device).await;
    assert_eq!(registered.status, 201, "{registered:?}");

    let token = platform.token("organizer@eventzr.com").await;
    let content =
        json!({"subject": "Hello", "title": "Hello", "text": "See https://a.example/x?y=1.", "html": "<p>Hi</p>"});
    let member = json!({"userId": user, "channels": ["email", "push", "inapp"], "content": content});
    let number = json!({"to": NUMBER, "channels": ["sms", "whatsapp"], "content": content});
    let mut deliveries = send(&platform, &token, &member).await;
    deliveries.extend(send(&platform, &token, &number).await);

    let messages = outbox_of(&platform, 5).await;
    assert_eq!(messages.len(), 5, "{messages:?}");
    let by = |channel: &str| messages.iter().find(|message| message["channel"] == channel).unwrap();
    for (channel, to, subject) in [
        ("email", "user@eventzr.com", "Hello"),
        ("inapp", "user@eventzr.com", "Hello"),
        ("sms", NUMBER, ""),
        ("whatsapp", NUMBER, "Hello"),
    ] {
        assert_eq!((&by(channel)["to"], &by(channel)["subject"]), (&json!(to), &json!(subject)), "{channel}");
    }
    assert!(by("push")["to"].as_str().unwrap().starts_with("arn:aws:sns:") && by("push")["subject"] == "Hello");
    for message in &messages {
        assert_eq!(message["text"], "See https://a.example/x?y=1.", "{message}");
        assert_eq!(message["links"], json!(["https://a.example/x?y=1"]), "{message}");
    }
    let times: Vec<Timestamp> =
        messages.iter().map(|message| message["at"].as_str().unwrap().parse().unwrap()).collect();
    assert!(times.is_sorted_by(|newer, older| newer >= older), "{times:?}");
    let shown = platform.get(&format!("/_local/outbox/{}", by("inapp")["id"].as_str().unwrap())).await;
    assert!(shown.body.as_str().unwrap().contains("<p>Hi</p>"), "{shown:?}");
    // Mail and WhatsApp hear that their messages have arrived; the others have nobody who says so.
    for (delivery, status) in deliveries.iter().zip(["delivered", "sent", "sent", "sent", "delivered"]) {
        becomes(&platform, &token, delivery, status).await;
    }
}

#[tokio::test]
async fn a_mail_that_bounces_is_told_and_its_address_suppressed() {
    let platform = Platform::ephemeral().await;
    let token = platform.token("organizer@eventzr.com").await;
    let address = "bounce@simulator.amazonses.com";
    let mail = json!({"to": address, "channels": ["email"], "content": {"subject": "Hello", "text": "Hi"}});
    let deliveries = send(&platform, &token, &mail).await;
    becomes(&platform, &token, &deliveries[0], "bounced").await;
    let asked = json!({"channel": "email", "contact": address});
    let check = platform.post("/notify/v1/suppressions/check", Some(&token), &asked).await;
    assert_eq!(check.body["data"], json!({"suppressed": true, "reason": "bounce"}), "{check:?}");
    let deliveries = send(&platform, &token, &mail).await;
    becomes(&platform, &token, &deliveries[0], "suppressed").await;
    assert_eq!(outbox(&platform).await.len(), 1);
}

/// The key of requests to the sandbox, from the environment that notify has.
async fn key(directory: &TempDir) -> WebhookKey {
    let lines = output(&["--data", argument(directory.path()), "env", "NotifyWorkerFunction"]).await;
    let lines = String::from_utf8(lines.stdout).unwrap();
    let gateways = lines.lines().find_map(|line| line.strip_prefix("GATEWAYS=")).unwrap();
    let gateways: Value = serde_json::from_str(gateways).unwrap();
    WebhookKey::parse(gateways[0]["secret"].as_str().unwrap()).unwrap()
}

/// Gives the sandbox a message, signed for `signed`.
async fn hand_over(platform: &Platform, key: &WebhookKey, id: &str, body: &str, signed: &str) -> Answer {
    let now = shared::clock::Clock::system().now();
    let request = platform.request(Method::POST, "/_local/gateway").body(body.to_owned());
    let headers = key.sign(id, now, signed).unwrap();
    answer(headers.into_iter().fold(request, |request, (name, value)| request.header(name, value))).await
}

#[tokio::test]
async fn the_sandbox_takes_signed_messages_once_and_keeps_them() {
    let directory = tempfile::tempdir().unwrap();
    let platform = Platform::on(&directory).await;
    let key = key(&directory).await;
    let letter =
        json!({"id": "1", "channel": "whatsapp", "category": "system", "to": NUMBER, "content": {"text": "Hi"}});
    let letter = letter.to_string();
    for (body, signed) in [(letter.as_str(), "{}"), ("{}", letter.as_str())] {
        assert_eq!(hand_over(&platform, &key, "1", body, signed).await.status, 401);
    }
    let unsigned = platform.request(Method::POST, "/_local/gateway").body(letter.clone());
    assert_eq!(answer(unsigned.try_clone().unwrap()).await.status, 401);
    assert_eq!(answer(unsigned.header(ORIGIN, "https://evil.example")).await.status, 403);
    assert_eq!(hand_over(&platform, &key, "1", "{}", "{}").await.status, 422);
    assert_eq!(outbox(&platform).await, Vec::<Value>::new());

    let first = hand_over(&platform, &key, "1", &letter, &letter).await;
    assert_eq!(first.status, 200);
    assert_eq!(hand_over(&platform, &key, "1", &letter, &letter).await.body, first.body);
    assert_ne!(hand_over(&platform, &key, "2", &letter, &letter).await.body, first.body);
    let before = outbox(&platform).await;
    assert_eq!((before.len(), &before[1]["id"]), (2, &first.body["id"]));

    platform.kill().await;
    let platform = Platform::on(&directory).await;
    assert_eq!(outbox(&platform).await, before);
    assert_eq!(hand_over(&platform, &key, "1", &letter, &letter).await.body, first.body);
    platform.kill().await;
    let platform = Platform::start(&["--data", argument(directory.path()), "--fresh"]).await;
    assert_eq!(outbox(&platform).await, Vec::<Value>::new());
}

#[tokio::test]
async fn a_message_that_was_taken_arrives_after_a_kill() {
    let directory = tempfile::tempdir().unwrap();
    let platform = Platform::on(&directory).await;
    let token = platform.token("organizer@eventzr.com").await;
    let deliveries = send(&platform, &token, &whatsapp("Hi")).await;
    outbox_of(&platform, 1).await;
    platform.kill().await;

    let platform = Platform::on(&directory).await;
    let token = platform.token("organizer@eventzr.com").await;
    becomes(&platform, &token, &deliveries[0], "delivered").await;
    assert_eq!(outbox(&platform).await.len(), 1);
}
