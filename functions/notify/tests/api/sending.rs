//! From a request to the recipient.

use jiff::SignedDuration;
use local_aws::{Fault, When};
use serde_json::{Value, json};
use shared::auth::Role;

use crate::support::{App, T1, T2, User, body, changed, refusal};

/// A mail to `to`, which is `{"to": …}` or `{"userId": …}`.
fn mail(to: &Value) -> Value {
    let mut body = json!({"channels": ["email"], "content": {"subject": "Hello", "text": "Hi {{name}}", "html": "<p>Hi {{name}}</p>"}, "variables": {"name": "A & B"}});
    body.as_object_mut().unwrap().extend(to.as_object().unwrap().clone());
    body
}

async fn status(app: &App, organizer: &User, id: &Value) -> (String, String) {
    let delivery = app.delivery(organizer, id).await;
    (delivery["status"].as_str().unwrap().to_owned(), delivery["reason"]["code"].as_str().unwrap().to_owned())
}

fn is(status: &str, code: &str) -> (String, String) {
    (status.to_owned(), code.to_owned())
}

#[tokio::test]
async fn a_mail_reaches_a_member_at_the_verified_address() {
    let app = App::start().await;
    let (ada, organizer) = (app.user(T1, Role::User).await, app.user(T1, Role::Organizer).await);
    let answer = app.post("/notifications", &mail(&json!({"userId": ada.id}))).by(&organizer).send().await;
    assert_eq!(answer.status, 202, "{answer:?}");
    let delivery = &answer.body["data"]["deliveries"][0];
    assert_eq!((&delivery["channel"], &delivery["status"]), (&json!("email"), &json!("queued")));
    app.work().await;
    let mailbox = app.aws.mailbox().await.unwrap();
    assert_eq!(mailbox.len(), 1);
    assert_eq!(mailbox[0].to, ["v1@example.com"]);
    assert_eq!(mailbox[0].subject, "Hello");
    assert_eq!(mailbox[0].text.as_deref().unwrap().trim_end(), "Hi A & B");
    assert_eq!(mailbox[0].html.as_deref().unwrap().trim_end(), "<p>Hi A &amp; B</p>");
    let after = app.delivery(&organizer, &delivery["id"]).await;
    assert_eq!(after["status"], "sent");
    let codes: Vec<&str> =
        after["history"].as_array().unwrap().iter().map(|entry| entry["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["ACCEPTED", "SENT"]);
    assert_eq!(after["history"][1]["provider"], "ses");
    assert!(after["history"][1]["providerMessageId"].is_string());
}

#[tokio::test]
async fn one_request_reaches_a_member_by_several_channels() {
    let app = App::start().await;
    let (ada, organizer) = (app.user(T1, Role::User).await, app.user(T1, Role::Organizer).await);
    let mut request = mail(&json!({"userId": ada.id}));
    request["channels"] = json!(["email", "inapp"]);
    let accepted = app.post("/notifications", &request).by(&organizer).data().await;
    assert_eq!(accepted["deliveries"].as_array().unwrap().len(), 2);
    app.work().await;
    assert_eq!(app.aws.mailbox().await.unwrap().len(), 1);
    let inbox = app.get("/notifications").by(&ada).data().await;
    assert_eq!((&inbox[0]["title"], &inbox[0]["text"]), (&json!("Hello"), &json!("Hi A & B")));
    assert_eq!(inbox[0]["id"], accepted["deliveries"][1]["id"]);
    assert_eq!(app.get("/notifications").by(&organizer).data().await, json!([]));
}

#[tokio::test]
async fn the_same_message_twice_is_sent_once() {
    let app = App::start().await;
    let organizer = app.user(T1, Role::Organizer).await;
    let accepted = app.post("/notifications", &mail(&json!({"to": "a@example.com"}))).by(&organizer).data().await;
    let places = json!([{"id": accepted["deliveries"][0]["id"], "userId": null}]);
    let message =
        json!({"job": "deliver", "tenantId": T1, "notificationId": accepted["id"], "deliveries": places}).to_string();
    assert!(app.receive(&[message.clone(), message.clone()]).await.is_empty());
    app.work().await;
    assert!(app.receive(&[message]).await.is_empty());
    assert_eq!(app.aws.mailbox().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_provider_that_fails_is_asked_again_later_and_later() {
    let app = App::start().await;
    let organizer = app.user(T1, Role::Organizer).await;
    app.aws.faults().inject("SendRawEmail", Fault::InternalError, When::Next(3));
    let accepted = app.post("/notifications", &mail(&json!({"to": "a@example.com"}))).by(&organizer).data().await;
    let id = &accepted["deliveries"][0]["id"];
    for tries in 1..=3 {
        app.work().await;
        let delivery = app.delivery(&organizer, id).await;
        assert_eq!((&delivery["status"], &delivery["attempts"]), (&json!("scheduled"), &json!(tries)), "{delivery}");
        assert_eq!(delivery["reason"]["code"], "ATTEMPT_FAILED");
        app.advance(SignedDuration::from_mins(10));
        app.timer("outbox").await;
    }
    app.work().await;
    assert_eq!(status(&app, &organizer, id).await, is("sent", "SENT"));
    assert_eq!(app.aws.mailbox().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_provider_that_never_recovers_is_given_up_after_eight_tries() {
    let app = App::start().await;
    let organizer = app.user(T1, Role::Organizer).await;
    app.aws.faults().inject("SendRawEmail", Fault::InternalError, When::Next(8));
    let accepted = app.post("/notifications", &mail(&json!({"to": "a@example.com"}))).by(&organizer).data().await;
    let id = &accepted["deliveries"][0]["id"];
    for _ in 0..8 {
        app.work().await;
        for _ in 0..2 {
            app.advance(SignedDuration::from_mins(121));
            app.timer("outbox").await;
        }
    }
    assert_eq!(status(&app, &organizer, id).await, is("failed", "RETRIES_EXHAUSTED"));
    // An administrator can have it tried again.
    let admin = app.user(T1, Role::Admin).await;
    let retry = app.call(http::Method::POST, &format!("/deliveries/{}/retry", id.as_str().unwrap()));
    assert_eq!(retry.by(&admin).send().await.status, 202);
    app.work().await;
    assert_eq!(status(&app, &organizer, id).await, is("sent", "SENT"));
}

#[tokio::test]
async fn being_throttled_burns_no_try() {
    let app = App::start().await;
    let organizer = app.user(T1, Role::Organizer).await;
    app.aws.faults().inject("SendRawEmail", Fault::Throttling, When::Next(12));
    let accepted = app.post("/notifications", &mail(&json!({"to": "a@example.com"}))).by(&organizer).data().await;
    let id = &accepted["deliveries"][0]["id"];
    for _ in 0..12 {
        app.work().await;
        assert_eq!(status(&app, &organizer, id).await, is("scheduled", "THROTTLED"));
        app.advance(SignedDuration::from_mins(31));
        app.timer("outbox").await;
    }
    app.work().await;
    let delivery = app.delivery(&organizer, id).await;
    assert_eq!((&delivery["status"], &delivery["attempts"]), (&json!("sent"), &json!(0)));
}

#[tokio::test]
async fn a_worker_that_dies_while_it_sends_is_followed_by_another() {
    let app = App::start().await;
    let organizer = app.user(T1, Role::Organizer).await;
    let accepted = app.post("/notifications", &mail(&json!({"to": "a@example.com"}))).by(&organizer).data().await;
    let id = &accepted["deliveries"][0]["id"];
    // The provider takes it and its answer is lost; then nothing more can be written.
    app.aws.faults().inject("SendRawEmail", Fault::Delay(std::time::Duration::from_hours(1)), When::Next(1));
    let work = tokio::time::timeout(std::time::Duration::from_secs(2), app.work_once()).await;
    assert!(work.is_err(), "the worker was to be in the middle of its call");
    assert_eq!(status(&app, &organizer, id).await, is("sending", "ACCEPTED"));
    // The message comes again while the lease runs: a new one takes its place.
    app.advance(SignedDuration::from_secs(20));
    let places = json!([{"id": id, "userId": null}]);
    let message =
        json!({"job": "deliver", "tenantId": T1, "notificationId": accepted["id"], "deliveries": places}).to_string();
    assert!(app.receive(&[message]).await.is_empty());
    assert_eq!(status(&app, &organizer, id).await, is("sending", "ACCEPTED"));
    app.advance(SignedDuration::from_secs(20));
    app.work().await;
    let delivery = app.delivery(&organizer, id).await;
    assert_eq!(delivery["status"], "sent", "{delivery}");
    assert_eq!(delivery["history"][1]["code"], "INTERRUPTED");
}

#[tokio::test]
async fn what_is_scheduled_waits_and_can_be_cancelled() {
    let app = App::start().await;
    let (organizer, admin) = (app.user(T1, Role::Organizer).await, app.user(T1, Role::Admin).await);
    let at = |hours| (app.now() + SignedDuration::from_hours(hours)).to_string();
    let mut request = mail(&json!({"to": "a@example.com"}));
    request["scheduledAt"] = json!(at(300 * 24));
    let accepted = app.post("/notifications", &request).by(&organizer).data().await;
    request["scheduledAt"] = json!(at(2));
    let other = app.post("/notifications", &request).by(&organizer).data().await;
    app.work().await;
    let (far, near) = (&accepted["deliveries"][0]["id"], &other["deliveries"][0]["id"]);
    assert_eq!(status(&app, &organizer, far).await, is("scheduled", "SCHEDULED"));
    let cancel = |id: &Value| app.call(http::Method::POST, &format!("/deliveries/{}/cancel", id.as_str().unwrap()));
    let used = async || app.get("/admin/quotas").by(&admin).data().await["channels"]["email"]["used"].clone();
    assert_eq!(used().await, 2);
    assert_eq!(cancel(far).by(&admin).data().await["status"], "cancelled");
    assert_eq!(used().await, 1);
    assert_eq!(cancel(far).by(&admin).refused().await, refusal(409, "DELIVERY_NOT_CANCELLABLE"));
    app.advance(SignedDuration::from_mins(121));
    app.timer("outbox").await;
    app.work().await;
    assert_eq!(status(&app, &organizer, near).await, is("sent", "SENT"));
    assert_eq!(cancel(near).by(&admin).refused().await, refusal(409, "DELIVERY_NOT_CANCELLABLE"));
    request["scheduledAt"] = json!(at(367 * 24));
    assert_eq!(app.post("/notifications", &request).by(&organizer).refused().await, refusal(400, "VALIDATION_FAILED"));
}

#[tokio::test]
async fn a_request_that_cannot_be_sent_says_why() {
    let app = App::start().await;
    let organizer = app.user(T1, Role::Organizer).await;
    let stranger = app.user(T2, Role::User).await;
    let with = |change: Value| {
        let mut request = mail(&json!({"to": "a@example.com"}));
        request.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        request.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        request
    };
    for (change, code) in [
        (json!({"channels": ["fax"]}), "INVALID_CHANNEL"),
        (json!({"channels": ["email", "email"]}), "INVALID_CHANNEL"),
        (json!({"channels": ["inapp"]}), "INVALID_CHANNEL"),
        (json!({"channels": ["sms"]}), "INVALID_CHANNEL"),
        (json!({"channels": []}), "VALIDATION_FAILED"),
        (json!({"to": "nobody"}), "INVALID_CONTACT"),
        (json!({"to": "+436641234567"}), "INVALID_CHANNEL"),
        (json!({"to": null}), "VALIDATION_FAILED"),
        (json!({"userId": stranger.id}), "VALIDATION_FAILED"),
        (json!({"to": null, "userId": stranger.id}), "INVALID_CONTACT"),
        (json!({"content": {"subject": "x"}}), "VALIDATION_FAILED"),
        (json!({"content": null}), "VALIDATION_FAILED"),
        (json!({"content": {"subject": "x\r\nBcc: y", "text": "x"}}), "VALIDATION_FAILED"),
        (json!({"content": {"subject": "x", "text": "{{#if a}}"}}), "INVALID_TEMPLATE"),
        (json!({"content": {"subject": "x", "text": "x", "html": "{{{name}}}"}}), "INVALID_TEMPLATE"),
        (json!({"variables": {}}), "MISSING_TEMPLATE_VARIABLES"),
        (json!({"variables": {"name": "x".repeat(70_000)}}), "VALIDATION_FAILED"),
        (json!({"variables": {"name": vec![0; 201]}}), "VALIDATION_FAILED"),
        (json!({"category": "gossip"}), "VALIDATION_FAILED"),
        (json!({"unknown": 1}), "VALIDATION_FAILED"),
    ] {
        let got = app.post("/notifications", &with(change.clone())).by(&organizer).refused().await;
        assert_eq!(got, refusal(400, code), "{change}");
    }
    let missing = app.post("/notifications", &with(json!({"variables": {}}))).by(&organizer).send().await;
    assert_eq!(missing.body["error"]["details"], json!({"missing": ["name"]}));
    // A header cannot be smuggled in by a variable either.
    let sneaky = with(
        json!({"content": {"subject": "{{name}}", "text": "x"}, "variables": {"name": "x\r\nBcc: y@example.com"}}),
    );
    let accepted = app.post("/notifications", &sneaky).by(&organizer).data().await;
    app.work().await;
    assert_eq!(
        status(&app, &organizer, &accepted["deliveries"][0]["id"]).await,
        is("failed", "TEMPLATE_RENDERING_FAILED")
    );
    assert!(app.aws.mailbox().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_dedupe_key_holds_for_a_day() {
    let app = App::start().await;
    let organizer = app.user(T1, Role::Organizer).await;
    let other = app.user(T2, Role::Organizer).await;
    let mut request = mail(&json!({"to": "a@example.com"}));
    request["dedupeKey"] = json!("order-1");
    let send = |user| app.post("/notifications", &request).by(user);
    assert_eq!(send(&organizer).send().await.status, 202);
    assert_eq!(send(&organizer).refused().await, refusal(409, "DUPLICATE_REQUEST"));
    assert_eq!(send(&other).send().await.status, 202);
    app.advance(SignedDuration::from_hours(24));
    assert_eq!(send(&organizer).send().await.status, 202);
}

#[tokio::test]
async fn an_idempotency_key_makes_one_of_two_requests() {
    let app = App::start().await;
    let organizer = app.user(T1, Role::Organizer).await;
    let request = mail(&json!({"to": "a@example.com"}));
    let send = || app.post("/notifications", &request).by(&organizer).header("idempotency-key", "one").data();
    assert_eq!(send().await, send().await);
    app.work().await;
    assert_eq!(app.aws.mailbox().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_test_goes_to_the_caller_alone() {
    let app = App::start().await;
    let organizer = app.user(T1, Role::Organizer).await;
    let mut request = mail(&json!({}));
    let accepted = app.post("/notifications/test", &request).by(&organizer).data().await;
    app.work().await;
    let delivery = app.delivery(&organizer, &accepted["deliveries"][0]["id"]).await;
    assert_eq!(delivery["recipient"], json!({"userId": organizer.id}));
    assert_eq!(app.aws.mailbox().await.unwrap()[0].to, ["v1@example.com"]);
    request["to"] = json!("a@example.com");
    assert_eq!(
        app.post("/notifications/test", &request).by(&organizer).refused().await,
        refusal(400, "VALIDATION_FAILED")
    );
}

#[tokio::test]
async fn whoever_has_left_is_not_written_to() {
    let app = App::start().await;
    let (ada, organizer) = (app.user(T1, Role::User).await, app.user(T1, Role::Organizer).await);
    let accepted = app.post("/notifications", &mail(&json!({"userId": ada.id}))).by(&organizer).data().await;
    let mut left = changed(&ada, 2);
    left.tenants.clear();
    assert!(app.receive(&[body(&left)]).await.is_empty());
    app.work().await;
    assert_eq!(status(&app, &organizer, &accepted["deliveries"][0]["id"]).await, is("failed", "NOT_MEMBER"));
    assert!(app.aws.mailbox().await.unwrap().is_empty());
}

#[tokio::test]
async fn what_hurries_overtakes() {
    let app = App::start().await;
    let organizer = app.user(T1, Role::Organizer).await;
    for priority in ["low", "normal", "high", "critical"] {
        let mut request = mail(&json!({"to": format!("{priority}@example.com")}));
        request["priority"] = json!(priority);
        app.post("/notifications", &request).by(&organizer).data().await;
    }
    assert_eq!(app.work_once().await, 2);
    let first: Vec<String> = app.aws.mailbox().await.unwrap().into_iter().flat_map(|mail| mail.to).collect();
    assert!(first.iter().all(|to| to.starts_with("high") || to.starts_with("critical")), "{first:?}");
    app.work().await;
    assert_eq!(app.aws.mailbox().await.unwrap().len(), 4);
}
