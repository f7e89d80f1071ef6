use local_aws::{Fault, When};
use serde_json::{Value, json};
use shared::Error;
use shared::jobs::QueueName;
use shared::store::Key;

use crate::outbox::{SEND, commit, received, waiting};
use crate::support::World;

fn minute(world: &World) -> i64 {
    world.clock.now().as_second().div_euclid(60)
}

async fn watermark(world: &World) -> i64 {
    let key = Key::new("OUTBOX#WATERMARK", "WATERMARK");
    let mark: Option<Value> = world.platform.table().get(&key).await.unwrap();
    mark.unwrap()["minute"].as_i64().unwrap()
}

#[tokio::test]
async fn what_a_crash_before_the_send_leaves_is_swept_once() {
    let world = World::start().await;
    drop(commit(&world, QueueName::Reports, &json!("left"), None).await);
    // Whoever committed it may still be sending it.
    assert_eq!(world.platform.outbox().sweep().await.unwrap(), 0);
    world.advance(60);
    assert_eq!(world.platform.outbox().sweep().await.unwrap(), 1);
    world.advance(60);
    assert_eq!(world.platform.outbox().sweep().await.unwrap(), 0);
    assert_eq!(received(&world, "reports").await, ["left"]);
}

#[tokio::test]
async fn a_crash_before_the_delete_sends_twice_and_no_more() {
    let world = World::start().await;
    let entries = commit(&world, QueueName::Reports, &json!("twice"), None).await;
    world.aws.faults().inject("BatchWriteItem", Fault::InternalError, When::Probability(1.0));
    world.platform.outbox().send(entries).await;
    world.aws.faults().clear();
    for _ in 0..3 {
        world.advance(60);
        world.platform.outbox().sweep().await.unwrap();
    }
    assert_eq!(received(&world, "reports").await, ["twice", "twice"]);
    assert_eq!(waiting(&world).await, 0);
}

#[tokio::test]
async fn what_was_due_in_the_past_is_swept_too() {
    let world = World::start().await;
    world.platform.outbox().sweep().await.unwrap();
    drop(commit(&world, QueueName::Reports, &json!("overdue"), Some(-7200)).await);
    world.advance(60);
    assert_eq!(world.platform.outbox().sweep().await.unwrap(), 1);
    assert_eq!(received(&world, "reports").await, ["overdue"]);
}

#[tokio::test]
async fn a_queue_that_is_down_is_tried_again() {
    let world = World::start().await;
    drop(commit(&world, QueueName::Reports, &json!(1), None).await);
    world.aws.faults().inject(SEND, Fault::InternalError, When::Probability(1.0));
    let committed_in = minute(&world);
    for _ in 0..10 {
        world.advance(60);
        assert!(matches!(world.platform.outbox().sweep().await, Err(Error::Unavailable(_))));
    }
    assert_eq!((waiting(&world).await, watermark(&world).await), (1, committed_in));
    world.aws.faults().clear();
    world.advance(60);
    assert_eq!(world.platform.outbox().sweep().await.unwrap(), 1);
    assert_eq!((waiting(&world).await, watermark(&world).await), (0, minute(&world) - 5));
}

#[tokio::test]
async fn one_queue_that_is_down_holds_up_no_other() {
    let world = World::start().await;
    // The environment names a queue that is not there: auth's, which comes first.
    drop(commit(&world, QueueName::Auth, &json!("stuck"), None).await);
    drop(commit(&world, QueueName::Reports, &json!("first"), None).await);
    world.advance(60);
    assert!(world.platform.outbox().sweep().await.is_err());
    assert_eq!(received(&world, "reports").await, ["first"]);
    // Not even after hours, in which the watermark cannot move.
    world.advance(5 * 3600);
    drop(commit(&world, QueueName::Reports, &json!("second"), None).await);
    world.advance(60);
    assert!(world.platform.outbox().sweep().await.is_err());
    assert_eq!(received(&world, "reports").await, ["second"]);
}

#[tokio::test]
async fn sweeps_read_only_what_is_new_and_catch_up_after_a_stop() {
    let world = World::start().await;
    let outbox = world.platform.outbox();
    outbox.sweep().await.unwrap();
    assert_eq!(watermark(&world).await, minute(&world) - 5);
    let before = world.calls("Query");
    outbox.sweep().await.unwrap();
    // From 5 min ago to 2 min ahead, 8 shards each.
    assert_eq!(world.calls("Query") - before, 8 * 8);

    drop(commit(&world, QueueName::Reports, &json!("old"), None).await);
    world.advance(3600);
    drop(commit(&world, QueueName::Reports, &json!("middle"), Some(4 * 3600)).await);
    world.advance(9 * 3600);
    drop(commit(&world, QueueName::Reports, &json!("new"), None).await);
    world.advance(60);
    assert_eq!(outbox.sweep().await.unwrap(), 2);
    assert_eq!(outbox.sweep().await.unwrap(), 1);
    assert_eq!(outbox.sweep().await.unwrap(), 0);
    assert_eq!((waiting(&world).await, watermark(&world).await), (0, minute(&world) - 5));
    assert_eq!(received(&world, "reports").await.len(), 3);
}

#[tokio::test]
async fn a_row_that_cannot_be_read_is_set_aside() {
    let world = World::start().await;
    let poison = Key::new(format!("DUE#{}#0", minute(&world)), "000#poison");
    assert!(world.platform.table().put(&poison, &json!({"queue": "of another version"})).run().await.unwrap());
    drop(commit(&world, QueueName::Reports, &json!("healthy"), None).await);
    world.advance(60);
    assert_eq!(world.platform.outbox().sweep().await.unwrap(), 1);
    assert_eq!(received(&world, "reports").await, ["healthy"]);
    let aside: Vec<Value> = world.platform.table().query("OUTBOX#UNREADABLE").all().await.unwrap();
    assert_eq!((aside.len(), &aside[0]["queue"]), (1, &json!("of another version")));
    world.advance(600);
    assert_eq!(world.platform.outbox().sweep().await.unwrap(), 0);
    assert_eq!(watermark(&world).await, minute(&world) - 5);
}
