use std::time::Duration;

use aws_sdk_sqs::types::MessageSystemAttributeName;

use super::Queues;

#[tokio::test]
async fn a_fifo_group_is_locked_while_a_message_of_it_is_in_flight() {
    let queues = Queues::start().await;
    queues.send_in_order("a", "a1").await;
    queues.send_in_order("b", "b1").await;
    let receive_one = || async {
        let receive = queues.client.receive_message();
        let receive = receive.queue_url(queues.url("ordered.fifo"));
        let got = receive.send().await.unwrap();
        got.messages.unwrap_or_default().into_iter().next()
    };
    let a1 = receive_one().await.unwrap();
    assert_eq!(a1.body(), Some("a1"));
    queues.send_in_order("a", "a2").await;
    assert_eq!(receive_one().await.unwrap().body(), Some("b1"));
    assert!(receive_one().await.is_none());
    queues.delete("ordered.fifo", &a1).await;
    assert_eq!(receive_one().await.unwrap().body(), Some("a2"));
}

#[tokio::test]
async fn a_fifo_queue_takes_a_deduplication_id_once_in_five_minutes() {
    let queues = Queues::start().await;
    let first = queues.send_in_order("a", "same").await;
    assert_eq!(queues.send_in_order("a", "same").await, first);
    assert_eq!(queues.bodies("ordered.fifo").await, ["same"]);
    queues.aws.advance(Duration::from_mins(5));
    assert_ne!(queues.send_in_order("a", "same").await, first);
}

#[tokio::test]
async fn a_quiet_group_of_a_standard_queue_overtakes_a_busy_one() {
    let queues = Queues::start().await;
    let send = |group: &'static str, body: &'static str| {
        let send = queues.client.send_message().queue_url(queues.url("work"));
        send.message_group_id(group).message_body(body).send()
    };
    send("busy", "1").await.unwrap();
    assert_eq!(queues.bodies("work").await, ["1"]);
    send("busy", "2").await.unwrap();
    send("quiet", "3").await.unwrap();
    let messages = queues.receive("work").await;
    let bodies: Vec<_> = messages.iter().map(|it| it.body().unwrap()).collect();
    assert_eq!(bodies, ["3", "2"]);
    let group = &messages[0].attributes().unwrap()[&MessageSystemAttributeName::MessageGroupId];
    assert_eq!(group, "quiet");
}
