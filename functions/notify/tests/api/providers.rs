//! Who carries messages, and what happens when they cannot.

use jiff::SignedDuration;
use local_aws::{Fault, When};
use serde_json::{Value, json};
use shared::auth::Role;

use crate::gateway::{Answer, Gateway};
use crate::support::{App, T1, User, refusal};

async fn with_gateway(channels: &[&str]) -> (App, Gateway, User) {
    let gateway = Gateway::start().await;
    let settings = json!([gateway.settings("acme", channels)]).to_string();
    let app = App::start_with(&[("GATEWAYS", &settings)]).await;
    let admin = app.user(T1, Role::Admin).await;
    (app, gateway, admin)
}

fn whatsapp() -> Value {
    json!({"to": "+436641234567", "channels": ["whatsapp"], "content": {"text": "Hi {{name}}"}, "variables": {"name": "Ada"}})
}

fn mail() -> Value {
    json!({"to": "a@example.com", "channels": ["email"], "content": {"subject": "x", "text": "x"}})
}

async fn send(app: &App, by: &User, body: &Value) -> Value {
    let accepted = app.post("/notifications", body).by(by).data().await;
    app.work().await;
    accepted["deliveries"][0]["id"].clone()
}

async fn codes(app: &App, by: &User, id: &Value) -> Vec<String> {
    let delivery = app.delivery(by, id).await;
    let history = delivery["history"].as_array().unwrap();
    history.iter().map(|event| event["code"].as_str().unwrap().to_owned()).collect()
}

/// What `GET /admin/providers` says of a channel.
async fn of_channel(app: &App, admin: &User, channel: &str) -> Vec<Value> {
    let all = app.get("/admin/providers").by(admin).data().await;
    let found = all.as_array().unwrap().iter().find(|it| it["channel"] == channel);
    found.unwrap()["providers"].as_array().unwrap().clone()
}

#[tokio::test]
async fn whatsapp_goes_through_a_signed_gateway() {
    let (app, gateway, admin) = with_gateway(&["whatsapp"]).await;
    let id = send(&app, &admin, &whatsapp()).await;
    let taken = gateway.taken();
    assert_eq!(taken.len(), 1);
    assert_eq!((&taken[0]["to"], &taken[0]["content"]["text"]), (&json!("+436641234567"), &json!("Hi Ada")));
    assert_eq!((&taken[0]["id"], &taken[0]["channel"]), (&id, &json!("whatsapp")));
    let delivery = app.delivery(&admin, &id).await;
    assert_eq!((&delivery["status"], &delivery["history"][1]["provider"]), (&json!("sent"), &json!("acme")));
    assert_eq!(delivery["history"][1]["providerMessageId"], "acme-1");
    // Without one, the channel cannot be used.
    let alone = App::start_with(&[("GATEWAYS", "")]).await;
    let organizer = alone.user(T1, Role::Organizer).await;
    assert_eq!(
        alone.post("/notifications", &whatsapp()).by(&organizer).refused().await,
        refusal(400, "INVALID_CHANNEL")
    );
}

#[tokio::test]
async fn a_gateways_answers_say_whether_to_try_again() {
    let (app, gateway, admin) = with_gateway(&["whatsapp"]).await;
    gateway.answers([Answer::Status(422)]);
    let refused = send(&app, &admin, &whatsapp()).await;
    assert_eq!(codes(&app, &admin, &refused).await, ["ACCEPTED", "PROVIDER_REFUSED"]);
    gateway.answers([Answer::Status(500), Answer::Status(504)]);
    let later = send(&app, &admin, &whatsapp()).await;
    assert_eq!(codes(&app, &admin, &later).await, ["ACCEPTED", "ATTEMPT_FAILED"]);
    for _ in 0..2 {
        app.advance(SignedDuration::from_mins(4));
        app.timer("outbox").await;
        app.work().await;
    }
    assert_eq!(codes(&app, &admin, &later).await, ["ACCEPTED", "ATTEMPT_FAILED", "NO_ANSWER", "SENT"]);
    // All tries of one message have one id, by which the gateway can drop a repetition.
    let asked = gateway.asked();
    assert!(asked[1..].iter().all(|id| *id == asked[1]), "{asked:?}");
    assert_eq!(app.delivery(&admin, &later).await["attempts"], 2);
}

#[tokio::test]
async fn a_throttled_channel_waits_as_long_as_it_is_asked_to_and_no_attempt_is_burnt() {
    let (app, gateway, admin) = with_gateway(&["whatsapp"]).await;
    gateway.answers([Answer::RetryAfter(120)]);
    let first = send(&app, &admin, &whatsapp()).await;
    // The pause is the channel's: others are not even tried.
    let second = send(&app, &admin, &whatsapp()).await;
    assert_eq!(gateway.asked().len(), 1);
    assert_eq!(codes(&app, &admin, &first).await, ["ACCEPTED", "THROTTLED"]);
    assert_eq!(codes(&app, &admin, &second).await, ["ACCEPTED", "PROVIDER_DOWN"]);
    assert!(of_channel(&app, &admin, "whatsapp").await[0]["pausedUntil"].is_string());
    for _ in 0..6 {
        app.advance(SignedDuration::from_mins(1));
        app.timer("outbox").await;
        app.work().await;
    }
    assert_eq!(gateway.taken().len(), 2);
    for id in [first, second] {
        let delivery = app.delivery(&admin, &id).await;
        assert_eq!((&delivery["status"], &delivery["attempts"]), (&json!("sent"), &json!(0)));
    }
}

#[tokio::test]
async fn a_second_provider_takes_over_and_the_first_is_spared() {
    let (app, gateway, admin) = with_gateway(&["email"]).await;
    app.aws.faults().inject("SendRawEmail", Fault::InternalError, When::Next(1000));
    for number in 0..8 {
        let id = send(&app, &admin, &mail()).await;
        let expected: &[&str] = if number < 5 { &["ACCEPTED", "FAILED_OVER", "SENT"] } else { &["ACCEPTED", "SENT"] };
        assert_eq!(codes(&app, &admin, &id).await, expected, "{number}");
    }
    assert_eq!(gateway.taken().len(), 8);
    assert_eq!(app.aws.calls()["SendRawEmail"], 5);
    let providers = of_channel(&app, &admin, "email").await;
    assert_eq!((&providers[0]["name"], &providers[0]["circuit"]), (&json!("ses"), &json!("open")));
    assert_eq!((&providers[1]["name"], &providers[1]["circuit"]), (&json!("acme"), &json!("closed")));
    assert_eq!(providers[0]["lastError"], "InternalServerError");
    // It works again: one message finds that out, and all go there.
    app.aws.faults().clear();
    app.advance(SignedDuration::from_secs(16));
    assert_eq!(of_channel(&app, &admin, "email").await[0]["circuit"], "halfOpen");
    for _ in 0..3 {
        send(&app, &admin, &mail()).await;
    }
    assert_eq!((gateway.taken().len(), app.aws.mailbox().await.unwrap().len()), (8, 3));
    assert_eq!(of_channel(&app, &admin, "email").await[0]["circuit"], "closed");
}

#[tokio::test]
async fn what_may_have_been_taken_is_not_given_to_another_provider() {
    let (app, gateway, admin) = with_gateway(&["email"]).await;
    app.aws.faults().inject("SendRawEmail", Fault::DroppedAfter, When::Next(1));
    let id = send(&app, &admin, &mail()).await;
    assert_eq!(codes(&app, &admin, &id).await, ["ACCEPTED", "NO_ANSWER"]);
    // Not even when its provider's circuit opens before the next try.
    app.aws.faults().inject("SendRawEmail", Fault::InternalError, When::Next(5));
    for _ in 0..5 {
        send(&app, &admin, &mail()).await;
    }
    assert_eq!(of_channel(&app, &admin, "email").await[0]["circuit"], "open");
    assert_eq!(gateway.taken().len(), 5);
    for _ in 0..3 {
        app.advance(SignedDuration::from_mins(1));
        app.timer("outbox").await;
        app.work().await;
    }
    let delivery = app.delivery(&admin, &id).await;
    assert_eq!(
        (&delivery["status"], &delivery["history"].as_array().unwrap().last().unwrap()["provider"]),
        (&json!("sent"), &json!("ses"))
    );
    assert_eq!(gateway.taken().len(), 5);
}

#[tokio::test]
async fn throttling_slows_down_and_ends_after_a_day() {
    let (app, gateway, admin) = with_gateway(&["whatsapp"]).await;
    gateway.answers(vec![Answer::RetryAfter(1); 500]);
    let id = send(&app, &admin, &whatsapp()).await;
    for _ in 0..25 * 12 {
        app.advance(SignedDuration::from_mins(5));
        app.timer("outbox").await;
        app.work().await;
    }
    let delivery = app.delivery(&admin, &id).await;
    assert_eq!((&delivery["status"], &delivery["reason"]["code"]), (&json!("failed"), &json!("TOO_LATE")));
    let asked = gateway.asked().len();
    assert!((20..150).contains(&asked), "{asked}");
}

#[tokio::test]
async fn messages_wait_for_a_provider_that_is_down_but_not_for_ever() {
    let (app, gateway, admin) = with_gateway(&["whatsapp"]).await;
    gateway.answers(vec![Answer::Status(503); 500]);
    let mut ids = Vec::new();
    for _ in 0..7 {
        ids.push(send(&app, &admin, &whatsapp()).await);
    }
    // Five have opened the circuit; the others were not tried.
    assert_eq!(gateway.asked().len(), 5);
    assert_eq!(codes(&app, &admin, &ids[6]).await, ["ACCEPTED", "PROVIDER_DOWN"]);
    for _ in 0..26 * 6 {
        app.advance(SignedDuration::from_mins(10));
        app.timer("outbox").await;
        app.work().await;
    }
    // A try every ten minutes at most, whoever makes it.
    assert!(gateway.asked().len() < 5 + 26 * 6 + 5, "{}", gateway.asked().len());
    for id in &ids {
        let delivery = app.delivery(&admin, id).await;
        assert_eq!(delivery["status"], "failed", "{delivery}");
        let code = delivery["reason"]["code"].as_str().unwrap();
        assert!(["TOO_LATE", "RETRIES_EXHAUSTED"].contains(&code), "{code}");
    }
}
