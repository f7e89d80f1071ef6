//! Slow mode, and members who are to write nothing for some time.

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::support::{Answer, Platform, User, platform};

async fn say(platform: &Platform, user: &User, thread: &str) -> Answer {
    platform.post(user, "/messages", json!({"threadId": thread, "content": "x", "type": "text"})).await
}

#[tokio::test]
async fn in_slow_mode_plain_members_wait_and_those_who_keep_order_do_not() {
    let platform = platform().await;
    let [owner, member, other] = platform.users(platform.tenant());
    let thread = platform.group(&[&owner, &member, &other]).await;
    let path = format!("/threads/{thread}");
    say(&platform, &member, &thread).await.expect(201);
    let slow = platform.patch(&owner, &path, json!({"slowModeSeconds": 30})).await;
    assert_eq!(slow.expect(200)["slowModeSeconds"], 30);
    assert_eq!(platform.get(&member, &path).await.expect(200)["slowModeSeconds"], 30);
    let refused = say(&platform, &member, &thread).await;
    assert_eq!((refused.refusal(), &refused.headers["retry-after"]), ((429, "RATE_LIMITED"), &"30".parse().unwrap()));
    assert_eq!(refused.body["error"]["details"], json!({"retryAfterSeconds": 30}));
    say(&platform, &other, &thread).await.expect(201);
    for _ in 0..3 {
        say(&platform, &owner, &thread).await.expect(201);
    }
    platform.clock.advance(SignedDuration::from_secs(30));
    // Of several at once one is let through.
    let sends = (0..5).map(|_| say(&platform, &member, &thread));
    let statuses: Vec<u16> = futures_util::future::join_all(sends).await.iter().map(|answer| answer.status).collect();
    assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1, "{statuses:?}");
    platform.patch(&owner, &path, json!({"slowModeSeconds": 0})).await.expect(200);
    say(&platform, &member, &thread).await.expect(201);
    let again = json!({"threadId": thread, "content": "x", "type": "text", "clientMessageId": "again"});
    let first = platform.post(&other, "/messages", again.clone()).await.expect(201).clone();
    platform.patch(&owner, &path, json!({"slowModeSeconds": 60})).await.expect(200);
    let second = platform.post(&other, "/messages", again).await.expect(201).clone();
    assert_eq!(first["id"], second["id"], "who repeats what is stored has not sent too fast");
    for wrong in [json!({"slowModeSeconds": 21_601}), json!({"slowModeSeconds": -1})] {
        assert_eq!(platform.patch(&owner, &path, wrong).await.refusal(), (400, "VALIDATION_FAILED"));
    }
}

#[tokio::test]
async fn who_is_silenced_reads_on_and_writes_nothing_until_then() {
    let platform = platform().await;
    let [owner, moderator, member, stranger] = platform.users(platform.tenant());
    let thread = platform.group(&[&owner, &moderator, &member]).await;
    let of = |user: &User| format!("/threads/{thread}/members/{}", user.id);
    platform.patch(&owner, &of(&moderator), json!({"role": "moderator"})).await.expect(200);
    let silence = async |by: &User, user: &User, until: Value| {
        platform.post(by, &format!("{}/silence", of(user)), json!({"until": until})).await
    };
    let said = say(&platform, &member, &thread).await.expect(201).clone();
    let said = format!("/messages/{}", said["id"].as_str().unwrap());
    let until = platform.clock.now() + SignedDuration::from_mins(10);
    assert_eq!(silence(&member, &owner, json!(until)).await.refusal(), (403, "FORBIDDEN"));
    assert_eq!(silence(&moderator, &owner, json!(until)).await.refusal(), (403, "FORBIDDEN"));
    assert_eq!(silence(&moderator, &stranger, json!(until)).await.refusal(), (404, "NOT_FOUND"));
    assert_eq!(silence(&moderator, &member, json!(platform.clock.now())).await.refusal(), (400, "VALIDATION_FAILED"));
    let silenced = silence(&moderator, &member, json!(until)).await;
    assert_eq!(silenced.expect(200)["silencedUntil"], json!(until));
    let refused = say(&platform, &member, &thread).await;
    assert_eq!((refused.refusal(), &refused.headers["retry-after"]), ((403, "FORBIDDEN"), &"600".parse().unwrap()));
    assert_eq!(refused.body["error"]["details"]["silencedUntil"], json!(until));
    let keyed = async || {
        let body = json!({"threadId": thread, "content": "x", "type": "text"});
        let request = platform.request(Some(&member), "POST", "/messages").header("idempotency-key", "k");
        Answer::of(request.json(&body)).await
    };
    assert_eq!(keyed().await.refusal(), (403, "FORBIDDEN"));
    assert_eq!(platform.patch(&member, &said, json!({"content": "y"})).await.refusal(), (403, "FORBIDDEN"));
    platform.get(&member, &format!("/threads/{thread}/messages")).await.expect(200);
    let seen = |thread: &Answer| thread.expect(200)["silencedUntil"].clone();
    let path = format!("/threads/{thread}");
    assert_eq!(seen(&platform.get(&member, &path).await), json!(until));
    assert_eq!(seen(&platform.get(&owner, &path).await), Value::Null);
    silence(&owner, &member, Value::Null).await.expect(200);
    keyed().await.expect(201);
    say(&platform, &member, &thread).await.expect(201);
    silence(&owner, &member, json!(until)).await.expect(200);
    platform.clock.advance(SignedDuration::from_mins(10));
    say(&platform, &member, &thread).await.expect(201);
}

#[tokio::test]
async fn a_silence_is_for_plain_members_of_groups_and_lifted_by_others() {
    let platform = platform().await;
    let tenant = platform.tenant();
    let [owner, member] = platform.users(tenant);
    let thread = platform.group(&[&owner, &member]).await;
    let of_member = format!("/threads/{thread}/members/{}", member.id);
    let path = format!("{of_member}/silence");
    let until = json!({"until": platform.clock.now() + SignedDuration::from_mins(10)});
    platform.post(&owner, &path, until.clone()).await.expect(200);
    assert_eq!(platform.post(&owner, &path, json!({})).await.refusal(), (400, "VALIDATION_FAILED"));
    // Whoever keeps order is not held back by what was said to him before.
    platform.patch(&owner, &of_member, json!({"role": "moderator"})).await.expect(200);
    let said = say(&platform, &member, &thread).await.expect(201)["id"].clone();
    let said = format!("/messages/{}", said.as_str().unwrap());
    platform.patch(&member, &said, json!({"content": "y"})).await.expect(200);
    assert_eq!(platform.post(&member, &path, json!({"until": null})).await.refusal(), (403, "FORBIDDEN"));
    platform.patch(&owner, &of_member, json!({"role": "member"})).await.expect(200);
    assert_eq!(say(&platform, &member, &thread).await.refusal(), (403, "FORBIDDEN"));
    let direct = json!({"type": "direct", "memberIds": [member.id]});
    let direct = platform.post(&owner, "/threads", direct).await.expect(201)["id"].clone();
    let path = format!("/threads/{}/members/{}/silence", direct.as_str().unwrap(), member.id);
    assert_eq!(platform.post(&owner, &path, until).await.refusal(), (409, "CONFLICT"));
}
