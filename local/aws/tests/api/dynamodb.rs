use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use aws_sdk_dynamodb::types::AttributeValue::{N, S};
use aws_sdk_dynamodb::types::{AttributeValue, Put, TransactWriteItem, Update};

use crate::platform::{platform, sdk};

const TABLE: &str = "eventzr-local-AuthTable";

fn text(value: &str) -> AttributeValue {
    S(value.to_owned())
}

async fn put(client: &Client, pk: &str, sk: &str) {
    client
        .put_item()
        .table_name(TABLE)
        .item("pk", text(pk))
        .item("sk", text(sk))
        .item("gsi1pk", text("all"))
        .item("gsi1sk", text(sk))
        .send()
        .await
        .unwrap();
}

#[tokio::test]
async fn a_condition_that_does_not_hold_changes_nothing() {
    let aws = platform().await;
    let client = Client::new(&sdk(aws.endpoint()));
    put(&client, "user", "1").await;
    let refused = client
        .put_item()
        .table_name(TABLE)
        .item("pk", text("user"))
        .item("sk", text("1"))
        .item("name", text("second"))
        .condition_expression("attribute_not_exists(pk)")
        .send()
        .await
        .unwrap_err();
    assert!(refused.into_service_error().is_conditional_check_failed_exception());
    let item = client
        .get_item()
        .table_name(TABLE)
        .key("pk", text("user"))
        .key("sk", text("1"))
        .consistent_read(true)
        .send()
        .await
        .unwrap()
        .item
        .unwrap();
    assert!(!item.contains_key("name"));
}

#[tokio::test]
async fn a_cancelled_transaction_names_the_action_that_failed() {
    let aws = platform().await;
    let client = Client::new(&sdk(aws.endpoint()));
    put(&client, "thread", "meta").await;
    let message =
        Put::builder().table_name(TABLE).item("pk", text("thread")).item("sk", text("message")).build().unwrap();
    let counter = Update::builder()
        .table_name(TABLE)
        .key("pk", text("thread"))
        .key("sk", text("meta"))
        .update_expression("SET seq = seq + :one")
        .condition_expression("attribute_exists(seq)")
        .expression_attribute_values(":one", N("1".to_owned()))
        .build()
        .unwrap();
    let error = client
        .transact_write_items()
        .transact_items(TransactWriteItem::builder().put(message).build())
        .transact_items(TransactWriteItem::builder().update(counter).build())
        .send()
        .await
        .unwrap_err()
        .into_service_error();
    assert_eq!(error.code(), Some("TransactionCanceledException"));
    let cancelled = match error {
        aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError::TransactionCanceledException(
            it,
        ) => it,
        other => panic!("{other:?}"),
    };
    let codes: Vec<_> =
        cancelled.cancellation_reasons().iter().map(|reason| reason.code().unwrap_or_default()).collect();
    assert_eq!(codes, ["None", "ConditionalCheckFailed"]);
    let message =
        client.get_item().table_name(TABLE).key("pk", text("thread")).key("sk", text("message")).send().await.unwrap();
    assert_eq!(message.item, None);
}

#[tokio::test]
async fn a_query_pages_through_table_and_index() {
    let aws = platform().await;
    let client = Client::new(&sdk(aws.endpoint()));
    for n in 0..5 {
        put(&client, "list", &format!("{n}")).await;
    }
    for (index, key, value) in [(None, "pk", "list"), (Some("gsi1"), "gsi1pk", "all")] {
        let mut seen = Vec::new();
        let mut pages = 0;
        let mut start = None;
        loop {
            let page = client
                .query()
                .table_name(TABLE)
                .set_index_name(index.map(str::to_owned))
                .key_condition_expression("#key = :value")
                .expression_attribute_names("#key", key)
                .expression_attribute_values(":value", text(value))
                .limit(2)
                .set_exclusive_start_key(start)
                .send()
                .await
                .unwrap();
            pages += 1;
            let sort_key = |item: &std::collections::HashMap<_, AttributeValue>| item["sk"].as_s().unwrap().clone();
            seen.extend(page.items().iter().map(sort_key));
            start = page.last_evaluated_key;
            if start.is_none() {
                break;
            }
        }
        assert_eq!(seen, ["0", "1", "2", "3", "4"]);
        assert_eq!(pages, 3);
    }
}

#[tokio::test]
async fn what_has_outlived_its_ttl_is_swept() {
    let aws = platform().await;
    let client = Client::new(&sdk(aws.endpoint()));
    for (sk, ttl) in [("old", "1000000000"), ("young", "9999999999")] {
        client
            .put_item()
            .table_name(TABLE)
            .item("pk", text("session"))
            .item("sk", text(sk))
            .item("ttl", N(ttl.to_owned()))
            .send()
            .await
            .unwrap();
    }
    assert_eq!(aws.sweep_ttl().await.unwrap(), 1);
    let left = client.scan().table_name(TABLE).send().await.unwrap();
    assert_eq!(left.items().len(), 1);
    assert_eq!(left.items()[0]["sk"], text("young"));
}

#[tokio::test]
async fn a_table_that_is_not_declared_does_not_exist() {
    let aws = platform().await;
    let client = Client::new(&sdk(aws.endpoint()));
    let error =
        client.get_item().table_name("nowhere").key("pk", text("a")).key("sk", text("b")).send().await.unwrap_err();
    assert!(error.into_service_error().is_resource_not_found_exception());
}
