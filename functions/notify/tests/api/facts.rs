//! What reports are told of deliveries.

use std::collections::HashSet;

use http::Method;
use jiff::SignedDuration;
use local_aws::{Fault, When};
use serde_json::{Value, json};
use shared::auth::Role;

use crate::support::{App, T1, User};

/// The facts since the last call, of which there are so many, without their ids.
async fn told(app: &App, count: usize) -> Vec<Value> {
    let (mut ids, mut told) = (HashSet::new(), Vec::new());
    for facts in app.facts(count).await {
        assert_eq!(facts.tenant_id, T1);
        for fact in facts.facts {
            assert!(ids.insert(fact.id), "each has an id of its own");
            let mut fact = serde_json::to_value(fact).unwrap();
            fact.as_object_mut().unwrap().remove("id");
            told.push(fact);
        }
    }
    told
}

/// What is told now of a usual message to `user` with this id.
fn fact(app: &App, user: Option<&User>, id: &Value, channel: &str, status: &str, attempts: u32) -> Value {
    json!({
        "fact": "delivery", "userId": user.map(|user| user.id), "at": app.now(), "deliveryId": id, "channel": channel,
        "category": "transactional", "priority": "normal", "templateId": null, "status": status, "attempts": attempts,
    })
}

/// A usual message with changes.
fn message(to: &Value) -> Value {
    let mut body = json!({"channels": ["email"], "content": {"subject": "x", "text": "x"}});
    body.as_object_mut().unwrap().extend(to.as_object().unwrap().clone());
    body
}

/// Has it accepted; gives the first delivery's id.
async fn accept(app: &App, organizer: &User, body: &Value) -> Value {
    app.post("/notifications", body).by(organizer).data().await["deliveries"][0]["id"].clone()
}

async fn send(app: &App, organizer: &User, to: &Value) -> Value {
    let id = accept(app, organizer, &message(to)).await;
    app.work().await;
    id
}

#[tokio::test]
async fn a_mail_is_told_with_what_its_provider_says_of_it() {
    let app = App::start().await;
    let (ada, organizer) = (app.user(T1, Role::User).await, app.user(T1, Role::Organizer).await);
    let id = send(&app, &organizer, &json!({"userId": ada.id})).await;
    assert_eq!(told(&app, 1).await, [fact(&app, Some(&ada), &id, "email", "sent", 1)]);
    app.hear().await;
    assert_eq!(told(&app, 1).await, [fact(&app, Some(&ada), &id, "email", "delivered", 1)]);
    for (kind, ends) in [("bounce", vec!["sent", "bounced"]), ("complaint", vec!["sent", "delivered", "complained"])] {
        let id = send(&app, &organizer, &json!({"to": format!("{kind}@simulator.amazonses.com")})).await;
        app.hear().await;
        let all: Vec<Value> = ends.iter().map(|status| fact(&app, None, &id, "email", status, 1)).collect();
        assert_eq!(told(&app, all.len()).await, all);
    }
    // A fact says of which template it is, and how much its message hurried.
    let template = json!({"name": "t", "channel": "email", "locale": "en", "subject": "x", "text": "x"});
    let template = app.post("/templates", &template).by(&organizer).data().await["id"].clone();
    let change = json!({"userId": ada.id, "channels": ["email"], "templateId": template, "category": "reminder", "priority": "high"});
    let id = accept(&app, &organizer, &change).await;
    app.work().await;
    let mut all = fact(&app, Some(&ada), &id, "email", "sent", 1);
    all.as_object_mut().unwrap().extend(
        json!({"templateId": template, "category": "reminder", "priority": "high"}).as_object().unwrap().clone(),
    );
    assert_eq!(told(&app, 1).await, [all]);
}

#[tokio::test]
async fn what_is_not_sent_is_told_once_it_is_decided() {
    let app = App::start().await;
    let (ada, organizer) = (app.user(T1, Role::User).await, app.user(T1, Role::Organizer).await);
    let admin = app.user(T1, Role::Admin).await;
    let suppress = json!({"channel": "email", "contact": "b@example.com", "reason": "complaint"});
    app.post("/suppressions", &suppress).by(&organizer).data().await;
    let id = send(&app, &organizer, &json!({"to": "b@example.com"})).await;
    assert_eq!(told(&app, 1).await, [fact(&app, None, &id, "email", "suppressed", 0)]);

    let broken = json!({"subject": "{{name}}", "text": "x"});
    let id =
        send(&app, &organizer, &json!({"userId": ada.id, "content": broken, "variables": {"name": "x\r\ny"}})).await;
    assert_eq!(told(&app, 1).await, [fact(&app, Some(&ada), &id, "email", "failed", 0)]);

    let due = app.now() + SignedDuration::from_hours(2);
    let id = accept(&app, &organizer, &message(&json!({"userId": ada.id, "scheduledAt": due}))).await;
    let cancel = || app.call(Method::POST, &format!("/deliveries/{}/cancel", id.as_str().unwrap())).by(&admin);
    let cancel = async || cancel().header("idempotency-key", "one").data().await;
    assert_eq!(cancel().await, cancel().await);
    assert_eq!(told(&app, 1).await, [fact(&app, Some(&ada), &id, "email", "cancelled", 0)]);

    // Each try that fails is no end, and what is tried again has another one.
    app.aws.faults().inject("SendRawEmail", Fault::InternalError, When::Next(8));
    let id = send(&app, &organizer, &json!({"to": "a@example.com"})).await;
    for _ in 0..14 {
        app.advance(SignedDuration::from_mins(121));
        app.timer("outbox").await;
        app.work().await;
    }
    let ends = told(&app, 1).await;
    let what = |fact: &Value| (fact["deliveryId"].clone(), fact["status"].clone(), fact["attempts"].clone());
    assert_eq!(ends.iter().map(what).collect::<Vec<_>>(), [(id.clone(), json!("failed"), json!(8))]);
    let retry = app.call(Method::POST, &format!("/deliveries/{}/retry", id.as_str().unwrap()));
    retry.by(&admin).data().await;
    app.work().await;
    assert_eq!(told(&app, 1).await, [fact(&app, None, &id, "email", "sent", 1)]);
}

#[tokio::test]
async fn reading_is_told_once_and_together() {
    let app = App::start().await;
    let (ada, organizer) = (app.user(T1, Role::User).await, app.user(T1, Role::Organizer).await);
    let inapp = json!({"userId": ada.id, "channels": ["inapp"]});
    let mut ids = Vec::new();
    for _ in 0..20 {
        ids.push(send(&app, &organizer, &inapp).await);
    }
    let of = |status: &str, ids: &[Value]| -> Vec<Value> {
        ids.iter().map(|id| fact(&app, Some(&ada), id, "inapp", status, 1)).collect()
    };
    assert_eq!(told(&app, 20).await, of("sent", &ids));
    let read = || app.call(Method::POST, &format!("/notifications/{}/read", ids[0].as_str().unwrap())).by(&ada).data();
    assert_eq!(read().await, read().await);
    assert_eq!(told(&app, 1).await, of("read", &ids[..1]));
    let all = app.call(Method::POST, "/notifications/read-all").by(&ada);
    assert_eq!(all.data().await, json!({"read": 19}));
    let together: Vec<usize> = app.facts(19).await.iter().map(|facts| facts.facts.len()).collect();
    assert_eq!(together, [18, 1]);
}

#[tokio::test]
async fn a_fact_that_does_not_reach_its_queue_is_sent_by_the_timer() {
    let app = App::start().await;
    let organizer = app.user(T1, Role::Organizer).await;
    let id = accept(&app, &organizer, &message(&json!({"to": "a@example.com"}))).await;
    app.aws.faults().inject("SendMessageBatch", Fault::InternalError, When::Next(10));
    app.work().await;
    app.aws.faults().clear();
    assert_eq!(app.delivery(&organizer, &id).await["status"], "sent");
    let all = [fact(&app, None, &id, "email", "sent", 1)];
    assert!(app.facts(0).await.is_empty());
    app.advance(SignedDuration::from_secs(60));
    app.timer("outbox").await;
    assert_eq!(told(&app, 1).await, all);
}
