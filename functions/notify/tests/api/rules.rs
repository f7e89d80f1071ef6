//! What is sent, what waits and what is not sent: the rules in their order.

use jiff::SignedDuration;
use serde_json::{Value, json};
use shared::auth::Role;

use crate::support::{App, T1, User, refusal};

/// Sends a message by `channel` to `user` and says what became of it, as status and reason.
async fn send(app: &App, organizer: &User, user: &User, change: Value) -> (Value, String, String) {
    let mut request = json!({"userId": user.id, "channels": ["email"], "category": "marketing", "content": {"subject": "x", "text": "x"}});
    request.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    let accepted = app.post("/notifications", &request).by(organizer).data().await;
    app.work().await;
    let delivery = app.delivery(organizer, &accepted["deliveries"][0]["id"]).await;
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (delivery["id"].clone(), text(&delivery["status"]), text(&delivery["reason"]["code"]))
}

async fn outcome(app: &App, organizer: &User, user: &User, change: Value) -> String {
    let (_, status, code) = send(app, organizer, user, change).await;
    format!("{status} {code}")
}

#[tokio::test]
async fn a_preference_stops_its_category_on_its_channel_alone() {
    let app = App::start().await;
    let (ada, organizer) = (app.user(T1, Role::User).await, app.user(T1, Role::Organizer).await);
    app.put("/preferences", &json!({"channels": {"email": {"marketing": false}}})).by(&ada).data().await;
    assert_eq!(outcome(&app, &organizer, &ada, json!({})).await, "suppressed PREFERENCE_OFF");
    assert_eq!(outcome(&app, &organizer, &ada, json!({"category": "reminder"})).await, "sent SENT");
    assert_eq!(outcome(&app, &organizer, &ada, json!({"channels": ["inapp"]})).await, "sent IN_INBOX");
    assert_eq!(app.aws.mailbox().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_suppressed_address_is_not_written_to_until_it_is_lifted() {
    let app = App::start().await;
    let (ada, organizer) = (app.user(T1, Role::User).await, app.user(T1, Role::Organizer).await);
    let admin = app.user(T1, Role::Admin).await;
    let suppress = json!({"channel": "email", "contact": "V1@Example.com", "reason": "bounce"});
    let made = app.post("/suppressions", &suppress).by(&organizer).data().await;
    assert_eq!(made["contact"], "v1@example.com");
    let asked = json!({"channel": "email", "contact": "v1@EXAMPLE.com"});
    let check = app.post("/suppressions/check", &asked).by(&organizer).data().await;
    assert_eq!(check, json!({"suppressed": true, "reason": "bounce"}));
    for category in ["marketing", "transactional", "system"] {
        let got = outcome(&app, &organizer, &ada, json!({"category": category, "priority": "critical"})).await;
        assert_eq!(got, "suppressed SUPPRESSED_BOUNCE");
    }
    // Preferences come after it.
    app.put("/preferences", &json!({"channels": {"email": {"marketing": false}}})).by(&ada).data().await;
    assert_eq!(outcome(&app, &organizer, &ada, json!({})).await, "suppressed SUPPRESSED_BOUNCE");
    assert_eq!(app.get("/suppressions").by(&ada).data().await, json!([made]));
    assert_eq!(app.get("/suppressions").by(&organizer).data().await, json!([made]));
    let path = format!("/suppressions/{}", made["id"].as_str().unwrap());
    assert_eq!(app.delete(&path).by(&organizer).refused().await, refusal(403, "FORBIDDEN"));
    app.delete(&path).by(&admin).data().await;
    assert_eq!(app.delete(&path).by(&admin).refused().await, refusal(404, "NOT_FOUND"));
    assert_eq!(outcome(&app, &organizer, &ada, json!({"category": "system"})).await, "sent SENT");
}

#[tokio::test]
async fn unsubscribing_by_one_click_ends_marketing_and_not_the_rest() {
    let app = App::start().await;
    let (ada, organizer) = (app.user(T1, Role::User).await, app.user(T1, Role::Organizer).await);
    assert_eq!(outcome(&app, &organizer, &ada, json!({})).await, "sent SENT");
    assert_eq!(outcome(&app, &organizer, &ada, json!({"category": "transactional"})).await, "sent SENT");
    let mailbox = app.aws.mailbox().await.unwrap();
    let links: Vec<&str> = mailbox.iter().filter_map(|mail| mail.header("List-Unsubscribe")).collect();
    assert_eq!(links.len(), 1);
    assert_eq!(
        mailbox
            .iter()
            .filter(|mail| mail.header("List-Unsubscribe-Post") == Some("List-Unsubscribe=One-Click"))
            .count(),
        1
    );
    let path = links[0].trim().trim_matches(['<', '>']).split("/notify/v1").nth(1).unwrap().to_owned();
    assert!(!path.contains("example"), "the link shows the address: {path}");
    // Whoever only looks changes nothing.
    assert_eq!(app.get(&path).send().await.status, 200);
    assert_eq!(outcome(&app, &organizer, &ada, json!({})).await, "sent SENT");
    for _ in 0..2 {
        assert_eq!(
            app.call(http::Method::POST, &path)
                .header("content-type", "application/x-www-form-urlencoded")
                .send()
                .await
                .status,
            200
        );
    }
    assert_eq!(outcome(&app, &organizer, &ada, json!({})).await, "suppressed SUPPRESSED_UNSUBSCRIBE");
    assert_eq!(outcome(&app, &organizer, &ada, json!({"category": "transactional"})).await, "sent SENT");
    // Somebody's other reason neither hides it nor is hidden by it.
    let bounce = json!({"channel": "email", "contact": "v1@example.com", "reason": "bounce"});
    let made = app.post("/suppressions", &bounce).by(&organizer).data().await;
    let got = outcome(&app, &organizer, &ada, json!({"category": "transactional"})).await;
    assert_eq!(got, "suppressed SUPPRESSED_BOUNCE");
    assert_eq!(app.get("/suppressions").by(&organizer).data().await.as_array().unwrap().len(), 2);
    let admin = app.user(T1, Role::Admin).await;
    app.delete(&format!("/suppressions/{}", made["id"].as_str().unwrap())).by(&admin).data().await;
    assert_eq!(outcome(&app, &organizer, &ada, json!({})).await, "suppressed SUPPRESSED_UNSUBSCRIBE");
    for wrong in ["/unsubscribe/x", &path[..path.len() - 2]] {
        assert_eq!(app.get(wrong).send().await.status, 404);
        assert_eq!(app.call(http::Method::POST, wrong).send().await.status, 404);
    }
}

#[tokio::test]
async fn quiet_hours_put_off_what_is_not_critical() {
    let app = App::start().await;
    let (ada, organizer) = (app.user(T1, Role::User).await, app.user(T1, Role::Organizer).await);
    let hour = |hours: i64| {
        let zoned =
            (app.now() + SignedDuration::from_hours(hours)).to_zoned(jiff::tz::TimeZone::get("Asia/Tokyo").unwrap());
        zoned.strftime("%H:00").to_string()
    };
    let quiet = json!({"quietHours": {"start": hour(0), "end": hour(2), "timeZone": "Asia/Tokyo"}});
    app.put("/preferences", &quiet).by(&ada).data().await;
    let (id, status, code) = send(&app, &organizer, &ada, json!({"category": "transactional"})).await;
    assert_eq!((status.as_str(), code.as_str()), ("scheduled", "QUIET_HOURS"));
    assert_eq!(outcome(&app, &organizer, &ada, json!({"priority": "critical"})).await, "sent SENT");
    // The next day's sweeps bring it, once.
    for _ in 0..3 {
        app.advance(SignedDuration::from_mins(61));
        app.timer("outbox").await;
        app.work().await;
    }
    assert_eq!(app.delivery(&organizer, &id).await["status"], "sent");
    assert_eq!(app.aws.mailbox().await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_cap_holds_among_racing_messages() {
    let app = App::start().await;
    let (ada, organizer) = (app.user(T1, Role::User).await, app.user(T1, Role::Organizer).await);
    let caps = json!({"frequencyCaps": [{"channel": "email", "per": "hour", "limit": 3}]});
    app.put("/preferences", &caps).by(&ada).data().await;
    let request = json!({"userId": ada.id, "channels": ["email"], "category": "marketing", "content": {"subject": "x", "text": "x"}});
    for _ in 0..9 {
        app.post("/notifications", &request).by(&organizer).data().await;
    }
    app.work().await;
    assert_eq!(app.aws.mailbox().await.unwrap().len(), 3);
    assert_eq!(outcome(&app, &organizer, &ada, json!({})).await, "suppressed FREQUENCY_CAP");
    assert_eq!(outcome(&app, &organizer, &ada, json!({"category": "transactional"})).await, "sent SENT");
    app.advance(SignedDuration::from_mins(61));
    assert_eq!(outcome(&app, &organizer, &ada, json!({})).await, "sent SENT");
}

#[tokio::test]
async fn whoever_has_no_address_is_told_of() {
    let app = App::start().await;
    let organizer = app.user(T1, Role::Organizer).await;
    let ada = app.stranger(T1, Role::User);
    let mut unverified = crate::support::changed(&ada, 1);
    unverified.verified_email = None;
    assert!(app.receive(&[crate::support::body(&unverified)]).await.is_empty());
    assert_eq!(outcome(&app, &organizer, &ada, json!({})).await, "failed NO_CONTACT");
}
