//! The second factor of a sign-in.

use jiff::SignedDuration;
use serde_json::json;
use totp_rs::{Algorithm, Builder};

use crate::support::{Answer, App, TOTP_SECRET, refusal};

/// The code of `steps` after now.
pub fn code(app: &App, steps: i64) -> String {
    let generator = Builder::new().with_algorithm(Algorithm::SHA1).with_secret(TOTP_SECRET.to_vec()).build().unwrap();
    let second = app.clock.now().as_second() + steps * 30;
    generator.generate(u64::try_from(second).unwrap()).to_string()
}

async fn challenge(app: &App) -> String {
    let data = app.login("dev").await;
    assert_eq!((&data["mfaRequired"], &data["availableMethods"]), (&json!(true), &json!(["totp"])));
    assert!(data.get("accessToken").is_none());
    data["mfaToken"].as_str().unwrap().to_owned()
}

async fn verify(app: &App, token: &str, code: &str) -> Answer {
    app.post("/mfa/totp/verify", &json!({"mfaToken": token, "code": code})).send().await
}

async fn start() -> App {
    let app = App::start().await;
    app.account_with("dev", |new| new.totp_secret = Some(TOTP_SECRET.to_vec())).await;
    app
}

#[tokio::test]
async fn a_right_code_signs_in_once() {
    let app = start().await;
    let (first, second) = (challenge(&app).await, challenge(&app).await);
    let answer = verify(&app, &first, &code(&app, 0)).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(
        app.get("/profile").bearer(&answer.text("/data/accessToken")).send().await.body["data"]["mfaEnabled"],
        true
    );
    // The code is used, also for another challenge; the challenge is used, also for another code.
    assert_eq!(verify(&app, &second, &code(&app, 0)).await.code(), "MFA_INVALID_CODE");
    assert_eq!(verify(&app, &first, &code(&app, 1)).await.code(), "MFA_TOKEN_EXPIRED");
    assert_eq!(verify(&app, &second, &code(&app, 1)).await.status, 200);
}

#[tokio::test]
async fn of_the_same_code_at_once_one_wins() {
    let app = start().await;
    let mut challenges = Vec::new();
    for _ in 0..5 {
        challenges.push(challenge(&app).await);
    }
    let code = code(&app, 0);
    let answers = futures_util::future::join_all(challenges.iter().map(|token| verify(&app, token, &code))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    assert_eq!(answers.iter().filter(|answer| answer.code() == "MFA_INVALID_CODE").count(), 4);
}

#[tokio::test]
async fn one_step_of_drift_is_forgiven_and_no_more() {
    for (steps, good) in [(-2, false), (-1, true), (1, true), (2, false)] {
        let app = start().await;
        let token = challenge(&app).await;
        let answer = verify(&app, &token, &code(&app, steps)).await;
        assert_eq!(answer.status == 200, good, "{steps}: {answer:?}");
    }
}

#[tokio::test]
async fn a_challenge_dies_after_five_wrong_codes_and_five_minutes() {
    let app = start().await;
    let token = challenge(&app).await;
    for _ in 0..5 {
        assert_eq!(verify(&app, &token, "000000").await.code(), "MFA_INVALID_CODE");
    }
    assert_eq!(verify(&app, &token, &code(&app, 0)).await.code(), "MFA_TOKEN_EXPIRED");
    let late = challenge(&app).await;
    app.clock.advance(SignedDuration::from_mins(5));
    assert_eq!(verify(&app, &late, &code(&app, 0)).await.code(), "MFA_TOKEN_EXPIRED");
}

#[tokio::test]
async fn a_challenge_ends_when_the_password_is_reset() {
    let app = start().await;
    let before = challenge(&app).await;
    let email = json!({"email": "dev@example.com"});
    assert_eq!(app.post("/password/forgot", &email).send().await.status, 202);
    app.work().await;
    let token = app.token_mailed_to("dev@example.com").await;
    // A link that is not used changes nothing.
    let unharmed = challenge(&app).await;
    assert_eq!(verify(&app, &unharmed, &code(&app, 0)).await.status, 200);
    let reset = json!({"token": token, "newPassword": "battery horse correct staple"});
    assert_eq!(app.post("/password/reset", &reset).send().await.status, 200);
    let answer = verify(&app, &before, &code(&app, 1)).await;
    assert_eq!((answer.status.as_u16(), answer.code()), refusal(401, "MFA_TOKEN_EXPIRED"));
}

#[tokio::test]
async fn ten_wrong_codes_lock_the_second_factor_of_the_account() {
    let app = start().await;
    for _ in 0..2 {
        let token = challenge(&app).await;
        for _ in 0..5 {
            assert_eq!(verify(&app, &token, "000000").await.code(), "MFA_INVALID_CODE");
        }
    }
    let token = challenge(&app).await;
    let locked = verify(&app, &token, &code(&app, 0)).await;
    assert_eq!((locked.status.as_u16(), locked.code()), refusal(423, "ACCOUNT_LOCKED"));
    assert!(locked.headers.contains_key("retry-after"));
    app.clock.advance(SignedDuration::from_mins(15));
    let token = challenge(&app).await;
    assert_eq!(verify(&app, &token, &code(&app, 0)).await.status, 200);
}

#[tokio::test]
async fn tokens_of_other_purposes_are_refused_and_not_used_up() {
    let app = start().await;
    app.account("ada", shared::auth::Role::User).await;
    let signed_in = app.login("ada").await;
    let refresh = signed_in["refreshToken"].as_str().unwrap();
    assert_eq!(verify(&app, refresh, "123456").await.code(), "TOKEN_INVALID");
    assert_eq!(verify(&app, signed_in["accessToken"].as_str().unwrap(), "123456").await.code(), "TOKEN_INVALID");
    let mfa = challenge(&app).await;
    let refused = app.post("/refresh", &json!({"refreshToken": mfa})).refused().await;
    assert_eq!(refused, refusal(401, "TOKEN_INVALID"));
    assert_eq!(app.get("/profile").bearer(&mfa).refused().await, refusal(401, "UNAUTHORIZED"));
    assert_eq!(verify(&app, &mfa, &code(&app, 0)).await.status, 200);
    let rotated = app.post("/refresh", &json!({"refreshToken": refresh})).send().await;
    assert_eq!(rotated.status, 200, "{rotated:?}");
}
