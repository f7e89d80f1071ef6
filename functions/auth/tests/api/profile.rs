//! `GET` and `PATCH /profile`.

use http::Method;
use serde_json::json;
use shared::auth::Role;

use crate::support::{App, T1, refusal};

#[tokio::test]
async fn it_is_ones_own_in_one_read() {
    let app = App::start().await;
    let account = app.account("ada", Role::Organizer).await;
    let token = app.token("ada").await;
    app.get("/profile").bearer(&token).send().await;
    let before: u64 = app.aws.calls().values().sum();
    let answer = app.get("/profile").bearer(&token).send().await;
    assert_eq!(app.aws.calls().values().sum::<u64>() - before, 1);
    let data = &answer.body["data"];
    assert_eq!((&data["id"], &data["tenantId"]), (&json!(account.id), &json!(T1)));
    assert_eq!((&data["roles"], &data["displayName"]), (&json!(["organizer"]), &json!("ada")));
    assert_eq!(answer.body["meta"]["tenant_id"], json!(T1));
    assert!(!answer.body.to_string().contains("argon2"));
}

#[tokio::test]
async fn a_change_sets_empties_and_keeps() {
    let app = App::start().await;
    app.account("ada", Role::User).await;
    let token = app.token("ada").await;
    let patch = |body| app.call(Method::PATCH, "/profile").json(&body).bearer(&token);
    let set =
        patch(json!({"firstName": "Ada", "lastName": "Lovelace", "timeZone": "Europe/Vienna", "locale": "de-AT"}));
    assert_eq!(set.send().await.text("/data/displayName"), "Ada Lovelace");
    let emptied = patch(json!({"lastName": null})).send().await;
    assert_eq!(
        (emptied.text("/data/displayName"), emptied.text("/data/locale")),
        ("Ada".to_owned(), "de-AT".to_owned())
    );
    for (body, field) in [
        (json!({"timeZone": "Mars/Olympus"}), "timeZone"),
        (json!({"locale": "d"}), "locale"),
        (json!({"avatarUrl": "javascript:alert(1)"}), "avatarUrl"),
        (json!({"firstName": ""}), "firstName"),
        (json!({"firstName": "a\nb"}), "firstName"),
        (json!({"roles": ["admin"]}), "roles"),
    ] {
        let answer = patch(body.clone()).send().await;
        assert_eq!((answer.status.as_u16(), answer.code()), refusal(400, "VALIDATION_FAILED"), "{body}");
        assert_eq!(answer.text("/error/details/0/field"), field, "{answer:?}");
    }
}

#[tokio::test]
async fn changes_at_once_are_kept_or_refused_and_may_be_sent_again() {
    let app = App::start().await;
    app.account("ada", Role::User).await;
    let token = app.token("ada").await;
    let bodies: Vec<_> = (0..10).map(|index| json!({"firstName": format!("Ada{index}")})).collect();
    let patch = |(number, body)| {
        let call = app.call(Method::PATCH, "/profile").json(body).bearer(&token);
        call.header("idempotency-key", &format!("change-{number}")).refused()
    };
    let patches = bodies.iter().enumerate().map(patch);
    let answers = futures_util::future::join_all(patches).await;
    assert!(answers.iter().any(|answer| answer.0 == 200));
    assert!(answers.iter().all(|answer| answer.0 == 200 || *answer == refusal(503, "UNAVAILABLE")), "{answers:?}");
    // A lost race passes, so it is not what the key stands for.
    for (number, body) in bodies.iter().enumerate() {
        assert_eq!(patch((number, body)).await.0, 200);
    }
}

#[tokio::test]
async fn a_username_is_changed_and_given_up() {
    let app = App::start().await;
    app.account("ada", Role::User).await;
    app.account("eve", Role::User).await;
    let token = app.token("ada").await;
    let rename = |name: serde_json::Value| {
        app.call(Method::PATCH, "/profile").json(&json!({"username": name})).bearer(&token).refused()
    };
    let login =
        |name: &str| app.post("/login", &json!({"username": name, "password": crate::support::PASSWORD})).refused();
    assert_eq!(rename(json!("EVE")).await, refusal(409, "USERNAME_TAKEN"));
    assert_eq!(rename(json!("admin")).await, refusal(400, "VALIDATION_FAILED"));
    // The same name in another spelling.
    assert_eq!(rename(json!("ADA")).await.0, 200);
    assert_eq!(rename(json!("lovelace")).await.0, 200);
    assert_eq!((login("lovelace").await.0, login("ada").await.0), (200, 401));
    assert_eq!(rename(json!(null)).await.0, 200);
    assert_eq!(login("lovelace").await.0, 401);
    app.account_with("bob", |new| new.username = Some("lovelace".to_owned())).await;
}
