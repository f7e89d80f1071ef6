//! Devices, and push messages to them.

use aws_sdk_sns::Client;
use local_aws::{Fault, PublicationKind, When};
use serde_json::{Value, json};
use shared::auth::Role;

use crate::support::{App, T1, T2, User, refusal};

fn token(number: u8) -> String {
    format!("{number:02x}").repeat(32)
}

async fn register(app: &App, user: &User, number: u8) -> Value {
    let body = json!({"platform": "ios", "token": token(number), "name": format!("phone {number}")});
    app.post("/devices", &body).by(user).data().await
}

async fn push(app: &App, organizer: &User, to: &User) -> Value {
    let body = json!({"userId": to.id, "channels": ["push"], "content": {"title": "Hello", "text": "Hi"}});
    let accepted = app.post("/notifications", &body).by(organizer).data().await;
    app.work().await;
    accepted["deliveries"][0]["id"].clone()
}

async fn codes(app: &App, by: &User, id: &Value) -> Vec<String> {
    let delivery = app.delivery(by, id).await;
    delivery["history"].as_array().unwrap().iter().map(|event| event["code"].as_str().unwrap().to_owned()).collect()
}

async fn names(app: &App, user: &User) -> Vec<String> {
    let devices = app.get("/devices").by(user).data().await;
    devices.as_array().unwrap().iter().map(|device| device["name"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_push_message_reaches_each_device_once() {
    let app = App::start().await;
    let (ada, organizer) = (app.user(T1, Role::User).await, app.user(T1, Role::Organizer).await);
    let nobody = push(&app, &organizer, &ada).await;
    assert_eq!(codes(&app, &organizer, &nobody).await, ["ACCEPTED", "NO_CONTACT"]);
    for number in 0..3 {
        register(&app, &ada, number).await;
    }
    // Some calls fail: the devices that have it do not get it again.
    app.aws.faults().seed(1);
    app.aws.faults().inject("Publish", Fault::InternalError, When::Probability(0.5));
    let id = push(&app, &organizer, &ada).await;
    for _ in 0..6 {
        app.advance(jiff::SignedDuration::from_mins(20));
        app.timer("outbox").await;
        app.work().await;
    }
    assert!(app.delivery(&organizer, &id).await["attempts"].as_u64().unwrap() > 0);
    assert_eq!(app.delivery(&organizer, &id).await["status"], "sent");
    let published = app.aws.publications().await.unwrap();
    let reached: std::collections::BTreeSet<&String> = published.iter().map(|it| &it.to).collect();
    assert_eq!((published.len(), reached.len()), (3, 3));
    assert!(published.iter().all(|it| it.kind == PublicationKind::Push));
    let message: Value = serde_json::from_str(&published[0].message).unwrap();
    let apple: Value = serde_json::from_str(message["APNS"].as_str().unwrap()).unwrap();
    assert_eq!(apple["aps"]["alert"], json!({"title": "Hello", "body": "Hi"}));
}

#[tokio::test]
async fn a_device_that_is_gone_is_forgotten_and_the_others_are_reached() {
    let app = App::start().await;
    let (ada, organizer) = (app.user(T1, Role::User).await, app.user(T1, Role::Organizer).await);
    for number in 0..2 {
        register(&app, &ada, number).await;
    }
    let sns = Client::new(app.sdk());
    push(&app, &organizer, &ada).await;
    let first = app.aws.publications().await.unwrap().last().unwrap().to.clone();
    sns.set_endpoint_attributes().endpoint_arn(&first).attributes("Enabled", "false").send().await.unwrap();
    let id = push(&app, &organizer, &ada).await;
    assert_eq!(codes(&app, &organizer, &id).await, ["ACCEPTED", "DEVICE_GONE", "SENT"]);
    assert_eq!(names(&app, &ada).await, ["phone 1"]);
    // The app was installed again.
    register(&app, &ada, 0).await;
    let id = push(&app, &organizer, &ada).await;
    assert_eq!(codes(&app, &organizer, &id).await, ["ACCEPTED", "SENT", "SENT"]);
    for endpoint in app.aws.publications().await.unwrap().iter().map(|it| it.to.clone()) {
        sns.set_endpoint_attributes().endpoint_arn(&endpoint).attributes("Enabled", "false").send().await.unwrap();
    }
    let id = push(&app, &organizer, &ada).await;
    assert_eq!(codes(&app, &organizer, &id).await, ["ACCEPTED", "DEVICE_GONE", "DEVICE_GONE"]);
    assert_eq!(app.delivery(&organizer, &id).await["status"], "failed");
    assert!(names(&app, &ada).await.is_empty());
}

#[tokio::test]
async fn a_device_belongs_to_whoever_registered_it_last() {
    let app = App::start().await;
    let (ada, bob) = (app.user(T1, Role::User).await, app.user(T1, Role::User).await);
    let organizer = app.user(T1, Role::Organizer).await;
    let device = register(&app, &ada, 1).await;
    assert_eq!(register(&app, &ada, 1).await["id"], device["id"]);
    assert_eq!(names(&app, &ada).await, ["phone 1"]);
    register(&app, &bob, 1).await;
    assert!(names(&app, &ada).await.is_empty());
    let id = push(&app, &organizer, &ada).await;
    assert_eq!(codes(&app, &organizer, &id).await, ["ACCEPTED", "NO_CONTACT"]);
    // The same account in another tenant has it there, too; another account takes it from all.
    let bob_there = User { tenant: T2, ..bob.clone() };
    register(&app, &bob_there, 1).await;
    assert_eq!((names(&app, &bob).await.len(), names(&app, &bob_there).await.len()), (1, 1));
    let foreign = app.user(T2, Role::User).await;
    register(&app, &foreign, 1).await;
    assert_eq!((names(&app, &bob).await.len(), names(&app, &bob_there).await.len()), (0, 0));
    register(&app, &bob, 1).await;
    assert!(names(&app, &foreign).await.is_empty());
    let own = format!("/devices/{}", device["id"].as_str().unwrap());
    assert_eq!(app.delete(&own).by(&ada).refused().await, refusal(404, "NOT_FOUND"));
    assert_eq!(app.delete(&own).by(&foreign).refused().await, refusal(404, "NOT_FOUND"));
    app.delete(&own).by(&bob).data().await;
    assert!(names(&app, &bob).await.is_empty());
    // Nothing says any more whose it was.
    assert!(!app.rows().await.iter().any(|row| row["sk"].as_s().unwrap() == "OWNER"));
}

#[tokio::test]
async fn a_user_has_ten_devices_and_organizers_see_them() {
    let app = App::start().await;
    let (ada, bob) = (app.user(T1, Role::User).await, app.user(T1, Role::User).await);
    for number in 0..11 {
        register(&app, &ada, number).await;
    }
    assert_eq!(names(&app, &ada).await, (1..11).map(|number| format!("phone {number}")).collect::<Vec<_>>());
    let path = format!("/devices?userId={}", ada.id);
    assert_eq!(app.get(&path).by(&bob).refused().await, refusal(403, "FORBIDDEN"));
    let organizer = app.user(T1, Role::Organizer).await;
    assert_eq!(app.get(&path).by(&organizer).data().await.as_array().unwrap().len(), 10);
    let foreign = app.user(T2, Role::Organizer).await;
    assert_eq!(app.get(&path).by(&foreign).data().await, json!([]));
    for wrong in [json!({"platform": "ios", "token": "short"}), json!({"platform": "palm", "token": token(1)})] {
        assert_eq!(app.post("/devices", &wrong).by(&ada).refused().await, refusal(400, "VALIDATION_FAILED"));
    }
}

#[tokio::test]
async fn text_messages_go_out_by_sns() {
    let app = App::start().await;
    let organizer = app.user(T1, Role::Organizer).await;
    let body = json!({"to": "+436641234567", "channels": ["sms"], "content": {"text": "Hi"}});
    app.post("/notifications", &body).by(&organizer).data().await;
    app.work().await;
    let published = app.aws.publications().await.unwrap();
    assert_eq!((published[0].to.as_str(), published[0].message.as_str()), ("+436641234567", "Hi"));
    assert_eq!(published[0].kind, PublicationKind::Sms);
}

#[tokio::test]
async fn two_workers_at_one_push_message_reach_each_device_once() {
    let app = App::start().await;
    let (ada, organizer) = (app.user(T1, Role::User).await, app.user(T1, Role::Organizer).await);
    for number in 0..5 {
        register(&app, &ada, number).await;
    }
    let body = json!({"userId": ada.id, "channels": ["push"], "content": {"title": "Hello", "text": "Hi"}});
    for _ in 0..10 {
        app.post("/notifications", &body).by(&organizer).data().await;
    }
    app.work_with_doubles().await;
    for _ in 0..3 {
        app.advance(jiff::SignedDuration::from_mins(2));
        app.timer("outbox").await;
        app.work_with_doubles().await;
    }
    assert_eq!(app.aws.publications().await.unwrap().len(), 50);
}
