//! `/messages` and `/threads/{id}/messages`

use serde_json::{Value, json};

use crate::support::{Answer, Platform, User, platform};

#[tokio::test]
async fn a_message_has_every_field() {
    let platform = platform().await;
    let [sender, reader] = platform.users(platform.tenant());
    let thread = platform.group(&[&sender, &reader]).await;
    let body = json!({
        "threadId": thread, "content": "<b>Hi</b>", "type": "text", "clientMessageId": "c-1", "mentions": [reader.id],
    });
    let sent = platform.post(&sender, "/messages", body).await;
    let message = sent.expect(201);
    let wanted = json!({
        "id": message["id"], "threadId": thread, "senderId": sender.id, "content": "<b>Hi</b>", "type": "text",
        "seq": 1, "clientMessageId": "c-1", "parentMessageId": null, "attachments": [], "mentions": [reader.id],
        "reactions": [], "createdAt": message["createdAt"], "editedAt": null, "deletedAt": null, "version": 0,
    });
    assert_eq!(message, &wanted);
    let read = platform.get(&reader, &format!("/threads/{thread}/messages")).await;
    assert_eq!(read.expect(200), &json!([wanted]));
}

#[tokio::test]
async fn what_is_no_message_is_refused() {
    let platform = platform().await;
    let [sender, stranger] = platform.users(platform.tenant());
    let thread = platform.group(&[&sender]).await;
    let refused = async |change: Value| {
        let mut body = json!({"threadId": thread, "content": "x", "type": "text"});
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        platform.post(&sender, "/messages", body).await
    };
    let codes = [
        (json!({"content": ""}), "INVALID_MESSAGE"),
        (json!({"content": "x".repeat(10_001)}), "INVALID_MESSAGE"),
        (json!({"type": "system"}), "UNSUPPORTED_MESSAGE_TYPE"),
        (json!({"type": "poll"}), "UNSUPPORTED_MESSAGE_TYPE"),
        (json!({"threadId": "x"}), "VALIDATION_FAILED"),
        (json!({"seq": 7}), "VALIDATION_FAILED"),
        (json!({"attachments": ["x"]}), "VALIDATION_FAILED"),
        (json!({"attachments": ["0199aaaa-0000-7000-8000-000000000000"]}), "VALIDATION_FAILED"),
        (json!({"clientMessageId": ""}), "VALIDATION_FAILED"),
    ];
    for (change, code) in codes {
        assert_eq!(refused(change.clone()).await.refusal(), (400, code), "{change}");
    }
    let answer = refused(json!({"mentions": [sender.id, stranger.id]})).await;
    assert_eq!((answer.refusal(), answer.fields()), ((400, "VALIDATION_FAILED"), vec!["mentions[1]"]));
    assert_eq!(platform.get(&sender, &format!("/threads/{thread}/messages")).await.expect(200), &json!([]));
}

#[tokio::test]
async fn a_message_sent_again_is_stored_once() {
    let platform = platform().await;
    let [sender, other] = platform.users(platform.tenant());
    let thread = platform.group(&[&sender, &other]).await;
    let body = json!({"threadId": thread, "content": "x", "type": "text", "clientMessageId": "same"});
    let send = async |user| platform.post(user, "/messages", body.clone()).await.expect(201).clone();
    let (first, at_once, of_other) = tokio::join!(send(&sender), send(&sender), send(&other));
    assert_eq!(first, at_once);
    assert_ne!(first["id"], of_other["id"]);
    assert_eq!(send(&sender).await, first);
    assert_eq!(sequence(&platform, &sender, &thread, "").await.len(), 2);
}

#[tokio::test]
async fn an_idempotency_key_sends_once() {
    let platform = platform().await;
    let sender = platform.user(platform.tenant());
    let thread = platform.group(&[&sender]).await;
    let send = async || {
        let request = platform.request(Some(&sender), "POST", "/messages").header("idempotency-key", "k");
        Answer::of(request.json(&json!({"threadId": thread, "content": "x", "type": "text"}))).await
    };
    let (first, at_once) = tokio::join!(send(), send());
    assert_eq!(first.expect(201), at_once.expect(201));
    let later = send().await;
    assert_eq!(later.expect(201), first.expect(201));
    assert_eq!(later.headers["idempotent-replayed"], "true");
    assert_eq!(sequence(&platform, &sender, &thread, "").await, [1]);
}

#[tokio::test]
async fn history_is_paged_in_both_directions() {
    let platform = platform().await;
    let [reader, other] = platform.users(platform.tenant());
    let thread = platform.group(&[&reader, &other]).await;
    for number in 1..=7 {
        platform.say(&other, &thread, &format!("message {number}")).await;
    }
    let read = async |query| sequence(&platform, &reader, &thread, query).await;
    assert_eq!(read("limit=3").await, [7, 6, 5, 4, 3, 2, 1]);
    assert_eq!(read("limit=3&before=6").await, [5, 4, 3, 2, 1]);
    assert_eq!(read("limit=2&after=3").await, [4, 5, 6, 7]);
    assert_eq!(read("limit=2&after=1&before=7").await, [2, 3, 4, 5, 6]);
    assert_eq!(read("after=7").await, [0_u64; 0]);
    assert_eq!(read("before=1").await, [0_u64; 0]);
    let messages = format!("/threads/{thread}/messages");
    let page = platform.get(&reader, &format!("{messages}?limit=3")).await;
    let cursor = page.next_cursor().unwrap();
    let foreign = platform.get(&other, &format!("{messages}?cursor={cursor}")).await;
    assert_eq!(foreign.refusal(), (400, "INVALID_CURSOR"));
    let other_filter = platform.get(&reader, &format!("{messages}?before=5&cursor={cursor}")).await;
    assert_eq!(other_filter.refusal(), (400, "INVALID_CURSOR"));
    let wrong = platform.get(&reader, &format!("{messages}?before=x")).await;
    assert_eq!(wrong.refusal(), (400, "VALIDATION_FAILED"));
}

#[tokio::test]
async fn long_messages_do_not_end_a_page_early_for_good() {
    let platform = platform().await;
    let user = platform.user(platform.tenant());
    let thread = platform.group(&[&user]).await;
    let long = "\u{1F389}".repeat(10_000);
    for _ in 0..30 {
        platform.say(&user, &thread, &long).await;
    }
    // 30 times 40 kB is more than the store reads at once.
    let wanted: Vec<u64> = (1..=30).collect();
    assert_eq!(sequence(&platform, &user, &thread, "limit=100&after=0").await, wanted);
}

/// The numbers of all messages that a query shows, page after page.
pub(crate) async fn sequence(platform: &Platform, reader: &User, thread: &str, query: &str) -> Vec<u64> {
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = platform.get(reader, &format!("/threads/{thread}/messages?{query}{cursor}")).await;
        let rows = page.expect(200).as_array().unwrap();
        seen.extend(rows.iter().map(|row| row["seq"].as_u64().unwrap()));
        match page.next_cursor() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return seen,
        }
    }
}
