//! What providers tell afterwards.

use http::Method;
use jiff::SignedDuration;
use serde_json::{Value, json};
use shared::auth::Role;
use shared::webhooks::WebhookKey;

use crate::gateway::{EVENT_SECRET, Gateway, SECRET};
use crate::support::{Answer, App, T1, T2, User, refusal};

const INVALID: (u16, &str) = (401, "INVALID_SIGNATURE");

/// Sends a mail to `to`; gives its delivery's id.
async fn mail(app: &App, by: &User, to: &str) -> Value {
    let body = json!({"to": to, "channels": ["email"], "content": {"subject": "x", "text": "x"}});
    let accepted = app.post("/notifications", &body).by(by).data().await;
    app.work().await;
    accepted["deliveries"][0]["id"].clone()
}

async fn state(app: &App, by: &User, id: &Value) -> (String, Vec<String>) {
    let delivery = app.delivery(by, id).await;
    let codes = delivery["history"].as_array().unwrap().iter().map(|event| event["code"].as_str().unwrap().to_owned());
    (delivery["status"].as_str().unwrap().to_owned(), codes.collect())
}

async fn suppressed(app: &App, by: &User, contact: &str) -> Value {
    let body = json!({"channel": "email", "contact": contact});
    app.post("/suppressions/check", &body).by(by).data().await["reason"].clone()
}

#[tokio::test]
async fn what_ses_tells_is_heard_once_and_bounces_are_suppressed() {
    let app = App::start().await;
    let organizer = app.user(T1, Role::Organizer).await;
    let foreign = app.user(T2, Role::Organizer).await;
    let good = mail(&app, &organizer, "success@simulator.amazonses.com").await;
    let bounced = mail(&app, &organizer, "bounce@simulator.amazonses.com").await;
    let away = mail(&app, &organizer, "ooto@simulator.amazonses.com").await;
    let spam = mail(&app, &organizer, "complaint@simulator.amazonses.com").await;
    app.hear().await;
    assert_eq!(state(&app, &organizer, &good).await.0, "delivered");
    let (status, codes) = state(&app, &organizer, &bounced).await;
    assert_eq!((status.as_str(), codes.last().unwrap().as_str()), ("bounced", "BOUNCED"));
    assert_eq!(state(&app, &organizer, &away).await.0, "bounced");
    let (status, codes) = state(&app, &organizer, &spam).await;
    assert_eq!(
        (status.as_str(), codes),
        ("complained", ["ACCEPTED", "SENT", "DELIVERED", "COMPLAINED"].map(str::to_owned).to_vec())
    );
    assert_eq!(suppressed(&app, &organizer, "bounce@simulator.amazonses.com").await, "bounce");
    assert_eq!(suppressed(&app, &organizer, "complaint@simulator.amazonses.com").await, "complaint");
    // Who is away comes back; and what one tenant's mail met is not another's business.
    assert_eq!(suppressed(&app, &organizer, "ooto@simulator.amazonses.com").await, Value::Null);
    assert_eq!(suppressed(&app, &foreign, "bounce@simulator.amazonses.com").await, Value::Null);
    // What a provider has said stays said, whatever a tenant enters.
    let entered = json!({"channel": "email", "contact": "bounce@simulator.amazonses.com", "reason": "bounce"});
    assert_eq!(app.post("/suppressions", &entered).by(&organizer).data().await["source"], "provider");
    let again = mail(&app, &organizer, "bounce@simulator.amazonses.com").await;
    assert_eq!(state(&app, &organizer, &again).await.1, ["ACCEPTED", "SUPPRESSED_BOUNCE"]);
    let day = app.now().strftime("%Y-%m-%d").to_string();
    let metrics = app.get(&format!("/metrics?from={day}&to={day}")).by(&organizer).data().await;
    let counts = &metrics["channels"]["email"]["counts"];
    assert_eq!((&counts["bounced"], &counts["complained"]), (&json!(2), &json!(1)), "{metrics}");
}

/// Posts a message of SNS.
async fn post(app: &App, message: &Value) -> Answer {
    app.call(Method::POST, "/webhooks/ses").raw("text/plain; charset=UTF-8", &message.to_string()).send().await
}

#[tokio::test]
async fn only_genuine_messages_of_our_topic_are_heard() {
    let app = App::start().await;
    let organizer = app.user(T1, Role::Organizer).await;
    app.hear().await;
    let id = mail(&app, &organizer, "a@example.com").await;
    let waiting = app.aws.notifications().await.unwrap();
    let genuine: Value = serde_json::from_str(&waiting[0].body).unwrap();
    let mut forged = Vec::new();
    for (field, value) in [
        ("Message", json!("{}")),
        ("MessageId", json!("00000000-0000-0000-0000-000000000000")),
        ("TopicArn", json!("arn:aws:sns:us-east-1:000000000000:another")),
        ("Signature", json!("AAAA")),
        ("SignatureVersion", json!("1")),
        ("SigningCertURL", json!("https://example.com/SimpleNotificationService-1.pem")),
        ("SigningCertURL", json!(format!("{}/SimpleNotificationService-0.pem", app.aws.endpoint()))),
        ("Type", json!("SubscriptionConfirmation")),
        ("Subject", json!("added")),
    ] {
        let mut message = genuine.clone();
        message[field] = value;
        forged.push(message);
    }
    for message in &forged {
        let answer = post(&app, message).await;
        assert_eq!(
            (answer.status.as_u16(), answer.body["error"]["code"].as_str()),
            (401, Some("ERR_NOTIFY_INVALID_SIGNATURE")),
            "{message}"
        );
    }
    for junk in [json!({}), json!([]), json!("x"), json!(null)] {
        assert_eq!(post(&app, &junk).await.status, 401);
    }
    assert_eq!(state(&app, &organizer, &id).await.0, "sent");
    // An old one is refused, however genuine; this one is heard, and heard again without harm.
    assert_eq!(post(&app, &genuine).await.status, 200);
    assert_eq!(post(&app, &genuine).await.status, 200);
    assert_eq!(state(&app, &organizer, &id).await.1, ["ACCEPTED", "SENT", "DELIVERED"]);
    app.advance(SignedDuration::from_mins(61));
    assert_eq!(post(&app, &genuine).await.status, 401);
}

/// An event of the gateway `acme`.
fn event(kind: &str, id: &str, at: jiff::Timestamp) -> String {
    json!({"type": kind, "timestamp": at, "data": {"id": id}}).to_string()
}

/// Tells it, under `event_id`, signed with `secret`.
async fn tell(app: &App, path: &str, event_id: &str, secret: &str, body: &str) -> (u16, String) {
    let headers = WebhookKey::parse(secret).unwrap().sign(event_id, app.now(), body).unwrap();
    let call = app.call(Method::POST, path).raw("application/json", body);
    headers.into_iter().fold(call, |call, (name, value)| call.header(name, &value)).refused().await
}

#[tokio::test]
async fn a_gateways_events_are_heard_in_any_order() {
    let gateway = Gateway::start().await;
    let settings = json!([gateway.settings("acme", &["sms"])]).to_string();
    let app = App::start_with(&[("GATEWAYS", &settings), ("SMS_PROVIDER", "none")]).await;
    let organizer = app.user(T1, Role::Organizer).await;
    let body = json!({"to": "+436641234567", "channels": ["sms"], "content": {"text": "x"}});
    let accepted = app.post("/notifications", &body).by(&organizer).data().await;
    app.work().await;
    let id = &accepted["deliveries"][0]["id"];
    let heard = (200, String::new());
    let (path, now) = ("/webhooks/acme", app.now());
    let bounced = event("message.bounced", "acme-1", now);
    assert_eq!(tell(&app, path, "e1", EVENT_SECRET, &bounced).await, heard);
    assert_eq!(tell(&app, path, "e1", EVENT_SECRET, &bounced).await, heard);
    assert_eq!(tell(&app, path, "e2", EVENT_SECRET, &event("message.delivered", "acme-1", now)).await, heard);
    assert_eq!(
        state(&app, &organizer, id).await,
        ("bounced".to_owned(), ["ACCEPTED", "SENT", "BOUNCED"].map(str::to_owned).to_vec())
    );
    let check = json!({"channel": "sms", "contact": "+436641234567"});
    assert_eq!(app.post("/suppressions/check", &check).by(&organizer).data().await["reason"], "bounce");
    // Once lifted, the same event does not suppress it again.
    let admin = app.user(T1, Role::Admin).await;
    let listed = app.get("/suppressions").by(&admin).data().await;
    app.delete(&format!("/suppressions/{}", listed[0]["id"].as_str().unwrap())).by(&admin).data().await;
    assert_eq!(tell(&app, path, "e1", EVENT_SECRET, &bounced).await, heard);
    assert_eq!(app.post("/suppressions/check", &check).by(&organizer).data().await["reason"], Value::Null);
}

#[tokio::test]
async fn who_is_no_gateway_is_not_heard() {
    let gateway = Gateway::start().await;
    let settings = json!([gateway.settings("acme", &["sms"])]).to_string();
    let app = App::start_with(&[("GATEWAYS", &settings)]).await;
    let body = event("message.delivered", "acme-1", app.now() - SignedDuration::from_hours(1));
    let invalid = refusal(INVALID.0, INVALID.1);
    assert_eq!(tell(&app, "/webhooks/acme", "e1", SECRET, &body).await, invalid);
    for unknown in ["/webhooks/other", "/webhooks/sns", "/webhooks/%00"] {
        assert_eq!(tell(&app, unknown, "e1", EVENT_SECRET, &body).await, invalid, "{unknown}");
    }
    let unsigned = app.call(Method::POST, "/webhooks/acme").raw("application/json", &body);
    assert_eq!(unsigned.refused().await, invalid);
    // A message that is not known long after it was sent is somebody else's; one that was sent just now may be ours.
    assert_eq!(tell(&app, "/webhooks/acme", "e1", EVENT_SECRET, &body).await.0, 200);
    let fresh = event("message.delivered", "acme-1", app.now());
    assert_eq!(tell(&app, "/webhooks/acme", "e1", EVENT_SECRET, &fresh).await, refusal(503, "UNAVAILABLE"));
    let odd = json!({"type": "message.exploded", "timestamp": app.now(), "data": {"id": "acme-1"}}).to_string();
    assert_eq!(tell(&app, "/webhooks/acme", "e1", EVENT_SECRET, &odd).await, refusal(400, "VALIDATION_FAILED"));
}
