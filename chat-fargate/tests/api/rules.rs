//! Rules about words.

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::support::{Platform, User, platform};

/// A new rule; its id.
pub(crate) async fn rule(platform: &Platform, admin: &User, words: &[&str], action: &str) -> String {
    let rule = json!({"name": "words", "words": words, "action": action});
    platform.post(admin, "/moderation/rules", rule).await.expect(201)["id"].as_str().unwrap().to_owned()
}

async fn say(platform: &Platform, user: &User, thread: &str, content: &str) -> crate::support::Answer {
    let body = json!({"threadId": thread, "content": content, "type": "text", "clientMessageId": content});
    platform.post(user, "/messages", body).await
}

#[tokio::test]
async fn words_are_refused_masked_or_reported_in_new_and_edited_messages() {
    let platform = platform().await;
    let tenant = platform.tenant();
    let [user, other] = platform.users(tenant);
    let admin = platform.admin(tenant);
    let thread = platform.group(&[&user, &other]).await;
    let before = say(&platform, &user, &thread, "slur").await.expect(201).clone();
    rule(&platform, &admin, &["slur"], "refuse").await;
    rule(&platform, &admin, &["damn"], "mask").await;
    let reporting = rule(&platform, &admin, &["tickets for sale"], "report").await;

    assert_eq!(say(&platform, &user, &thread, "a SLUR!").await.refusal(), (400, "INVALID_MESSAGE"));
    let stranger = platform.user(tenant);
    assert_eq!(say(&platform, &stranger, &thread, "slur").await.refusal(), (403, "NOT_THREAD_MEMBER"));
    assert_eq!(say(&platform, &user, &thread, "slur").await.expect(201)["id"], before["id"], "sent before the rule");
    let socket = platform.socket(&user).await;
    let answer = socket.emit_with_ack("message:send", &json!({"threadId": thread, "content": "slur"})).await.unwrap();
    assert_eq!(answer["error"]["code"], "ERR_CHAT_INVALID_MESSAGE");
    assert_eq!(say(&platform, &user, &thread, "Dämn it").await.expect(201)["content"], "**** it");
    let flagged = say(&platform, &user, &thread, "Tickets  for sale, damn").await.expect(201).clone();
    assert_eq!(flagged["content"], "Tickets  for sale, ****");

    let path = format!("/messages/{}", flagged["id"].as_str().unwrap());
    let edit = async |content: &str| platform.patch(&user, &path, json!({"content": content})).await;
    assert_eq!(edit("slur").await.refusal(), (400, "INVALID_MESSAGE"));
    platform.clock.advance(SignedDuration::from_millis(2));
    assert_eq!(edit("tickets for sale again").await.expect(200)["version"], 1);
    assert_eq!(edit("damn").await.expect(200)["content"], "****");

    let reports = platform.get(&admin, "/moderation/reports").await.expect(200).clone();
    let seen: Vec<_> = reports.as_array().unwrap().iter().map(|report| &report["content"]).collect();
    assert_eq!(seen, [&json!("tickets for sale again"), &json!("Tickets  for sale, damn")]);
    assert_eq!((&reports[0]["ruleId"], &reports[0]["reporterId"]), (&json!(reporting), &Value::Null));
    assert_eq!(platform.get(&admin, "/moderation/rules").await.expect(200).as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn a_burst_of_reported_messages_is_stored_whole() {
    let platform = platform().await;
    let tenant = platform.tenant();
    let (user, admin) = (platform.user(tenant), platform.admin(tenant));
    let thread = platform.group(&[&user]).await;
    rule(&platform, &admin, &["spam"], "report").await;
    let texts: Vec<String> = (0..60).map(|number| format!("spam {number}")).collect();
    let sends = texts.iter().map(|text| say(&platform, &user, &thread, text));
    for answer in futures_util::future::join_all(sends).await {
        answer.expect(201);
    }
    let (mut reported, mut path) = (0, "/moderation/reports?limit=50".to_owned());
    loop {
        let page = platform.get(&admin, &path).await;
        reported += page.expect(200).as_array().unwrap().len();
        let Some(cursor) = page.next_cursor() else { break };
        path = format!("/moderation/reports?cursor={cursor}");
    }
    assert_eq!(reported, 60);
}

#[tokio::test]
async fn rules_change_and_other_nodes_follow() {
    let mut platform = platform().await;
    let tenant = platform.tenant();
    let (user, admin) = (platform.user(tenant), platform.admin(tenant));
    let thread = platform.group(&[&user]).await;
    let id = rule(&platform, &admin, &["foo"], "refuse").await;
    assert_eq!(say(&platform, &user, &thread, "foo").await.refusal().0, 400);
    let path = format!("/moderation/rules/{id}");
    let other = json!({"name": "bar", "words": ["bar"], "match": "anywhere", "action": "mask"});
    let replaced = platform.put(&admin, &path, other).await.expect(200).clone();
    assert_eq!((&replaced["id"], &replaced["match"]), (&json!(id), &json!("anywhere")));
    assert_eq!(say(&platform, &user, &thread, "foobar").await.expect(201)["content"], "foo***");

    let _first = platform.change_node().await;
    assert_eq!(say(&platform, &user, &thread, "bar").await.expect(201)["content"], "***");
    let _second = platform.change_node().await;
    assert_eq!(platform.delete(&admin, &path).await.expect(200), &replaced);
    assert_eq!(platform.delete(&admin, &path).await.refusal(), (404, "NOT_FOUND"));
    platform.clock.advance(SignedDuration::from_secs(11));
    assert_eq!(say(&platform, &user, &thread, "bar bar").await.expect(201)["content"], "bar bar");
}

#[tokio::test]
async fn rules_have_bounds() {
    let platform = platform().await;
    let tenant = platform.tenant();
    let admin = platform.admin(tenant);
    let (long, many) = ("x".repeat(65), vec!["x"; 201]);
    for (field, wrong) in [
        ("name", json!({"name": "", "words": ["x"], "action": "mask"})),
        ("words", json!({"name": "x", "words": [], "action": "mask"})),
        ("words[0]", json!({"name": "x", "words": [" \u{200b}\u{301}"], "action": "mask"})),
        ("words[0]", json!({"name": "x", "words": [long], "action": "mask"})),
        ("words", json!({"name": "x", "words": many, "action": "mask"})),
        ("words[0]", json!({"name": "x", "words": ["\u{fdfa}".repeat(4)], "action": "mask"})),
        ("words[1]", json!({"name": "x", "words": ["abc", "ab"], "action": "report"})),
        ("action", json!({"name": "x", "words": ["x"], "action": "delete"})),
    ] {
        let refused = platform.post(&admin, "/moderation/rules", wrong).await;
        assert_eq!(refused.refusal(), (400, "VALIDATION_FAILED"), "{field}: {}", refused.body);
        assert_eq!(refused.fields(), [field]);
    }
    let making = (0..25).map(|_| async {
        let rule = json!({"name": "x", "words": ["x"], "action": "mask"});
        platform.post(&admin, "/moderation/rules", rule).await.status
    });
    let made = futures_util::future::join_all(making).await;
    assert_eq!(made.iter().filter(|status| **status == 201).count(), 20, "{made:?}");
    let rules = platform.get(&admin, "/moderation/rules").await.expect(200).clone();
    let path = format!("/moderation/rules/{}", rules[0]["id"].as_str().unwrap());
    platform.delete(&admin, &path).await.expect(200);
    rule(&platform, &admin, &["x"], "mask").await;
}

#[tokio::test]
async fn the_worst_rules_hold_up_nobody() {
    let platform = platform().await;
    let tenant = platform.tenant();
    let (user, admin) = (platform.user(tenant), platform.admin(tenant));
    let thread = platform.group(&[&user]).await;
    // Every place of the message ends a match of each length.
    let words: Vec<String> = (1..=64).map(|length| "a".repeat(length)).collect();
    for _ in 0..20 {
        let rule = json!({"name": "x", "words": words, "match": "anywhere", "action": "mask"});
        platform.post(&admin, "/moderation/rules", rule).await.expect(201);
    }
    let long = "a".repeat(10_000);
    let saying = (0..4).map(|_| async {
        let body = json!({"threadId": thread, "content": long, "type": "text"});
        platform.post(&user, "/messages", body).await.expect(201)["content"].as_str().unwrap().len()
    });
    let said = tokio::time::timeout(std::time::Duration::from_secs(20), futures_util::future::join_all(saying)).await;
    assert_eq!(said.unwrap(), [10_000; 4]);
}
