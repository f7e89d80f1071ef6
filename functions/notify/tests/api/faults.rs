//! Nothing is lost and nothing is sent twice, whatever fails.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use futures_util::future::join_all;
use jiff::SignedDuration;
use local_aws::{Fault, When};
use serde_json::{Value, json};
use shared::auth::Role;
use shared::jobs::What;
use uuid::Uuid;

use crate::support::{App, T1, User};

const STORE: [&str; 8] =
    ["GetItem", "BatchGetItem", "Query", "PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems"];
const NOTIFICATIONS: usize = 200;

/// Sends mails to `ada`; gives the ids of their deliveries. Whoever gets a 503 comes back with the same key.
async fn accept(app: &App, organizer: &User, ada: &User) -> Vec<Value> {
    let body = json!({"userId": ada.id, "channels": ["email", "inapp"], "content": {"subject": "x", "text": "x"}});
    let send = async |number: usize| {
        loop {
            let key = format!("request-{number}");
            let answer = app.post("/notifications", &body).by(organizer).header("idempotency-key", &key).send().await;
            if answer.status == 202 {
                return answer.body["data"]["deliveries"].as_array().unwrap().clone();
            }
            assert_eq!(answer.status, 503, "{answer:?}");
        }
    };
    let mut ids = Vec::new();
    for chunk in (0..NOTIFICATIONS).collect::<Vec<_>>().chunks(20) {
        ids.extend(join_all(chunk.iter().map(|number| send(*number))).await.into_iter().flatten());
    }
    ids.into_iter().map(|delivery| delivery["id"].clone()).collect()
}

/// The delivery that is told to be sent.
fn of_delivery(what: &What) -> Option<Value> {
    match what {
        What::Delivery { delivery_id, status, .. } if status == "sent" => Some(json!(delivery_id)),
        _ => None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_accepted_message_is_sent_once_whatever_fails() {
    let app = App::start().await;
    let (ada, organizer) = (app.user(T1, Role::User).await, app.user(T1, Role::Organizer).await);
    // A platform that runs has swept before: the first sweep of all looks back an hour only.
    app.timer("outbox").await;
    let faults = app.aws.faults();
    faults.seed(3);
    for operation in STORE {
        faults.inject(operation, Fault::InternalError, When::Probability(1.0 / 3.0));
        faults.inject(operation, Fault::DroppedAfter, When::Probability(0.05));
    }
    for operation in ["SendMessageBatch", "SendMessage"] {
        faults.inject(operation, Fault::DroppedAfter, When::Probability(0.1));
    }
    faults.inject("SendRawEmail", Fault::InternalError, When::Probability(0.2));
    faults.inject("SendRawEmail", Fault::DroppedAfter, When::Probability(0.05));
    let ids = accept(&app, &organizer, &ada).await;
    assert_eq!(ids.len(), NOTIFICATIONS * 2);
    // Several workers at once, some of which die in the middle of a batch; SQS gives their messages out again.
    for round in 0..12_u64 {
        let workers = (0..4).map(|worker| {
            let dies = (round + worker) % 3 == 0;
            let patience = if dies { Duration::from_millis(30 + 40 * worker) } else { Duration::from_secs(20) };
            tokio::time::timeout(patience, app.work_with_doubles())
        });
        join_all(workers).await;
        app.advance(SignedDuration::from_secs(180));
        app.try_timer("outbox").await;
    }
    faults.clear();
    for _ in 0..10 {
        app.work().await;
        app.advance(SignedDuration::from_hours(5));
        app.timer("requeue-stuck").await;
        app.timer("outbox").await;
    }
    app.work().await;

    let mut unknown = 0;
    for chunk in ids.chunks(50) {
        for delivery in join_all(chunk.iter().map(|id| app.delivery(&organizer, id))).await {
            let codes: Vec<&str> =
                delivery["history"].as_array().unwrap().iter().map(|entry| entry["code"].as_str().unwrap()).collect();
            assert_eq!(delivery["status"], "sent", "{codes:?}");
            let sent = codes.iter().filter(|code| ["SENT", "IN_INBOX"].contains(code)).count();
            assert_eq!(sent, 1, "{codes:?}");
            unknown += codes.iter().filter(|code| ["INTERRUPTED", "NO_ANSWER"].contains(code)).count();
        }
    }
    let mut mails: HashMap<String, usize> = HashMap::new();
    for mail in app.aws.mailbox().await.unwrap() {
        *mails.entry(mail.header("Message-ID").unwrap().to_owned()).or_default() += 1;
    }
    assert_eq!(mails.len(), NOTIFICATIONS);
    let repeated: usize = mails.values().map(|count| count - 1).sum();
    assert!(repeated <= unknown, "{repeated} mails were repeated, but only {unknown} tries have no known end");
    let mut inbox = 0;
    let mut cursor = String::new();
    loop {
        let page = app.get(&format!("/notifications?limit=100{cursor}")).by(&ada).send().await.body;
        inbox += page["data"].as_array().unwrap().len();
        match page["page"]["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(inbox, NOTIFICATIONS);
    // A fact may come twice under its id, but there is one alone of each delivery.
    let facts = app.facts(NOTIFICATIONS * 2).await.into_iter().flat_map(|facts| facts.facts);
    let facts: HashMap<Uuid, What> = facts.map(|fact| (fact.id, fact.what)).collect();
    let told: HashSet<Value> = facts.values().filter_map(of_delivery).collect();
    let untold: Vec<&Value> = ids.iter().filter(|id| !told.contains(id)).collect();
    assert_eq!((untold, facts.len()), (Vec::new(), ids.len()));
}

#[tokio::test]
async fn a_message_that_never_reaches_the_queue_is_sent_by_the_timer() {
    let app = App::start().await;
    let organizer = app.user(T1, Role::Organizer).await;
    app.aws.faults().inject("SendMessageBatch", Fault::InternalError, When::Next(10));
    let body = json!({"to": "a@example.com", "channels": ["email"], "content": {"subject": "x", "text": "x"}});
    let accepted = app.post("/notifications", &body).by(&organizer).data().await;
    app.aws.faults().clear();
    app.work().await;
    let status = async || app.delivery(&organizer, &accepted["deliveries"][0]["id"]).await["status"].clone();
    assert_eq!(status().await, "queued");
    app.advance(SignedDuration::from_secs(60));
    app.timer("outbox").await;
    app.work().await;
    assert_eq!(status().await, "sent");
}
