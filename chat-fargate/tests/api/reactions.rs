//! Reactions to messages.

use serde_json::{Value, json};

use crate::support::{Answer, Platform, User, hear, platform};

const THUMB: &str = "👍";

async fn react(platform: &Platform, user: &User, message: &Value, emoji: &str, method: &str) -> Answer {
    let encoded = emoji.bytes().fold(String::new(), |text, byte| format!("{text}%{byte:02X}"));
    let path = format!("/messages/{}/reactions/{encoded}", message["id"].as_str().unwrap());
    Answer::of(platform.request(Some(user), method, &path)).await
}

#[tokio::test]
async fn a_reaction_is_counted_once_a_member_and_taken_back() {
    let platform = platform().await;
    let [author, member] = platform.users(platform.tenant());
    let thread = platform.group(&[&author, &member]).await;
    let sent = platform.say(&author, &thread, "?").await;
    let mut ear = platform.socket(&author).await;
    let reaction = json!({"threadId": thread, "messageId": sent["id"], "seq": 1, "userId": member.id, "emoji": THUMB});
    assert_eq!(react(&platform, &member, &sent, THUMB, "POST").await.expect(201), &reaction);
    assert_eq!(hear(&mut ear).await, ("reaction:added".to_owned(), reaction.clone()));
    assert_eq!(react(&platform, &member, &sent, THUMB, "POST").await.refusal(), (409, "REACTION_EXISTS"));
    react(&platform, &author, &sent, THUMB, "POST").await.expect(201);
    assert_eq!(hear(&mut ear).await.0, "reaction:added");

    let reactions = async || {
        let list = platform.get(&member, &format!("/threads/{thread}/messages")).await;
        list.expect(200)[0]["reactions"].clone()
    };
    let mut both = [author.id.to_string(), member.id.to_string()];
    both.sort();
    assert_eq!(reactions().await, json!([{"emoji": THUMB, "count": 2, "userIds": both}]));
    let by_socket = platform.socket(&member).await;
    let body = json!({"messageId": sent["id"], "emoji": THUMB});
    let answer = by_socket.emit_with_ack("reaction:remove", &body).await.unwrap();
    assert_eq!(answer, json!({"data": reaction, "error": null}));
    assert_eq!(hear(&mut ear).await, ("reaction:removed".to_owned(), reaction));
    assert_eq!(react(&platform, &member, &sent, THUMB, "DELETE").await.refusal(), (404, "NOT_FOUND"));
    react(&platform, &author, &sent, THUMB, "DELETE").await.expect(200);
    assert_eq!(reactions().await, json!([]));
}

#[tokio::test]
async fn what_is_no_emoji_is_refused() {
    let platform = platform().await;
    let user = platform.user(platform.tenant());
    let thread = platform.group(&[&user]).await;
    let sent = platform.say(&user, &thread, "?").await;
    for wrong in ["x", "👍👍", "<b>", "reactionCount", " 👍", "1"] {
        assert_eq!(react(&platform, &user, &sent, wrong, "POST").await.refusal(), (400, "INVALID_EMOJI"), "{wrong}");
    }
    for right in ["👍🏽", "👩‍💻", "🇦🇹", "❤️", "1️⃣"] {
        react(&platform, &user, &sent, right, "POST").await.expect(201);
    }
}

#[tokio::test]
async fn a_message_has_twenty_different_reactions_at_most() {
    let platform = platform().await;
    let user = platform.user(platform.tenant());
    let thread = platform.group(&[&user]).await;
    let sent = platform.say(&user, &thread, "?").await;
    let emojis: Vec<String> = ('😀'..).take(21).map(String::from).collect();
    for emoji in &emojis[..20] {
        react(&platform, &user, &sent, emoji, "POST").await.expect(201);
    }
    assert_eq!(react(&platform, &user, &sent, &emojis[20], "POST").await.refusal(), (409, "REACTION_EXISTS"));
    react(&platform, &user, &sent, &emojis[0], "DELETE").await.expect(200);
    react(&platform, &user, &sent, &emojis[20], "POST").await.expect(201);
}

#[tokio::test]
async fn an_edit_leaves_reactions_alone() {
    let platform = platform().await;
    let user = platform.user(platform.tenant());
    let thread = platform.group(&[&user]).await;
    let sent = platform.say(&user, &thread, "?").await;
    react(&platform, &user, &sent, THUMB, "POST").await.expect(201);
    let path = format!("/messages/{}", sent["id"].as_str().unwrap());
    let edited = platform.patch(&user, &path, json!({"content": "!"})).await;
    assert_eq!(edited.expect(200)["reactions"][0]["count"], 1);
}
