//! What is counted, and who sees which counts.

use jiff::SignedDuration;
use serde_json::json;
use shared::auth::Role;

use crate::support::{App, T1, T2, refusal};

#[tokio::test]
async fn every_message_is_counted_where_it_ends() {
    let app = App::start().await;
    let (ada, organizer) = (app.user(T1, Role::User).await, app.user(T1, Role::Organizer).await);
    let template = json!({"name": "t", "channel": "inapp", "locale": "en", "text": "x"});
    let template = app.post("/templates", &template).by(&organizer).data().await["id"].clone();
    let mail = json!({"to": "a@example.com", "channels": ["email"], "content": {"subject": "x", "text": "x"}});
    let inapp = json!({"userId": ada.id, "channels": ["inapp"], "templateId": template});
    for body in [&mail, &mail, &inapp] {
        app.post("/notifications", body).by(&organizer).data().await;
    }
    let suppress = json!({"channel": "email", "contact": "b@example.com", "reason": "complaint"});
    app.post("/suppressions", &suppress).by(&organizer).data().await;
    let suppressed = json!({"to": "b@example.com", "channels": ["email"], "content": {"subject": "x", "text": "x"}});
    app.post("/notifications", &suppressed).by(&organizer).data().await;
    app.work().await;
    app.call(http::Method::POST, "/notifications/read-all").by(&ada).data().await;
    let counted = app.get("/metrics").by(&organizer).data().await;
    assert_eq!(counted["channels"]["email"]["counts"], json!({"accepted": 3, "sent": 2, "suppressed": 1}));
    assert_eq!(counted["channels"]["inapp"]["counts"], json!({"accepted": 1, "sent": 1, "read": 1}));
    assert_eq!(counted["channels"]["inapp"]["rates"], json!({"sent": 1.0, "read": 1.0}));
    assert_eq!(counted["templates"][template.as_str().unwrap()]["inapp"]["counts"]["sent"], 1);
    assert_eq!(counted["days"].as_array().unwrap().len(), 1);
    // A user sees what came to him.
    let own = app.get("/metrics").by(&ada).data().await;
    assert_eq!(own["channels"].as_object().unwrap().keys().collect::<Vec<_>>(), ["inapp"]);
    assert_eq!(own["channels"]["inapp"]["counts"], json!({"accepted": 1, "sent": 1, "read": 1}));
    let other = app.user(T2, Role::Organizer).await;
    assert_eq!(app.get("/metrics").by(&other).data().await["channels"], json!({}));
    app.advance(SignedDuration::from_hours(40 * 24));
    assert_eq!(app.get("/metrics").by(&organizer).data().await["channels"], json!({}));
    let today = app.now().strftime("%Y-%m-%d");
    let from = (app.now() - SignedDuration::from_hours(80 * 24)).strftime("%Y-%m-%d");
    let longer = app.get(&format!("/metrics?from={from}&to={today}")).by(&organizer).data().await;
    assert_eq!(longer["channels"], counted["channels"]);
    for wrong in ["?from=2020-01-01", "?from=x", "?from=2026-01-02&to=2026-01-01"] {
        assert_eq!(
            app.get(&format!("/metrics{wrong}")).by(&organizer).refused().await,
            refusal(400, "VALIDATION_FAILED")
        );
    }
}

#[tokio::test]
async fn what_is_stuck_gets_a_new_message() {
    let app = App::start().await;
    let organizer = app.user(T1, Role::Organizer).await;
    let mail = json!({"to": "a@example.com", "channels": ["email"], "content": {"subject": "x", "text": "x"}});
    let accepted = app.post("/notifications", &mail).by(&organizer).data().await;
    app.empty_queues().await;
    app.advance(SignedDuration::from_mins(61));
    app.work().await;
    let job = |name: &str| {
        app.call(http::Method::POST, &format!("/jobs/{name}")).header("x-internal-api-key", &app.internal_key())
    };
    assert_eq!(job("dispatch-scheduled").data().await, json!({"messages": 0}));
    assert_eq!(job("requeue-stuck").data().await, json!({"messages": 1}));
    assert_eq!(job("requeue-stuck").data().await, json!({"messages": 0}));
    app.work().await;
    let delivery = app.delivery(&organizer, &accepted["deliveries"][0]["id"]).await;
    assert_eq!((&delivery["status"], &delivery["history"][1]["code"]), (&json!("sent"), &json!("STUCK")));
}
