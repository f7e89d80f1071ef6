//! Every thread has a gapless sequence, whoever sends and whatever fails.

use std::collections::BTreeSet;
use std::time::Duration;

use bench::socketio::Client;
use futures_util::future::join_all;
use local_aws::{Fault, When};
use serde_json::json;
use shared::auth::UserId;

use crate::messages::sequence;
use crate::support::{Answer, Platform, User, platform};

const SENDERS: usize = 10;
const MESSAGES: usize = 5;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_concurrent_sends_are_numbered_without_a_gap() {
    let platform = platform().await;
    let ear = send_fifty(&platform).await;
    assert_eq!(hear(ear, 50).await, (1..=50).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn conflicts_of_the_store_leave_no_gap_and_no_duplicate() {
    let platform = platform().await;
    // Many messages are one transaction, so that chance alone may strike none.
    platform.aws.faults().inject("TransactWriteItems", Fault::TransactionConflict, When::Next(2));
    platform.aws.faults().inject("TransactWriteItems", Fault::TransactionConflict, When::Probability(0.3));
    let ear = send_fifty(&platform).await;
    assert_eq!(hear(ear, 50).await, (1..=50).collect::<Vec<_>>());
    assert!(platform.aws.faults().struck("TransactWriteItems") > 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_answer_stores_a_message_once() {
    let platform = platform().await;
    platform.aws.faults().inject("TransactWriteItems", Fault::DroppedAfter, When::Next(3));
    send_fifty(&platform).await;
    assert!(platform.aws.faults().struck("TransactWriteItems") > 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_writers_of_one_thread_share_transactions() {
    let platform = platform().await;
    let users: [User; 100] = platform.users(platform.tenant());
    let (first, rest) = users.split_at(48);
    let thread = platform.group(&first.iter().collect::<Vec<_>>()).await;
    for more in rest.chunks(47) {
        let ids: Vec<UserId> = more.iter().map(|user| user.id).collect();
        platform.post(&users[0], &format!("/threads/{thread}/members"), json!({"userIds": ids})).await.expect(200);
    }
    let ear = platform.socket(&users[99]).await;
    let before = platform.aws.calls();
    let sends = users.iter().flat_map(|user| (0..3).map(move |number| (user, number)));
    let acknowledged =
        join_all(sends.map(|(user, number)| send_until_acknowledged(&platform, user, &thread, number))).await;
    let all: Vec<u64> = (1..=300).collect();
    assert_eq!(acknowledged.into_iter().collect::<BTreeSet<u64>>().into_iter().collect::<Vec<_>>(), all);
    assert_eq!(hear(ear, 300).await, all);
    let transactions = platform.aws.calls()["TransactWriteItems"] - before["TransactWriteItems"];
    assert!(transactions < 100, "{transactions} transactions for 300 messages");
    for user in [&users[0], &users[99]] {
        let unread = platform.get(user, &format!("/threads/{thread}")).await.expect(200)["unread"].as_u64().unwrap();
        assert!(unread < 300, "{unread}: one's own messages are read");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_messages_written_together_a_repeated_one_drops_out_alone() {
    let platform = platform().await;
    let users: [User; SENDERS] = platform.users(platform.tenant());
    let thread = platform.group(&users.iter().collect::<Vec<_>>()).await;
    let sends = || users.iter().map(|user| send_until_acknowledged(&platform, user, &thread, 0));
    let first = join_all(sends()).await;
    // While one is being written, the others wait for the next transaction.
    let slow = Fault::Delay(Duration::from_millis(300));
    platform.aws.faults().inject("TransactWriteItems", slow, When::Next(1));
    let new = users.iter().map(|user| send_until_acknowledged(&platform, user, &thread, 1));
    let (again, new) = tokio::join!(join_all(sends()), join_all(new));
    assert_eq!(again, first);
    assert_eq!(new.into_iter().collect::<BTreeSet<u64>>(), (11..=20).collect());
}

#[tokio::test]
async fn a_message_is_told_even_if_its_sender_hangs_up() {
    let platform = platform().await;
    let user = platform.user(platform.tenant());
    let thread = platform.group(&[&user]).await;
    let mut ear = platform.socket(&user).await;
    let slow = Fault::Delay(Duration::from_secs(1));
    platform.aws.faults().inject("TransactWriteItems", slow, When::Next(1));
    let request = platform.request(Some(&user), "POST", "/messages").timeout(Duration::from_millis(300));
    let gave_up = request.json(&json!({"threadId": thread, "content": "last words"})).send().await;
    assert!(gave_up.unwrap_err().is_timeout());
    let told = tokio::time::timeout(Duration::from_secs(10), ear.next_event()).await.expect("told in time");
    assert_eq!(told.unwrap().data()["content"], "last words");
}

/// Ten members send five messages each, all at once, and send again what was not acknowledged.
/// Gives the socket that listened.
async fn send_fifty(platform: &Platform) -> Client {
    let users: [User; SENDERS] = platform.users(platform.tenant());
    let thread = platform.group_despite_faults(&users).await;
    let ear = platform.socket(&users[0]).await;
    let sends = users.iter().flat_map(|user| (0..MESSAGES).map(move |number| (user, number)));
    let acknowledged =
        join_all(sends.map(|(user, number)| send_until_acknowledged(platform, user, &thread, number))).await;

    let all: Vec<u64> = (1..=50).collect();
    let numbers: BTreeSet<u64> = acknowledged.into_iter().collect();
    assert_eq!(numbers.into_iter().collect::<Vec<_>>(), all);
    assert_eq!(sequence(platform, &users[0], &thread, "after=0&limit=100").await, all);
    ear
}

/// The numbers of the first `count` messages that a socket heard.
async fn hear(mut ear: Client, count: usize) -> Vec<u64> {
    let listening = async {
        let mut heard = Vec::new();
        while heard.len() < count {
            let event = ear.next_event().await.unwrap();
            assert_eq!(event.name, "message:new");
            heard.push(event.data()["seq"].as_u64().unwrap());
        }
        heard
    };
    tokio::time::timeout(Duration::from_secs(10), listening).await.expect("every message in time")
}

async fn send_until_acknowledged(platform: &Platform, user: &User, thread: &str, number: usize) -> u64 {
    let body = json!({
        "threadId": thread, "content": "x", "type": "text", "clientMessageId": format!("{}-{number}", user.id),
    });
    for _ in 0..10 {
        let answer = platform.post(user, "/messages", body.clone()).await;
        if answer.status == 201 {
            return answer.body["data"]["seq"].as_u64().unwrap();
        }
        assert_eq!(answer.refusal(), (503, "UNAVAILABLE"));
    }
    panic!("a message was refused ten times");
}

impl Platform {
    async fn group_despite_faults(&self, users: &[User]) -> String {
        let ids: Vec<UserId> = users.iter().map(|user| user.id).collect();
        for _ in 0..10 {
            let request = self.request(Some(&users[0]), "POST", "/threads").header("idempotency-key", "group");
            let answer = Answer::of(request.json(&json!({"type": "group", "memberIds": ids}))).await;
            if answer.status == 201 {
                return answer.body["data"]["id"].as_str().unwrap().to_owned();
            }
        }
        panic!("a thread was refused ten times");
    }
}
