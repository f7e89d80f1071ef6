//! Who is to take no part in a thread.

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::support::{Platform, User, hear, platform, silent};

async fn add(platform: &Platform, by: &User, thread: &str, user: &User) -> crate::support::Answer {
    platform.post(by, &format!("/threads/{thread}/members"), json!({"userIds": [user.id]})).await
}

#[tokio::test]
async fn who_is_banned_is_out_at_once_and_cannot_be_added() {
    let platform = platform().await;
    let [owner, banned, other] = platform.users(platform.tenant());
    let thread = platform.group(&[&owner, &banned, &other]).await;
    let mut ears = [platform.socket(&banned).await, platform.socket(&other).await];
    let bans = format!("/threads/{thread}/bans");
    let ban = json!({"userId": banned.id, "reason": "spam"});
    let made = platform.post(&owner, &bans, ban).await.expect(200).clone();
    assert_eq!(
        (&made["threadId"], &made["until"], &made["bannedBy"]),
        (&json!(thread), &Value::Null, &json!(owner.id))
    );
    platform.say(&owner, &thread, "without him").await;
    for ear in &mut ears {
        assert_eq!(hear(ear).await, ("member:removed".into(), json!({"threadId": thread, "userId": banned.id})));
    }
    assert_eq!(hear(&mut ears[1]).await.0, "message:new");
    let sent = ears[0].emit_with_ack("message:send", &json!({"threadId": thread, "content": "x"})).await.unwrap();
    assert_eq!(sent["error"]["code"], "ERR_CHAT_NOT_THREAD_MEMBER");
    assert!(silent(&mut ears[0]));

    let refused = add(&platform, &owner, &thread, &banned).await;
    assert_eq!(refused.refusal(), (403, "FORBIDDEN"));
    assert_eq!(refused.body["error"]["details"]["bannedUserIds"], json!([banned.id]));
    assert_eq!(platform.get(&owner, &bans).await.expect(200), &json!([made]));
    assert_eq!(platform.delete(&owner, &format!("{bans}/{}", banned.id)).await.expect(200), &made);
    assert_eq!(platform.delete(&owner, &format!("{bans}/{}", banned.id)).await.refusal(), (404, "NOT_FOUND"));
    assert_eq!(platform.get(&owner, &bans).await.expect(200), &json!([]));
    add(&platform, &owner, &thread, &banned).await.expect(200);
    platform.say(&banned, &thread, "back").await;
}

#[tokio::test]
async fn a_ban_ends_at_its_time_and_holds_for_who_has_left_before() {
    let platform = platform().await;
    let [owner, left] = platform.users(platform.tenant());
    let foreigner = platform.user(platform.tenant());
    let thread = platform.group(&[&owner, &left]).await;
    let bans = format!("/threads/{thread}/bans");
    platform.delete(&left, &format!("/threads/{thread}/members/{}", left.id)).await.expect(200);
    let until = platform.clock.now() + SignedDuration::from_mins(5);
    platform.post(&owner, &bans, json!({"userId": left.id, "until": until})).await.expect(200);
    assert_eq!(add(&platform, &owner, &thread, &left).await.refusal(), (403, "FORBIDDEN"));
    platform.clock.advance(SignedDuration::from_mins(5));
    assert_eq!(platform.get(&owner, &bans).await.expect(200), &json!([]));
    add(&platform, &owner, &thread, &left).await.expect(200);
    for (wrong, field) in [
        (json!({"userId": left.id, "until": platform.clock.now()}), "until"),
        (json!({"userId": left.id, "reason": ""}), "reason"),
        (json!({"userId": foreigner.id}), "userId"),
    ] {
        let refused = platform.post(&owner, &bans, wrong).await;
        assert_eq!((refused.refusal(), refused.fields()), ((400, "VALIDATION_FAILED"), vec![field]));
    }
}

#[tokio::test]
async fn moderators_ban_plain_members_and_owners_ban_moderators() {
    let platform = platform().await;
    let tenant = platform.tenant();
    let [owner, moderator, member, second] = platform.users(tenant);
    let admin = platform.admin(tenant);
    let thread = platform.group(&[&owner, &moderator, &member, &second]).await;
    let bans = format!("/threads/{thread}/bans");
    let role = json!({"role": "moderator"});
    platform.patch(&owner, &format!("/threads/{thread}/members/{}", moderator.id), role).await.expect(200);
    let ban = async |by: &User, user: &User| platform.post(by, &bans, json!({"userId": user.id})).await;
    for (by, user) in [(&member, &second), (&moderator, &owner), (&moderator, &moderator), (&owner, &owner)] {
        assert_eq!(ban(by, user).await.refusal(), (403, "FORBIDDEN"));
    }
    assert_eq!(platform.get(&member, &bans).await.refusal(), (403, "FORBIDDEN"));
    ban(&moderator, &member).await.expect(200);
    let unban = format!("{bans}/{}", member.id);
    assert_eq!(platform.delete(&second, &unban).await.refusal(), (403, "FORBIDDEN"));
    platform.delete(&moderator, &unban).await.expect(200);
    ban(&owner, &admin).await.expect(200);
    let own = platform.delete(&admin, &format!("{bans}/{}", admin.id)).await;
    assert_eq!(own.refusal(), (403, "FORBIDDEN"));
    ban(&admin, &moderator).await.expect(200);
    ban(&owner, &second).await.expect(200);

    let direct = platform.post(&owner, "/threads", json!({"type": "direct", "memberIds": [member.id]})).await;
    let direct = direct.expect(201)["id"].as_str().unwrap().to_owned();
    let refused = platform.post(&admin, &format!("/threads/{direct}/bans"), json!({"userId": member.id})).await;
    assert_eq!(refused.refusal(), (409, "CONFLICT"));
}

#[tokio::test]
async fn a_ban_and_an_addition_at_once_end_without_the_banned_one() {
    let platform = platform().await;
    let [owner, user] = platform.users(platform.tenant());
    for _ in 0..20 {
        let thread = platform.group(&[&owner]).await;
        let path = format!("/threads/{thread}/bans");
        let ban = platform.post(&owner, &path, json!({"userId": user.id}));
        let (added, banned) = tokio::join!(add(&platform, &owner, &thread, &user), ban);
        banned.expect(200);
        assert!(matches!(added.status, 200 | 403), "{}", added.body);
        let seen = platform.get(&user, &format!("/threads/{thread}")).await;
        assert_eq!(seen.refusal(), (403, "NOT_THREAD_MEMBER"));
    }
}
