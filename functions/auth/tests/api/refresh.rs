//! `POST /refresh`: rotation, lost answers, theft.

use jiff::SignedDuration;
use local_aws::{Fault, When};
use serde_json::json;
use shared::auth::Role;

use crate::support::{Answer, App, T1, T2, refusal};

async fn refresh(app: &App, token: &str) -> Answer {
    app.post("/refresh", &json!({"refreshToken": token})).send().await
}

async fn start() -> (App, String, String) {
    let app = App::start().await;
    app.account("ada", Role::User).await;
    let data = app.login("ada").await;
    let text = |name: &str| data[name].as_str().unwrap().to_owned();
    let (access, refresh) = (text("accessToken"), text("refreshToken"));
    (app, access, refresh)
}

#[tokio::test]
async fn a_token_is_good_for_one_rotated_pair() {
    let (app, _, first) = start().await;
    let answer = refresh(&app, &first).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.body["data"]["expiresIn"], 900);
    let second = answer.text("/data/refreshToken");
    assert_ne!(first, second);
    assert_eq!(app.get("/profile").bearer(&answer.text("/data/accessToken")).send().await.status, 200);
    assert_eq!(refresh(&app, &second).await.status, 200);
}

#[tokio::test]
async fn refreshes_at_once_agree_also_under_conflicts() {
    let (app, _, first) = start().await;
    app.aws.faults().inject("PutItem", Fault::TransactionConflict, When::Probability(0.3));
    let answers = futures_util::future::join_all((0..20).map(|_| refresh(&app, &first))).await;
    let mut successors: Vec<String> = answers.iter().map(|answer| answer.text("/data/refreshToken")).collect();
    successors.dedup();
    assert_eq!(successors.len(), 1);
}

#[tokio::test]
async fn a_lost_answer_is_given_again_then_replaced() {
    let (app, _, first) = start().await;
    let lost = refresh(&app, &first).await.text("/data/refreshToken");
    app.clock.advance(SignedDuration::from_secs(30));
    assert_eq!(refresh(&app, &first).await.text("/data/refreshToken"), lost);
    app.clock.advance(SignedDuration::from_secs(1));
    let replaced = refresh(&app, &first).await.text("/data/refreshToken");
    assert_ne!(replaced, lost);
    assert_eq!(refresh(&app, &lost).await.code(), "REFRESH_TOKEN_REUSED");
    assert_eq!(refresh(&app, &replaced).await.code(), "TOKEN_REVOKED");
}

#[tokio::test]
async fn theft_ends_the_session_and_its_access_tokens() {
    let (app, access, first) = start().await;
    let second = refresh(&app, &first).await.text("/data/refreshToken");
    let third = refresh(&app, &second).await;
    let stolen = app.post("/refresh", &json!({"refreshToken": first})).refused().await;
    assert_eq!(stolen, refusal(401, "REFRESH_TOKEN_REUSED"));
    assert_eq!(refresh(&app, &third.text("/data/refreshToken")).await.code(), "TOKEN_REVOKED");
    for token in [access, third.text("/data/accessToken")] {
        assert_eq!(app.get("/profile").bearer(&token).refused().await, refusal(401, "UNAUTHORIZED"));
    }
}

#[tokio::test]
async fn another_tenants_header_is_forbidden() {
    let (app, _, first) = start().await;
    let foreign = || app.post("/refresh", &json!({"refreshToken": first})).header("x-tenant-id", &T2.to_string());
    assert_eq!(foreign().refused().await, refusal(403, "FORBIDDEN"));
    let own = app.post("/refresh", &json!({"refreshToken": first})).header("x-tenant-id", &T1.to_string());
    assert_eq!(own.send().await.status, 200);
}

#[tokio::test]
async fn a_session_ends_after_seven_days_unused() {
    let (app, _, first) = start().await;
    app.clock.advance(SignedDuration::from_hours(7 * 24 - 1));
    let second = refresh(&app, &first).await.text("/data/refreshToken");
    app.clock.advance(SignedDuration::from_hours(7 * 24));
    assert_eq!(refresh(&app, &second).await.code(), "REFRESH_TOKEN_EXPIRED");
}

#[tokio::test]
async fn an_answer_lost_on_the_way_back_from_the_store_is_no_theft() {
    let (app, _, first) = start().await;
    app.aws.faults().inject("PutItem", Fault::DroppedAfter, When::Next(1));
    let answer = refresh(&app, &first).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(refresh(&app, &answer.text("/data/refreshToken")).await.status, 200);
}

#[tokio::test]
async fn what_is_no_refresh_token_is_refused_without_asking_the_store() {
    let (app, access, first) = start().await;
    let before = app.aws.calls();
    let mut forged = first.clone();
    forged.replace_range(20..21, if &first[20..21] == "A" { "B" } else { "A" });
    for token in [access.as_str(), "ezr_refresh_", "nonsense", &forged] {
        assert_eq!(refresh(&app, token).await.code(), "TOKEN_INVALID", "{token}");
    }
    assert_eq!(app.aws.calls(), before);
    assert_eq!(app.get("/profile").bearer(&first).refused().await, refusal(401, "UNAUTHORIZED"));
}
