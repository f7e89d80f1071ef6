//! Outgoing webhooks: who is told what, how often, and where nothing is sent.

use std::collections::{BTreeMap, BTreeSet};

use http::Method;
use jiff::SignedDuration;
use local_aws::{Fault, When};
use serde_json::{Value, json};
use shared::auth::{Plan, Role};
use shared::jobs::QueueName;
use shared::service::REPORTS;
use shared::webhooks::WebhookKey;
use testing::{NEVER, Receiver};

use crate::support::{App, Call, T1, T2, User, refusal, sale};

const ALL: [&str; 3] = ["export.completed", "export.failed", "schedule.failed"];

/// A platform whose webhooks may be on loopback.
async fn start() -> (App, User, Receiver) {
    let app = App::start_with(&[("DANGEROUS_ALLOW_PRIVATE_WEBHOOKS", "true")]).await;
    let organizer = app.user(T1, Role::Organizer).with_plan(Plan::Professional);
    (app, organizer, Receiver::start().await)
}

async fn create(app: &App, user: &User, url: &str, events: &[&str]) -> (String, String) {
    let made = app.post("/webhooks", &json!({"url": url, "events": events})).by(user).data().await;
    (made["id"].as_str().unwrap().to_owned(), made["secret"].as_str().unwrap().to_owned())
}

async fn deliveries(app: &App, user: &User, id: &str) -> Value {
    app.get(&format!("/webhooks/{id}/deliveries")).by(user).data().await
}

/// The message's body, if its signature is that of this secret.
fn verified(app: &App, message: &(http::HeaderMap, String), secret: &str) -> Option<Value> {
    let key = WebhookKey::parse(secret).unwrap();
    key.verify(&message.0, message.1.as_bytes(), app.now())?;
    Some(serde_json::from_str(&message.1).unwrap())
}

#[tokio::test]
async fn an_exports_end_is_told_once_signed_and_without_persons() {
    let (app, organizer, receiver) = start().await;
    app.sales(T1, &[sale("A", 1.0, 1)]).await;
    let (id, secret) = create(&app, &organizer, &receiver.url, &ALL).await;
    create(&app, &organizer, &receiver.url, &["export.failed"]).await;
    create(&app, &app.user(T2, Role::Organizer), &receiver.url, &ALL).await;
    let user = app.user(T1, Role::User);
    let export = app.export(&user, &json!({"dataset": "sales"}), "csv").await;
    let heard = receiver.heard();
    assert_eq!(heard.len(), 1, "one is subscribed, in this tenant: {heard:?}");
    let body = verified(&app, &heard[0], &secret).unwrap();
    assert_eq!((&body["type"], &body["timestamp"]), (&json!("export.completed"), &export["updatedAt"]));
    for field in ["sha256", "bytes", "rows", "asOf", "dataset", "fileName"] {
        assert_eq!(body["data"][field], export[field], "{field}");
    }
    assert_eq!((&body["data"]["exportId"], &body["data"]["link"]), (&export["id"], &Value::Null));
    assert!(!heard[0].1.contains(&user.id.to_string()));
    let log = deliveries(&app, &organizer, &id).await;
    assert_eq!(log.as_array().unwrap().len(), 1);
    assert_eq!((&log[0]["status"], &log[0]["attempts"][0]["status"]), (&json!("delivered"), &json!(204)));
    assert_eq!((log[0]["id"].as_str(), &log[0]["payload"]), (heard[0].0["webhook-id"].to_str().ok(), &body));
    // What was cancelled is nobody's business.
    let export =
        app.post("/exports", &json!({"definition": {"dataset": "sales"}, "format": "csv"})).by(&user).data().await;
    app.post(&format!("/exports/{}/cancel", export["id"].as_str().unwrap()), &json!({})).by(&user).data().await;
    assert_eq!((app.work().await, receiver.heard().len()), (0, 0));
}

#[tokio::test]
async fn what_is_not_taken_is_tried_ten_times_and_again_when_asked_for() {
    let (app, organizer, receiver) = start().await;
    let (id, secret) = create(&app, &organizer, &receiver.url, &ALL).await;
    receiver.answer(&[(500, None), (302, None), (429, Some("600")), (404, None)]);
    receiver.answer(&[(503, None); 6]);
    let body = json!({"definition": {"dataset": "searches"}, "format": "csv"});
    app.post("/exports", &body).by(&organizer).data().await;
    let began = app.now();
    let mut times = Vec::new();
    let mut ids = BTreeSet::new();
    while app.now().duration_since(began) < SignedDuration::from_hours(48) {
        assert_eq!(app.work().await, 0);
        for message in receiver.heard() {
            assert_eq!(verified(&app, &message, &secret).unwrap()["type"], "export.completed");
            ids.insert(message.0["webhook-id"].to_str().unwrap().to_owned());
            times.push(app.now().duration_since(began).as_secs());
        }
        app.advance(SignedDuration::from_secs(if times.len() < 4 { 3 } else { 900 }));
        assert!(app.timer("outbox").await);
    }
    assert_eq!((times.len(), ids.len()), (10, 1), "{times:?}");
    assert!(times[3] - times[2] >= 600, "as its endpoint has asked for: {times:?}");
    let log = deliveries(&app, &organizer, &id).await;
    let problems: Vec<&str> =
        log[0]["attempts"].as_array().unwrap().iter().map(|attempt| attempt["problem"].as_str().unwrap()).collect();
    assert_eq!((&log[0]["status"], problems.len()), (&json!("failed"), 10));
    assert_eq!(problems[1], "redirects are not followed");
    assert!(!log.to_string().contains("secret of the endpoint"));
    // Once more, by hand; then it is taken.
    let redeliver = format!("/webhooks/{id}/deliveries/{}/redeliver", ids.first().unwrap());
    assert_eq!(app.post(&redeliver, &json!({})).by(&organizer).data().await["status"], "pending");
    assert_eq!(app.post(&redeliver, &json!({})).by(&organizer).refused().await, refusal(409, "CONFLICT"));
    assert_eq!((app.work().await, receiver.heard().len()), (0, 1));
    assert_eq!(deliveries(&app, &organizer, &id).await[0]["status"], "delivered");
    let unknown = format!("/webhooks/{id}/deliveries/{id}/redeliver");
    assert_eq!(app.post(&unknown, &json!({})).by(&organizer).refused().await, refusal(404, "DELIVERY_NOT_FOUND"));
}

#[tokio::test]
async fn an_endpoint_that_is_gone_is_told_nothing_more() {
    let (app, organizer, receiver) = start().await;
    let (id, _) = create(&app, &organizer, &receiver.url, &ALL).await;
    receiver.answer(&[(500, None), (410, None)]);
    app.export(&organizer, &json!({"dataset": "searches"}), "csv").await;
    app.post(&format!("/webhooks/{id}/test"), &json!({})).by(&organizer).data().await;
    assert_eq!(app.work().await, 0);
    let webhook = app.get(&format!("/webhooks/{id}")).by(&organizer).data().await;
    assert_eq!((&webhook["enabled"], &webhook["gone"]), (&json!(false), &json!(true)));
    assert!(!receiver.heard().is_empty());
    // What was waiting is given up, and nothing new begins.
    app.advance(SignedDuration::from_secs(60));
    assert_eq!(app.work().await, 0);
    app.export(&organizer, &json!({"dataset": "searches"}), "csv").await;
    assert!(receiver.heard().is_empty());
    let log = deliveries(&app, &organizer, &id).await;
    assert!(log.as_array().unwrap().iter().all(|delivery| delivery["status"] == "failed"), "{log}");
    assert_eq!(
        app.post(&format!("/webhooks/{id}/test"), &json!({})).by(&organizer).refused().await,
        refusal(409, "CONFLICT")
    );
    let body = json!({"url": receiver.url, "events": ALL});
    let back = app.put(&format!("/webhooks/{id}"), &body).by(&organizer).data().await;
    assert_eq!((&back["enabled"], &back["gone"]), (&json!(true), &json!(false)));
    app.post(&format!("/webhooks/{id}/test"), &json!({})).by(&organizer).data().await;
    assert_eq!((app.work().await, receiver.heard().len()), (0, 1));
}

#[tokio::test]
async fn a_test_is_sent_once_and_nobody_is_kept_busy_by_hand() {
    let (app, organizer, receiver) = start().await;
    let (id, _) = create(&app, &organizer, &receiver.url, &ALL).await;
    receiver.answer(&[(500, None)]);
    let test = format!("/webhooks/{id}/test");
    app.post(&test, &json!({})).by(&organizer).data().await;
    assert_eq!(app.work().await, 0);
    assert_eq!(deliveries(&app, &organizer, &id).await[0]["status"], "failed");
    app.advance(SignedDuration::from_mins(1));
    for _ in 0..30 {
        app.post(&test, &json!({})).by(&organizer).data().await;
    }
    assert_eq!(app.post(&test, &json!({})).by(&organizer).refused().await, refusal(429, "RATE_LIMITED"));
    // What is slow there holds up nobody else's rows: it has a queue of its own.
    assert_eq!(app.waiting(QueueName::ReportsWebhooks).await, 30);
    assert_eq!(app.waiting(QueueName::Reports).await, 0);
}

#[tokio::test]
async fn a_secret_is_shown_once_and_exchanged_with_an_overlap() {
    let (app, organizer, receiver) = start().await;
    let admin = app.user(T1, Role::Admin);
    let body = json!({"url": receiver.url, "events": ALL});
    let made = app.post("/webhooks", &body).by(&organizer).header("idempotency-key", "once").data().await;
    let again = app.post("/webhooks", &body).by(&organizer).header("idempotency-key", "once").refused().await;
    assert_eq!(again, refusal(409, "IDEMPOTENCY_RESULT_NOT_STORED"));
    let (id, first) = (made["id"].as_str().unwrap(), made["secret"].as_str().unwrap());
    let path = format!("/webhooks/{id}");
    assert_eq!(app.get(&path).by(&organizer).data().await["secret"], Value::Null);
    let rotated = app.post(&format!("{path}/rotate-secret"), &json!({})).by(&admin).data().await;
    let second = rotated["secret"].as_str().unwrap();
    let told = async || {
        app.post(&format!("{path}/test"), &json!({})).by(&organizer).data().await;
        assert_eq!(app.work().await, 0);
        let message = receiver.heard().remove(0);
        [first, second].map(|secret| verified(&app, &message, secret).is_some())
    };
    assert_eq!(told().await, [true, true]);
    app.advance(SignedDuration::from_hours(24));
    assert_eq!(told().await, [false, true]);
    app.delete(&path).by(&admin).data().await;
    assert_eq!(app.get(&path).by(&admin).refused().await, refusal(404, "WEBHOOK_NOT_FOUND"));
}

#[tokio::test]
async fn addresses_that_are_not_the_internets_are_refused_now_and_at_every_send() {
    let app = App::start().await;
    let organizer = app.user(T1, Role::Organizer);
    let receiver = Receiver::start().await;
    let wrong = refusal(400, "INVALID_WEBHOOK_URL");
    for url in [
        receiver.url.as_str(),
        &receiver.url.replace("http:", "https:"),
        "https://127.0.0.1/",
        "https://localhost/",
        "https://localhost:8443/",
        "https://[::1]/",
        "https://169.254.169.254/latest/",
        "https://10.0.0.1:8443/",
        "http://example.com/",
        "https://example.com:22/",
        "https://me:secret@example.com/",
        "ftp://example.com/",
        "nonsense",
    ] {
        let body = json!({"url": url, "events": ALL});
        assert_eq!(app.post("/webhooks", &body).by(&organizer).refused().await, wrong, "{url}");
    }
    // One that was saved when this was allowed, like a name that leads elsewhere by now.
    let lenient = app.router_with("DANGEROUS_ALLOW_PRIVATE_WEBHOOKS", "true").await;
    let body = json!({"url": receiver.url.replace("127.0.0.1", "localhost"), "events": ALL});
    let create = Call::new(&REPORTS, &lenient, app.clock(), Method::POST, "/webhooks").json(&body);
    let id = create.by(&organizer).data().await["id"].as_str().unwrap().to_owned();
    app.post(&format!("/webhooks/{id}/test"), &json!({})).by(&organizer).data().await;
    assert_eq!(app.work().await, 0);
    assert!(receiver.heard().is_empty());
    let attempt = &deliveries(&app, &organizer, &id).await[0]["attempts"][0];
    assert_eq!(attempt["problem"], "the address is not one of the public internet");
    let body = json!({"url": receiver.url, "events": ALL});
    assert_eq!(app.put(&format!("/webhooks/{id}"), &body).by(&organizer).refused().await, wrong);
}

#[tokio::test]
async fn bodies_are_checked_and_a_tenant_has_twenty() {
    let (app, organizer, receiver) = start().await;
    for body in [
        json!({"url": receiver.url}),
        json!({"url": receiver.url, "events": []}),
        json!({"url": receiver.url, "events": ["export.completed", "export.completed"]}),
        json!({"url": receiver.url, "events": ["export.started"]}),
        json!({"url": receiver.url, "events": ALL, "secret": "whsec_x"}),
        json!({"url": format!("https://example.com/{}", "x".repeat(2048)), "events": ALL}),
        json!({"url": receiver.url, "events": ALL, "description": "x".repeat(501)}),
    ] {
        assert_eq!(
            app.post("/webhooks", &body).by(&organizer).refused().await,
            refusal(400, "VALIDATION_FAILED"),
            "{body}"
        );
    }
    for _ in 0..20 {
        create(&app, &organizer, &receiver.url, &ALL).await;
    }
    let body = json!({"url": receiver.url, "events": ALL});
    assert_eq!(app.post("/webhooks", &body).by(&organizer).refused().await, refusal(429, "QUOTA_EXCEEDED"));
    let page = app.get("/webhooks?limit=7").by(&organizer).send().await.body;
    assert_eq!((page["data"].as_array().unwrap().len(), page["page"]["has_more"].as_bool()), (7, Some(true)));
}

/// A worker that dies in its call: the message comes again, and the endpoint hears the same `webhook-id`.
#[tokio::test]
async fn a_delivery_whose_worker_has_died_is_sent_again() {
    let (app, organizer, receiver) = start().await;
    let (id, _) = create(&app, &organizer, &receiver.url, &ALL).await;
    receiver.answer(&[(NEVER, None)]);
    let delivery = app.post(&format!("/webhooks/{id}/test"), &json!({})).by(&organizer).data().await;
    {
        let work = app.work();
        tokio::pin!(work);
        tokio::select! {
            _ = &mut work => panic!("there is no answer"),
            () = receiver.hangs() => {}
        }
        // Another delivery of the message meanwhile sends nothing, and looks again later.
        let message = json!({"job": "deliver", "tenant": T1, "webhook": id, "event": delivery["id"], "round": 1});
        assert!(app.receive_texts(&[message.to_string()]).await.is_empty());
    }
    assert_eq!(receiver.heard().len(), 1);
    app.advance(SignedDuration::from_secs(20));
    assert_eq!(app.work().await, 0);
    let again = receiver.heard();
    assert_eq!(again.len(), 1);
    assert_eq!(again[0].0["webhook-id"].to_str().unwrap(), delivery["id"].as_str().unwrap());
    assert_eq!(deliveries(&app, &organizer, &id).await[0]["status"], "delivered");
    // A message of before does nothing any more.
    let message = json!({"job": "deliver", "tenant": T1, "webhook": id, "event": delivery["id"], "round": 1});
    assert!(app.receive_texts(&[message.to_string()]).await.is_empty());
    assert!(receiver.heard().is_empty());
}

/// Whatever fails in between: each end of an export is heard, and as one.
#[tokio::test]
async fn stores_that_fail_lose_no_event() {
    let (app, organizer, receiver) = start().await;
    create(&app, &organizer, &receiver.url, &ALL).await;
    for operation in ["TransactWriteItems", "BatchGetItem", "UpdateItem", "PutItem"] {
        app.aws.faults().inject(operation, Fault::Throttling, When::Probability(0.2));
    }
    let mut exports = BTreeSet::new();
    while exports.len() < 10 {
        let body = json!({"definition": {"dataset": "searches"}, "format": "csv"});
        let answer = app.post("/exports", &body).by(&organizer).send().await;
        if answer.status == 202 {
            exports.insert(answer.body["data"]["id"].as_str().unwrap().to_owned());
        }
    }
    app.work().await;
    app.aws.faults().clear();
    for _ in 0..6 {
        app.advance(SignedDuration::from_secs(800));
        app.timer("outbox").await;
        app.timer("wake").await;
        app.work().await;
    }
    let mut ids: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (headers, body) in receiver.heard() {
        let body: Value = serde_json::from_str(&body).unwrap();
        let export = body["data"]["exportId"].as_str().unwrap().to_owned();
        ids.entry(export).or_default().insert(headers["webhook-id"].to_str().unwrap().to_owned());
    }
    assert_eq!(ids.keys().cloned().collect::<BTreeSet<_>>(), exports);
    assert!(ids.values().all(|ids| ids.len() == 1), "{ids:?}");
}

#[tokio::test]
async fn a_schedules_webhooks_get_a_link_to_the_file_and_nobody_else_does() {
    let (app, organizer, receiver) = start().await;
    let admin = app.user(T1, Role::Admin).with_plan(Plan::Professional);
    let named = create(&app, &organizer, &receiver.url, &["export.failed"]).await.0;
    let other = create(&app, &organizer, &receiver.url, &["export.completed", "schedule.failed"]).await.0;
    app.signed_in(T1, admin.id).await;
    let template = json!({"name": "x", "definition": {"dataset": "sign_ins"}});
    let template = app.post("/templates", &template).by(&admin).data().await["id"].clone();
    let schedule =
        json!({"name": "Daily", "templateId": template, "format": "csv", "cron": "0 8 * * *", "webhooks": [named]});
    let with = |webhooks: Value| {
        let mut body = schedule.clone();
        body["webhooks"] = webhooks;
        body
    };
    let gone = app.post("/schedules", &with(json!([uuid::Uuid::nil()]))).by(&admin).refused().await;
    assert_eq!(gone, refusal(404, "WEBHOOK_NOT_FOUND"));
    let twice = app.post("/schedules", &with(json!([named, named]))).by(&admin).refused().await;
    assert_eq!(twice, refusal(400, "VALIDATION_FAILED"));
    let made = app.post("/schedules", &schedule).by(&admin).data().await;
    let id = made["id"].as_str().unwrap().to_owned();
    let links = async || {
        assert_eq!(app.work().await, 0);
        let mut links = Vec::new();
        for (_, body) in receiver.heard() {
            let body: Value = serde_json::from_str(&body).unwrap();
            assert_eq!(body["data"]["scheduleId"].as_str(), Some(id.as_str()));
            links.push(body["data"]["link"].as_str().map(str::to_owned));
        }
        links.sort();
        links
    };
    app.post(&format!("/schedules/{id}/run"), &json!({})).by(&admin).data().await;
    let told = links().await;
    let [None, Some(link)] = told.as_slice() else { panic!("{told:?}") };
    let location = app.location(link.split_once("/reports/v1").unwrap().1).await;
    assert!(testing::fetch(&location).await.text().await.unwrap().contains("magicLink"));
    // Organizers do not see others' sign-ins: neither what is shown of the delivery, nor another address of theirs,
    // has the link.
    let log = deliveries(&app, &organizer, &named).await;
    assert!(log[0]["payload"]["data"]["link"].is_null() && log[0]["status"] == "delivered", "{log}");
    let redeliver = format!("/webhooks/{named}/deliveries/{}/redeliver", log[0]["id"].as_str().unwrap());
    let again = app.post(&redeliver, &json!({})).by(&organizer).data().await;
    assert!(!again.to_string().contains("/shared/"), "{again}");
    assert!(matches!(links().await.as_slice(), [Some(_)]), "the same address may have it again");
    let moved = json!({"url": receiver.url.replace("/hook", "/evil"), "events": ["export.failed"]});
    app.put(&format!("/webhooks/{named}"), &moved).by(&organizer).data().await;
    app.post(&redeliver, &json!({})).by(&organizer).data().await;
    assert_eq!(links().await, [None]);
    app.post(&format!("/schedules/{id}/run"), &json!({})).by(&admin).data().await;
    assert_eq!(links().await, [None, None]);
    app.put(&format!("/schedules/{id}"), &schedule).by(&admin).data().await;
    app.post(&format!("/schedules/{id}/run"), &json!({})).by(&admin).data().await;
    assert_eq!(links().await.len(), 2);
    // Of a template that is archived no run can be made.
    app.delete(&format!("/templates/{}", template.as_str().unwrap())).by(&admin).data().await;
    app.post(&format!("/schedules/{id}/run"), &json!({})).by(&admin).data().await;
    assert_eq!(app.work().await, 0);
    let failed: Vec<Value> = receiver.heard().iter().map(|(_, body)| serde_json::from_str(body).unwrap()).collect();
    assert_eq!((failed.len(), &failed[0]["type"]), (1, &json!("schedule.failed")), "{failed:?}");
    let data = &failed[0]["data"];
    assert_eq!((&data["name"], &data["message"]), (&json!("Daily"), &json!("The template is archived.")));
    assert_eq!(deliveries(&app, &organizer, &other).await.as_array().unwrap().len(), 4);
}
