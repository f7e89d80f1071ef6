use std::time::Duration;

use aws_sdk_sqs::types::{Message, MessageAttributeValue, MessageSystemAttributeName};
use local_aws::{Error, LocalAws, Options};

use super::{QUEUES, Queues};

fn count(message: &Message) -> &str {
    &message.attributes().unwrap()[&MessageSystemAttributeName::ApproximateReceiveCount]
}

#[tokio::test]
async fn a_received_message_is_hidden_until_its_visibility_timeout() {
    let queues = Queues::start().await;
    queues.send("work", "once").await;
    assert_eq!(queues.bodies("work").await, ["once"]);
    assert!(queues.bodies("work").await.is_empty());
    queues.aws.advance(Duration::from_mins(1));
    let again = queues.receive("work").await;
    assert_eq!(count(&again[0]), "2");
    queues.delete("work", &again[0]).await;
    queues.aws.advance(Duration::from_mins(1));
    assert!(queues.bodies("work").await.is_empty());
}

#[tokio::test]
async fn a_receiver_can_change_how_long_a_message_is_hidden() {
    let queues = Queues::start().await;
    queues.send("work", "job").await;
    let message = queues.receive("work").await.remove(0);
    let change = |seconds: i32| {
        let change = queues.client.change_message_visibility();
        let handle = message.receipt_handle().unwrap();
        change.queue_url(queues.url("work")).receipt_handle(handle).visibility_timeout(seconds).send()
    };
    change(120).await.unwrap();
    queues.aws.advance(Duration::from_secs(61));
    assert!(queues.bodies("work").await.is_empty());
    change(0).await.unwrap();
    assert!(change(10).await.unwrap_err().into_service_error().is_message_not_inflight());
    assert_eq!(queues.bodies("work").await, ["job"]);
}

#[tokio::test]
async fn a_message_goes_to_the_dead_letters_after_its_receives_are_used_up() {
    let queues = Queues::start().await;
    queues.send("work", "poison").await;
    for receive in ["1", "2"] {
        assert_eq!(count(&queues.receive("work").await[0]), receive);
        assert!(queues.bodies("dead").await.is_empty());
        queues.aws.advance(Duration::from_mins(1));
    }
    assert!(queues.bodies("work").await.is_empty());
    let depths = queues.aws.queues().await.unwrap();
    let work = depths.iter().find(|it| it.name == "work").unwrap();
    assert_eq!((work.visible, work.dead_letters), (0, 1));
    let dead = queues.receive("dead").await.remove(0);
    assert_eq!(dead.body(), Some("poison"));
    assert_eq!(
        dead.attributes().unwrap()[&MessageSystemAttributeName::DeadLetterQueueSourceArn],
        "arn:aws:sqs:us-east-1:000000000000:work"
    );
    // Given back, it counts anew.
    assert_eq!((queues.aws.redrive("work").await.unwrap(), queues.aws.redrive("work").await.unwrap()), (1, 0));
    let back = queues.receive("work").await.remove(0);
    assert_eq!((back.body(), count(&back)), (Some("poison"), "1"));
}

#[tokio::test]
async fn a_dead_letter_queue_must_be_declared_too() {
    let template = QUEUES.replace("QueueName: dead", "QueueName: dead.fifo, FifoQueue: true");
    let options = Options { template: Some(template), ..Options::default() };
    let error = LocalAws::start(options).await.err().unwrap();
    assert!(matches!(error, Error::Queue { queue, .. } if queue == "work"));
}

#[tokio::test]
async fn delays_are_the_queues_or_the_messages_own() {
    let queues = Queues::start().await;
    queues.send("late", "after 30 s").await;
    let send = queues.client.send_message().queue_url(queues.url("work"));
    let send = send.message_body("after 900 s").delay_seconds(900);
    send.send().await.unwrap();
    assert!(queues.bodies("late").await.is_empty());
    queues.aws.advance(Duration::from_secs(30));
    assert_eq!(queues.bodies("late").await, ["after 30 s"]);
    assert!(queues.bodies("work").await.is_empty());
    queues.aws.advance(Duration::from_secs(870));
    assert_eq!(queues.bodies("work").await, ["after 900 s"]);
}

#[tokio::test]
async fn parallel_receivers_never_hold_the_same_message() {
    let queues = Queues::start().await;
    for n in 0..40 {
        queues.send("work", &n.to_string()).await;
    }
    let receivers = (0..8).map(|_| async {
        let mut got = Vec::new();
        loop {
            let bodies = queues.bodies("work").await;
            if bodies.is_empty() {
                return got;
            }
            got.extend(bodies);
        }
    });
    let mut got = futures_util::future::join_all(receivers).await.concat();
    got.sort_by_key(|body| body.parse::<u32>().unwrap());
    let sent: Vec<_> = (0..40).map(|n| n.to_string()).collect();
    assert_eq!(got, sent);
}

#[tokio::test]
async fn attributes_come_back_and_digests_are_those_of_the_developer_guide() {
    let queues = Queues::start().await;
    let attribute = MessageAttributeValue::builder().data_type("String").string_value("acme").build().unwrap();
    let sent = queues
        .client
        .send_message()
        .queue_url(queues.url("work"))
        .message_body("hello")
        .message_attributes("tenant", attribute.clone())
        .send()
        .await
        .unwrap();
    // md5("hello"), and md5 of 6 "tenant" 6 "String" 1 4 "acme" with lengths of 4 bytes.
    let attributes_digest = "c52f727da6769fcbc66f3f8555ce234a";
    assert_eq!(sent.md5_of_message_body(), Some("5d41402abc4b2a76b9719d911017c592"));
    assert_eq!(sent.md5_of_message_attributes(), Some(attributes_digest));
    let received = queues.receive("work").await.remove(0);
    assert_eq!(received.message_attributes().unwrap()["tenant"], attribute);
    assert_eq!(received.md5_of_message_attributes(), Some(attributes_digest));
}
