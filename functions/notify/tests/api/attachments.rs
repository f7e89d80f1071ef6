//! Files that mails take along.

use jiff::SignedDuration;
use serde_json::{Value, json};
use shared::auth::Role;

use crate::support::{App, T1, T2, User, refusal};

const LARGEST: usize = 7_000_000;

async fn announce(app: &App, by: &User, name: &str, size: usize) -> Value {
    let body = json!({"name": name, "contentType": "application/pdf", "size": size});
    app.post("/attachments", &body).by(by).data().await
}

/// Uploads as a browser would; gives the status.
async fn put(announced: &Value, bytes: &[u8]) -> u16 {
    let upload = &announced["upload"];
    let client = shared::client::http_client(std::time::Duration::from_secs(20)).unwrap();
    let mut request = client.put(upload["url"].as_str().unwrap()).body(bytes.to_vec());
    for (name, value) in upload["headers"].as_object().unwrap() {
        request = request.header(name, value.as_str().unwrap());
    }
    request.send().await.unwrap().status().as_u16()
}

async fn uploaded(app: &App, by: &User, name: &str, size: usize) -> Value {
    let announced = announce(app, by, name, size).await;
    assert_eq!(put(&announced, &vec![b'x'; size]).await, 200);
    announced["id"].clone()
}

fn mail(attachments: &Value) -> Value {
    json!({"to": "a@example.com", "channels": ["email"], "content": {"subject": "x", "text": "x", "html": "<p>x</p>"}, "attachments": attachments})
}

#[tokio::test]
async fn a_mail_takes_its_files_along() {
    let app = App::start().await;
    let organizer = app.user(T1, Role::Organizer).await;
    let ticket = uploaded(&app, &organizer, "Eintrittskarte für Zoë.pdf", 1000).await;
    let plan = uploaded(&app, &organizer, "plan.pdf", LARGEST - 1000).await;
    app.post("/notifications", &mail(&json!([ticket, plan]))).by(&organizer).data().await;
    let bulk = json!({"recipients": [{"to": "b@example.com"}, {"to": "c@example.com"}], "channels": ["email"], "content": {"subject": "x", "html": "x"}, "attachments": [ticket]});
    app.post("/notifications/bulk", &bulk).by(&organizer).data().await;
    let test =
        json!({"channels": ["email", "inapp"], "content": {"subject": "x", "text": "x"}, "attachments": [ticket]});
    app.post("/notifications/test", &test).by(&organizer).data().await;
    app.work().await;
    let mailbox = app.aws.mailbox().await.unwrap();
    assert_eq!(mailbox.len(), 4);
    for mail in &mailbox {
        let both = mail.to == ["a@example.com"];
        let expected: &[&str] =
            if both { &["Eintrittskarte für Zoë.pdf", "plan.pdf"] } else { &["Eintrittskarte für Zoë.pdf"] };
        assert_eq!(mail.attachments, expected);
        if both {
            assert_eq!(mail.text.as_deref().map(str::trim_end), Some("x"));
        }
    }
}

#[tokio::test]
async fn only_ones_own_whole_files_can_be_named() {
    let app = App::start().await;
    let organizer = app.user(T1, Role::Organizer).await;
    let foreign = app.user(T2, Role::Organizer).await;
    let invalid = refusal(400, "INVALID_ATTACHMENT");
    let refused =
        async |by: &User, attachments: Value| app.post("/notifications", &mail(&attachments)).by(by).refused().await;
    let good = uploaded(&app, &organizer, "a.pdf", 10).await;
    let missing = announce(&app, &organizer, "b.pdf", 10).await["id"].clone();
    let large = uploaded(&app, &organizer, "c.pdf", LARGEST).await;
    assert_eq!(refused(&foreign, json!([good])).await, invalid);
    assert_eq!(refused(&organizer, json!([missing])).await, invalid);
    assert_eq!(refused(&organizer, json!([good, good])).await, invalid);
    assert_eq!(refused(&organizer, json!([good, large])).await, invalid);
    assert_eq!(refused(&organizer, json!([shared::ids::new(app.clock())])).await, invalid);
    assert_eq!(refused(&organizer, json!(vec![good.clone(); 11])).await, refusal(400, "VALIDATION_FAILED"));
    let sms = json!({"to": "+436641234567", "channels": ["sms"], "content": {"text": "x"}, "attachments": [good]});
    assert_eq!(app.post("/notifications", &sms).by(&organizer).refused().await, invalid);
    for wrong in [
        json!({"name": "../a", "contentType": "text/plain", "size": 1}),
        json!({"name": "a\r\nBcc: b", "contentType": "text/plain", "size": 1}),
        json!({"name": "a\u{202e}fdp.exe", "contentType": "text/plain", "size": 1}),
        json!({"name": "a", "contentType": "message/rfc822", "size": 1}),
        json!({"name": "a", "contentType": "text", "size": 1}),
        json!({"name": "a", "contentType": "text/plain; x=y", "size": 1}),
        json!({"name": "a", "contentType": "text/plain", "size": 0}),
        json!({"name": "a", "contentType": "text/plain", "size": LARGEST + 1}),
    ] {
        assert_eq!(
            app.post("/attachments", &wrong).by(&organizer).refused().await,
            refusal(400, "VALIDATION_FAILED"),
            "{wrong}"
        );
    }
}

#[tokio::test]
async fn an_upload_is_what_was_announced() {
    let app = App::start().await;
    let organizer = app.user(T1, Role::Organizer).await;
    let announced = announce(&app, &organizer, "a.pdf", 10).await;
    assert_eq!(put(&announced, &[b'x'; 11]).await, 403);
    let mut other = announced.clone();
    other["upload"]["headers"]["content-type"] = json!("text/html");
    assert_eq!(put(&other, &[b'x'; 10]).await, 403);
    assert_eq!(put(&announced, &[b'x'; 10]).await, 200);
}

#[tokio::test]
async fn an_address_to_upload_to_is_not_kept() {
    let app = App::start().await;
    let organizer = app.user(T1, Role::Organizer).await;
    let body = json!({"name": "a.pdf", "contentType": "application/pdf", "size": 10});
    let announce = || app.post("/attachments", &body).by(&organizer).header("idempotency-key", "a");
    announce().data().await;
    assert_eq!(announce().refused().await, refusal(409, "IDEMPOTENCY_RESULT_NOT_STORED"));
}

#[tokio::test]
async fn files_go_when_nothing_needs_them() {
    let app = App::start().await;
    let organizer = app.user(T1, Role::Organizer).await;
    let forgotten = uploaded(&app, &organizer, "a.pdf", 10).await;
    let named = uploaded(&app, &organizer, "b.pdf", 10).await;
    let mut later = mail(&json!([named]));
    later["scheduledAt"] = json!(app.now() + SignedDuration::from_hours(40 * 24));
    app.post("/notifications", &later).by(&organizer).data().await;
    // An earlier use does not shorten that.
    app.post("/notifications", &mail(&json!([named]))).by(&organizer).data().await;
    let mut latest = mail(&json!([named]));
    latest["scheduledAt"] = json!(app.now() + SignedDuration::from_hours(200 * 24));
    app.post("/notifications", &latest).by(&organizer).data().await;
    app.post("/notifications", &mail(&json!([named]))).by(&organizer).data().await;
    let key = app.internal_key();
    let purge = async || {
        app.call(http::Method::POST, "/jobs/purge").header("x-internal-api-key", &key).data().await["files"].clone()
    };
    assert_eq!(purge().await, 0);
    app.advance(SignedDuration::from_hours(25));
    assert_eq!(purge().await, 1);
    assert_eq!(purge().await, 0);
    let gone = app.post("/notifications", &mail(&json!([forgotten]))).by(&organizer).refused().await;
    assert_eq!(gone, refusal(400, "INVALID_ATTACHMENT"));
    app.advance(SignedDuration::from_hours(39 * 24 - 1) + SignedDuration::from_mins(1));
    app.timer("purge").await;
    app.timer("outbox").await;
    app.work().await;
    assert_eq!(app.aws.mailbox().await.unwrap()[0].attachments, ["b.pdf"]);
    app.advance(SignedDuration::from_hours(200 * 24));
    assert_eq!(purge().await, 0);
    app.advance(SignedDuration::from_hours(60 * 24));
    assert_eq!(purge().await, 1);
}
