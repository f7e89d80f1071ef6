use futures_util::future::join_all;
use local_aws::{Fault, When};
use serde::Deserialize;
use serde_json::json;
use shared::store::Key;

use crate::callers::Caller;
use crate::support::{Answer, World};

const NOTES: &str = "/notes";

/// How often the effect happened that `/notes` and `/secrets` have.
async fn written(world: &World, caller: &Caller) -> u32 {
    #[derive(Deserialize)]
    struct Counter {
        written: u32,
    }
    let key = Key::new(format!("TENANT#{}", caller.tenant), "COUNTER");
    let counter: Option<Counter> = world.platform.table().get(&key).await.unwrap();
    counter.map_or(0, |counter| counter.written)
}

fn replayed(answer: &Answer) -> bool {
    answer.header("idempotent-replayed") == Some("true")
}

#[tokio::test]
async fn the_same_request_again_gets_the_first_answer() {
    let (world, caller) = (World::start().await, Caller::user());
    let note = json!({"textOfNote": "once"});
    let first = world.post_keyed(NOTES, &caller, "key", &note).await;
    world.advance(60);
    let second = world.post_keyed(NOTES, &caller, "key", &note).await;
    assert_eq!((first.status, replayed(&first)), (201, false));
    assert_eq!((second.status, replayed(&second)), (201, true));
    assert_eq!(first.data(), second.data());
    assert_ne!(first.body["meta"]["request_id"], second.body["meta"]["request_id"]);
    assert_ne!(first.body["meta"]["timestamp"], second.body["meta"]["timestamp"]);
    assert_eq!(written(&world, &caller).await, 1);
}

#[tokio::test]
async fn another_body_with_the_same_key_is_refused() {
    let (world, caller) = (World::start().await, Caller::user());
    world.post_keyed(NOTES, &caller, "key", &json!({"textOfNote": "one"})).await;
    let other = world.post_keyed(NOTES, &caller, "key", &json!({"textOfNote": "two"})).await;
    assert_eq!(other.refusal(), (422, "IDEMPOTENCY_KEY_REUSED"));
    let query = world.post_keyed("/notes?x=1", &caller, "key", &json!({"textOfNote": "one"})).await;
    assert_eq!(query.refusal(), (422, "IDEMPOTENCY_KEY_REUSED"));
    assert_eq!(written(&world, &caller).await, 1);
}

#[tokio::test]
async fn twins_have_one_effect_and_one_answer() {
    let (world, caller) = (World::start().await, Caller::user());
    let note = json!({"textOfNote": "twins"});
    let answers = join_all((0..20).map(|_| world.post_keyed(NOTES, &caller, "key", &note))).await;
    for answer in &answers {
        assert_eq!((answer.status, answer.data()), (201, answers[0].data()), "{answer:?}");
    }
    assert_eq!(answers.iter().filter(|answer| !replayed(answer)).count(), 1);
    assert_eq!(written(&world, &caller).await, 1);
}

#[tokio::test]
async fn a_lost_answer_of_the_store_has_no_second_effect() {
    let (world, caller) = (World::start().await, Caller::user());
    world.aws.faults().inject("TransactWriteItems", Fault::DroppedAfter, When::Next(1));
    let first = world.post_keyed(NOTES, &caller, "key", &json!({"textOfNote": "lost"})).await;
    assert_eq!((first.status, written(&world, &caller).await), (201, 1));
}

#[tokio::test]
async fn a_secret_is_answered_once() {
    let (world, caller) = (World::start().await, Caller::user());
    let first = world.post_keyed("/secrets", &caller, "key", &json!({})).await;
    assert_eq!((first.status, first.data()), (201, &json!("shown once")));
    let second = world.post_keyed("/secrets", &caller, "key", &json!({})).await;
    assert_eq!(second.refusal(), (409, "IDEMPOTENCY_RESULT_NOT_STORED"));
    assert_eq!(written(&world, &caller).await, 1);
}

#[tokio::test]
async fn a_refusal_is_kept_and_a_fault_is_not() {
    let (world, caller) = (World::start().await, Caller::user());
    let note = json!({"textOfNote": "taken"});
    world.post_keyed(NOTES, &caller, "first", &note).await;
    let refused = world.post_keyed(NOTES, &caller, "second", &note).await;
    assert_eq!((refused.refusal(), replayed(&refused)), ((409, "CONFLICT"), false));
    let again = world.post_keyed(NOTES, &caller, "second", &note).await;
    assert_eq!((again.refusal(), replayed(&again)), ((409, "CONFLICT"), true));
    assert_eq!(again.body["error"], refused.body["error"]);

    world.aws.faults().inject("TransactWriteItems", Fault::Throttling, When::Probability(1.0));
    let free = json!({"textOfNote": "free"});
    assert_eq!(world.post_keyed(NOTES, &caller, "third", &free).await.refusal(), (503, "UNAVAILABLE"));
    world.aws.faults().clear();
    assert_eq!(world.post_keyed(NOTES, &caller, "third", &free).await.status, 201);
}

#[tokio::test]
async fn a_request_that_never_began_leaves_its_key_free() {
    let (world, caller) = (World::start().await, Caller::user());
    let bad = world.post_keyed(NOTES, &caller, "key", &json!({"textOfNote": ""})).await;
    assert_eq!(bad.refusal(), (400, "VALIDATION_FAILED"));
    assert_eq!(world.post_keyed(NOTES, &caller, "key", &json!({"textOfNote": "good"})).await.status, 201);
}

#[tokio::test]
async fn a_key_is_its_users_tenants_and_paths_own() {
    let (world, caller) = (World::start().await, Caller::user());
    let note = json!({"textOfNote": "mine"});
    world.post_keyed(NOTES, &caller, "key", &note).await;
    let elsewhere = world.post_keyed(NOTES, &caller.elsewhere(), "key", &note).await;
    assert_eq!((elsewhere.status, replayed(&elsewhere)), (201, false));
    let colleague = Caller { tenant: caller.tenant, ..Caller::user() };
    let other = world.post_keyed(NOTES, &colleague, "key", &json!({"textOfNote": "theirs"})).await;
    assert_eq!((other.status, replayed(&other)), (201, false));
    assert_eq!(world.post_keyed("/secrets", &caller, "key", &json!({})).await.status, 201);
}

#[tokio::test]
async fn a_key_is_free_again_after_24_h() {
    let (world, caller) = (World::start().await, Caller::user());
    world.post_keyed(NOTES, &caller, "key", &json!({"textOfNote": "today"})).await;
    world.advance(24 * 3600);
    // The store's own garbage collection has not come by.
    let tomorrow = world.post_keyed(NOTES, &caller, "key", &json!({"textOfNote": "tomorrow"})).await;
    assert_eq!((tomorrow.status, replayed(&tomorrow)), (201, false));
    let again = world.post_keyed(NOTES, &caller, "key", &json!({"textOfNote": "tomorrow"})).await;
    assert_eq!((again.status, replayed(&again)), (201, true));
}

#[tokio::test]
async fn a_key_is_visible_ascii() {
    let (world, caller) = (World::start().await, Caller::user());
    for (key, status) in [("", 400), ("a b", 400), ("é", 400), (&"k".repeat(256), 400), (&"k".repeat(255), 201)] {
        let answer = world.post_keyed(NOTES, &caller, key, &json!({"textOfNote": "x"})).await;
        assert_eq!(answer.status, status, "{key}");
    }
}

#[tokio::test]
async fn a_public_write_takes_the_header_without_effect() {
    let (world, caller) = (World::start().await, Caller::user());
    for text in ["one", "two"] {
        let answer = world.post_keyed("/echo", &caller, "key", &json!({"textOfNote": text})).await;
        assert_eq!(answer.data()["textOfNote"], text);
    }
}

#[tokio::test]
async fn an_outside_effect_happens_once_and_its_answer_is_kept() {
    let (world, caller) = (World::start().await, Caller::user());
    let charge = json!({"outcome": "paid"});
    let answers = join_all((0..10).map(|_| world.post_keyed("/charges", &caller, "key", &charge))).await;
    for answer in &answers {
        let in_progress = answer.status == 409 && answer.refusal() == (409, "IDEMPOTENCY_IN_PROGRESS");
        assert!(answer.status == 201 || in_progress, "{answer:?}");
    }
    world.advance(120);
    let again = world.post_keyed("/charges", &caller, "key", &charge).await;
    assert_eq!((again.status, replayed(&again), world.charges()), (201, true, 1));
}

#[tokio::test]
async fn a_refused_outside_effect_is_kept_and_a_failed_one_is_free_at_once() {
    let (world, caller) = (World::start().await, Caller::user());
    let declined = json!({"outcome": "declined"});
    for is_replay in [false, true] {
        let answer = world.post_keyed("/charges", &caller, "declined", &declined).await;
        assert_eq!((answer.refusal(), replayed(&answer)), ((404, "NOT_FOUND"), is_replay));
    }
    assert_eq!(world.charges(), 1);
    let down = json!({"outcome": "down"});
    for _ in 0..2 {
        assert_eq!(world.post_keyed("/charges", &caller, "down", &down).await.refusal(), (503, "UNAVAILABLE"));
    }
    assert_eq!(world.charges(), 3);
}

#[tokio::test]
async fn a_crash_holds_the_key_for_its_lease() {
    let (world, caller) = (World::start().await, Caller::user());
    let charge = json!({"outcome": "crash"});
    assert_eq!(world.post_keyed("/charges", &caller, "key", &charge).await.refusal(), (500, "INTERNAL"));
    world.advance(10);
    let held = world.post_keyed("/charges", &caller, "key", &charge).await;
    assert_eq!((held.refusal(), held.header("retry-after")), ((409, "IDEMPOTENCY_IN_PROGRESS"), Some("50")));
    world.advance(50);
    assert_eq!(world.post_keyed("/charges", &caller, "key", &charge).await.refusal(), (500, "INTERNAL"));
    assert_eq!(world.charges(), 2);
}

#[tokio::test]
async fn records_hold_neither_keys_nor_bodies_in_the_clear() {
    let (world, caller) = (World::start().await, Caller::user());
    world.post_keyed(NOTES, &caller, "a-very-special-key", &json!({"textOfNote": "a very special text"})).await;
    let records = world.rows("Idempotency").await;
    let text = format!("{records:?}");
    assert_eq!(records.len(), 1);
    assert!(text.contains("sample#") && !text.contains("special"), "{text}");
}
