use std::time::{Duration, Instant};

use jiff::SignedDuration;
use local_aws::{Fault, When};
use serde::{Deserialize, Serialize};
use shared::store::{Commit, Key, Lease, Transaction};
use shared::{Error, Platform, ServiceError};

use crate::support::World;

const TRANSACTION: &str = "TransactWriteItems";

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Count {
    n: u32,
}

fn key(sk: &str) -> Key {
    Key::new("TENANT#1", sk)
}

async fn count(platform: &Platform, sk: &str) -> u32 {
    let found: Option<Count> = platform.table().get(&key(sk)).await.unwrap();
    found.map_or(0, |count| count.n)
}

/// Two counters that must agree.
fn add_one(platform: &Platform) -> Transaction {
    let add = |sk| platform.table().update(&key(sk), "ADD n :one").value(":one", 1);
    Transaction::new(platform.store()).with(add("a")).with(add("b"))
}

#[tokio::test]
async fn a_broken_condition_is_named_by_its_index() {
    let World { platform, .. } = &World::start().await;
    let table = platform.table();
    assert!(table.put(&key("there"), &Count { n: 1 }).if_absent().run().await.unwrap());
    assert!(!table.put(&key("there"), &Count { n: 2 }).if_absent().run().await.unwrap());
    let transaction = Transaction::new(platform.store())
        .with(table.put(&key("new"), &Count { n: 1 }).if_absent())
        .with(table.check(&key("there")).when("n = :n").value(":n", 1))
        .with(table.delete(&key("absent")).if_present());
    assert_eq!(transaction.commit().await.unwrap(), Commit::Refused(2));
    assert_eq!(count(platform, "new").await, 0);
}

#[tokio::test]
async fn every_broken_condition_is_named() {
    let World { platform, .. } = &World::start().await;
    let table = platform.table();
    assert!(table.put(&key("there"), &Count { n: 1 }).run().await.unwrap());
    let transaction = |first: &str| {
        Transaction::new(platform.store())
            .with(table.put(&key(first), &Count { n: 1 }).if_absent())
            .with(table.put(&key("new"), &Count { n: 1 }).if_absent())
            .with(table.delete(&key("absent")).if_present())
    };
    assert_eq!(transaction("there").commit_each().await.unwrap(), [0, 2]);
    assert!(platform.table().get::<Count>(&key("new")).await.unwrap().is_none());
    assert!(Transaction::new(platform.store()).commit_each().await.unwrap().is_empty());
}

#[tokio::test]
async fn hot_items_survive_conflicts() {
    let world = World::start().await;
    let faults = world.aws.faults();
    faults.seed(11);
    faults.inject(TRANSACTION, Fault::TransactionConflict, When::Probability(0.3));
    faults.inject("UpdateItem", Fault::TransactionConflict, When::Probability(0.3));
    for _ in 0..40 {
        assert_eq!(add_one(&world.platform).commit().await.unwrap(), Commit::Done);
        let single = world.platform.table().update(&key("c"), "ADD n :one").value(":one", 1);
        assert!(single.run().await.unwrap());
    }
    assert!(faults.struck(TRANSACTION) > 5 && faults.struck("UpdateItem") > 5);
    for sk in ["a", "b", "c"] {
        assert_eq!(count(&world.platform, sk).await, 40);
    }
}

#[tokio::test]
async fn conflicts_without_end_are_503_within_2_s() {
    for operation in [TRANSACTION, "UpdateItem"] {
        let world = World::start().await;
        world.aws.faults().inject(operation, Fault::TransactionConflict, When::Probability(1.0));
        let started = Instant::now();
        let error = match operation {
            TRANSACTION => add_one(&world.platform).commit().await.map(|_| ()).unwrap_err(),
            _ => world
                .platform
                .table()
                .update(&key("a"), "ADD n :one")
                .value(":one", 1)
                .run()
                .await
                .map(|_| ())
                .unwrap_err(),
        };
        assert!(started.elapsed() < Duration::from_secs(3), "{:?}", started.elapsed());
        let problem = error.problem();
        assert_eq!((problem.status, problem.code), (503, "UNAVAILABLE"));
        assert!(matches!(problem.retry, shared::error::Retry::After(_)));
        assert_eq!(world.calls(operation), 8);
    }
}

#[tokio::test]
async fn a_lost_answer_is_not_a_second_effect() {
    let world = World::start().await;
    world.aws.faults().inject(TRANSACTION, Fault::DroppedAfter, When::Next(2));
    assert_eq!(add_one(&world.platform).commit().await.unwrap(), Commit::Done);
    assert_eq!(world.aws.faults().struck(TRANSACTION), 2);
    assert_eq!((count(&world.platform, "a").await, count(&world.platform, "b").await), (1, 1));
}

#[tokio::test]
async fn throttling_and_failures_are_503() {
    for fault in [Fault::Throttling, Fault::ThroughputExceeded, Fault::InternalError, Fault::DroppedBefore] {
        let world = World::start().await;
        world.aws.faults().inject("GetItem", fault, When::Probability(1.0));
        let error = world.platform.table().get::<Count>(&key("a")).await.unwrap_err();
        assert_eq!(error.problem().status, 503, "{fault:?}");
        world.aws.faults().clear();
        world.aws.faults().inject("GetItem", fault, When::Next(2));
        assert_eq!(world.platform.table().get::<Count>(&key("a")).await.unwrap(), None, "{fault:?}");
    }
}

#[tokio::test]
async fn many_items_are_read_in_the_order_of_their_keys() {
    let World { platform, .. } = &World::start().await;
    let name = |n: u32| format!("{n:03}");
    for n in (0..130).step_by(2) {
        platform.table().put(&key(&name(n)), &Count { n }).run().await.unwrap();
    }
    let mut keys: Vec<Key> = (0..130).rev().map(|n| key(&name(n))).collect();
    keys.push(key("004"));
    let found: Vec<Option<Count>> = platform.table().get_all(&keys).await.unwrap();
    let expected = (0..130).rev().chain([4]).map(|n| (n % 2 == 0).then_some(Count { n }));
    assert_eq!(found, expected.collect::<Vec<_>>());
    let (a, b): (Option<Count>, Option<Count>) = platform.table().get_pair(&key("006"), &key("007")).await.unwrap();
    assert_eq!((a, b), (Some(Count { n: 6 }), None));
}

#[tokio::test]
async fn an_index_is_paged_both_ways() {
    #[derive(Debug, Serialize, Deserialize)]
    struct Indexed {
        gsi1pk: String,
        gsi1sk: String,
    }
    let World { platform, .. } = &World::start().await;
    for n in 0..7 {
        let row = Indexed { gsi1pk: "DAY#1".to_owned(), gsi1sk: format!("{n}") };
        platform.table().put(&Key::new(format!("ROW#{}", 7 - n), "ROW"), &row).run().await.unwrap();
    }
    for (backwards, expected) in [(false, "0123456"), (true, "6543210")] {
        let (mut seen, mut after, mut pages) = (String::new(), None, 0);
        loop {
            let query = platform.table().query("DAY#1").index("gsi1").backwards(backwards);
            let rows = query.limit(3).after(after).page::<Indexed>().await.unwrap();
            seen.extend(rows.items.into_iter().map(|row| row.gsi1sk));
            pages += 1;
            after = rows.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!((seen.as_str(), pages), (expected, 3));
    }
}

#[tokio::test]
async fn a_row_that_does_not_parse_is_our_fault_and_no_panic() {
    let World { platform, .. } = &World::start().await;
    platform.table().put(&key("odd"), &serde_json::json!({"n": "text"})).run().await.unwrap();
    let error = platform.table().get::<Count>(&key("odd")).await.unwrap_err();
    assert!(matches!(error, Error::Internal(_)), "{error:?}");
}

#[tokio::test]
async fn a_lease_is_held_by_one_until_it_ends() {
    let World { platform, clock, .. } = &World::start().await;
    let (table, row) = (platform.table(), key("job"));
    let claim = || Lease::claim(table, &row, clock, SignedDuration::from_secs(60));
    let first = claim().await.unwrap().unwrap();
    assert_eq!(claim().await.unwrap(), None);
    clock.advance(SignedDuration::from_secs(59));
    assert_eq!(claim().await.unwrap(), None);
    clock.advance(SignedDuration::from_secs(1));
    let second = claim().await.unwrap().unwrap();
    // Whoever lost it cannot end the other's.
    assert!(!first.release(table).run().await.unwrap());
    assert_eq!(claim().await.unwrap(), None);
    assert!(second.release(table).run().await.unwrap());
    assert!(claim().await.unwrap().is_some());
}

#[tokio::test]
async fn a_lost_answer_does_not_lose_the_lease() {
    let world = World::start().await;
    world.aws.faults().inject("UpdateItem", Fault::DroppedAfter, When::Next(1));
    let (row, minute) = (key("job"), SignedDuration::from_secs(60));
    let lease = Lease::claim(world.platform.table(), &row, &world.clock, minute).await.unwrap();
    assert!(lease.is_some());
}
