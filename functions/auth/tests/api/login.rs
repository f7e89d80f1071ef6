//! `POST /login`.

use jiff::SignedDuration;
use local_aws::{Fault, When};
use serde_json::{Value, json};
use shared::auth::{Role, Roles};
use shared::jobs::{Fact, Facts, SignInMethod, SignInOutcome, What};

use crate::support::{App, PASSWORD, T1, T2, refusal};

fn credentials(name: &str, password: &str) -> Value {
    json!({"email": format!("{name}@example.com"), "password": password})
}

#[tokio::test]
async fn it_answers_as_the_contract_says_by_address_and_by_username() {
    let app = App::start().await;
    let account = app.account("ada", Role::Partner).await;
    for body in
        [json!({"email": "ADA@example.com", "password": PASSWORD}), json!({"username": "Ada", "password": PASSWORD})]
    {
        let answer = app.post("/login", &body).send().await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let data = &answer.body["data"];
        assert_eq!((&data["expiresIn"], &data["tokenType"]), (&json!(900), &json!("Bearer")));
        let user = &data["user"];
        assert_eq!((&user["id"], &user["roles"]), (&json!(account.id), &json!(["partner"])));
        assert_eq!((&user["tenantId"], &user["planTier"]), (&json!(T1), &json!("base")));
        assert_eq!(answer.headers["cache-control"], "no-store");
        let token = data["accessToken"].as_str().unwrap();
        assert_eq!(app.get("/profile").bearer(token).send().await.text("/data/email"), "ada@example.com");
    }
}

#[tokio::test]
async fn an_unknown_account_and_a_wrong_password_look_alike() {
    let app = App::start().await;
    app.account("ada", Role::User).await;
    let mut answers = Vec::new();
    for name in ["ada", "nobody"] {
        let before = app.aws.calls();
        let answer = app.post("/login", &credentials(name, "wrong")).send().await;
        assert_eq!((answer.status.as_u16(), answer.code()), refusal(401, "INVALID_CREDENTIALS"));
        let calls: u64 = app.aws.calls().values().sum::<u64>() - before.values().sum::<u64>();
        answers.push((answer.body["error"].clone(), calls));
    }
    assert_eq!(answers[0], answers[1]);
}

#[tokio::test]
async fn two_calls_before_the_hash_and_one_transaction_after() {
    let app = App::start().await;
    app.account("ada", Role::User).await;
    app.login("ada").await;
    let before = app.aws.calls();
    app.login("ada").await;
    let after = app.aws.calls();
    let made = |operation: &str| after.get(operation).unwrap_or(&0) - before.get(operation).unwrap_or(&0);
    let counts = ["UpdateItem", "Query", "GetItem", "TransactWriteItems"].map(made);
    // The attempt, the account; beside the hash the address's attempt; the session, and beside it
    // that attempt is given back.
    assert_eq!(counts, [3, 1, 0, 1]);
    assert_eq!(after.values().sum::<u64>() - before.values().sum::<u64>(), 5);
}

/// What a sign-in costs besides where there is reports: its fact is in the same transaction, sent and deleted after it.
#[tokio::test]
async fn a_sign_in_is_told_to_reports_in_its_transaction() {
    let app = App::start().await.with_reports().await;
    let ada = app.account("ada", Role::User).await;
    app.login("ada").await;
    let _ = app.facts().await;
    let before = app.aws.calls();
    app.login("ada").await;
    let after = app.aws.calls();
    let made = |operation: &str| after.get(operation).unwrap_or(&0) - before.get(operation).unwrap_or(&0);
    let counts =
        ["UpdateItem", "Query", "GetItem", "TransactWriteItems", "BatchWriteItem", "SendMessageBatch"].map(made);
    assert_eq!(counts, [3, 1, 0, 1, 1, 1]);
    let told = app.facts().await;
    let [Facts { tenant_id, facts }] = told.as_slice() else { panic!("{told:?}") };
    let [Fact { user_id, what, .. }] = facts.as_slice() else { panic!("{facts:?}") };
    assert_eq!((*tenant_id, *user_id), (T1, Some(ada.id)));
    let outcome = SignInOutcome::Success;
    assert_eq!(*what, What::SignIn { method: SignInMethod::Password, second_factor: None, outcome });
}

#[tokio::test]
async fn the_named_tenant_is_entered_only_by_its_members() {
    let app = App::start().await;
    app.account_with("ada", |new| {
        new.memberships = vec![(T1, Roles(vec![Role::Admin])), (T2, Roles(vec![Role::Developer]))];
    })
    .await;
    let login = || app.post("/login", &credentials("ada", PASSWORD));
    assert_eq!(login().send().await.text("/data/user/tenantId"), T1.to_string());
    let second = login().header("x-tenant-id", &T2.to_string()).send().await;
    assert_eq!(second.text("/data/user/tenantId"), T2.to_string());
    assert_eq!(second.body["data"]["user"]["roles"], json!(["developer"]));
    assert_eq!(second.text("/data/user/planTier"), "professional");
    let foreign = uuid::Uuid::from_u128(9).to_string();
    assert_eq!(login().header("x-tenant-id", &foreign).refused().await, refusal(403, "FORBIDDEN"));
    assert_eq!(login().header("x-tenant-id", "x").refused().await, refusal(400, "VALIDATION_FAILED"));
    // Whether somebody is a member is told after the right password only.
    let wrong = app.post("/login", &credentials("ada", "wrong")).header("x-tenant-id", &foreign);
    assert_eq!(wrong.refused().await, refusal(401, "INVALID_CREDENTIALS"));
}

#[tokio::test]
async fn unverified_is_told_after_the_right_password_only() {
    let app = App::start().await;
    app.account_with("ada", |new| new.verified = false).await;
    assert_eq!(app.post("/login", &credentials("ada", "wrong")).refused().await, refusal(401, "INVALID_CREDENTIALS"));
    for _ in 0..12 {
        let unverified = app.post("/login", &credentials("ada", PASSWORD)).refused().await;
        assert_eq!(unverified, refusal(403, "ACCOUNT_NOT_VERIFIED"));
    }
}

#[tokio::test]
async fn ten_failures_lock_an_identifier_from_its_address_right_password_or_not() {
    let app = App::start().await;
    app.account("ada", Role::User).await;
    for name in ["ada", "nobody"] {
        for _ in 0..10 {
            let refused = app.post("/login", &credentials(name, "wrong")).refused().await;
            assert_eq!(refused, refusal(401, "INVALID_CREDENTIALS"));
        }
        for password in ["wrong", PASSWORD] {
            let locked = app.post("/login", &credentials(name, password)).send().await;
            assert_eq!((locked.status.as_u16(), locked.code()), refusal(423, "ACCOUNT_LOCKED"));
            assert_eq!(locked.headers["retry-after"], "900");
        }
    }
    let elsewhere = app.post("/login", &credentials("ada", PASSWORD)).from("198.51.100.1");
    assert_eq!(elsewhere.send().await.status, 200);
    app.clock.advance(SignedDuration::from_mins(15));
    assert_eq!(app.post("/login", &credentials("ada", PASSWORD)).send().await.status, 200);
}

#[tokio::test]
async fn guesses_at_once_cannot_all_read_the_same_count() {
    let app = App::start().await;
    app.account("ada", Role::User).await;
    let body = credentials("ada", "wrong");
    let guesses = (0..30).map(|_| app.post("/login", &body).refused());
    let answers = futures_util::future::join_all(guesses).await;
    let wrong = answers.iter().filter(|answer| **answer == refusal(401, "INVALID_CREDENTIALS")).count();
    let locked = answers.iter().filter(|answer| **answer == refusal(423, "ACCOUNT_LOCKED")).count();
    assert_eq!((wrong, locked), (10, 20));
}

#[tokio::test]
async fn a_success_forgets_the_failures() {
    let app = App::start().await;
    app.account("ada", Role::User).await;
    for _ in 0..3 {
        for _ in 0..9 {
            app.post("/login", &credentials("ada", "wrong")).send().await;
        }
        app.login("ada").await;
    }
}

#[tokio::test]
async fn a_hundred_failures_stop_an_address_for_every_identifier() {
    let app = App::start().await;
    app.account("ada", Role::User).await;
    for guess in 0..100 {
        let refused = app.post("/login", &credentials(&format!("nobody{guess}"), "wrong")).refused().await;
        assert_eq!(refused, refusal(401, "INVALID_CREDENTIALS"));
    }
    let stopped = app.post("/login", &credentials("ada", PASSWORD)).send().await;
    assert_eq!((stopped.status.as_u16(), stopped.code()), refusal(429, "RATE_LIMITED"));
    assert!(stopped.headers.contains_key("retry-after"));
    assert_eq!(app.post("/login", &credentials("ada", PASSWORD)).from("198.51.100.1").send().await.status, 200);
}

#[tokio::test]
async fn an_addresss_guesses_at_once_are_all_counted() {
    let app = App::start().await;
    let bodies: Vec<_> = (0..130).map(|guess| credentials(&format!("nobody{guess}"), "wrong")).collect();
    let guesses = bodies.iter().map(|body| app.post("/login", body).refused());
    let answers = futures_util::future::join_all(guesses).await;
    let wrong = answers.iter().filter(|answer| **answer == refusal(401, "INVALID_CREDENTIALS")).count();
    let stopped = answers.iter().filter(|answer| **answer == refusal(429, "RATE_LIMITED")).count();
    assert_eq!((wrong, stopped), (100, 30));
}

#[tokio::test]
async fn successes_are_no_failures_of_their_address() {
    let app = App::start().await;
    app.account("ada", Role::User).await;
    for _ in 0..110 {
        app.login("ada").await;
    }
}

#[tokio::test]
async fn profile_changes_keep_nobody_from_signing_in_or_out() {
    let app = App::start().await;
    app.account("ada", Role::User).await;
    let token = app.token("ada").await;
    let body = json!({"firstName": "Ada"});
    let patches = async {
        for _ in 0..60 {
            app.call(http::Method::PATCH, "/profile").json(&body).bearer(&token).send().await;
        }
    };
    let sign_ins = async {
        for _ in 0..5 {
            app.login("ada").await;
        }
        app.post("/logout", &json!({"all": true})).bearer(&token).send().await.status
    };
    let ((), logout) = tokio::join!(patches, sign_ins);
    assert_eq!(logout, 200);
}

#[tokio::test]
async fn bad_bodies_are_refused_by_field() {
    let app = App::start().await;
    for (body, field) in [
        (json!({"password": "x"}), "email"),
        (json!({"email": "a@b.c", "username": "a", "password": "x"}), "email"),
        (json!({"email": "a@b.c"}), ""),
        (json!({"email": "a@b.c", "password": ""}), "password"),
        (json!({"email": "a@b.c", "password": "x".repeat(257)}), "password"),
        (json!({"email": "a@b.c", "password": 1}), "password"),
        (json!({"email": "a@b.c", "password": "x", "admin": true}), "admin"),
    ] {
        let answer = app.post("/login", &body).send().await;
        assert_eq!((answer.status.as_u16(), answer.code()), refusal(400, "VALIDATION_FAILED"), "{body}");
        assert_eq!(answer.text("/error/details/0/field"), field, "{body}");
    }
}

#[tokio::test]
async fn a_hash_of_other_parameters_is_replaced_at_sign_in() {
    let app = App::start().await;
    let stronger = [("ARGON2_ITERATIONS".to_owned(), "3".to_owned())];
    let env = app.aws.function_env("AuthFunction").unwrap().into_iter().chain(stronger).collect();
    let other = auth::Auth::build(&env, app.clock.clone()).await.unwrap();
    let hash = other.state().passwords.hash(PASSWORD).await.unwrap();
    let account = app.account_with("ada", |new| new.password_hash = Some(hash)).await;
    app.login("ada").await;
    let stored = app.auth.state().accounts.get(account.id).await.unwrap().unwrap();
    assert!(app.auth.state().passwords.is_todays(&stored.password_hash.unwrap()));
    app.login("ada").await;
}

#[tokio::test]
async fn a_third_of_transactions_in_conflict_only_makes_it_slower() {
    let app = App::start().await;
    app.account("ada", Role::User).await;
    app.aws.faults().inject("TransactWriteItems", Fault::TransactionConflict, When::Probability(0.3));
    for _ in 0..20 {
        app.login("ada").await;
    }
}

#[tokio::test]
async fn a_store_that_is_down_is_503_with_retry_after() {
    let app = App::start().await;
    app.account("ada", Role::User).await;
    app.aws.faults().inject("Query", Fault::Throttling, When::Probability(1.0));
    let answer = app.post("/login", &credentials("ada", PASSWORD)).send().await;
    assert_eq!((answer.status.as_u16(), answer.code()), refusal(503, "UNAVAILABLE"));
    assert!(answer.headers.contains_key("retry-after"));
}
