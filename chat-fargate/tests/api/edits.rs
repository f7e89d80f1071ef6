//! A message by its id: read, changed, deleted.

use serde_json::json;

use crate::support::{hear, platform, silent};

fn path(message: &serde_json::Value) -> String {
    format!("/messages/{}", message["id"].as_str().unwrap())
}

#[tokio::test]
async fn an_edit_is_heard_and_keeps_what_was_said_before() {
    let platform = platform().await;
    let [author, member] = platform.users(platform.tenant());
    let thread = platform.group(&[&author, &member]).await;
    let sent = platform.say(&author, &thread, "first").await;
    let path = path(&sent);
    assert_eq!(platform.get(&member, &path).await.expect(200), &sent);
    let mut ear = platform.socket(&member).await;
    platform.clock.advance(jiff::SignedDuration::from_secs(1));
    let edited = platform.patch(&author, &path, json!({"content": "second"})).await.expect(200).clone();
    assert_eq!((&edited["content"], &edited["seq"]), (&json!("second"), &json!(1)));
    assert_eq!(hear(&mut ear).await, ("message:updated".to_owned(), edited.clone()));
    let by_socket = platform.socket(&author).await;
    let body = json!({"messageId": sent["id"], "content": "third"});
    let answer = by_socket.emit_with_ack("message:edit", &body).await.unwrap();
    assert_eq!(hear(&mut ear).await.1, answer["data"]);

    let history = platform.get(&member, &format!("{path}/history?limit=1")).await;
    assert_eq!(history.expect(200)[0]["content"], "first");
    assert_eq!(history.expect(200)[0]["writtenAt"], sent["createdAt"]);
    let rest = platform.get(&member, &format!("{path}/history?cursor={}", history.next_cursor().unwrap())).await;
    assert_eq!((rest.expect(200)[0]["content"].as_str(), rest.next_cursor()), (Some("second"), None));
    let list = platform.get(&member, &format!("/threads/{thread}/messages")).await;
    assert_eq!(list.expect(200)[0]["content"], "third");
}

#[tokio::test]
async fn a_deleted_message_leaves_its_number_and_nothing_of_what_it_said() {
    let platform = platform().await;
    let [author, member] = platform.users(platform.tenant());
    let thread = platform.group(&[&author, &member]).await;
    let sent = platform.say(&author, &thread, "regretted").await;
    let path = path(&sent);
    platform.patch(&author, &path, json!({"content": "worse"})).await.expect(200);
    platform.post(&member, &format!("{path}/reactions/%F0%9F%91%8D"), json!({})).await.expect(201);
    let mut ear = platform.socket(&member).await;
    let deleted = platform.delete(&author, &path).await.expect(200).clone();
    assert_eq!((&deleted["content"], &deleted["seq"], &deleted["reactions"]), (&json!(""), &json!(1), &json!([])));
    assert_eq!(hear(&mut ear).await, ("message:deleted".to_owned(), deleted.clone()));
    assert_eq!(platform.delete(&author, &path).await.expect(200), &deleted, "twice is once");
    assert_eq!(platform.get(&member, &format!("{path}/history")).await.expect(200), &json!([]));
    assert_eq!(platform.get(&member, &path).await.expect(200), &deleted);
    for refused in [
        platform.patch(&author, &path, json!({"content": "x"})).await,
        platform.post(&member, &format!("{path}/reactions/%F0%9F%91%8D"), json!({})).await,
    ] {
        assert_eq!(refused.refusal(), (403, "MESSAGE_EDIT_FORBIDDEN"));
    }
    assert!(silent(&mut ear));
}

#[tokio::test]
async fn what_others_wrote_is_deleted_by_those_who_keep_order_and_changed_by_nobody() {
    let platform = platform().await;
    let tenant = platform.tenant();
    let [owner, author, member] = platform.users(tenant);
    let thread = platform.group(&[&owner, &author, &member]).await;
    let sent = platform.say(&author, &thread, "rude").await;
    for user in [&owner, &member] {
        let edit = platform.patch(user, &path(&sent), json!({"content": "polite"})).await;
        assert_eq!(edit.refusal(), (403, "MESSAGE_EDIT_FORBIDDEN"));
    }
    assert_eq!(platform.delete(&member, &path(&sent)).await.refusal(), (403, "MESSAGE_EDIT_FORBIDDEN"));
    let admin = platform.admin(tenant);
    assert_eq!(platform.delete(&admin, &path(&sent)).await.refusal(), (403, "NOT_THREAD_MEMBER"));
    platform.delete(&owner, &path(&sent)).await.expect(200);
}

#[tokio::test]
async fn an_edit_has_rules() {
    let platform = platform().await;
    let author = platform.user(platform.tenant());
    let thread = platform.group(&[&author]).await;
    let sent = platform.say(&author, &thread, "x").await;
    let long = "x".repeat(10_001);
    for (body, code) in [
        (json!({"content": ""}), "INVALID_MESSAGE"),
        (json!({"content": long}), "INVALID_MESSAGE"),
        (json!({"content": "y", "type": "text"}), "VALIDATION_FAILED"),
        (json!({}), "VALIDATION_FAILED"),
    ] {
        assert_eq!(platform.patch(&author, &path(&sent), body).await.refusal(), (400, code));
    }
    let nowhere = "/messages/0199aaaa-0000-7000-8000-000000000000";
    assert_eq!(platform.get(&author, nowhere).await.refusal(), (404, "MESSAGE_NOT_FOUND"));
}

#[tokio::test]
async fn edits_at_once_all_count_and_their_number_has_an_end() {
    let platform = platform().await;
    let author = platform.user(platform.tenant());
    let thread = platform.group(&[&author]).await;
    let sent = platform.say(&author, &thread, "0").await;
    let path = path(&sent);
    let edit = async |number: usize| platform.patch(&author, &path, json!({"content": number.to_string()})).await;
    let (one, other) = tokio::join!(edit(1), edit(2));
    one.expect(200);
    other.expect(200);
    for number in 2..80 {
        edit(number).await.expect(200);
    }
    assert_eq!(edit(80).await.refusal(), (403, "MESSAGE_EDIT_FORBIDDEN"));
    let history = platform.get(&author, &format!("{path}/history?limit=100")).await;
    assert_eq!(history.expect(200).as_array().unwrap().len(), 80);
    platform.delete(&author, &path).await.expect(200);
}

#[tokio::test]
async fn an_answer_names_a_message_of_its_own_thread() {
    let platform = platform().await;
    let [author, member] = platform.users(platform.tenant());
    let (thread, other) = (platform.group(&[&author, &member]).await, platform.group(&[&author]).await);
    let (asked, elsewhere) = (platform.say(&member, &thread, "?").await, platform.say(&author, &other, "?").await);
    let answer = async |parent: &serde_json::Value| {
        let body = json!({"threadId": thread, "content": "!", "type": "text", "parentMessageId": parent});
        platform.post(&author, "/messages", body).await
    };
    assert_eq!(answer(&asked["id"]).await.expect(201)["parentMessageId"], asked["id"]);
    for wrong in [&elsewhere["id"], &json!("0199aaaa-0000-7000-8000-000000000000")] {
        let refused = answer(wrong).await;
        assert_eq!((refused.refusal(), refused.fields()), ((400, "VALIDATION_FAILED"), vec!["parentMessageId"]));
    }
}
