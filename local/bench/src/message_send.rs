//! `POST /messages` against a bare loop of its SDK calls.

use std::collections::HashMap;
use std::time::Instant;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{
    AttributeValue, KeysAndAttributes, Put, ReturnConsumedCapacity, TransactWriteItem, Update,
};
use serde_json::json;

use crate::profile::client;
use crate::report::{Pair, at_least};
use crate::stage::{BoxError, Stage};
use crate::{load, usage};

/// Threads that are written to at once: one connection each, as one thread is one line.
const THREADS: usize = 16;
const EACH: usize = 20;
const ROUNDS: usize = 15;

type Item = HashMap<String, AttributeValue>;

pub(crate) async fn measure() -> Result<(), BoxError> {
    let stage = Stage::start().await?;
    let member = stage.member("ada").await?;
    let mut requests = Vec::new();
    for _ in 0..THREADS {
        let thread = stage.thread(&member, &[]).await?;
        let body = json!({"threadId": thread, "content": "Hello from the API!", "type": "text"}).to_string();
        requests.push(load::request("POST", "/chat/v1/messages", Some(&member.token), Some(&body)));
    }
    let client = client(&stage).await?;
    let table = stage.aws.container_env("ChatTaskDefinition")?["TABLE"].clone();
    let mut rounds = Vec::new();
    for round in 0..ROUNDS {
        let baseline = bare_sends(&client, &table, round).await?;
        let ours = load::run(stage.chat, requests.clone(), EACH).await?.per_second;
        rounds.push(Pair { ours, baseline });
    }
    at_least("POST /messages", &rounds, 0.8);
    usage::print(stage.chat, requests.swap_remove(0)).await
}

/// Sends per second: the same reads and writes without a service around them.
async fn bare_sends(client: &Client, table: &str, round: usize) -> Result<f64, BoxError> {
    let started = Instant::now();
    let threads = (0..THREADS).map(|thread| {
        let (client, table) = (client.clone(), table.to_owned());
        tokio::spawn(async move {
            let pk = format!("BARE#{round}#{thread}");
            for seq in 1..=EACH {
                read(&client, &table, &pk).await?;
                write(&client, &table, &pk, seq).await?;
            }
            Ok::<_, BoxError>(())
        })
    });
    for thread in futures_util::future::join_all(threads).await {
        thread??;
    }
    #[expect(clippy::cast_precision_loss, reason = "a count")]
    Ok((THREADS * EACH) as f64 / started.elapsed().as_secs_f64())
}

/// The membership and the head.
async fn read(client: &Client, table: &str, pk: &str) -> Result<(), BoxError> {
    let keys = vec![key(pk, "HEAD"), key(pk, "MEMBER")];
    let keys = KeysAndAttributes::builder().set_keys(Some(keys)).consistent_read(true).build()?;
    let total = ReturnConsumedCapacity::Total;
    client.batch_get_item().request_items(table, keys).return_consumed_capacity(total).send().await?;
    Ok(())
}

/// The head, the sender's cursor and the message.
async fn write(client: &Client, table: &str, pk: &str, seq: usize) -> Result<(), BoxError> {
    let number = AttributeValue::N(seq.to_string());
    let head = Update::builder()
        .table_name(table)
        .set_key(Some(key(pk, "HEAD")))
        .update_expression("SET lastSeq = :seq, lastAt = :at")
        .condition_expression("attribute_not_exists(lastSeq) OR lastSeq = :before")
        .expression_attribute_values(":seq", number.clone())
        .expression_attribute_values(":before", AttributeValue::N((seq - 1).to_string()))
        .expression_attribute_values(":at", AttributeValue::S("2026-11-22T00:00:00.000Z".to_owned()))
        .build()?;
    let cursor = Update::builder()
        .table_name(table)
        .set_key(Some(key(pk, "MEMBER")))
        .update_expression("SET lastReadSeq = :seq")
        .expression_attribute_values(":seq", number.clone())
        .build()?;
    let mut message = key(pk, &format!("MSG#{seq:012}"));
    message.insert("seq".to_owned(), number);
    message.insert("content".to_owned(), AttributeValue::S("Hello from the API!".to_owned()));
    for field in ["id", "threadId", "senderId", "createdAt"] {
        message.insert(field.to_owned(), AttributeValue::S("018f3c5a-0000-7000-8000-000000000000".to_owned()));
    }
    let message = Put::builder()
        .table_name(table)
        .set_item(Some(message))
        .condition_expression("attribute_not_exists(pk)")
        .build()?;
    let items = [
        TransactWriteItem::builder().update(head).build(),
        TransactWriteItem::builder().update(cursor).build(),
        TransactWriteItem::builder().put(message).build(),
    ];
    client
        .transact_write_items()
        .set_transact_items(Some(items.to_vec()))
        .return_consumed_capacity(ReturnConsumedCapacity::Total)
        .send()
        .await?;
    Ok(())
}

fn key(pk: &str, sk: &str) -> Item {
    HashMap::from([
        ("pk".to_owned(), AttributeValue::S(pk.to_owned())),
        ("sk".to_owned(), AttributeValue::S(sk.to_owned())),
    ])
}
