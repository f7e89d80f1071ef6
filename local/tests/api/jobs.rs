//! What one service tells another arrives, whatever dies in between.

use std::time::Duration;

use http::Method;
use serde_json::{Value, json};

use crate::platform::{Platform, answer};

/// Changes that are acknowledged before the platform is killed, in the middle of the next one.
const ENOUGH: usize = 15;
/// The outbox's timer fires once a minute.
const PATIENCE: Duration = Duration::from_secs(100);

/// Waits until notify says `value` of the caller's own contact.
async fn notify_says(platform: &Platform, token: &str, field: &str, value: &Value) {
    let own = platform.request(Method::GET, "/auth/v1/profile").bearer_auth(token);
    let path = format!("/notify/v1/contacts/{}", answer(own).await.body["data"]["id"].as_str().unwrap());
    let wait = async {
        loop {
            let contact = answer(platform.request(Method::GET, &path).bearer_auth(token)).await;
            assert_eq!(contact.status, 200, "{contact:?}");
            if contact.body["data"][field] == *value {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    assert!(tokio::time::timeout(PATIENCE, wait).await.is_ok(), "notify never heard that {field} is {value}");
}

#[tokio::test]
async fn notify_learns_of_a_new_account_from_auth() {
    let platform = Platform::ephemeral().await;
    let token = platform.token("organizer@eventzr.com").await;
    notify_says(&platform, &token, "email", &json!("organizer@eventzr.com")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_acknowledged_change_arrives_after_a_kill() {
    let directory = tempfile::tempdir().unwrap();
    let platform = Platform::on(&directory).await;
    let token = platform.token("user@eventzr.com").await;
    let change = platform.request(Method::PATCH, "/auth/v1/profile").bearer_auth(&token);
    let (acknowledge, mut acknowledged) = tokio::sync::mpsc::unbounded_channel();
    let changes = tokio::spawn(async move {
        for number in 100..1000 {
            let body = json!({ "locale": format!("en-{number}") });
            let Ok(response) = change.try_clone().unwrap().json(&body).send().await else { return };
            assert_eq!(response.status(), 200);
            if acknowledge.send(()).is_err() {
                return;
            }
        }
    });
    for _ in 0..ENOUGH {
        acknowledged.recv().await.unwrap();
    }
    platform.kill().await;
    changes.await.unwrap();

    let platform = Platform::on(&directory).await;
    let token = platform.token("user@eventzr.com").await;
    let profile = answer(platform.request(Method::GET, "/auth/v1/profile").bearer_auth(&token)).await;
    notify_says(&platform, &token, "locale", &profile.body["data"]["locale"]).await;
}
