//! Forgotten and changed passwords, and magic links.

use http::Method;
use jiff::SignedDuration;
use serde_json::{Value, json};
use shared::auth::Role;
use shared::jobs::About;

use crate::support::{Answer, App, PASSWORD, T2, TOTP_SECRET, refusal};

const NEW: &str = "battery horse correct staple";

async fn link(app: &App, path: &str, name: &str) -> String {
    let email = format!("{name}@example.com");
    assert_eq!(app.post(path, &json!({"email": email})).send().await.status, 202);
    app.work().await;
    app.token_mailed_to(&email).await
}

async fn login(app: &App, name: &str, password: &str) -> Answer {
    app.post("/login", &json!({"username": name, "password": password})).send().await
}

async fn reset(app: &App, token: &str, password: &str) -> Answer {
    app.post("/password/reset", &json!({"token": token, "newPassword": password})).send().await
}

async fn magic(app: &App, token: &str) -> Answer {
    app.post("/passwordless/magic-link/verify", &json!({"token": token})).send().await
}

#[tokio::test]
async fn a_mailed_link_sets_a_new_password_once_and_ends_all_sessions() {
    let app = App::start().await;
    app.account("ada", Role::User).await;
    let session = app.login("ada").await;
    let token = link(&app, "/password/forgot", "ada").await;
    assert_eq!(reset(&app, &token, "Password123!").await.code(), "WEAK_PASSWORD");
    // A refusal does not use it up.
    assert_eq!(reset(&app, &token, NEW).await.status, 200);
    assert!(matches!(app.mail_to("ada@example.com").await, About::PasswordChanged { .. }));
    assert_eq!(reset(&app, &token, PASSWORD).await.code(), "TOKEN_INVALID");
    let access = session["accessToken"].as_str().unwrap();
    assert_eq!(app.get("/profile").bearer(access).refused().await, refusal(401, "UNAUTHORIZED"));
    let refresh = app.post("/refresh", &json!({"refreshToken": session["refreshToken"]})).refused().await;
    assert_eq!(refresh, refusal(401, "TOKEN_REVOKED"));
    assert_eq!(login(&app, "ada", PASSWORD).await.code(), "INVALID_CREDENTIALS");
    let again = login(&app, "ada", NEW).await;
    assert_eq!(app.get("/profile").bearer(&again.text("/data/accessToken")).send().await.status, 200);
}

#[tokio::test]
async fn a_reset_does_not_pass_by_the_second_factor() {
    let app = App::start().await;
    app.account_with("dev", |new| new.totp_secret = Some(TOTP_SECRET.to_vec())).await;
    let token = link(&app, "/password/forgot", "dev").await;
    assert_eq!(reset(&app, &token, NEW).await.status, 200);
    assert_eq!(login(&app, "dev", NEW).await.body["data"]["mfaRequired"], true);
    let _ = app.mails().await;
    let token = link(&app, "/passwordless/magic-link", "dev").await;
    assert_eq!(magic(&app, &token).await.body["data"]["mfaRequired"], true);
}

#[tokio::test]
async fn a_link_works_for_ten_minutes_and_for_its_own_purpose() {
    let app = App::start().await;
    app.account("ada", Role::User).await;
    let for_reset = link(&app, "/password/forgot", "ada").await;
    let for_sign_in = link(&app, "/passwordless/magic-link", "ada").await;
    // Used elsewhere they are refused, and not used up.
    assert_eq!(magic(&app, &for_reset).await.code(), "TOKEN_INVALID");
    assert_eq!(reset(&app, &for_sign_in, NEW).await.code(), "TOKEN_INVALID");
    let verify = app.post("/signup/verify", &json!({"token": for_reset})).refused().await;
    assert_eq!(verify, refusal(401, "TOKEN_INVALID"));
    assert_eq!(app.get("/profile").bearer(&for_sign_in).refused().await, refusal(401, "UNAUTHORIZED"));
    app.advance(SignedDuration::from_secs(599));
    assert_eq!(magic(&app, &for_sign_in).await.status, 200);
    app.advance(SignedDuration::from_secs(1));
    assert_eq!(reset(&app, &for_reset, NEW).await.code(), "TOKEN_INVALID");
}

#[tokio::test]
async fn a_magic_link_signs_in_once_also_at_once_and_also_a_locked_account() {
    let app = App::start().await;
    app.account_with("ada", |new| new.memberships.push((T2, shared::auth::Roles(vec![Role::Admin])))).await;
    for _ in 0..10 {
        assert_eq!(login(&app, "ada", "wrong").await.code(), "INVALID_CREDENTIALS");
    }
    assert_eq!(login(&app, "ada", PASSWORD).await.code(), "ACCOUNT_LOCKED");
    let token = link(&app, "/passwordless/magic-link", "ada").await;
    let body = json!({"token": token});
    let verify = || app.post("/passwordless/magic-link/verify", &body).header("x-tenant-id", &T2.to_string()).send();
    let answers = futures_util::future::join_all((0..5).map(|_| verify())).await;
    let good: Vec<&Answer> = answers.iter().filter(|answer| answer.status == 200).collect();
    assert_eq!((good.len(), good[0].text("/data/user/tenantId")), (1, T2.to_string()));
    assert_eq!(answers.iter().filter(|answer| answer.code() == "TOKEN_INVALID").count(), 4);
}

#[tokio::test]
async fn nothing_is_mailed_to_unknown_and_suspended_accounts_and_the_answer_is_the_same() {
    let app = App::start().await;
    let ada = app.account("ada", Role::User).await;
    app.account_with("root", |new| new.memberships = vec![crate::support::system()]).await;
    let suspend = app.post(&format!("/accounts/{}/suspend", ada.id), &Value::Null).bearer(&app.token("root").await);
    assert_eq!(suspend.send().await.status, 200);
    for email in ["nobody@example.com", "ada@example.com"] {
        for path in ["/password/forgot", "/passwordless/magic-link", "/signup/resend"] {
            let answer = app.post(path, &json!({"email": email})).send().await;
            assert_eq!((answer.status.as_u16(), &answer.body["data"]), (202, &json!({"requested": true})));
        }
    }
    app.work().await;
    assert!(app.mails().await.is_empty());
}

#[tokio::test]
async fn a_link_to_an_unverified_account_takes_it_from_whoever_made_it() {
    for (path, by_reset) in [("/passwordless/magic-link", false), ("/password/forgot", true)] {
        let app = App::start().await;
        // Somebody else has signed up with the address, and knows the password.
        app.account_with("ada", |new| {
            new.verified = false;
            new.totp_secret = Some(TOTP_SECRET.to_vec());
        })
        .await;
        assert_eq!(login(&app, "ada", PASSWORD).await.code(), "ACCOUNT_NOT_VERIFIED");
        let token = link(&app, path, "ada").await;
        if by_reset {
            assert_eq!(reset(&app, &token, NEW).await.status, 200);
            assert_eq!(login(&app, "ada", NEW).await.status, 200);
        } else {
            let answer = magic(&app, &token).await;
            let profile = app.get("/profile").bearer(&answer.text("/data/accessToken")).send().await;
            assert_eq!(profile.body["data"]["mfaEnabled"], false);
        }
        assert_eq!(login(&app, "ada", PASSWORD).await.code(), "INVALID_CREDENTIALS");
    }
}

#[tokio::test]
async fn a_changed_password_ends_the_other_sessions_and_needs_a_fresh_sign_in() {
    let app = App::start().await;
    app.account("ada", Role::User).await;
    let other = app.login("ada").await;
    let own = app.login("ada").await;
    let own = own["accessToken"].as_str().unwrap();
    let put = |current: &str, new: &str| {
        let body = json!({"currentPassword": current, "newPassword": new});
        app.call(Method::PUT, "/password").json(&body).bearer(own).refused()
    };
    assert_eq!(put("wrong", NEW).await, refusal(401, "INVALID_CREDENTIALS"));
    assert_eq!(put(PASSWORD, "ada@example.com").await, refusal(400, "WEAK_PASSWORD"));
    let missing = app.call(Method::PUT, "/password").json(&json!({"newPassword": NEW})).bearer(own).refused().await;
    assert_eq!(missing, refusal(400, "VALIDATION_FAILED"));
    app.advance(SignedDuration::from_mins(10));
    assert_eq!(put(PASSWORD, NEW).await, refusal(403, "STEP_UP_REQUIRED"));
    let fresh = app.post("/reauthenticate", &json!({"password": PASSWORD})).bearer(own).send().await;
    assert_eq!(fresh.status, 200, "{fresh:?}");
    assert_eq!(put(PASSWORD, NEW).await.0, 200);
    assert!(matches!(app.mail_to("ada@example.com").await, About::PasswordChanged { .. }));
    assert_eq!(app.get("/profile").bearer(own).send().await.status, 200);
    let others = other["accessToken"].as_str().unwrap();
    assert_eq!(app.get("/profile").bearer(others).refused().await, refusal(401, "UNAUTHORIZED"));
    let refresh = app.post("/refresh", &json!({"refreshToken": other["refreshToken"]})).refused().await;
    assert_eq!(refresh, refusal(401, "TOKEN_REVOKED"));
    assert_eq!(login(&app, "ada", NEW).await.status, 200);
}

#[tokio::test]
async fn the_present_password_cannot_be_guessed_by_whoever_has_a_session() {
    let app = App::start().await;
    app.account("ada", Role::User).await;
    let token = app.token("ada").await;
    let guess = |password: &str| app.post("/reauthenticate", &json!({"password": password})).bearer(&token).send();
    for _ in 0..10 {
        assert_eq!(guess("wrong").await.code(), "INVALID_CREDENTIALS");
    }
    let locked = guess(PASSWORD).await;
    assert_eq!((locked.status.as_u16(), locked.code()), refusal(423, "ACCOUNT_LOCKED"));
    assert!(locked.headers.contains_key("retry-after"));
}

#[tokio::test]
async fn a_refusal_that_passes_is_not_what_an_idempotency_key_stands_for() {
    let app = App::start().await;
    app.account("ada", Role::User).await;
    let token = app.token("ada").await;
    app.advance(SignedDuration::from_mins(10));
    let body = json!({"currentPassword": PASSWORD, "newPassword": NEW});
    let put =
        || app.call(Method::PUT, "/password").json(&body).bearer(&token).header("idempotency-key", "one").refused();
    assert_eq!(put().await, refusal(403, "STEP_UP_REQUIRED"));
    app.post("/reauthenticate", &json!({"password": PASSWORD})).bearer(&token).send().await;
    assert_eq!(put().await.0, 200);
    // And now it is.
    assert_eq!(put().await.0, 200);
    assert_eq!(login(&app, "ada", NEW).await.status, 200);
}
