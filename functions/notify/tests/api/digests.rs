//! Many triggers, one message a window.

use futures_util::future::join_all;
use jiff::SignedDuration;
use serde_json::{Value, json};
use shared::auth::Role;

use crate::support::{App, T1, User, refusal};

fn trigger(user: &User, number: usize) -> Value {
    json!({
        "userId": user.id, "channels": ["email"], "digestKey": "comments", "digestMinutes": 30, "variables": {"n": number},
        "content": {"subject": "{{count}} comments", "text": "{{#each items}}[{{n}}]{{/each}}"},
    })
}

/// Lets the window end.
async fn close(app: &App) {
    app.advance(SignedDuration::from_mins(31));
    app.timer("outbox").await;
    app.work().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn racing_triggers_make_one_message_a_window() {
    let app = App::start().await;
    let (ada, organizer) = (app.user(T1, Role::User).await, app.user(T1, Role::Organizer).await);
    let admin = app.user(T1, Role::Admin).await;
    let send = async |number| app.post("/notifications", &trigger(&ada, number)).by(&organizer).data().await;
    let answers = join_all((0..40).map(send)).await;
    assert!(answers.iter().all(|answer| answer == &answers[0]), "{answers:?}");
    assert_eq!(answers[0]["deliveries"][0]["status"], "scheduled");
    app.work().await;
    assert!(app.aws.mailbox().await.unwrap().is_empty());
    close(&app).await;
    let mails = app.aws.mailbox().await.unwrap();
    assert_eq!((mails.len(), mails[0].subject.as_str()), (1, "40 comments"));
    let text = mails[0].text.clone().unwrap();
    assert!((0..40).all(|number| text.contains(&format!("[{number}]"))), "{text}");
    assert_eq!(app.get("/admin/quotas").by(&admin).data().await["channels"]["email"]["used"], 1);
    // The next trigger opens the next window.
    let next = app.post("/notifications", &trigger(&ada, 1)).by(&organizer).data().await;
    assert_ne!(next["id"], answers[0]["id"]);
    close(&app).await;
    assert_eq!(app.aws.mailbox().await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_digest_is_of_one_recipient_and_one_key() {
    let app = App::start().await;
    let (ada, bob) = (app.user(T1, Role::User).await, app.user(T1, Role::User).await);
    let organizer = app.user(T1, Role::Organizer).await;
    let mut other = trigger(&ada, 3);
    other["digestKey"] = json!("likes");
    for body in [trigger(&ada, 1), trigger(&bob, 2), other, trigger(&ada, 4)] {
        app.post("/notifications", &body).by(&organizer).data().await;
    }
    close(&app).await;
    let mut texts: Vec<String> =
        app.aws.mailbox().await.unwrap().into_iter().map(|mail| mail.text.unwrap().trim_end().to_owned()).collect();
    texts.sort();
    assert_eq!(texts, ["[1][4]", "[2]", "[3]"]);
}

#[tokio::test]
async fn a_full_window_is_followed_by_another() {
    let app = App::start().await;
    let (ada, organizer) = (app.user(T1, Role::User).await, app.user(T1, Role::Organizer).await);
    for number in 0..201 {
        app.post("/notifications", &trigger(&ada, number)).by(&organizer).data().await;
    }
    close(&app).await;
    let mut subjects: Vec<String> = app.aws.mailbox().await.unwrap().into_iter().map(|mail| mail.subject).collect();
    subjects.sort();
    assert_eq!(subjects, ["1 comments", "200 comments"]);
}

#[tokio::test]
async fn whoever_cancels_a_digest_ends_its_window() {
    let app = App::start().await;
    let (ada, organizer) = (app.user(T1, Role::User).await, app.user(T1, Role::Organizer).await);
    let admin = app.user(T1, Role::Admin).await;
    let mut first = trigger(&ada, 1);
    first["dedupeKey"] = json!("one");
    let opened = app.post("/notifications", &first).by(&organizer).data().await;
    assert_eq!(app.post("/notifications", &first).by(&organizer).refused().await, refusal(409, "DUPLICATE_REQUEST"));
    let path = format!("/deliveries/{}/cancel", opened["deliveries"][0]["id"].as_str().unwrap());
    app.call(http::Method::POST, &path).by(&admin).data().await;
    let next = app.post("/notifications", &trigger(&ada, 2)).by(&organizer).data().await;
    assert_ne!(next["id"], opened["id"]);
    close(&app).await;
    let mails = app.aws.mailbox().await.unwrap();
    assert_eq!((mails.len(), mails[0].text.as_deref().unwrap().trim_end()), (1, "[2]"));
}

#[tokio::test]
async fn a_digests_words_name_what_it_collects() {
    let app = App::start().await;
    let (ada, organizer) = (app.user(T1, Role::User).await, app.user(T1, Role::Organizer).await);
    let refused = async |change: Value| {
        let mut body = trigger(&ada, 1);
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        app.post("/notifications", &body).by(&organizer).refused().await
    };
    let content = json!({"content": {"subject": "x", "text": "{{n}}"}});
    assert_eq!(refused(content).await, refusal(400, "MISSING_TEMPLATE_VARIABLES"));
    let at = (app.now() + SignedDuration::from_hours(1)).to_string();
    assert_eq!(refused(json!({"scheduledAt": at})).await, refusal(400, "VALIDATION_FAILED"));
    assert_eq!(refused(json!({"digestMinutes": 0})).await, refusal(400, "VALIDATION_FAILED"));
    assert_eq!(refused(json!({"digestKey": null})).await, refusal(400, "VALIDATION_FAILED"));
}
