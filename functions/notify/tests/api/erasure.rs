//! Nothing stays of somebody who was erased.

use jiff::SignedDuration;
use local_aws::{Fault, When};
use serde_json::json;
use shared::auth::Role;
use shared::ids;
use shared::jobs::{ErasureReceipt, Job, UserChanged, UserErased};

use crate::support::{App, T1, T2, User, body, changed, refusal};

/// Somebody of whom everything is known that can be.
pub async fn known(app: &App) -> User {
    let ada = app.user(T1, Role::User).await;
    let organizer = app.user(T1, Role::Organizer).await;
    let contact = json!({"phone": "+436641234567"});
    app.put(&format!("/contacts/{}", ada.id), &contact).by(&ada).data().await;
    app.put("/preferences", &json!({"frequencyCaps": [{"channel": "email", "per": "day", "limit": 5}]}))
        .by(&ada)
        .data()
        .await;
    app.post("/devices", &json!({"platform": "ios", "token": "ab".repeat(32)})).by(&ada).data().await;
    let suppress = json!({"channel": "sms", "contact": "+436641234567", "reason": "manual"});
    app.post("/suppressions", &suppress).by(&organizer).data().await;
    let all = json!(["email", "push", "inapp"]);
    let message = json!({"userId": ada.id, "channels": all, "category": "marketing", "content": {"subject": "x", "title": "x", "text": "Dear {{name}}"}, "variables": {"name": "Ada Lovelace"}});
    app.post("/notifications", &message).by(&organizer).data().await;
    let mut digest = message.clone();
    digest["digestKey"] = json!("comments");
    digest["content"] = json!({"subject": "x", "title": "x", "text": "{{count}}"});
    app.post("/notifications", &digest).by(&organizer).data().await;
    let mut later = message.clone();
    later["scheduledAt"] = json!(app.now() + SignedDuration::from_hours(5));
    app.post("/notifications", &later).by(&organizer).data().await;
    app.work().await;
    ada
}

fn erased(app: &App, user: &User) -> (UserErased, String) {
    let erased = UserErased { erasure_id: ids::new(app.clock()), user_id: user.id, tenants: vec![T1, T2] };
    let body = serde_json::to_string(&Job::UserErased(erased.clone())).unwrap();
    (erased, body)
}

/// Rows that still say something of the user. What waits in the outbox has ids alone.
async fn traces(app: &App, user: &User) -> Vec<String> {
    let id = user.id.to_string();
    let says = |row: &String| ["Lovelace", "436641234567"].iter().any(|name| row.contains(name));
    let rows = app.rows().await.into_iter().map(|row| format!("{row:?}"));
    rows.filter(|row| says(row) || (row.contains(&id) && !row.contains("DUE#"))).collect()
}

/// The second look, a quarter of an hour later.
async fn finish(app: &App) {
    app.advance(SignedDuration::from_mins(16));
    app.timer("outbox").await;
    app.work().await;
}

#[tokio::test]
async fn nothing_stays_but_the_mark_and_auth_gets_a_receipt() {
    let app = App::start().await;
    let ada = known(&app).await;
    assert!(traces(&app, &ada).await.len() > 10);
    let (asked, message) = erased(&app, &ada);
    assert!(app.receive(std::slice::from_ref(&message)).await.is_empty());
    let left = traces(&app, &ada).await;
    assert_eq!(left.len(), 1, "{left:#?}");
    // A request that had begun before, by a token that is still valid.
    app.put("/preferences", &json!({})).by(&ada).data().await;
    app.post("/devices", &json!({"platform": "ios", "token": "cd".repeat(32)})).by(&ada).data().await;
    assert!(app.receipts().await.is_empty());
    finish(&app).await;
    let left = traces(&app, &ada).await;
    assert_eq!(left.len(), 1, "{left:#?}");
    assert!(left[0].contains("ACCOUNT") && left[0].contains("erased"), "{}", left[0]);
    let receipts = app.receipts().await;
    assert_eq!(receipts.len(), 1);
    let ErasureReceipt { erasure_id, user_id, service, .. } = &receipts[0];
    assert_eq!((*erasure_id, *user_id, service.as_str()), (asked.erasure_id, ada.id, "notify"));
    // What was still on its way changes nothing: auth's older news, the scheduled message, the job once more.
    assert!(app.receive(&[body(&changed(&ada, 7)), message]).await.is_empty());
    app.advance(SignedDuration::from_hours(6));
    app.timer("outbox").await;
    app.work().await;
    assert_eq!(traces(&app, &ada).await.len(), 1);
    let organizer = app.user(T1, Role::Organizer).await;
    let again = json!({"userId": ada.id, "channels": ["inapp"], "content": {"text": "x"}});
    assert_eq!(app.post("/notifications", &again).by(&organizer).refused().await, refusal(400, "INVALID_CONTACT"));
}

#[tokio::test]
async fn others_keep_what_is_theirs() {
    let app = App::start().await;
    let (ada, bob, organizer) =
        (known(&app).await, app.user(T1, Role::User).await, app.user(T1, Role::Organizer).await);
    let both = json!({"recipients": [{"userId": ada.id}, {"userId": bob.id}], "channels": ["inapp"], "content": {"text": "x"}});
    app.post("/notifications/bulk", &both).by(&organizer).data().await;
    // The parts become rows only after the erasure.
    assert!(app.receive(&[erased(&app, &ada).1]).await.is_empty());
    app.work().await;
    finish(&app).await;
    let inbox = app.get("/notifications").by(&bob).data().await;
    assert_eq!(inbox.as_array().unwrap().len(), 1);
    let left = traces(&app, &ada).await;
    assert_eq!(left.len(), 1, "{left:#?}");
    let of_bob = app.get(&format!("/deliveries?userId={}", bob.id)).by(&organizer).data().await;
    assert_eq!(of_bob.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn an_erasure_that_was_cut_off_is_done_again_whole() {
    let app = App::start().await;
    let ada = known(&app).await;
    let (_, message) = erased(&app, &ada);
    let mut failures = 0;
    for operation in ["Query", "BatchGetItem", "BatchWriteItem", "GetItem", "TransactWriteItems"] {
        app.aws.faults().inject(operation, Fault::InternalError, When::Next(9));
        while !app.receive(std::slice::from_ref(&message)).await.is_empty() {
            failures += 1;
            assert!(failures < 100);
        }
        app.aws.faults().clear();
    }
    assert!(failures > 5, "{failures}");
    assert_eq!(traces(&app, &ada).await.len(), 1);
    finish(&app).await;
    let receipts: Vec<ErasureReceipt> = app.receipts().await;
    assert!(!receipts.is_empty() && receipts.iter().all(|receipt| receipt.user_id == ada.id), "{receipts:?}");
}

#[tokio::test]
async fn what_was_said_of_former_addresses_goes_with_the_account() {
    let app = App::start().await;
    let (ada, organizer) = (app.stranger(T1, Role::User), app.user(T1, Role::Organizer).await);
    let tell = async |version: u64, email: &str| {
        let told = UserChanged { verified_email: Some(email.to_owned()), ..changed(&ada, version) };
        assert!(app.receive(&[body(&told)]).await.is_empty());
    };
    let suppress = async |email: &str| {
        let suppress = json!({"channel": "email", "contact": email, "reason": "unsubscribe"});
        app.post("/suppressions", &suppress).by(&organizer).data().await;
    };
    // Older than what is remembered.
    for version in 1..=5 {
        tell(version, &format!("forgotten{version}@example.com")).await;
    }
    let emails =
        ["first@example.com", "Second@example.com", "third@example.com", "first@example.com", "last@example.com"];
    for (version, email) in (6..).zip(emails) {
        suppress(email).await;
        tell(version, email).await;
        // Repeated and late news change nothing; nor does another name.
        tell(version, "repeated@example.com").await;
        tell(1, "late@example.com").await;
    }
    tell(20, "LAST@example.com").await;
    let of_ada = |row: &String| row.contains(&ada.id.to_string());
    let known = app.rows().await.iter().map(|row| format!("{row:?}")).find(of_ada).unwrap();
    assert!(!known.contains("repeated@") && !known.contains("late@"), "{known}");
    assert_eq!((known.matches("first@").count(), known.matches("last@").count()), (1, 0), "{known}");
    for version in 21..=37 {
        tell(version, &format!("more{version}@example.com")).await;
    }
    // Twenty of before: those above but for the last, and the latest of the others.
    let known = app.rows().await.iter().map(|row| format!("{row:?}")).find(of_ada).unwrap();
    assert!(!known.contains("forgotten") && known.matches("@example.com").count() == 21, "{known}");
    suppress("bob@example.com").await;

    assert!(app.receive(&[erased(&app, &ada).1]).await.is_empty());
    finish(&app).await;
    let left = app.get("/suppressions").by(&organizer).data().await;
    let left: Vec<_> = left.as_array().unwrap().iter().map(|one| &one["contact"]).collect();
    assert_eq!(left, ["bob@example.com"]);
    let rows: Vec<String> = app.rows().await.iter().map(|row| format!("{row:?}").to_lowercase()).collect();
    let traces = ["first@", "second@", "third@", "last@", "more", "forgotten"];
    assert!(!rows.iter().any(|row| traces.iter().any(|trace| row.contains(trace))), "{rows:#?}");
}

#[tokio::test]
async fn what_is_said_of_whoever_has_an_address_now_stays() {
    let app = App::start().await;
    let (ada, organizer) = (app.stranger(T1, Role::User), app.user(T1, Role::Organizer).await);
    for (version, email) in (1..).zip(["first@example.com", "second@example.com"]) {
        let told = UserChanged { verified_email: Some(email.to_owned()), ..changed(&ada, version) };
        assert!(app.receive(&[body(&told)]).await.is_empty());
        app.advance(SignedDuration::from_mins(1));
    }
    for email in ["first@example.com", "second@example.com"] {
        let suppress = json!({"channel": "email", "contact": email, "reason": "unsubscribe"});
        app.post("/suppressions", &suppress).by(&organizer).data().await;
    }
    let stored = crate::exports::export_of(&app, &ada).await;
    assert!(stored.contains("\"contact\":\"second@example.com\""), "{stored}");
    assert!(stored.contains("formerEmails") && !stored.contains("\"contact\":\"first@example.com\""), "{stored}");
    assert!(app.receive(&[erased(&app, &ada).1]).await.is_empty());
    finish(&app).await;
    let left = app.get("/suppressions").by(&organizer).data().await;
    let left: Vec<&str> = left.as_array().unwrap().iter().map(|row| row["contact"].as_str().unwrap()).collect();
    assert_eq!(left, ["first@example.com"]);
}
