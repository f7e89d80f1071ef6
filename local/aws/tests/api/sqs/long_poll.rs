use std::time::{Duration, Instant};

use super::Queues;

#[tokio::test]
async fn a_long_poll_wakes_when_a_message_comes() {
    let queues = Queues::start().await;
    let poll = queues.client.receive_message().queue_url(queues.url("work")).wait_time_seconds(20).send();
    let started = Instant::now();
    let (polled, ()) = tokio::join!(poll, async {
        // The poll is at the queue once its call has been counted.
        while !queues.aws.calls().contains_key("ReceiveMessage") {
            tokio::task::yield_now().await;
        }
        queues.send("work", "now").await;
    });
    assert_eq!(polled.unwrap().messages()[0].body(), Some("now"));
    assert!(started.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn a_long_poll_wakes_when_a_delay_ends() {
    let queues = Queues::start().await;
    queues.send("late", "ripe").await;
    let poll = queues.client.receive_message().queue_url(queues.url("late")).wait_time_seconds(20).send();
    let started = Instant::now();
    let (polled, ()) = tokio::join!(poll, async {
        while !queues.aws.calls().contains_key("ReceiveMessage") {
            tokio::task::yield_now().await;
        }
        queues.aws.advance(Duration::from_secs(30));
    });
    assert_eq!(polled.unwrap().messages()[0].body(), Some("ripe"));
    assert!(started.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn a_long_poll_does_not_hold_up_the_shutdown() {
    let queues = Queues::start().await;
    let poll = queues.client.receive_message().queue_url(queues.url("work")).wait_time_seconds(20).send();
    let poll = tokio::spawn(poll);
    while !queues.aws.calls().contains_key("ReceiveMessage") {
        tokio::task::yield_now().await;
    }
    let started = Instant::now();
    queues.aws.shutdown().await.unwrap();
    assert!(started.elapsed() < Duration::from_secs(2));
    assert!(poll.await.unwrap().unwrap().messages().is_empty());
}
