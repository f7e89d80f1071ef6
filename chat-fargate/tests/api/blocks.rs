//! Whom one does not want to hear from.

use serde_json::json;

use crate::support::{Platform, User, platform};

async fn block(platform: &Platform, user: &User, blocked: &User) {
    platform.post(user, "/blocks", json!({"userId": blocked.id})).await.expect(201);
}

async fn unblock(platform: &Platform, user: &User, blocked: &User) {
    platform.delete(user, &format!("/blocks/{}", blocked.id)).await.expect(200);
}

#[tokio::test]
async fn a_block_closes_the_direct_thread_for_both_until_it_ends() {
    let platform = platform().await;
    let [one, other] = platform.users(platform.tenant());
    let direct = json!({"type": "direct", "memberIds": [other.id]});
    let made = platform.post(&one, "/threads", direct.clone()).await;
    let thread = made.expect(201)["id"].as_str().unwrap().to_owned();
    let say = async |user: &User| {
        platform.post(user, "/messages", json!({"threadId": thread, "content": "x", "type": "text"})).await
    };
    say(&one).await.expect(201);
    block(&platform, &other, &one).await;
    block(&platform, &other, &one).await;
    for user in [&one, &other] {
        assert_eq!(say(user).await.refusal(), (403, "USER_BLOCKED"));
    }
    let old = platform.get(&one, &format!("/threads/{thread}/messages")).await.expect(200)[0]["id"].clone();
    let path = format!("/messages/{}", old.as_str().unwrap());
    let edited = platform.patch(&one, &path, json!({"content": "one more thing"})).await;
    assert_eq!(edited.refusal(), (403, "USER_BLOCKED"));
    let reacted = platform.post(&one, &format!("{path}/reactions/%F0%9F%91%8D"), json!({})).await;
    assert_eq!(reacted.refusal(), (403, "USER_BLOCKED"));
    let typing = platform.socket(&one).await.emit_with_ack("typing:start", &json!({"threadId": thread})).await;
    assert_eq!(typing.unwrap()["error"]["code"], "ERR_CHAT_USER_BLOCKED");
    let by_socket = platform.socket(&one).await;
    let answer = by_socket.emit_with_ack("message:send", &json!({"threadId": thread, "content": "x"})).await.unwrap();
    assert_eq!(answer["error"]["code"], "ERR_CHAT_USER_BLOCKED");
    block(&platform, &one, &other).await;
    unblock(&platform, &other, &one).await;
    assert_eq!(say(&other).await.refusal(), (403, "USER_BLOCKED"));
    unblock(&platform, &one, &other).await;
    say(&one).await.expect(201);
    let gone = platform.delete(&one, &format!("/blocks/{}", other.id)).await;
    assert_eq!(gone.refusal(), (404, "NOT_FOUND"));
}

#[tokio::test]
async fn who_is_blocked_makes_no_thread_with_the_other_and_adds_him_to_none() {
    let platform = platform().await;
    let [one, other, third] = platform.users(platform.tenant());
    let group = platform.group(&[&one, &third]).await;
    block(&platform, &other, &one).await;
    for (user, body) in [
        (&one, json!({"type": "direct", "memberIds": [other.id]})),
        (&other, json!({"type": "direct", "memberIds": [one.id]})),
        (&one, json!({"type": "group", "memberIds": [third.id, other.id]})),
    ] {
        assert_eq!(platform.post(user, "/threads", body).await.refusal(), (403, "USER_BLOCKED"));
    }
    let added = platform.post(&one, &format!("/threads/{group}/members"), json!({"userIds": [other.id]})).await;
    assert_eq!(added.refusal(), (403, "USER_BLOCKED"));
    platform.post(&other, "/threads", json!({"type": "group", "memberIds": [one.id]})).await.expect(201);
    unblock(&platform, &other, &one).await;
    platform.post(&one, "/threads", json!({"type": "direct", "memberIds": [other.id]})).await.expect(201);
}

#[tokio::test]
async fn ones_blocks_are_listed_for_oneself_alone() {
    let platform = platform().await;
    let [user, one, other] = platform.users(platform.tenant());
    assert_eq!(platform.post(&user, "/blocks", json!({"userId": user.id})).await.refusal(), (400, "VALIDATION_FAILED"));
    block(&platform, &user, &one).await;
    block(&platform, &user, &other).await;
    let mut listed = Vec::new();
    let first = platform.get(&user, "/blocks?limit=1").await;
    listed.push(first.expect(200)[0]["userId"].clone());
    let second = platform.get(&user, &format!("/blocks?cursor={}", first.next_cursor().unwrap())).await;
    listed.push(second.expect(200)[0]["userId"].clone());
    assert!(listed.contains(&json!(one.id)) && listed.contains(&json!(other.id)), "{listed:?}");
    assert_eq!(platform.get(&one, "/blocks").await.expect(200), &json!([]));
}

#[tokio::test]
async fn a_block_and_a_thread_that_is_made_at_once_know_of_each_other() {
    let platform = platform().await;
    for _ in 0..10 {
        let [one, other] = platform.users(platform.tenant());
        let direct = json!({"type": "direct", "memberIds": [other.id]});
        let (made, ()) = tokio::join!(platform.post(&one, "/threads", direct), block(&platform, &other, &one));
        if made.status == 403 {
            continue;
        }
        let thread = made.expect(201)["id"].clone();
        let said = platform.post(&one, "/messages", json!({"threadId": thread, "content": "x", "type": "text"})).await;
        assert_eq!(said.refusal(), (403, "USER_BLOCKED"));
    }
}
