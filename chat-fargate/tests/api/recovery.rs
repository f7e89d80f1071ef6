//! Nothing is lost to a socket: what it has missed comes first, in order, each once.

use bench::socketio::Client;
use local_aws::{Fault, When};
use serde_json::json;

use crate::support::{Platform, SlowSocket, User, hear, hear_numbers, platform, silent};

async fn say_many(platform: &Platform, user: &User, thread: &str, count: usize) {
    for number in 0..count {
        platform.say(user, thread, &number.to_string()).await;
    }
}

async fn sync(client: &Client, thread: &str, seq: u64) -> serde_json::Value {
    client.emit_with_ack("sync", &json!({"threads": {thread: seq}})).await.unwrap()
}

#[tokio::test]
async fn who_comes_back_hears_first_what_was_missed() {
    let platform = platform().await;
    let [speaker, member] = platform.users(platform.tenant());
    let (thread, other) = (platform.group(&[&speaker, &member]).await, platform.group(&[&speaker, &member]).await);
    say_many(&platform, &speaker, &thread, 250).await;
    platform.say(&speaker, &other, "not asked for").await;
    let mut client = platform.resumed_socket(&member, json!({thread.as_str(): 120})).await;
    let live = platform.say(&speaker, &thread, "live").await;
    assert_eq!(hear_numbers(&mut client, 131).await, (121..=251).collect::<Vec<_>>());
    assert_eq!(live["seq"], 251);
    platform.say(&speaker, &other, "from now on").await;
    assert_eq!(hear(&mut client).await.1["seq"], 2);
    assert!(silent(&mut client));
}

#[tokio::test]
async fn numbers_that_make_no_sense_do_no_harm() {
    let platform = platform().await;
    let [speaker, member] = platform.users(platform.tenant());
    let thread = platform.group(&[&speaker, &member]).await;
    let foreign = platform.group(&[&speaker]).await;
    platform.say(&speaker, &foreign, "secret").await;
    platform.say(&speaker, &thread, "one").await;
    let ahead = json!({thread.as_str(): u64::MAX, foreign.as_str(): 0, "0199aaaa-0000-7000-8000-000000000000": 0});
    let mut client = platform.resumed_socket(&member, ahead).await;
    platform.say(&speaker, &thread, "two").await;
    assert_eq!(hear_numbers(&mut client, 1).await, [2]);
    let answer = sync(&client, &thread, u64::MAX).await;
    assert_eq!(answer["data"]["threads"][&thread], json!({"from": 3, "to": 2}));
    assert_eq!(sync(&client, &foreign, 0).await, json!({"data": {"threads": {}}, "error": null}));
    for wrong in [json!({"threads": {"x": 1}}), json!({"threads": {&thread: -1}}), json!({}), json!({"threads": []})] {
        let answer = client.emit_with_ack("sync", &wrong).await.unwrap();
        assert_eq!(answer["error"]["code"], "ERR_CHAT_VALIDATION_FAILED", "{wrong}");
    }
    assert!(silent(&mut client));
}

#[tokio::test]
async fn a_sync_is_acknowledged_after_what_it_asked_for() {
    let platform = platform().await;
    let [speaker, member] = platform.users(platform.tenant());
    let thread = platform.group(&[&speaker, &member]).await;
    let mut client = platform.socket(&member).await;
    say_many(&platform, &speaker, &thread, 5).await;
    assert_eq!(hear_numbers(&mut client, 5).await, [1, 2, 3, 4, 5]);
    let answer = sync(&client, &thread, 2).await;
    assert_eq!(answer["data"]["threads"][&thread], json!({"from": 3, "to": 5}));
    let heard: Vec<_> =
        std::iter::from_fn(|| client.try_next_event()).map(|event| event.data()["seq"].clone()).collect();
    assert_eq!(heard, [3, 4, 5]);
}

#[tokio::test]
async fn what_another_node_has_written_is_heard_here_in_order() {
    let mut platform = platform().await;
    let [speaker, member] = platform.users(platform.tenant());
    let thread = platform.group(&[&speaker, &member]).await;
    let mut client = platform.socket(&member).await;
    platform.say(&speaker, &thread, "here").await;
    let first = platform.change_node().await;
    say_many(&platform, &speaker, &thread, 3).await;
    assert_eq!(hear_numbers(&mut client, 1).await, [1]);
    first.chat.compare().await;
    assert_eq!(hear_numbers(&mut client, 3).await, [2, 3, 4]);

    // A message of this node shows that others are missing.
    say_many(&platform, &speaker, &thread, 2).await;
    let answer = client.emit_with_ack("message:send", &json!({"threadId": thread, "content": "back"})).await.unwrap();
    assert_eq!(answer["data"]["seq"], 7);
    assert_eq!(hear_numbers(&mut client, 3).await, [5, 6, 7]);
}

#[tokio::test]
async fn a_store_that_is_down_delays_a_replay_and_loses_nothing() {
    let platform = platform().await;
    let [speaker, member] = platform.users(platform.tenant());
    let thread = platform.group(&[&speaker, &member]).await;
    say_many(&platform, &speaker, &thread, 3).await;
    let mut client = platform.socket(&member).await;
    platform.aws.faults().inject("Query", Fault::InternalError, When::Next(6));
    let answer = sync(&client, &thread, 0).await;
    assert_eq!(answer["data"]["threads"][&thread], json!({"from": 1, "to": 3}));
    assert_eq!(hear_numbers(&mut client, 3).await, [1, 2, 3]);
    assert!(platform.aws.faults().struck("Query") > 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_socket_that_reads_slowly_hears_everything_once() {
    let platform = platform().await;
    let [speaker, member] = platform.users(platform.tenant());
    let thread = platform.group(&[&speaker, &member]).await;
    let slow = SlowSocket::connect(&platform.base_url, &member.token).await;
    // Far more than its connection and the server's line for it hold.
    let long = "x".repeat(10_000);
    for round in 0..10 {
        let sends = (0..100).map(|_| platform.say(&speaker, &thread, &long));
        futures_util::future::join_all(sends).await;
        let path = format!("/threads/{thread}/messages?limit=1");
        assert_eq!(platform.get(&member, &path).await.expect(200)[0]["seq"], (round + 1) * 100);
    }
    let listening = slow.numbers_until(1001);
    let speaking = platform.say(&speaker, &thread, "while it catches up");
    let (numbers, _) = tokio::join!(listening, speaking);
    assert_eq!(numbers, (1..=1001).collect::<Vec<_>>());
}

/// It is too slow for what cannot be read back: it has to come anew, and everybody else goes on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_socket_that_misses_too_much_is_closed_and_holds_up_nobody() {
    let platform = platform().await;
    let [speaker, member] = platform.users(platform.tenant());
    let thread = platform.group(&[&speaker, &member]).await;
    let _slow = SlowSocket::connect(&platform.base_url, &member.token).await;
    let long = "x".repeat(10_000);
    for _ in 0..6 {
        let sends = (0..100).map(|_| platform.say(&speaker, &thread, &long));
        futures_util::future::join_all(sends).await;
    }
    let last = platform.say(&speaker, &thread, "?").await;
    let reaction = format!("/messages/{}/reactions/%F0%9F%91%8D", last["id"].as_str().unwrap());
    for _ in 0..150 {
        platform.post(&speaker, &reaction, json!({})).await.expect(201);
        platform.delete(&speaker, &reaction).await.expect(200);
    }
    let mut client = platform.resumed_socket(&member, json!({thread.as_str(): 600})).await;
    assert_eq!(hear_numbers(&mut client, 1).await, [601]);
    assert_eq!(platform.say(&speaker, &thread, "goes on").await["seq"], 602);
    assert_eq!(hear_numbers(&mut client, 1).await, [602]);
}

#[tokio::test]
async fn a_socket_that_leaves_while_it_joins_leaves_nothing_behind() {
    let platform = platform().await;
    let member = platform.user(platform.tenant());
    let thread = platform.group(&[&member]).await;
    for _ in 0..30 {
        let client = platform.socket(&member).await;
        client.emit_with_ack("thread:leave", &json!({"threadId": thread})).await.unwrap();
        client.emit("thread:join", &json!({"threadId": thread})).unwrap();
        client.close().await;
    }
    // All places are free again, a moment later.
    let free = async {
        let mut sockets = Vec::new();
        while sockets.len() < 20 {
            sockets.extend(platform.connect(bench::socketio::Options::with_token(&member.token)).await.ok());
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), free).await.expect("twenty places");
}
