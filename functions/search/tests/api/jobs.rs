//! What other services ask for.

use jiff::SignedDuration;
use serde_json::json;
use shared::auth::{Role, UserId};
use shared::ids;
use shared::jobs::{ExportUser, Job, QueueName, UserChanged, UserErased};

use crate::support::{App, T1, T2, titled};

#[tokio::test]
async fn an_erasure_is_answered_with_a_receipt() {
    let app = App::start().await;
    let (erasure_id, user_id) = (ids::new(app.clock()), UserId(ids::new(app.clock())));
    let erased = UserErased { erasure_id, user_id, tenants: vec![T1, T2] };
    assert!(app.receive(&[Job::UserErased(erased)]).await.is_empty());
    assert!(app.told(QueueName::Auth).await.is_empty(), "what was under way is not over yet");
    app.advance(SignedDuration::from_mins(6));
    assert_eq!(app.work().await, 0);
    let told = app.told(QueueName::Auth).await;
    let [Job::ErasureReceipt(receipt)] = told.as_slice() else { panic!("{told:?}") };
    assert_eq!((receipt.erasure_id, receipt.user_id, receipt.service.as_str()), (erasure_id, user_id, "search"));
}

#[tokio::test]
async fn an_export_is_answered_and_news_of_accounts_are_taken() {
    let app = App::start().await;
    let (export_id, user_id) = (ids::new(app.clock()), UserId(ids::new(app.clock())));
    let changed = UserChanged {
        user_id,
        version: 1,
        tenants: vec![T1],
        verified_email: None,
        display_name: "Ada".to_owned(),
        locale: None,
        time_zone: None,
    };
    let wanted = ExportUser { export_id, user_id, tenants: vec![T1] };
    assert!(app.receive(&[Job::UserChanged(changed), Job::ExportUser(wanted)]).await.is_empty());
    let told = app.told(QueueName::Auth).await;
    let [Job::UserExported(exported)] = told.as_slice() else { panic!("{told:?}") };
    assert_eq!((exported.export_id, exported.service.as_str()), (export_id, "search"));
}

#[tokio::test]
async fn a_poisoned_message_fails_alone() {
    let app = App::start().await;
    let organizer = app.user(T1, Role::Organizer);
    app.put("/documents", &json!({"documents": [titled("1", "Jazz")]})).by(&organizer).data().await;
    let event = json!({"Records": [
        {"messageId": "bad", "body": "{\"job\":\"nonsense\"}", "attributes": {}, "messageAttributes": {}},
    ]});
    assert_eq!(app.receive_raw(event).await, ["bad"]);
    assert_eq!(app.work().await, 0);
    assert_eq!(app.find(T1, "jazz").await, ["1"]);
}
