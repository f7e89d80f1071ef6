//! Quotas: exact, whoever comes at the same time and whatever the store does.

use futures_util::future::join_all;
use local_aws::{Fault, When};
use serde_json::json;
use shared::auth::Role;

use crate::support::{App, T1, T2, refusal};

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_at_once_against_five_hundred_are_five_hundred() {
    let app = App::start().await;
    let (organizer, admin) = (app.user(T1, Role::Organizer).await, app.user(T1, Role::Admin).await);
    app.put("/admin/quotas", &json!({"limits": {"email": 500}})).by(&admin).data().await;
    app.aws.faults().seed(7);
    app.aws.faults().inject("TransactWriteItems", Fault::TransactionConflict, When::Probability(0.3));
    let request = json!({"to": "a@example.com", "channels": ["email"], "content": {"subject": "x", "text": "x"}});
    let (app, request, organizer) = (&app, &request, &organizer);
    let send = async |number: usize| {
        // Whoever meets too many conflicts comes back with the same key, since a 503 may have had its effect.
        loop {
            let call = app.post("/notifications", request).by(organizer);
            let answer = call.header("idempotency-key", &format!("send-{number}")).send().await;
            if answer.status != 503 {
                return answer.status.as_u16();
            }
        }
    };
    let answers = join_all((0..1000).map(send)).await;
    let count = |status| answers.iter().filter(|got| **got == status).count();
    assert_eq!((count(202), count(402)), (500, 500));
    app.aws.faults().clear();
    let quota = app.get("/admin/quotas").by(&admin).data().await["channels"]["email"].clone();
    assert_eq!(quota, json!({"limit": 500, "planLimit": 10_000, "used": 500, "remaining": 0}));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lowered_limit_is_exact_too() {
    let app = App::start().await;
    let (organizer, admin) = (app.user(T1, Role::Organizer).await, app.user(T1, Role::Admin).await);
    let many: Vec<_> = (0..90).map(|number| json!({"to": format!("r{number}@example.com")})).collect();
    let bulk = json!({"recipients": many, "channels": ["email"], "content": {"subject": "x", "text": "x"}});
    // All of them from one shard.
    app.post("/notifications/bulk", &bulk).by(&organizer).data().await;
    app.put("/admin/quotas", &json!({"limits": {"email": 100}})).by(&admin).data().await;
    let one = json!({"to": "a@example.com", "channels": ["email"], "content": {"subject": "x", "text": "x"}});
    let sends = (0..40).map(|_| async { app.post("/notifications", &one).by(&organizer).send().await.status.as_u16() });
    let answers = join_all(sends).await;
    let count = |status| answers.iter().filter(|got| **got == status).count();
    assert_eq!((count(202), count(402)), (10, 30));
}

#[tokio::test]
async fn a_quota_is_of_one_channel_and_one_tenant() {
    let app = App::start().await;
    let (organizer, admin) = (app.user(T1, Role::Organizer).await, app.user(T1, Role::Admin).await);
    let other = app.user(T2, Role::Organizer).await;
    app.put("/admin/quotas", &json!({"limits": {"email": 1}})).by(&admin).data().await;
    let send = |channels: serde_json::Value| json!({"userId": organizer.id, "channels": channels, "content": {"subject": "x", "text": "x"}});
    assert_eq!(app.post("/notifications", &send(json!(["email"]))).by(&organizer).send().await.status, 202);
    let both = app.post("/notifications", &send(json!(["inapp", "email"]))).by(&organizer);
    assert_eq!(both.refused().await, refusal(402, "QUOTA_EXCEEDED"));
    assert_eq!(app.post("/notifications", &send(json!(["inapp"]))).by(&organizer).send().await.status, 202);
    let to = json!({"to": "a@example.com", "channels": ["email"], "content": {"subject": "x", "text": "x"}});
    assert_eq!(app.post("/notifications", &to).by(&other).send().await.status, 202);
    app.advance(jiff::SignedDuration::from_hours(31 * 24));
    assert_eq!(app.post("/notifications", &to).by(&organizer).send().await.status, 202);
    let above = app.put("/admin/quotas", &json!({"limits": {"email": 10_001}})).by(&admin).send().await;
    assert_eq!((above.status.as_u16(), &above.body["error"]["details"][0]["field"]), (400, &json!("limits.email")));
}
