//! Socket.IO, by the small client.

use std::time::Duration;

use bench::socketio::{Error, Options};
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::support::{ALLOWED_ORIGIN, Answer, Platform, User, hear, platform, silent};

async fn refusal(platform: &Platform, options: Options) -> String {
    match platform.connect(options).await {
        Err(Error::Refused(message)) => message,
        other => panic!("no connect_error: {other:?}"),
    }
}

#[tokio::test]
async fn who_is_not_let_in_is_told_the_code() {
    let platform = platform().await;
    let user = platform.user(platform.tenant());
    let mut forged = user.claims.clone();
    forged.iss = "https://elsewhere.example/auth/v1".to_owned();

    assert_eq!(refusal(&platform, Options::default()).await, "ERR_CHAT_UNAUTHORIZED");
    assert_eq!(refusal(&platform, Options::with_token("garbage")).await, "ERR_CHAT_UNAUTHORIZED");
    assert_eq!(refusal(&platform, Options::with_token(&User::sign(&forged))).await, "ERR_CHAT_UNAUTHORIZED");
    let in_query = Options::default().query("token", &user.token);
    assert_eq!(refusal(&platform, in_query).await, "ERR_CHAT_UNAUTHORIZED");
    for wrong in [json!({"x": 1}), json!([]), json!({platform.tenant().to_string(): -1})] {
        let mut options = Options::with_token(&user.token);
        options.auth["lastSeq"] = wrong;
        assert_eq!(refusal(&platform, options).await, "ERR_CHAT_VALIDATION_FAILED");
    }
    let mut nothing = Options::with_token(&user.token);
    nothing.auth["lastSeq"] = Value::Null;
    platform.connect(nothing).await.unwrap();
    let foreign = Options::with_token(&user.token).header("x-tenant-id", "a0000001-0000-0000-0000-000000000001");
    assert_eq!(refusal(&platform, foreign.unwrap()).await, "ERR_CHAT_FORBIDDEN");
    platform.clock.advance(SignedDuration::from_mins(16));
    assert_eq!(refusal(&platform, Options::with_token(&user.token)).await, "ERR_CHAT_TOKEN_EXPIRED");
}

#[tokio::test]
async fn a_bearer_header_and_the_own_tenant_are_let_in() {
    let platform = platform().await;
    let user = platform.user(platform.tenant());
    let options = Options::default().header("authorization", &format!("Bearer {}", user.token)).unwrap();
    let options = options.header("x-tenant-id", &user.tenant.to_string()).unwrap();
    let client = platform.connect(options).await.unwrap();
    assert!(!client.id().is_empty());
    client.close().await;
}

#[tokio::test]
async fn pages_of_other_origins_are_refused() {
    let platform = platform().await;
    let user = platform.user(platform.tenant());
    let from = |origin: &str| Options::with_token(&user.token).header("origin", origin).unwrap();
    assert!(matches!(platform.connect(from("https://evil.example")).await, Err(Error::NotUpgraded(403))));
    assert!(platform.connect(from(ALLOWED_ORIGIN)).await.is_ok());

    let poll = |origin: &'static str| {
        platform.request(None, "GET", "/socket.io/?EIO=4&transport=polling").header("origin", origin)
    };
    assert_eq!(Answer::of(poll("https://evil.example")).await.refusal(), (403, "FORBIDDEN"));
    let allowed = Answer::of(poll(ALLOWED_ORIGIN)).await;
    assert_eq!(
        (allowed.status, allowed.headers["access-control-allow-origin"].to_str().unwrap()),
        (200, ALLOWED_ORIGIN)
    );

    let preflight = platform.request(None, "OPTIONS", "/socket.io/?EIO=4&transport=polling");
    let preflight = preflight.header("origin", ALLOWED_ORIGIN).header("access-control-request-method", "POST");
    let answer = Answer::of(preflight.header("access-control-request-headers", "x-tenant-id")).await;
    assert_eq!(answer.status, 200);
    assert!(answer.headers["access-control-allow-headers"].to_str().unwrap().contains("x-tenant-id"));
}

#[tokio::test]
async fn members_hear_messages_and_nobody_else_does() {
    let platform = platform().await;
    let (tenant, other_tenant) = (platform.tenant(), platform.tenant());
    let [sender, member, stranger] = platform.users(tenant);
    let foreigner = platform.user(other_tenant);
    let thread = platform.group(&[&sender, &member]).await;
    let mut ears = [platform.socket(&sender).await, platform.socket(&member).await];
    let mut others = [platform.socket(&stranger).await, platform.socket(&foreigner).await];

    let message = platform.say(&sender, &thread, "hello").await;
    for ear in &mut ears {
        assert_eq!(hear(ear).await, ("message:new".to_owned(), message.clone()));
    }
    // An acknowledgement comes after whatever was emitted before it.
    for other in &mut others {
        let typing = other.emit_with_ack("typing:start", &json!({"threadId": thread})).await.unwrap();
        assert!(typing["data"].is_null(), "{typing}");
        assert!(silent(other));
    }
}

#[tokio::test]
async fn a_connected_socket_hears_threads_that_are_made_later() {
    let platform = platform().await;
    let [sender, member] = platform.users(platform.tenant());
    let mut ear = platform.socket(&member).await;
    let thread = platform.group(&[&sender, &member]).await;
    let (name, made) = hear(&mut ear).await;
    assert_eq!((name.as_str(), &made["id"], &made["unread"]), ("thread:created", &json!(thread), &json!(0)));
    let message = platform.say(&sender, &thread, "welcome").await;
    assert_eq!(hear(&mut ear).await, ("message:new".to_owned(), message));
}

#[tokio::test]
async fn a_socket_sends_as_http_does() {
    let platform = platform().await;
    let [sender, member, stranger] = platform.users(platform.tenant());
    let thread = platform.group(&[&sender, &member]).await;
    let mut ear = platform.socket(&member).await;
    let mouth = platform.socket(&sender).await;
    let emit = |body: Value| mouth.emit_with_ack("message:send", &body);

    let sent =
        emit(json!({"threadId": thread, "content": "hi", "type": "text", "clientMessageId": "c"})).await.unwrap();
    assert_eq!(sent["error"], Value::Null);
    assert_eq!(hear(&mut ear).await, ("message:new".to_owned(), sent["data"].clone()));
    let again =
        emit(json!({"threadId": thread, "content": "hi", "type": "text", "clientMessageId": "c"})).await.unwrap();
    assert_eq!(again["data"], sent["data"]);

    for (body, code, field) in [
        (json!({"threadId": thread, "content": "", "type": "text"}), "ERR_CHAT_INVALID_MESSAGE", None),
        (json!({"threadId": thread, "content": "x", "type": "system"}), "ERR_CHAT_UNSUPPORTED_MESSAGE_TYPE", None),
        (json!({"threadId": thread, "content": "x", "seq": 1}), "ERR_CHAT_VALIDATION_FAILED", Some("seq")),
        (
            json!({"threadId": thread, "content": "x", "clientMessageId": ""}),
            "ERR_CHAT_VALIDATION_FAILED",
            Some("clientMessageId"),
        ),
        (json!("x"), "ERR_CHAT_VALIDATION_FAILED", Some("")),
    ] {
        let answer = emit(body.clone()).await.unwrap();
        assert_eq!((&answer["data"], answer["error"]["code"].as_str()), (&Value::Null, Some(code)), "{body}: {answer}");
        if let Some(field) = field {
            assert_eq!(answer["error"]["details"][0]["field"], field, "{answer}");
        }
    }
    let answer = platform
        .socket(&stranger)
        .await
        .emit_with_ack("message:send", &json!({"threadId": thread, "content": "x"}))
        .await;
    assert_eq!(answer.unwrap()["error"]["code"], "ERR_CHAT_NOT_THREAD_MEMBER");
    let answer = mouth.emit_with_ack("message:shout", &json!({})).await.unwrap();
    assert_eq!(answer["error"]["code"], "ERR_CHAT_NOT_FOUND");
    assert!(silent(&mut ear));
}

#[tokio::test]
async fn messages_of_one_socket_keep_their_order() {
    let platform = platform().await;
    let user = platform.user(platform.tenant());
    let thread = platform.group(&[&user]).await;
    let client = platform.socket(&user).await;
    let sends: Vec<_> = (1..=30)
        .map(|number| client.emit_with_ack("message:send", &json!({"threadId": thread, "content": number.to_string()})))
        .collect();
    for (number, sent) in (1_u64..).zip(sends) {
        let sent = sent.await.unwrap();
        assert_eq!(
            (&sent["data"]["seq"], &sent["data"]["content"]),
            (&json!(number), &json!(number.to_string())),
            "{sent}"
        );
    }
}

#[tokio::test]
async fn typing_is_told_to_the_other_members() {
    let platform = platform().await;
    let [typist, member] = platform.users(platform.tenant());
    let thread = platform.group(&[&typist, &member]).await;
    let (keyboard, mut own_phone) = (platform.socket(&typist).await, platform.socket(&typist).await);
    let mut ear = platform.socket(&member).await;
    for event in ["typing:start", "typing:stop"] {
        let answer = keyboard.emit_with_ack(event, &json!({"threadId": thread})).await.unwrap();
        let told = json!({"threadId": thread, "userId": typist.id});
        assert_eq!(answer, json!({"data": told, "error": null}));
        assert_eq!(hear(&mut ear).await, (event.to_owned(), told));
    }
    let answer = own_phone.emit_with_ack("typing:start", &json!({"threadId": thread, "x": 1})).await.unwrap();
    assert_eq!(answer["error"]["code"], "ERR_CHAT_VALIDATION_FAILED");
    assert!(silent(&mut own_phone));
}

#[tokio::test]
async fn a_revoked_sessions_sockets_are_closed_within_half_a_minute() {
    let platform = platform().await;
    let [revoked, other] = platform.users(platform.tenant());
    let (mut closed, mut stays) = (platform.socket(&revoked).await, platform.socket(&other).await);
    platform.revoke(&revoked).await;
    platform.clock.advance(SignedDuration::from_secs(25));
    platform.chat.sweep().await;
    assert!(closed.next_event().await.is_none());
    let thread = platform.group(&[&other]).await;
    assert_eq!(hear(&mut stays).await.1["id"], thread);
    assert_eq!(refusal(&platform, Options::with_token(&revoked.token)).await, "ERR_CHAT_UNAUTHORIZED");
}

#[tokio::test]
async fn a_socket_is_closed_when_its_token_expires() {
    let platform = platform().await;
    let mut client = platform.socket(&platform.user(platform.tenant())).await;
    platform.clock.advance(SignedDuration::from_mins(15));
    platform.chat.sweep().await;
    let answer = client.emit_with_ack("typing:start", &json!({})).await.unwrap();
    assert_eq!(answer["error"]["code"], "ERR_CHAT_VALIDATION_FAILED");
    assert_eq!(hear(&mut client).await.0, "auth:expiring");
    platform.clock.advance(SignedDuration::from_secs(31));
    platform.chat.sweep().await;
    assert!(client.next_event().await.is_none());
}

#[tokio::test]
async fn a_new_token_of_the_same_session_keeps_a_socket_open() {
    let platform = platform().await;
    let [user, other] = platform.users(platform.tenant());
    let mut client = platform.socket(&user).await;
    platform.clock.advance(SignedDuration::from_mins(14));
    platform.chat.sweep().await;
    platform.chat.sweep().await;
    let expires_at = jiff::Timestamp::from_second(user.claims.exp).unwrap();
    assert_eq!(hear(&mut client).await, ("auth:expiring".to_owned(), json!({"expiresAt": expires_at})));

    let refresh = async |claims| {
        let answer = client.emit_with_ack("auth:refresh", &json!({"token": User::sign(&claims)})).await.unwrap();
        answer["error"]["code"].as_str().map(str::to_owned)
    };
    let mut renewed = user.claims.clone();
    (renewed.iat, renewed.exp) = (renewed.exp - 60, renewed.exp + 840);
    for foreign in [
        shared::auth::Claims { sub: other.id, ..renewed.clone() },
        shared::auth::Claims { tenant_id: platform.tenant(), ..renewed.clone() },
        shared::auth::Claims { sid: other.claims.sid, ..renewed.clone() },
    ] {
        assert_eq!(refresh(foreign).await.as_deref(), Some("ERR_CHAT_FORBIDDEN"));
    }
    assert_eq!(refresh(user.claims.clone()).await, None);
    assert_eq!(refresh(renewed).await, None);
    platform.clock.advance(SignedDuration::from_mins(10));
    platform.chat.sweep().await;
    let answer = client.emit_with_ack("sync", &json!({"threads": {}})).await.unwrap();
    assert_eq!(answer, json!({"data": {"threads": {}}, "error": null}));
    assert!(silent(&mut client));
}

#[tokio::test]
async fn a_user_has_twenty_sockets_at_most() {
    let platform = platform().await;
    let [many, one] = platform.users(platform.tenant());
    let mut sockets = Vec::new();
    for _ in 0..20 {
        sockets.push(platform.socket(&many).await);
    }
    assert_eq!(refusal(&platform, Options::with_token(&many.token)).await, "ERR_CHAT_RATE_LIMITED");
    assert!(platform.connect(Options::with_token(&one.token)).await.is_ok());

    sockets.pop().unwrap().close().await;
    // The server learns of it a moment later.
    let again = async { while platform.connect(Options::with_token(&many.token)).await.is_err() {} };
    tokio::time::timeout(Duration::from_secs(10), again).await.expect("a place for one more");
}

#[tokio::test]
async fn who_speaks_too_often_is_told_to_wait() {
    let platform = platform().await;
    let user = platform.user(platform.tenant());
    let client = platform.socket(&user).await;
    let answers: Vec<_> = (0..100).map(|_| client.emit_with_ack("typing:start", &json!({}))).collect();
    let mut limited = 0;
    for answer in answers {
        let code = answer.await.unwrap()["error"]["code"].as_str().unwrap().to_owned();
        assert!(["ERR_CHAT_RATE_LIMITED", "ERR_CHAT_VALIDATION_FAILED"].contains(&code.as_str()), "{code}");
        limited += usize::from(code == "ERR_CHAT_RATE_LIMITED");
    }
    assert!((1..=60).contains(&limited), "{limited}");
}

#[tokio::test]
async fn frames_above_the_limit_end_the_connection() {
    let platform = platform().await;
    let mut client = platform.socket(&platform.user(platform.tenant())).await;
    client.emit("message:send", &json!({"content": "x".repeat(100_001)})).unwrap();
    assert!(client.next_event().await.is_none());
}

#[tokio::test]
async fn a_shutdown_closes_sockets_and_leaves_requests_alone() {
    let platform = platform().await;
    let user = platform.user(platform.tenant());
    let thread = platform.group(&[&user]).await;
    let mut client = platform.socket(&user).await;
    platform.chat.shutdown().await;
    assert!(client.next_event().await.is_none());
    assert_eq!(platform.say(&user, &thread, "the last word").await["seq"], 1);
}
