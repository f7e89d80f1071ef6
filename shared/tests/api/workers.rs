use std::sync::Mutex;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde_json::{Value, json};
use shared::Error;
use shared::jobs::{Event, Message, Worker, handle};

/// Does what its messages say, and remembers them.
#[derive(Default)]
struct Obedient {
    seen: Mutex<Vec<String>>,
}

impl Worker for Obedient {
    fn timer<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<(), Error>> {
        obey(name).boxed()
    }

    fn message<'a>(&'a self, message: Message<'a>) -> BoxFuture<'a, Result<(), Error>> {
        assert_ne!(message.body, "panic at once");
        self.seen.lock().unwrap().push(format!("{} {} {}", message.id, message.body, message.receives));
        obey(message.body).boxed()
    }
}

async fn obey(order: &str) -> Result<(), Error> {
    tokio::task::yield_now().await;
    match order {
        "fail" => Err(Error::unavailable("told to")),
        "panic" => panic!("told to"),
        _ => Ok(()),
    }
}

fn event(json: Value) -> Event {
    serde_json::from_value(json).unwrap()
}

fn batch(bodies: &[&str]) -> Event {
    let record = |(id, body): (usize, &&str)| {
        json!({
            "messageId": format!("m{id}"), "receiptHandle": "r", "body": body, "eventSource": "aws:sqs",
            "attributes": {"ApproximateReceiveCount": "3"}, "messageAttributes": {}, "awsRegion": "us-east-1",
        })
    };
    event(json!({"Records": bodies.iter().enumerate().map(record).collect::<Vec<_>>()}))
}

async fn failed(worker: &Obedient, event: Event) -> Vec<String> {
    let response = handle(worker, event).await.unwrap();
    let mut failed: Vec<_> = response.batch_item_failures.into_iter().map(|failure| failure.item_identifier).collect();
    failed.sort();
    failed
}

#[tokio::test]
async fn only_failed_messages_are_named() {
    let worker = Obedient::default();
    assert_eq!(failed(&worker, batch(&["a", "fail", "b", "panic", "c"])).await, ["m1", "m3"]);
    let mut seen = worker.seen.into_inner().unwrap();
    seen.sort();
    assert_eq!(seen, ["m0 a 3", "m1 fail 3", "m2 b 3", "m3 panic 3", "m4 c 3"]);
}

#[tokio::test]
async fn a_panic_before_the_first_await_fails_its_message_alone() {
    let worker = Obedient::default();
    assert_eq!(failed(&worker, batch(&["a", "panic at once", "b"])).await, ["m1"]);
    assert_eq!(worker.seen.into_inner().unwrap().len(), 2);
}

#[tokio::test]
async fn a_batch_without_failures_names_none() {
    let worker = Obedient::default();
    assert!(failed(&worker, batch(&["a"; 10])).await.is_empty());
    assert!(failed(&worker, batch(&[])).await.is_empty());
}

#[tokio::test]
async fn a_failed_timer_fails_its_invocation() {
    let worker = Obedient::default();
    assert!(handle(&worker, event(json!({"timer": "outbox"}))).await.is_ok());
    assert!(matches!(handle(&worker, event(json!({"timer": "fail"}))).await, Err(Error::Unavailable(_))));
    assert!(matches!(handle(&worker, event(json!({"timer": "panic"}))).await, Err(Error::Internal(_))));
}

#[test]
fn an_event_that_is_neither_timer_nor_batch_is_refused() {
    for wrong in [json!({}), json!({"records": []}), json!({"timer": 7}), json!([]), json!("outbox"), Value::Null] {
        assert!(serde_json::from_value::<Event>(wrong.clone()).is_err(), "{wrong}");
    }
}
