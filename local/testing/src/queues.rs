//! Queues and timers, as Lambda hands them to a worker.

use std::collections::HashMap;
use std::time::Duration;

use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::Message;
use serde_json::{Value, json};
use shared::jobs::{Event, Facts, Job, Worker, handle};

/// What Lambda makes of messages that were received.
#[must_use]
pub fn batch(messages: &[Message]) -> Event {
    let records = messages.iter().map(|message| {
        let attributes = message.attributes().unwrap();
        let attributes: HashMap<&str, &String> =
            attributes.iter().map(|(name, value)| (name.as_str(), value)).collect();
        json!({"messageId": message.message_id(), "body": message.body(), "attributes": attributes, "messageAttributes": {}})
    });
    serde_json::from_value(json!({ "Records": records.collect::<Vec<_>>() })).unwrap()
}

/// Hands a worker one batch of messages with these bodies; gives the places of those that failed.
pub async fn receive(worker: &dyn Worker, bodies: &[String]) -> Vec<usize> {
    let record = |(index, body): (usize, &String)| json!({"messageId": index.to_string(), "body": body, "attributes": {}, "messageAttributes": {}});
    let records: Vec<Value> = bodies.iter().enumerate().map(record).collect();
    let event = serde_json::from_value(json!({ "Records": records })).unwrap();
    let response = handle(worker, event).await.unwrap();
    response.batch_item_failures.iter().map(|failure| failure.item_identifier.parse().unwrap()).collect()
}

/// Fires one of a worker's timers; says whether it did not fail.
pub async fn fire(worker: &dyn Worker, timer: &str) -> bool {
    let event = serde_json::from_value(json!({ "timer": timer })).unwrap();
    handle(worker, event).await.is_ok()
}

/// Takes everything that a queue holds now.
pub async fn take(sqs: &Client, url: &str) -> Vec<Job> {
    let mut taken = Vec::new();
    loop {
        let received = sqs.receive_message().queue_url(url).max_number_of_messages(10).send().await.unwrap();
        let messages = received.messages.unwrap_or_default();
        if messages.is_empty() {
            return taken;
        }
        for message in messages {
            let handle = message.receipt_handle.unwrap();
            sqs.delete_message().queue_url(url).receipt_handle(handle).send().await.unwrap();
            taken.push(serde_json::from_str(&message.body.unwrap()).unwrap());
        }
    }
}

/// Takes facts for reports from a queue that holds nothing else, until there are `count` of them: some services send them
/// a moment after what they are of.
pub async fn take_facts(sqs: &Client, url: &str, count: usize) -> Vec<Facts> {
    let taking = async {
        let mut taken = Vec::new();
        loop {
            taken.extend(take(sqs, url).await.into_iter().map(|job| match job {
                Job::Facts(facts) => facts,
                other => panic!("{other:?}"),
            }));
            if taken.iter().map(|facts| facts.facts.len()).sum::<usize>() >= count {
                return taken;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), taking).await.unwrap()
}
