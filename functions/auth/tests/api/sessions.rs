//! Sessions: listing, ending, logging out, and how fast others hear of it.

use http::Method;
use jiff::SignedDuration;
use serde_json::json;
use shared::auth::Role;

use crate::support::{App, refusal};

#[tokio::test]
async fn one_sees_and_ends_ones_own_sessions_only() {
    let app = App::start().await;
    app.account("ada", Role::User).await;
    app.account("eve", Role::Admin).await;
    let (first, second, eve) = (app.token("ada").await, app.token("ada").await, app.token("eve").await);
    let list = app.get("/sessions").bearer(&second).header("user-agent", "x").send().await;
    let sessions = list.body["data"].as_array().unwrap();
    assert_eq!(sessions.len(), 2, "{list:?}");
    assert_eq!(sessions.iter().filter(|session| session["current"] == true).count(), 1);
    assert_eq!(sessions[0]["address"], "192.0.2.1");
    assert_eq!(list.body["page"], json!({"next_cursor": null, "has_more": false, "limit": 20}));
    let other = sessions.iter().find(|session| session["current"] == false).unwrap();
    let path = format!("/sessions/{}", other["id"].as_str().unwrap());

    assert_eq!(app.call(Method::DELETE, &path).bearer(&eve).refused().await, refusal(404, "SESSION_NOT_FOUND"));
    assert_eq!(app.call(Method::DELETE, &path).bearer(&second).send().await.status, 200);
    assert_eq!(app.call(Method::DELETE, &path).bearer(&second).refused().await, refusal(404, "SESSION_NOT_FOUND"));
    assert_eq!(app.get("/profile").bearer(&first).refused().await, refusal(401, "UNAUTHORIZED"));
    assert_eq!(app.get("/profile").bearer(&second).send().await.status, 200);
}

#[tokio::test]
async fn ending_twice_with_one_idempotency_key_answers_the_same() {
    let app = App::start().await;
    app.account("ada", Role::User).await;
    app.token("ada").await;
    let token = app.token("ada").await;
    let list = app.get("/sessions").bearer(&token).send().await;
    let other = list.body["data"].as_array().unwrap().iter().find(|s| s["current"] == false).unwrap()["id"].clone();
    let path = format!("/sessions/{}", other.as_str().unwrap());
    let end = || app.call(Method::DELETE, &path).bearer(&token).header("idempotency-key", "k1");
    let first = end().send().await;
    let again = end().send().await;
    assert_eq!((first.status, &first.body["data"]), (again.status, &again.body["data"]));
    assert_eq!(again.headers["idempotent-replayed"], "true");
    assert_ne!(first.body["meta"]["request_id"], again.body["meta"]["request_id"]);
}

#[tokio::test]
async fn pages_of_sessions_meet_without_gaps() {
    let app = App::start().await;
    app.account("ada", Role::User).await;
    for _ in 0..5 {
        app.token("ada").await;
        app.clock.advance(SignedDuration::from_secs(1));
    }
    let token = app.token("ada").await;
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = app.get(&format!("/sessions?limit=2{cursor}")).bearer(&token).send().await;
        seen.extend(page.body["data"].as_array().unwrap().iter().map(|session| session["id"].clone()));
        if page.body["page"]["has_more"] == false {
            break;
        }
        cursor = format!("&cursor={}", page.text("/page/next_cursor"));
    }
    assert_eq!(seen.len(), 6);
    app.account("eve", Role::User).await;
    let eve = app.token("eve").await;
    let foreign = app.get(&format!("/sessions?limit=2{cursor}")).bearer(&eve).refused().await;
    assert_eq!(foreign, refusal(400, "INVALID_CURSOR"));
}

#[tokio::test]
async fn logging_out_ends_this_session_or_all() {
    let app = App::start().await;
    app.account("ada", Role::User).await;
    let tokens = [app.login("ada").await, app.login("ada").await, app.login("ada").await];
    let access = |index: usize| tokens[index]["accessToken"].as_str().unwrap();
    assert_eq!(app.call(Method::POST, "/logout").bearer(access(0)).send().await.status, 200);
    assert_eq!(app.get("/profile").bearer(access(0)).refused().await, refusal(401, "UNAUTHORIZED"));
    assert_eq!(app.get("/profile").bearer(access(1)).send().await.status, 200);

    app.clock.advance(SignedDuration::from_millis(5));
    assert_eq!(app.post("/logout", &json!({"all": true})).bearer(access(1)).send().await.status, 200);
    assert_eq!(app.get("/profile").bearer(access(2)).refused().await, refusal(401, "UNAUTHORIZED"));
    let refresh = app.post("/refresh", &json!({"refreshToken": tokens[2]["refreshToken"]}));
    assert_eq!(refresh.refused().await, refusal(401, "TOKEN_REVOKED"));

    app.clock.advance(SignedDuration::from_millis(5));
    let again = app.token("ada").await;
    assert_eq!(app.get("/sessions").bearer(&again).send().await.body["data"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn another_process_hears_of_a_revocation_within_thirty_seconds() {
    let app = App::start().await;
    app.account("ada", Role::User).await;
    let token = app.token("ada").await;
    let other = App::another(&app.aws, &app.clock).await;
    let authenticator = other.state().platform.authenticator();
    authenticator.authenticate_token(&token).await.unwrap();
    app.call(Method::POST, "/logout").bearer(&token).send().await;
    app.clock.advance(SignedDuration::from_secs(30));
    let refused = authenticator.authenticate_token(&token).await.unwrap_err();
    assert!(matches!(refused, shared::Error::Unauthorized), "{refused:?}");
}
