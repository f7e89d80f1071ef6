//! Setting up and removing the second factor.

use http::Method;
use jiff::SignedDuration;
use serde_json::{Value, json};
use shared::auth::Role;
use shared::jobs::About;
use totp_rs::{Algorithm, Builder, Secret};

use crate::support::{Answer, App, PASSWORD, refusal};

/// The code of `steps` after now, as an authenticator computes it from the base32 text.
fn code(app: &App, secret: &str, steps: i64) -> String {
    let secret = Secret::try_from_base32(secret).unwrap();
    let generator = Builder::new().with_algorithm(Algorithm::SHA1).with_secret(secret).build().unwrap();
    let second = app.clock.now().as_second() + steps * 30;
    generator.generate(u64::try_from(second).unwrap()).to_string()
}

async fn enroll(app: &App, token: &str) -> Value {
    let answer = app.post("/mfa/totp/enroll", &Value::Null).bearer(token).send().await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.body["data"].clone()
}

async fn activate(app: &App, token: &str, code: &str) -> Answer {
    app.post("/mfa/totp/activate", &json!({"code": code})).bearer(token).send().await
}

async fn disable(app: &App, token: &str, code: &str) -> Answer {
    app.call(Method::DELETE, "/mfa/totp").json(&json!({"code": code})).bearer(token).send().await
}

async fn verify(app: &App, code: &str) -> Answer {
    let challenge = app.login("ada").await;
    let body = json!({"mfaToken": challenge["mfaToken"], "code": code});
    app.post("/mfa/totp/verify", &body).send().await
}

/// ada with a second factor: her token, the secret, and the backup codes.
async fn enrolled(app: &App) -> (String, String, Vec<String>) {
    app.account("ada", Role::User).await;
    let token = app.token("ada").await;
    let secret = enroll(app, &token).await["secret"].as_str().unwrap().to_owned();
    let answer = activate(app, &token, &code(app, &secret, 0)).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let codes: Vec<String> = serde_json::from_value(answer.body["data"]["backupCodes"].clone()).unwrap();
    assert!(matches!(app.mail_to("ada@example.com").await, About::FactorAdded { .. }));
    (token, secret, codes)
}

#[tokio::test]
async fn a_secret_counts_once_a_code_of_it_is_shown() {
    let app = App::start().await;
    app.account("ada", Role::User).await;
    let (other, token) = (app.token("ada").await, app.token("ada").await);
    assert_eq!(activate(&app, &token, "123456").await.code(), "MFA_NOT_ENABLED");
    let shown = enroll(&app, &token).await;
    let secret = shown["secret"].as_str().unwrap();
    let url = shown["otpauthUrl"].as_str().unwrap();
    assert!(url.starts_with("otpauth://totp/EventZR:ada%40example.com?") && url.contains(secret), "{url}");
    assert!(shown["qrCode"].as_str().unwrap().starts_with("data:image/svg+xml;base64,"));
    // Not yet: signing in asks for no code.
    assert!(app.login("ada").await.get("accessToken").is_some());
    assert_eq!(activate(&app, &token, "000000").await.code(), "MFA_INVALID_CODE");
    let answer = activate(&app, &token, &code(&app, secret, 0)).await;
    assert_eq!((answer.status.as_u16(), answer.body["data"]["backupCodes"].as_array().unwrap().len()), (200, 10));
    assert_eq!(app.login("ada").await["mfaRequired"], true);
    // The other sessions have ended, this one goes on.
    assert_eq!(app.get("/profile").bearer(&other).refused().await, refusal(401, "UNAUTHORIZED"));
    assert_eq!(app.get("/profile").bearer(&token).send().await.body["data"]["mfaEnabled"], true);
    // The code is used; a second secret is refused.
    assert_eq!(verify(&app, &code(&app, secret, 0)).await.code(), "MFA_INVALID_CODE");
    assert_eq!(verify(&app, &code(&app, secret, 1)).await.status, 200);
    let again = app.post("/mfa/totp/enroll", &Value::Null).bearer(&token).refused().await;
    assert_eq!(again, refusal(409, "MFA_ALREADY_ENABLED"));
}

#[tokio::test]
async fn an_enrolment_is_over_after_ten_minutes_and_replaced_by_a_second_one() {
    let app = App::start().await;
    app.account("ada", Role::User).await;
    let token = app.token("ada").await;
    let first = enroll(&app, &token).await["secret"].as_str().unwrap().to_owned();
    let second = enroll(&app, &token).await["secret"].as_str().unwrap().to_owned();
    assert_eq!(activate(&app, &token, &code(&app, &first, 0)).await.code(), "MFA_INVALID_CODE");
    app.advance(SignedDuration::from_mins(10));
    assert_eq!(activate(&app, &token, &code(&app, &second, 0)).await.code(), "STEP_UP_REQUIRED");
    app.post("/reauthenticate", &json!({"password": PASSWORD})).bearer(&token).send().await;
    assert_eq!(activate(&app, &token, &code(&app, &second, 0)).await.code(), "MFA_NOT_ENABLED");
}

#[tokio::test]
async fn a_backup_code_signs_in_once_also_shown_twice_at_once() {
    let app = App::start().await;
    let (_, _, codes) = enrolled(&app).await;
    assert_eq!(verify(&app, &codes[0]).await.status, 200);
    assert_eq!(verify(&app, &codes[0]).await.code(), "MFA_INVALID_CODE");
    let typed = codes[1].to_uppercase().replace('-', " ");
    let answers = futures_util::future::join_all((0..4).map(|_| verify(&app, &typed))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1, "{answers:?}");
    // Two different ones at once are both good.
    let (third, fourth) = tokio::join!(verify(&app, &codes[2]), verify(&app, &codes[3]));
    assert_eq!((third.status.as_u16(), fourth.status.as_u16()), (200, 200));
}

async fn replace(app: &App, token: &str) -> Answer {
    app.post("/mfa/totp/backup-codes", &Value::Null).bearer(token).send().await
}

/// How many codes the owner was told are left, of the mails since the last call.
async fn told_left(app: &App) -> Vec<u32> {
    let mails = app.mails().await.into_iter().filter_map(|mail| match mail.about {
        About::BackupCodeUsed { left, .. } => Some(left),
        _ => None,
    });
    let mut left: Vec<u32> = mails.collect();
    left.sort_unstable();
    left
}

#[tokio::test]
async fn each_use_of_a_backup_code_is_mailed_with_how_many_are_left() {
    let app = App::start().await;
    let (token, secret, codes) = enrolled(&app).await;
    assert_eq!(verify(&app, &code(&app, &secret, 1)).await.status, 200);
    assert_eq!(verify(&app, "0000-0000-0000").await.code(), "MFA_INVALID_CODE");
    assert!(told_left(&app).await.is_empty());
    assert_eq!(verify(&app, &codes[0]).await.status, 200);
    assert_eq!(told_left(&app).await, [9]);
    let both = json!({"password": PASSWORD, "code": codes[1]});
    assert_eq!(app.post("/reauthenticate", &both).bearer(&token).send().await.status, 200);
    assert_eq!(told_left(&app).await, [8]);
    // Of the same one at once one is good, and one is told.
    let answers = futures_util::future::join_all((0..3).map(|_| verify(&app, &codes[2]))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1, "{answers:?}");
    assert_eq!(told_left(&app).await, [7]);
    let (fourth, fifth) = tokio::join!(verify(&app, &codes[3]), verify(&app, &codes[4]));
    assert_eq!((fourth.status.as_u16(), fifth.status.as_u16()), (200, 200));
    assert_eq!(told_left(&app).await, [5, 6]);
    let profile = app.get("/profile").bearer(&token).send().await;
    assert_eq!(profile.body["data"]["backupCodesLeft"], 5);
}

#[tokio::test]
async fn backup_codes_are_replaced_all_at_once() {
    let app = App::start().await;
    let (token, secret, old) = enrolled(&app).await;
    // Enrolling has ended what begins within 30 s.
    app.advance(SignedDuration::from_secs(31));
    let other = verify(&app, &code(&app, &secret, 0)).await.text("/data/accessToken");
    let challenged = app.login("ada").await;
    assert_eq!(verify(&app, &old[0]).await.status, 200);
    let _ = app.mails().await;
    let answer = replace(&app, &token).await;
    let new: Vec<String> = serde_json::from_value(answer.body["data"]["backupCodes"].clone()).unwrap();
    assert!(new.len() == 10 && new.iter().all(|code| !old.contains(code)), "{answer:?}");
    assert!(matches!(app.mail_to("ada@example.com").await, About::BackupCodesReplaced { .. }));
    // The other sessions have ended, and what waits for a code; this one goes on.
    assert_eq!(app.get("/profile").bearer(&other).refused().await, refusal(401, "UNAUTHORIZED"));
    let late = json!({"mfaToken": challenged["mfaToken"], "code": new[0]});
    assert_eq!(app.post("/mfa/totp/verify", &late).refused().await, refusal(401, "MFA_TOKEN_EXPIRED"));
    let profile = app.get("/profile").bearer(&token).send().await;
    assert_eq!(profile.body["data"]["backupCodesLeft"], 10);
    for code in [&old[0], &old[1], &old[9]] {
        assert_eq!(verify(&app, code).await.code(), "MFA_INVALID_CODE");
    }
    assert_eq!(verify(&app, &new[0]).await.status, 200);
    assert_eq!(told_left(&app).await, [9]);
}

#[tokio::test]
async fn backup_codes_are_replaced_by_whoever_has_just_signed_in_and_has_some() {
    let app = App::start().await;
    app.account("root", Role::Admin).await;
    let root = app.token("root").await;
    let none = replace(&app, &root).await;
    assert_eq!((none.status.as_u16(), none.code()), refusal(400, "MFA_NOT_ENABLED"));
    let machine = json!({"name": "Importer", "roles": ["user"]});
    let made = app.post("/service-accounts", &machine).bearer(&root).send().await.body["data"].clone();
    let body =
        json!({"grantType": "client_credentials", "clientId": made["clientId"], "clientSecret": made["clientSecret"]});
    let machine = app.post("/token", &body).send().await.text("/data/accessToken");
    assert_eq!(replace(&app, &machine).await.code(), "STEP_UP_REQUIRED");
    let (token, _, codes) = enrolled(&app).await;
    app.advance(SignedDuration::from_mins(10));
    assert_eq!(replace(&app, &token).await.code(), "STEP_UP_REQUIRED");
    // Nothing has changed by that.
    assert_eq!(verify(&app, &codes[0]).await.status, 200);
}

#[tokio::test]
async fn the_second_factor_is_removed_with_a_code_and_a_fresh_sign_in() {
    let app = App::start().await;
    let (token, secret, codes) = enrolled(&app).await;
    assert_eq!(disable(&app, &token, "000000").await.code(), "MFA_INVALID_CODE");
    app.advance(SignedDuration::from_mins(10));
    assert_eq!(disable(&app, &token, &code(&app, &secret, 0)).await.code(), "STEP_UP_REQUIRED");
    // Both are needed.
    for (body, field) in [(json!({"password": PASSWORD}), "code"), (json!({"code": codes[0]}), "password")] {
        let answer = app.post("/reauthenticate", &body).bearer(&token).send().await;
        assert_eq!(
            (answer.code(), answer.text("/error/details/0/field")),
            ("VALIDATION_FAILED".to_owned(), field.to_owned())
        );
    }
    let both = json!({"password": PASSWORD, "code": code(&app, &secret, 0)});
    assert_eq!(app.post("/reauthenticate", &both).bearer(&token).send().await.status, 200);
    // That code is used, too.
    assert_eq!(disable(&app, &token, &code(&app, &secret, 0)).await.code(), "MFA_INVALID_CODE");
    assert_eq!(disable(&app, &token, &codes[0]).await.status, 200);
    assert!(matches!(app.mail_to("ada@example.com").await, About::FactorRemoved { .. }));
    assert!(app.login("ada").await.get("accessToken").is_some());
    assert_eq!(disable(&app, &token, "123456").await.code(), "MFA_NOT_ENABLED");
}

#[tokio::test]
async fn codes_are_limited_everywhere_together() {
    let app = App::start().await;
    let (token, secret, _) = enrolled(&app).await;
    for _ in 0..5 {
        assert_eq!(disable(&app, &token, "000000").await.code(), "MFA_INVALID_CODE");
        assert_eq!(verify(&app, "000000").await.code(), "MFA_INVALID_CODE");
    }
    assert_eq!(disable(&app, &token, &code(&app, &secret, 1)).await.code(), "ACCOUNT_LOCKED");
    assert_eq!(verify(&app, &code(&app, &secret, 1)).await.code(), "ACCOUNT_LOCKED");
}

#[tokio::test]
async fn secrets_are_answered_once() {
    let app = App::start().await;
    app.account("ada", Role::User).await;
    let token = app.token("ada").await;
    let enroll = || app.post("/mfa/totp/enroll", &Value::Null).bearer(&token).header("idempotency-key", "one");
    assert_eq!(enroll().send().await.status, 200);
    assert_eq!(enroll().refused().await, refusal(409, "IDEMPOTENCY_RESULT_NOT_STORED"));
}

#[tokio::test]
async fn new_backup_codes_are_answered_once_and_told_once() {
    let app = App::start().await;
    let (token, _, _) = enrolled(&app).await;
    let replace = || app.post("/mfa/totp/backup-codes", &Value::Null).bearer(&token).header("idempotency-key", "one");
    let (first, second) = tokio::join!(replace().send(), replace().send());
    let (good, twin) = if first.status == 200 { (first, second) } else { (second, first) };
    assert_eq!((good.status.as_u16(), twin.code()), (200, "IDEMPOTENCY_RESULT_NOT_STORED".to_owned()));
    assert_eq!(replace().refused().await, refusal(409, "IDEMPOTENCY_RESULT_NOT_STORED"));
    assert!(matches!(app.mail_to("ada@example.com").await, About::BackupCodesReplaced { .. }));
    // The codes that were shown are the good ones.
    assert_eq!(verify(&app, &good.text("/data/backupCodes/0")).await.status, 200);
}
