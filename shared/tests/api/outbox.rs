use std::time::Duration;

use jiff::SignedDuration;
use local_aws::{Fault, When};
use serde_json::{Value, json};
use shared::Error;
use shared::auth::TenantId;
use shared::jobs::{Entry, QueueName};
use shared::store::{Commit, Key, Transaction};
use uuid::Uuid;

use crate::support::{Row, World};

pub(crate) const SEND: &str = "SendMessageBatch";

/// Commits an effect together with a job that is due in `due` seconds.
pub(crate) async fn commit(world: &World, queue: QueueName, job: &Value, due: Option<i64>) -> Vec<Entry> {
    let platform = &world.platform;
    let effect = Key::new("TENANT#1", shared::ids::new(&world.clock).to_string());
    let mut transaction = Transaction::new(platform.store()).with(platform.table().put(&effect, &json!({})));
    let due = due.map(|seconds| world.clock.now() + SignedDuration::from_secs(seconds));
    let tenant = TenantId(Uuid::from_u128(1));
    let entries = platform.outbox().add(&mut transaction, queue, tenant, job, due).unwrap();
    assert_eq!(transaction.commit().await.unwrap(), Commit::Done);
    entries
}

/// Takes what can be received now.
pub(crate) async fn received(world: &World, queue: &str) -> Vec<Value> {
    let sqs = world.sqs().await;
    let url = format!("{}/000000000000/{queue}", world.aws.endpoint());
    let mut jobs = Vec::new();
    loop {
        let got = sqs.receive_message().queue_url(&url).max_number_of_messages(10).send().await.unwrap();
        let messages = got.messages.unwrap_or_default();
        if messages.is_empty() {
            return jobs;
        }
        for message in messages {
            jobs.push(serde_json::from_str(message.body().unwrap()).unwrap());
            let delete = sqs.delete_message().queue_url(&url).receipt_handle(message.receipt_handle().unwrap());
            delete.send().await.unwrap();
        }
    }
}

/// Entries that wait in the table.
pub(crate) async fn waiting(world: &World) -> usize {
    let due = |row: &Row| row["pk"].as_s().is_ok_and(|pk| pk.starts_with("DUE#"));
    world.rows("Sample").await.iter().filter(|row| due(row)).count()
}

#[tokio::test]
async fn a_committed_entry_is_sent_and_forgotten() {
    let world = World::start().await;
    let entries = commit(&world, QueueName::Reports, &json!({"n": 1}), None).await;
    assert_eq!((received(&world, "reports").await.len(), waiting(&world).await), (0, 1));
    world.platform.outbox().send(entries).await;
    assert_eq!(received(&world, "reports").await, [json!({"n": 1})]);
    assert_eq!(waiting(&world).await, 0);
    world.advance(60);
    assert_eq!(world.platform.outbox().sweep().await.unwrap(), 0);
}

#[tokio::test]
async fn a_cancelled_transaction_sends_nothing() {
    let world = World::start().await;
    let platform = &world.platform;
    let absent = platform.table().check(&Key::new("TENANT#1", "ABSENT")).if_present();
    let mut transaction = Transaction::new(platform.store()).with(absent);
    let tenant = TenantId(Uuid::from_u128(1));
    let entries = platform.outbox().add(&mut transaction, QueueName::Reports, tenant, &json!(1), None).unwrap();
    assert_eq!((entries.len(), transaction.commit().await.unwrap()), (1, Commit::Refused(0)));
    assert_eq!(waiting(&world).await, 0);
}

#[tokio::test]
async fn many_entries_leave_in_batches() {
    let world = World::start().await;
    let mut entries = Vec::new();
    for n in 0..25 {
        entries.extend(commit(&world, QueueName::Reports, &json!(n), None).await);
    }
    world.platform.outbox().send(entries).await;
    assert_eq!(world.calls(SEND), 3);
    assert_eq!((received(&world, "reports").await.len(), waiting(&world).await), (25, 0));
}

#[tokio::test]
async fn what_is_due_soon_waits_in_its_queue() {
    let world = World::start().await;
    let entries = commit(&world, QueueName::Reports, &json!("soon"), Some(300)).await;
    world.platform.outbox().send(entries).await;
    assert_eq!((received(&world, "reports").await.len(), waiting(&world).await), (0, 0));
    world.aws.advance(Duration::from_secs(290));
    assert_eq!(received(&world, "reports").await.len(), 0);
    world.aws.advance(Duration::from_secs(10));
    assert_eq!(received(&world, "reports").await, ["soon"]);
}

#[tokio::test]
async fn what_is_due_later_waits_in_the_table() {
    let world = World::start().await;
    let outbox = world.platform.outbox();
    outbox.sweep().await.unwrap();
    let entries = commit(&world, QueueName::Reports, &json!("later"), Some(7200)).await;
    outbox.send(entries).await;
    assert_eq!((world.calls(SEND), waiting(&world).await), (0, 1));
    for minutes in [30, 30, 30, 27] {
        world.advance(minutes * 60);
        assert_eq!(outbox.sweep().await.unwrap(), 0);
    }
    world.advance(60);
    assert_eq!(outbox.sweep().await.unwrap(), 1);
    // Two minutes early, so the queue delays it.
    assert_eq!((received(&world, "reports").await.len(), waiting(&world).await), (0, 0));
    world.aws.advance(Duration::from_mins(2));
    assert_eq!(received(&world, "reports").await, ["later"]);
}

#[tokio::test]
async fn a_queue_that_is_not_there_is_not_addressed() {
    let world = World::start().await;
    assert!(commit(&world, QueueName::Search, &json!(1), None).await.is_empty());
    assert_eq!(waiting(&world).await, 0);
}

#[tokio::test]
async fn a_job_with_data_instead_of_ids_is_refused() {
    let world = World::start().await;
    let mut transaction = Transaction::new(world.platform.store());
    let large = json!("x".repeat(260 * 1024));
    let added = world.platform.outbox().add(&mut transaction, QueueName::Reports, TenantId(Uuid::nil()), &large, None);
    assert!(matches!(added, Err(Error::Internal(_))));
}

#[tokio::test]
async fn every_text_gets_through() {
    let world = World::start().await;
    let job = json!({"displayName": "\u{0}\u{1}\u{FFFE}\u{FFFF}\u{1F600} & <b>"});
    let entries = commit(&world, QueueName::Reports, &job, None).await;
    world.platform.outbox().send(entries).await;
    assert_eq!(received(&world, "reports").await, [job]);
}

#[tokio::test]
async fn a_route_sends_after_its_commit_even_if_the_queue_is_down() {
    let world = World::start().await;
    let caller = crate::callers::Caller::user();
    world.aws.faults().inject(SEND, Fault::InternalError, When::Probability(1.0));
    let answer = world.post("/notes", &caller.token(&world.clock), &json!({"textOfNote": "a"})).await;
    assert_eq!((answer.status, waiting(&world).await), (201, 1));
    world.aws.faults().clear();
    world.advance(60);
    assert_eq!(world.platform.outbox().sweep().await.unwrap(), 1);
    assert_eq!(&received(&world, "reports").await[0], answer.data());
}
