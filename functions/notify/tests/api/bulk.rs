//! One message to many.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use serde_json::{Value, json};
use shared::auth::Role;

use crate::support::{App, T1, T2, refusal};

const WRITES: [&str; 5] = ["PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems"];

fn request(recipients: &[Value]) -> Value {
    json!({
        "recipients": recipients, "channels": ["email"], "category": "marketing",
        "content": {"subject": "Hello {{name}}", "text": "Hi"}, "variables": {"name": "you"},
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_recipients_get_one_message_each_in_few_writes() {
    let app = App::start().await;
    let (organizer, admin) = (app.user(T1, Role::Organizer).await, app.user(T1, Role::Admin).await);
    let recipients: Vec<Value> = (0..1000).map(|number| json!({"to": format!("r{number}@example.com")})).collect();
    let writes =
        || app.aws.calls().iter().filter(|(call, _)| WRITES.contains(&call.as_str())).map(|(_, n)| n).sum::<u64>();
    let before = writes();
    let accepted = app.post("/notifications/bulk", &request(&recipients)).by(&organizer).data().await;
    assert_eq!((&accepted["accepted"], &accepted["rejected"]), (&json!(1000), &json!([])));
    join_all((0..4).map(|_| app.work())).await;
    app.work().await;
    let written = writes() - before;
    assert!(written <= 3000, "{written} writes for 1000 messages");
    let mails = app.aws.mailbox().await.unwrap();
    let to: BTreeSet<&str> = mails.iter().flat_map(|mail| &mail.to).map(String::as_str).collect();
    assert_eq!((mails.len(), to.len()), (1000, 1000));
    let quota = app.get("/admin/quotas").by(&admin).data().await["channels"]["email"].clone();
    assert_eq!(quota["used"], 1000);
}

#[tokio::test]
async fn a_bulk_request_whose_jobs_are_lost_gets_new_ones() {
    let app = App::start().await;
    let organizer = app.user(T1, Role::Organizer).await;
    let recipients: Vec<Value> = (0..40).map(|number| json!({"to": format!("r{number}@example.com")})).collect();
    app.post("/notifications/bulk", &request(&recipients)).by(&organizer).data().await;
    app.empty_queues().await;
    for _ in 0..2 {
        app.advance(jiff::SignedDuration::from_mins(61));
        app.timer("requeue-stuck").await;
        app.work().await;
    }
    assert_eq!(app.aws.mailbox().await.unwrap().len(), 40);
}

#[tokio::test]
async fn recipients_that_cannot_be_reached_are_told_of() {
    let app = App::start().await;
    let (ada, organizer) = (app.user(T1, Role::User).await, app.user(T1, Role::Organizer).await);
    let stranger = app.user(T2, Role::User).await;
    let recipients = [
        json!({"userId": ada.id, "variables": {"name": "Ada"}}),
        json!({"userId": stranger.id}),
        json!({"to": "nobody"}),
        json!({"to": "+436641234567"}),
        json!({"to": "a@example.com"}),
    ];
    let accepted = app.post("/notifications/bulk", &request(&recipients)).by(&organizer).data().await;
    let code = |index: usize, code: &str| json!({"index": index, "code": format!("ERR_NOTIFY_{code}")});
    let rejected = [code(1, "INVALID_CONTACT"), code(2, "INVALID_CONTACT"), code(3, "INVALID_CHANNEL")];
    assert_eq!((&accepted["accepted"], &accepted["rejected"]), (&json!(2), &json!(rejected)));
    app.work().await;
    let mut subjects: Vec<String> = app.aws.mailbox().await.unwrap().into_iter().map(|mail| mail.subject).collect();
    subjects.sort();
    assert_eq!(subjects, ["Hello Ada", "Hello you"]);
    let listed = app.get("/deliveries").by(&organizer).data().await;
    assert_eq!(listed.as_array().unwrap().len(), 2);
    assert!(listed.as_array().unwrap().iter().all(|delivery| delivery["notificationId"] == accepted["id"]));
}

#[tokio::test]
async fn a_bulk_request_is_accepted_whole_or_not_at_all() {
    let app = App::start().await;
    let (organizer, admin) = (app.user(T1, Role::Organizer).await, app.user(T1, Role::Admin).await);
    app.put("/admin/quotas", &json!({"limits": {"email": 100}})).by(&admin).data().await;
    let many =
        |count: usize| request(&(0..count).map(|n| json!({"to": format!("r{n}@example.com")})).collect::<Vec<_>>());
    let post = |body: &Value| app.post("/notifications/bulk", body).by(&organizer);
    let send = |count: usize| post(&many(count));
    assert_eq!(send(101).refused().await, refusal(402, "QUOTA_EXCEEDED"));
    assert_eq!(send(60).send().await.status, 202);
    assert_eq!(send(41).refused().await, refusal(402, "QUOTA_EXCEEDED"));
    assert_eq!(send(40).header("idempotency-key", "one").send().await.status, 202);
    assert_eq!(send(40).header("idempotency-key", "one").send().await.status, 202);
    app.work().await;
    assert_eq!(app.aws.mailbox().await.unwrap().len(), 100);
    for wrong in [0, 1001] {
        assert_eq!(send(wrong).refused().await, refusal(400, "VALIDATION_FAILED"), "{wrong}");
    }
    let mut large = many(1000);
    large["variables"] = json!({"name": "x".repeat(60_000)});
    assert_eq!(post(&large).refused().await, refusal(400, "VALIDATION_FAILED"));
    let mut mistyped = many(1);
    mistyped["recipients"][0]["unknown"] = json!(1);
    assert_eq!(post(&mistyped).refused().await, refusal(400, "VALIDATION_FAILED"));
}
