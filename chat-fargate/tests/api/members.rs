//! Who takes part in a thread, what it is called, and whether it is open.

use serde_json::{Value, json};

use crate::support::{Platform, User, hear, hear_numbers, platform, silent};

/// Who has which role.
fn roles(thread: &Value) -> Vec<(String, String)> {
    let members = thread["members"].as_array().unwrap().iter();
    members.map(|member| (member["userId"].as_str().unwrap().into(), member["role"].as_str().unwrap().into())).collect()
}

#[tokio::test]
async fn who_is_added_hears_the_thread_from_then_on() {
    let platform = platform().await;
    let [owner, member, new] = platform.users(platform.tenant());
    let thread = platform.group(&[&owner, &member]).await;
    platform.say(&owner, &thread, "before").await;
    let (mut new_ear, mut ear) = (platform.socket(&new).await, platform.socket(&member).await);
    let path = format!("/threads/{thread}/members");
    let added = platform.post(&owner, &path, json!({"userIds": [new.id, member.id]})).await;
    let named: Vec<_> = added.expect(200).as_array().unwrap().iter().map(|member| &member["userId"]).collect();
    assert_eq!((named.len(), named.contains(&&json!(new.id))), (2, true));

    let (event, created) = hear(&mut new_ear).await;
    assert_eq!((event.as_str(), &created["id"], &created["unread"]), ("thread:created", &json!(thread), &json!(0)));
    let (event, told) = hear(&mut ear).await;
    assert_eq!((event.as_str(), &told["threadId"], &told["userId"]), ("member:added", &json!(thread), &json!(new.id)));
    platform.say(&owner, &thread, "after").await;
    assert_eq!(hear_numbers(&mut new_ear, 1).await, [2]);
    let seen = platform.get(&new, &format!("/threads/{thread}")).await;
    assert_eq!((&seen.expect(200)["unread"], roles(seen.expect(200)).len()), (&json!(1), 3));
}

#[tokio::test]
async fn who_is_removed_hears_nothing_more_at_once() {
    let platform = platform().await;
    let [owner, removed] = platform.users(platform.tenant());
    let thread = platform.group(&[&owner, &removed]).await;
    let mut ear = platform.socket(&removed).await;
    let gone = platform.delete(&owner, &format!("/threads/{thread}/members/{}", removed.id)).await;
    assert_eq!(gone.expect(200), &json!({"threadId": thread, "userId": removed.id}));
    platform.say(&owner, &thread, "not for you").await;
    assert_eq!(hear(&mut ear).await.0, "member:removed");
    let answer = ear.emit_with_ack("message:send", &json!({"threadId": thread, "content": "x"})).await.unwrap();
    assert_eq!(answer["error"]["code"], "ERR_CHAT_NOT_THREAD_MEMBER");
    let answer = ear.emit_with_ack("thread:join", &json!({"threadId": thread})).await.unwrap();
    assert_eq!(answer["error"]["code"], "ERR_CHAT_NOT_THREAD_MEMBER");
    let answer = ear.emit_with_ack("message:read", &json!({"threadId": thread})).await.unwrap();
    assert_eq!(answer["error"]["code"], "ERR_CHAT_NOT_THREAD_MEMBER");
    assert!(silent(&mut ear));
    assert_eq!(platform.get(&removed, "/threads").await.expect(200), &json!([]));
    let again = platform.delete(&owner, &format!("/threads/{thread}/members/{}", removed.id)).await;
    assert_eq!(again.refusal(), (404, "NOT_FOUND"));
}

#[tokio::test]
async fn roles_say_who_may_do_what() {
    let platform = platform().await;
    let tenant = platform.tenant();
    let [owner, moderator, member, other] = platform.users(tenant);
    let admin = platform.admin(tenant);
    let thread = platform.group(&[&owner, &moderator, &member, &other]).await;
    let member_path = |user: &User| format!("/threads/{thread}/members/{}", user.id);
    let path = format!("/threads/{thread}");

    let made = platform.patch(&owner, &member_path(&moderator), json!({"role": "moderator"})).await;
    assert_eq!(made.expect(200)["role"], "moderator");
    for user in [&moderator, &member] {
        assert_eq!(platform.patch(user, &path, json!({"name": "Mine"})).await.refusal(), (403, "FORBIDDEN"));
        let role = platform.patch(user, &member_path(user), json!({"role": "owner"})).await;
        assert_eq!(role.refusal(), (403, "FORBIDDEN"));
        let add = platform.post(user, &format!("{path}/members"), json!({"userIds": [admin.id]})).await;
        assert_eq!(add.refusal(), (403, "FORBIDDEN"));
        assert_eq!(platform.delete(user, &member_path(&owner)).await.refusal(), (403, "FORBIDDEN"));
    }
    assert_eq!(platform.delete(&member, &member_path(&other)).await.refusal(), (403, "FORBIDDEN"));
    platform.delete(&moderator, &member_path(&other)).await.expect(200);
    platform.delete(&member, &member_path(&member)).await.expect(200);

    // An admin manages what he takes no part in, and reads none of it.
    platform.patch(&admin, &path, json!({"name": "Tidied"})).await.expect(200);
    assert_eq!(platform.get(&admin, &path).await.refusal(), (403, "NOT_THREAD_MEMBER"));
    assert_eq!(platform.get(&owner, &path).await.expect(200)["name"], "Tidied");
    platform.patch(&owner, &path, json!({"name": null})).await.expect(200);
    assert_eq!(platform.get(&owner, &path).await.expect(200)["name"], Value::Null);
    platform.patch(&owner, &path, json!({"name": "Kept"})).await.expect(200);
    assert_eq!(platform.patch(&owner, &path, json!({})).await.expect(200)["name"], "Kept");
    let wrong = platform.patch(&owner, &path, json!({"name": ""})).await;
    assert_eq!((wrong.refusal(), wrong.fields()), ((400, "VALIDATION_FAILED"), vec!["name"]));
}

#[tokio::test]
async fn somebody_always_owns_a_thread() {
    let platform = platform().await;
    let [owner, moderator, member] = platform.users(platform.tenant());
    let thread = platform.group(&[&owner, &member, &moderator]).await;
    let member_path = |user: &User| format!("/threads/{thread}/members/{}", user.id);
    let demoted = platform.patch(&owner, &member_path(&owner), json!({"role": "member"})).await;
    assert_eq!(demoted.refusal(), (409, "CONFLICT"));
    platform.patch(&owner, &member_path(&moderator), json!({"role": "moderator"})).await.expect(200);
    platform.delete(&owner, &member_path(&owner)).await.expect(200);
    let seen = platform.get(&member, &format!("/threads/{thread}")).await;
    let owners = roles(seen.expect(200)).into_iter().filter(|(_, role)| role == "owner");
    assert_eq!(owners.map(|(user, _)| user).collect::<Vec<_>>(), [moderator.id.to_string()]);
    platform.delete(&moderator, &member_path(&moderator)).await.expect(200);
    platform.delete(&member, &member_path(&member)).await.expect(200);
    assert_eq!(platform.get(&member, &format!("/threads/{thread}")).await.refusal(), (403, "NOT_THREAD_MEMBER"));
}

#[tokio::test]
async fn members_are_users_of_the_tenant() {
    let platform = platform().await;
    let [owner, member] = platform.users(platform.tenant());
    let foreigner = platform.user(platform.tenant());
    let thread = platform.group(&[&owner]).await;
    let path = format!("/threads/{thread}/members");
    let refused = platform.post(&owner, &path, json!({"userIds": [member.id, foreigner.id]})).await;
    assert_eq!((refused.refusal(), refused.fields()), ((400, "VALIDATION_FAILED"), vec!["userIds[1]"]));
    let refused = platform.post(&owner, &path, json!({"userIds": []})).await;
    assert_eq!((refused.refusal(), refused.fields()), ((400, "VALIDATION_FAILED"), vec!["userIds"]));
    let many: Vec<_> = std::iter::repeat_n(member.id, 48).collect();
    assert_eq!(platform.post(&owner, &path, json!({"userIds": many})).await.refusal(), (400, "VALIDATION_FAILED"));
}

#[tokio::test]
async fn the_two_of_a_direct_thread_are_who_they_are() {
    let platform = platform().await;
    let [one, other, third] = platform.users(platform.tenant());
    let made = platform.post(&one, "/threads", json!({"type": "direct", "memberIds": [other.id]})).await;
    let path = format!("/threads/{}", made.expect(201)["id"].as_str().unwrap());
    let added = platform.post(&one, &format!("{path}/members"), json!({"userIds": [third.id]})).await;
    assert_eq!(added.refusal(), (409, "CONFLICT"));
    assert_eq!(platform.delete(&one, &format!("{path}/members/{}", one.id)).await.refusal(), (409, "CONFLICT"));
    assert_eq!(platform.patch(&one, &path, json!({"name": "x"})).await.refusal(), (409, "CONFLICT"));
    platform.post(&other, &format!("{path}/archive"), json!({"archived": true})).await.expect(200);
}

#[tokio::test]
async fn an_archived_thread_is_read_only_until_it_is_opened_again() {
    let platform = platform().await;
    let [owner, member] = platform.users(platform.tenant());
    let thread = platform.group(&[&owner, &member]).await;
    let sent = platform.say(&member, &thread, "still here").await;
    let mut ear = platform.socket(&member).await;
    let (path, message) = (format!("/threads/{thread}"), format!("/messages/{}", sent["id"].as_str().unwrap()));
    let archive = format!("{path}/archive");
    assert_eq!(platform.post(&member, &archive, json!({"archived": true})).await.refusal(), (403, "FORBIDDEN"));
    let bare = crate::support::Answer::of(platform.request(Some(&owner), "POST", &archive)).await;
    let archived_at = bare.expect(200)["archivedAt"].clone();
    assert!(archived_at.is_string());
    let (event, told) = hear(&mut ear).await;
    assert_eq!((event.as_str(), &told["archivedAt"]), ("thread:archived", &archived_at));
    assert_eq!(platform.get(&member, &path).await.expect(200)["archivedAt"], archived_at);

    let refused = [
        platform.post(&member, "/messages", json!({"threadId": thread, "content": "x", "type": "text"})).await,
        platform.patch(&member, &message, json!({"content": "x"})).await,
        platform.post(&member, &format!("{message}/reactions/%F0%9F%91%8D"), json!({})).await,
        platform.patch(&owner, &path, json!({"name": "x"})).await,
        platform.delete(&owner, &format!("{path}/members/{}", member.id)).await,
    ];
    for answer in refused {
        assert_eq!(answer.refusal(), (409, "THREAD_ARCHIVED"));
    }
    // What one has said can always be taken back.
    platform.delete(&member, &message).await.expect(200);
    platform.post(&owner, &archive, json!({"archived": false})).await.expect(200);
    assert_eq!(platform.say(&member, &thread, "again").await["seq"], 2);
}

#[tokio::test]
async fn members_who_change_at_once_are_all_counted() {
    let platform = platform().await;
    let owner = platform.user(platform.tenant());
    let thread = platform.group(&[&owner]).await;
    let users: [_; 4] = platform.users(owner.tenant);
    let path = format!("/threads/{thread}/members");
    let adding = users.iter().map(|user| platform.post(&owner, &path, json!({"userIds": [user.id]})));
    for added in futures_util::future::join_all(adding).await {
        added.expect(200);
    }
    assert_eq!(roles(platform.get(&owner, &format!("/threads/{thread}")).await.expect(200)).len(), 5);
}

async fn unread(platform: &Platform, reader: &User, path: &str) -> Value {
    platform.get(reader, path).await.expect(200)["unread"].clone()
}

#[tokio::test]
async fn a_read_cursor_moves_forward_only_and_is_told() {
    let mut platform = platform().await;
    let [reader, speaker] = platform.users(platform.tenant());
    let thread = platform.group(&[&reader, &speaker]).await;
    for _ in 0..5 {
        platform.say(&speaker, &thread, "x").await;
    }
    let mut ear = platform.socket(&speaker).await;
    let (path, read) = (format!("/threads/{thread}"), format!("/threads/{thread}/read"));
    let receipt = |seq| json!({"threadId": thread, "userId": reader.id, "seq": seq});
    assert_eq!(unread(&platform, &reader, &path).await, 5);
    assert_eq!(platform.post(&reader, &read, json!({"seq": 3})).await.expect(200), &receipt(3));
    assert_eq!(hear(&mut ear).await, ("message:read".to_owned(), receipt(3)));
    assert_eq!(platform.post(&reader, &read, json!({"seq": 1})).await.expect(200), &receipt(3));
    assert_eq!(unread(&platform, &reader, &path).await, 2);
    let beyond = platform.post(&reader, &read, json!({"seq": 6})).await;
    assert_eq!((beyond.refusal(), beyond.fields()), ((400, "VALIDATION_FAILED"), vec!["seq"]));

    let phone = platform.socket(&reader).await;
    let answer = phone.emit_with_ack("message:read", &json!({"threadId": thread, "seq": 4})).await.unwrap();
    assert_eq!(answer["data"], receipt(4));
    assert_eq!(hear(&mut ear).await.1, receipt(4));
    assert_eq!(unread(&platform, &reader, &path).await, 1, "before it is written, too");
    let answer = phone.emit_with_ack("message:read", &json!({"threadId": thread})).await.unwrap();
    assert_eq!(answer["data"], receipt(5));
    platform.chat.shutdown().await;
    assert_eq!(unread(&platform, &reader, &path).await, 0, "a node that stops writes what waits");
    // What was written is not taken back by a socket, either.
    let _ = platform.change_node().await;
    let phone = platform.socket(&reader).await;
    let answer = phone.emit_with_ack("message:read", &json!({"threadId": thread, "seq": 2})).await.unwrap();
    assert_eq!(answer["data"], receipt(5));
}

#[tokio::test]
async fn a_muted_thread_says_so_until_its_time_is_over() {
    let platform = platform().await;
    let user = platform.user(platform.tenant());
    let thread = platform.group(&[&user]).await;
    let mute = async |body| platform.post(&user, &format!("/threads/{thread}/mute"), body).await;
    let seen = async || {
        let answer = platform.get(&user, &format!("/threads/{thread}")).await;
        (answer.expect(200)["muted"].clone(), answer.expect(200)["mutedUntil"].clone())
    };
    let until = platform.clock.now() + jiff::SignedDuration::from_mins(5);
    assert_eq!(mute(json!({"muted": true, "until": until})).await.expect(200)["mutedUntil"], json!(until));
    assert_eq!(seen().await, (json!(true), json!(until)));
    platform.clock.advance(jiff::SignedDuration::from_mins(5));
    assert_eq!(seen().await, (json!(false), Value::Null));
    mute(json!({"muted": true})).await.expect(200);
    assert_eq!(seen().await, (json!(true), Value::Null));
    mute(json!({"muted": false})).await.expect(200);
    assert_eq!(seen().await, (json!(false), Value::Null));
    for wrong in [json!({"muted": true, "until": platform.clock.now()}), json!({"muted": false, "until": until})] {
        assert_eq!(mute(wrong).await.refusal(), (400, "VALIDATION_FAILED"));
    }
}

#[tokio::test]
async fn who_is_removed_while_he_connects_hears_nothing_of_it() {
    let platform = platform().await;
    let [owner, removed] = platform.users(platform.tenant());
    for _ in 0..30 {
        let thread = platform.group(&[&owner, &removed]).await;
        let path = format!("/threads/{thread}/members/{}", removed.id);
        let (mut ear, gone) = tokio::join!(platform.socket(&removed), platform.delete(&owner, &path));
        gone.expect(200);
        platform.say(&owner, &thread, "not for you").await;
        // Answered after whatever was told before.
        ear.emit_with_ack("sync", &json!({"threads": {}})).await.unwrap();
        let heard: Vec<_> = std::iter::from_fn(|| ear.try_next_event()).map(|event| event.name.clone()).collect();
        assert!(!heard.contains(&"message:new".to_owned()), "{heard:?}");
        ear.close().await;
    }
}

#[tokio::test]
async fn who_is_added_and_removed_at_once_hears_what_is_stored() {
    let platform = platform().await;
    let [owner, member] = platform.users(platform.tenant());
    let mut ear = platform.socket(&member).await;
    let thread = platform.group(&[&owner]).await;
    let (members, path) = (format!("/threads/{thread}/members"), format!("/threads/{thread}/members/{}", member.id));
    for _ in 0..20 {
        let add = platform.post(&owner, &members, json!({"userIds": [member.id]}));
        let (added, _) = tokio::join!(add, platform.delete(&owner, &path));
        added.expect(200);
        let takes_part = platform.get(&member, &format!("/threads/{thread}")).await.status == 200;
        while ear.try_next_event().is_some() {}
        let said = platform.say(&owner, &thread, "who hears this").await["seq"].clone();
        ear.emit_with_ack("sync", &json!({"threads": {}})).await.unwrap();
        let heard = async {
            loop {
                let (event, data) = hear(&mut ear).await;
                if event == "message:new" && data["seq"] == said {
                    return;
                }
            }
        };
        let patience = if takes_part { 10_000 } else { 100 };
        let heard = tokio::time::timeout(std::time::Duration::from_millis(patience), heard).await.is_ok();
        assert_eq!(heard, takes_part);
    }
}
