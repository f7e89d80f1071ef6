//! Nothing that was accepted is lost, whatever fails and whoever dies.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::SignedDuration;
use local_aws::{Fault, When};
use serde_json::{Value, json};
use shared::auth::Role;

use crate::support::{App, T1, titled};

const STORE: [&str; 8] =
    ["GetItem", "BatchGetItem", "Query", "PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems"];

fn documents(from: usize, to: usize) -> Vec<Value> {
    (from..to).map(|id| titled(&id.to_string(), &format!("Jazz number{id}"))).collect()
}

/// What is found of everything that was stored.
async fn everything(app: &App) -> BTreeSet<usize> {
    let user = app.user(T1, Role::User);
    let mut all = BTreeSet::new();
    for page in 1..=10 {
        let body = json!({"query": "jazz", "use_semantic": false, "limit": 100, "page": page});
        let found = app.post("/search", &body).by(&user).data().await;
        all.extend(crate::support::ids_of(&found).iter().map(|id| id.parse::<usize>().unwrap()));
    }
    all
}

/// Lets time pass until everything is done: leases run out, the timers fire, messages come again.
async fn settle(app: &App) {
    for _ in 0..40 {
        app.advance(SignedDuration::from_secs(60));
        app.timer("outbox").await;
        app.timer("wake").await;
        app.work().await;
        let stats = app.get("/admin/stats").by(&app.user(T1, Role::Admin)).data().await;
        if stats["waiting"] == 0 && stats["reindexing"].is_null() {
            return;
        }
    }
    panic!("the work is never done");
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_accepted_is_found_whatever_fails() {
    let app = App::start().await;
    let organizer = app.user(T1, Role::Organizer);
    let faults = app.aws.faults();
    faults.seed(11);
    for operation in STORE {
        faults.inject(operation, Fault::InternalError, When::Probability(0.15));
        faults.inject(operation, Fault::DroppedAfter, When::Probability(0.05));
    }
    faults.inject("SendMessageBatch", Fault::DroppedAfter, When::Probability(0.2));
    faults.inject("SendMessageBatch", Fault::InternalError, When::Probability(0.2));
    let mut accepted = BTreeSet::new();
    for round in 0..20 {
        let body = json!({"documents": documents(round * 10, round * 10 + 10)});
        loop {
            let answer = app.put("/documents", &body).by(&organizer).send().await;
            if answer.status == 202 {
                accepted.extend(round * 10..round * 10 + 10);
                break;
            }
            assert_eq!(answer.status, 503, "{answer:?}");
        }
        // Workers at once, of which some die in the middle.
        let dying = tokio::time::timeout(Duration::from_millis(5 + 7 * round as u64), app.work());
        let _ = tokio::join!(dying, app.work());
    }
    faults.clear();
    settle(&app).await;
    assert_eq!(everything(&app).await, accepted);
    let stats = app.get("/admin/stats").by(&app.user(T1, Role::Admin)).data().await;
    assert_eq!(stats["documents"], 200, "nothing is there twice");
}

#[tokio::test]
async fn a_request_that_dies_half_way_leaves_search_and_store_at_one() {
    let app = App::start().await;
    let organizer = app.user(T1, Role::Organizer);
    app.store(T1, &documents(0, 1)).await;
    // The documents are written, and the transaction that would tell so is not.
    app.aws.faults().inject("TransactWriteItems", Fault::InternalError, When::Next(8));
    let refused = app.put("/documents", &json!({"documents": documents(1, 3)})).by(&organizer).send().await;
    assert_eq!(refused.status.as_u16(), 503, "{refused:?}");
    app.aws.faults().clear();
    assert_eq!(app.get("/documents/event/2").by(&organizer).data().await["id"], "2");
    app.work().await;
    assert_eq!(everything(&app).await.len(), 1);
    settle(&app).await;
    assert_eq!(everything(&app).await, (0..3).collect());
}

#[tokio::test]
async fn a_reindex_goes_on_after_a_crash_and_misses_nothing() {
    let app = App::start().await;
    let (admin, organizer) = (app.user(T1, Role::Admin), app.user(T1, Role::Organizer));
    app.store(T1, &documents(0, 100)).await;
    app.call(http::Method::POST, "/admin/reindex").by(&admin).data().await;
    for round in 0..6 {
        // The worker dies sooner or later, and documents change meanwhile.
        let _ = tokio::time::timeout(Duration::from_millis(10 * round), app.work()).await;
        let id = usize::try_from(round).unwrap();
        app.put("/documents", &json!({"documents": [titled(&id.to_string(), "Techno")]})).by(&organizer).data().await;
        app.delete(&format!("/documents/event/{}", 50 + id)).by(&organizer).data().await;
        app.advance(SignedDuration::from_secs(20));
    }
    settle(&app).await;
    let expected: BTreeSet<usize> = (6..50).chain(56..100).collect();
    assert_eq!(everything(&app).await, expected);
    assert_eq!(app.find(T1, "techno").await.len(), 6);
    let stats = app.get("/admin/stats").by(&admin).data().await;
    assert_eq!(stats["documents"], 94);
}
