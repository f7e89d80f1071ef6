//! What reports are told of messages.

use std::collections::HashSet;
use std::time::Duration;

use futures_util::future::join_all;
use local_aws::{Fault, When};
use serde_json::{Value, json};
use shared::jobs::{Fact, What};

use crate::attachments::sent;
use crate::support::{Platform, User, platform};

/// The facts since the last call, of which there are so many; nothing is left to be sent.
async fn told(platform: &Platform, user: &User, count: usize) -> Vec<Fact> {
    let mut told = platform.told_reports(count).await;
    platform.until(async || platform.keys_with("DUE#").await.is_empty()).await;
    told.extend(platform.told_reports(0).await);
    assert!(told.iter().all(|facts| facts.tenant_id == user.tenant));
    told.into_iter().flat_map(|facts| facts.facts).collect()
}

/// The same fact as JSON, but for its id.
fn without_id(fact: &Fact) -> Value {
    let mut fact = serde_json::to_value(fact).unwrap();
    fact.as_object_mut().unwrap().remove("id");
    fact
}

/// What is told of a usual message.
fn fact(message: &Value) -> Value {
    json!({
        "fact": "chatMessage", "userId": message["senderId"], "at": message["createdAt"], "threadId": message["threadId"],
        "messageId": message["id"], "messageType": "text", "isReply": false, "attachments": 0,
    })
}

#[tokio::test]
async fn each_message_is_told_with_its_sender_and_none_twice() {
    let platform = platform().await;
    let [ada, bob] = platform.users(platform.tenant());
    let thread = platform.group(&[&ada, &bob]).await;
    let body = json!({"threadId": thread, "content": "x", "clientMessageId": "same"});
    let first = platform.post(&ada, "/messages", body.clone()).await.expect(201).clone();
    assert_eq!(platform.post(&ada, "/messages", body).await.expect(201), &first);
    let answer = json!({"threadId": thread, "content": "y", "parentMessageId": first["id"]});
    let keyed = async || {
        let request = platform.request(Some(&bob), "POST", "/messages").header("idempotency-key", "k");
        request.json(&answer).send().await.unwrap().json::<Value>().await.unwrap()["data"].clone()
    };
    let reply = keyed().await;
    assert_eq!(keyed().await, reply);
    let mut wanted = [fact(&first), fact(&reply)];
    wanted[1]["isReply"] = json!(true);
    let mut heard: Vec<Value> = told(&platform, &ada, 2).await.iter().map(without_id).collect();
    heard.sort_by_key(|fact| fact["isReply"].as_bool());
    assert_eq!(heard, wanted);

    sent(&platform, &bob, &thread).await;
    let heard: Vec<Fact> = platform.told_reports(1).await.into_iter().flat_map(|facts| facts.facts).collect();
    let [Fact { what: What::ChatMessage { message_type, attachments, .. }, .. }] = &heard[..] else {
        panic!("{heard:?}")
    };
    assert_eq!((message_type.as_str(), *attachments), ("file", 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_that_are_written_together_are_told_together() {
    let platform = platform().await;
    let users: [User; 10] = platform.users(platform.tenant());
    let thread = platform.group(&users.iter().collect::<Vec<_>>()).await;
    // While one is being written, the others wait for the next transaction.
    let slow = Fault::Delay(Duration::from_secs(2));
    platform.aws.faults().inject("TransactWriteItems", slow, When::Next(1));
    let messages = join_all(users.iter().map(|user| platform.say(user, &thread, "x"))).await;
    let told = platform.told_reports(10).await;
    assert_eq!(told.len(), 2, "{told:?}");
    let facts: Vec<&Fact> = told.iter().flat_map(|facts| &facts.facts).collect();
    assert_eq!(facts.iter().map(|fact| fact.id).collect::<HashSet<_>>().len(), 10);
    let heard: Vec<Value> = facts.into_iter().map(without_id).collect();
    assert!(messages.iter().all(|message| heard.contains(&fact(message))), "{heard:?}");
}
