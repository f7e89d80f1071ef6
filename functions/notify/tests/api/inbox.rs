//! The inbox of the app, and the lists of deliveries.

use http::Method;
use serde_json::{Value, json};
use shared::auth::Role;

use crate::support::{App, T1, T2, User, refusal};

async fn put_into_inbox(app: &App, organizer: &User, user: &User, count: usize) {
    for number in 0..count {
        let body = json!({"userId": user.id, "channels": ["inapp"], "content": {"text": format!("{number}")}});
        app.post("/notifications", &body).by(organizer).data().await;
        app.work().await;
        app.advance(jiff::SignedDuration::from_millis(1));
    }
}

fn texts(body: &Value) -> Vec<&str> {
    body["data"].as_array().unwrap().iter().map(|row| row["text"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn an_inbox_is_read_one_by_one_and_all_at_once() {
    let app = App::start().await;
    let (ada, organizer) = (app.user(T1, Role::User).await, app.user(T1, Role::Organizer).await);
    put_into_inbox(&app, &organizer, &ada, 45).await;
    let unread = async || app.get("/notifications/unread-count").by(&ada).data().await["unread"].clone();
    assert_eq!(unread().await, 45);
    let first = app.get("/notifications?limit=2").by(&ada).send().await.body;
    assert_eq!(texts(&first), ["44", "43"]);
    let cursor = first["page"]["next_cursor"].as_str().unwrap();
    let next = app.get(&format!("/notifications?limit=2&cursor={cursor}")).by(&ada).send().await.body;
    assert_eq!(texts(&next), ["42", "41"]);
    let id = first["data"][0]["id"].as_str().unwrap();
    let read = || app.call(Method::POST, &format!("/notifications/{id}/read")).by(&ada);
    let once = read().data().await;
    assert!(once["readAt"].is_string());
    assert_eq!(read().data().await, once);
    assert_eq!(unread().await, 44);
    assert_eq!(app.delivery(&organizer, &json!(id)).await["status"], "read");
    let all = || app.call(Method::POST, "/notifications/read-all").by(&ada);
    assert_eq!(all().data().await, json!({"read": 44}));
    assert_eq!(all().data().await, json!({"read": 0}));
    assert_eq!(unread().await, 0);
    let read = app.get("/deliveries?status=read&limit=100").by(&ada).data().await;
    assert_eq!(read.as_array().unwrap().len(), 45);
}

#[tokio::test]
async fn a_message_is_gone_after_ninety_days() {
    let app = App::start().await;
    let (ada, organizer) = (app.user(T1, Role::User).await, app.user(T1, Role::Organizer).await);
    put_into_inbox(&app, &organizer, &ada, 1).await;
    let id = app.get("/notifications").by(&ada).data().await[0]["id"].clone();
    app.advance(jiff::SignedDuration::from_hours(89 * 24));
    put_into_inbox(&app, &organizer, &ada, 1).await;
    assert_eq!(app.get("/notifications/unread-count").by(&ada).data().await, json!({"unread": 2}));
    app.advance(jiff::SignedDuration::from_hours(2 * 24));
    assert_eq!(app.get("/notifications").by(&ada).data().await.as_array().unwrap().len(), 1);
    assert_eq!(app.get("/notifications/unread-count").by(&ada).data().await, json!({"unread": 1}));
    let read = app.call(Method::POST, &format!("/notifications/{}/read", id.as_str().unwrap())).by(&ada);
    assert_eq!(read.refused().await, refusal(404, "NOT_FOUND"));
    let all = app.call(Method::POST, "/notifications/read-all").by(&ada);
    assert_eq!(all.data().await, json!({"read": 1}));
}

#[tokio::test]
async fn deliveries_are_listed_newest_first_by_what_is_asked_for() {
    let app = App::start().await;
    let (ada, organizer) = (app.user(T1, Role::User).await, app.user(T1, Role::Organizer).await);
    put_into_inbox(&app, &organizer, &ada, 5).await;
    // Over the end of a month.
    app.advance(jiff::SignedDuration::from_hours(31 * 24));
    let since = app.now();
    let mail = json!({"to": "a@example.com", "channels": ["email"], "content": {"subject": "x", "text": "x"}});
    app.post("/notifications", &mail).by(&organizer).data().await;
    let ids = |rows: &Value| {
        rows.as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let list = async |query: &str| ids(&app.get(&format!("/deliveries{query}")).by(&organizer).data().await);
    let all = list("").await;
    assert_eq!(all.len(), 6);
    assert!(all.is_sorted_by(|a, b| a > b), "{all:?}");
    assert_eq!(list("?channel=email").await, all[..1]);
    assert_eq!(list("?status=queued").await, all[..1]);
    assert_eq!(list(&format!("?from={since}")).await, all[..1]);
    assert_eq!(list(&format!("?to={since}")).await, all[1..]);
    assert_eq!(list(&format!("?userId={}", ada.id)).await, all[1..]);
    let (mut paged, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = app.get(&format!("/deliveries?limit=2{cursor}")).by(&organizer).send().await.body;
        paged.extend(ids(&page["data"]));
        match page["page"]["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(paged, all);
    let other = app.user(T2, Role::Admin).await;
    assert_eq!(app.get("/deliveries").by(&other).data().await, json!([]));
    for wrong in ["?status=lost", "?from=yesterday", "?from=2020-01-01T00:00:00Z", "?channel=fax"] {
        let got = app.get(&format!("/deliveries{wrong}")).by(&organizer).refused().await;
        assert_eq!(got, refusal(400, "VALIDATION_FAILED"), "{wrong}");
    }
}
