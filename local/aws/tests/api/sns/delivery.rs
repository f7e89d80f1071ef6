use std::path::Path;
use std::time::Duration;

use aws_sdk_sns::Client;
use local_aws::{LocalAws, Options, SnsDelivery};

use super::receiver::Receiver;
use super::{NOWHERE, TOPIC, header, json, start, template};
use crate::platform::{http, sdk};

async fn publish(client: &Client, message: &str) {
    client.publish().topic_arn(TOPIC).subject("News").message(message).send().await.unwrap();
}

/// What a subscriber does with the confirmation.
async fn confirm(delivery: &SnsDelivery) {
    let url = json(delivery)["SubscribeURL"].as_str().unwrap().to_owned();
    let answer = http().get(url).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    assert!(answer.text().await.unwrap().contains(&format!("<SubscriptionArn>{TOPIC}:")));
}

fn kept(directory: &Path, subscriber: &str) -> Options {
    Options { data: Some(directory.to_owned()), template: Some(template(subscriber)), ..Options::default() }
}

#[tokio::test]
async fn a_confirmed_subscriber_gets_what_is_published() {
    let mut receiver = Receiver::start().await;
    let (aws, client) = start(&receiver.address).await;
    let confirmation = receiver.next().await;
    assert_eq!(header(&confirmation, "x-amz-sns-message-type"), "SubscriptionConfirmation");
    assert_eq!(header(&confirmation, "x-amz-sns-topic-arn"), TOPIC);
    assert_eq!(header(&confirmation, "content-type"), "text/plain; charset=UTF-8");
    assert_eq!(json(&confirmation)["Type"], "SubscriptionConfirmation");

    publish(&client, "one").await;
    publish(&client, "two").await;
    assert!(receiver.is_quiet().await);
    confirm(&confirmation).await;
    for message in ["one", "two"] {
        let notification = receiver.next().await;
        assert_eq!(header(&notification, "x-amz-sns-message-type"), "Notification");
        let body = json(&notification);
        assert_eq!(header(&notification, "x-amz-sns-message-id"), body["MessageId"]);
        assert_eq!((&body["Message"], &body["Subject"]), (&message.into(), &"News".into()));
        assert_eq!((&body["TopicArn"], &body["SignatureVersion"]), (&TOPIC.into(), &"2".into()));
    }
    assert!(receiver.is_quiet().await);
    assert!(aws.notifications().await.unwrap().is_empty());
    aws.shutdown().await.unwrap();
}

#[tokio::test]
async fn what_fails_is_tried_again() {
    let mut receiver = Receiver::start().await;
    receiver.answer(&[500, 503]);
    let (_aws, client) = start(&receiver.address).await;
    let confirmations = [receiver.next().await, receiver.next().await, receiver.next().await];
    assert_eq!(confirmations[0].body, confirmations[2].body);
    confirm(&confirmations[2]).await;
    receiver.answer(&[500]);
    publish(&client, "again").await;
    let (failed, again) = (receiver.next().await, receiver.next().await);
    assert_eq!(failed, again);
    assert!(receiver.is_quiet().await);
}

#[tokio::test]
async fn another_token_confirms_nothing() {
    let (_aws, client) = start(NOWHERE).await;
    let error = client.confirm_subscription().topic_arn(TOPIC).token("guessed").send().await.unwrap_err();
    assert!(error.into_service_error().is_invalid_parameter_exception());
}

#[tokio::test]
async fn without_a_server_deliveries_are_taken_by_hand() {
    let (aws, client) = start(NOWHERE).await;
    publish(&client, "kept").await;
    let pending = aws.notifications().await.unwrap();
    let types: Vec<_> = pending.iter().map(|it| header(it, "x-amz-sns-message-type")).collect();
    assert_eq!(types, ["SubscriptionConfirmation", "Notification"]);
    assert_eq!(pending[0].endpoint, NOWHERE);
    let token = json(&pending[0])["Token"].as_str().unwrap().to_owned();
    client.confirm_subscription().topic_arn(TOPIC).token(token).send().await.unwrap();
    aws.acknowledge(pending[0].id).await.unwrap();
    assert_eq!(aws.notifications().await.unwrap(), pending[1..]);
    aws.acknowledge(pending[1].id).await.unwrap();
    assert!(aws.notifications().await.unwrap().is_empty());
}

#[tokio::test]
async fn with_a_structure_the_text_for_http_is_delivered() {
    let (aws, client) = start(NOWHERE).await;
    for message in [r#"{"default":"d","http":"h"}"#, r#"{"default":"d","sms":"s"}"#] {
        client.publish().topic_arn(TOPIC).message_structure("json").message(message).send().await.unwrap();
    }
    let pending = aws.notifications().await.unwrap();
    assert_eq!((&json(&pending[1])["Message"], &json(&pending[2])["Message"]), (&"h".into(), &"d".into()));
}

#[tokio::test]
async fn what_is_pending_and_confirmed_survives_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let mut receiver = Receiver::start().await;
    let aws = LocalAws::start(kept(directory.path(), &receiver.address)).await.unwrap();
    confirm(&receiver.next().await).await;
    receiver.answer(&[500; 3]);
    publish(&Client::new(&sdk(aws.endpoint())), "kept").await;
    let first = receiver.next().await;
    aws.shutdown().await.unwrap();

    let aws = LocalAws::start(kept(directory.path(), &receiver.address)).await.unwrap();
    let mut again = receiver.next().await;
    while again.body == first.body {
        again = receiver.next().await;
    }
    let (first, again) = (json(&first), json(&again));
    assert_eq!((&again["Message"], &again["MessageId"]), (&"kept".into(), &first["MessageId"]));
    // The addresses are those of the new port; the key is the same.
    assert!(again["SigningCertURL"].as_str().unwrap().starts_with(aws.endpoint()));
    assert_eq!(file_of(&again["SigningCertURL"]), file_of(&first["SigningCertURL"]));
    // Once it is taken, nothing is pending.
    let taken = async {
        while !aws.notifications().await.unwrap().is_empty() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), taken).await.unwrap();
    aws.shutdown().await.unwrap();
}

fn file_of(url: &serde_json::Value) -> String {
    url.as_str().unwrap().rsplit('/').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_subscription_that_is_no_longer_declared_is_forgotten() {
    let directory = tempfile::tempdir().unwrap();
    let aws = LocalAws::start(kept(directory.path(), NOWHERE)).await.unwrap();
    publish(&Client::new(&sdk(aws.endpoint())), "for nobody").await;
    aws.shutdown().await.unwrap();
    let elsewhere = "http://127.0.0.1:1/elsewhere";
    let aws = LocalAws::start(kept(directory.path(), elsewhere)).await.unwrap();
    let pending = aws.notifications().await.unwrap();
    assert_eq!(pending.len(), 1);
    assert_eq!(pending[0].endpoint, elsewhere);
}
