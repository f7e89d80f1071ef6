//! What is known of users, from auth and from their tenant.

use futures_util::future::join_all;
use local_aws::{Fault, When};
use serde_json::json;
use shared::auth::Role;

use crate::support::{App, T1, T2, body, changed, refusal};

#[tokio::test]
async fn what_auth_says_is_known_and_an_older_word_never_replaces_a_newer_one() {
    let app = App::start().await;
    let ada = app.stranger(T1, Role::User);
    let path = format!("/contacts/{}", ada.id);
    let before = app.get(&path).by(&ada).data().await;
    assert_eq!((&before["email"], &before["userId"]), (&json!(null), &json!(ada.id)), "{before}");
    // Late, twice, and out of order.
    for version in [2, 3, 3, 1] {
        assert!(app.receive(&[body(&changed(&ada, version))]).await.is_empty());
    }
    let after = app.get(&path).by(&ada).data().await;
    assert_eq!(after["email"], "v3@example.com");
    assert_eq!((&after["locale"], &after["timeZone"]), (&json!("de-AT"), &json!("Europe/Vienna")));
}

#[tokio::test]
async fn news_at_once_end_with_the_newest() {
    let app = App::start().await;
    let ada = app.stranger(T1, Role::User);
    let news: Vec<String> = [2, 5, 1, 4, 3, 5].map(|version| body(&changed(&ada, version))).to_vec();
    app.aws.faults().inject("PutItem", Fault::TransactionConflict, When::Probability(0.3));
    let received = join_all(news.iter().map(|one| app.receive(std::slice::from_ref(one)))).await;
    app.aws.faults().clear();
    assert!(received.iter().all(Vec::is_empty), "{received:?}");
    assert_eq!(app.get(&format!("/contacts/{}", ada.id)).by(&ada).data().await["email"], "v5@example.com");
}

#[tokio::test]
async fn a_poisoned_message_fails_alone() {
    let app = App::start().await;
    let (ada, bob) = (app.stranger(T1, Role::User), app.stranger(T1, Role::User));
    let batch = [body(&changed(&ada, 1)), "{".to_owned(), "{\"job\":\"unknown\"}".to_owned(), body(&changed(&bob, 1))];
    let mut failed = app.receive(&batch).await;
    failed.sort_unstable();
    assert_eq!(failed, [1, 2]);
    for user in [ada, bob] {
        let contact = app.get(&format!("/contacts/{}", user.id)).by(&user).data().await;
        assert_eq!(contact["email"], "v1@example.com");
    }
}

#[tokio::test]
async fn a_tenants_own_details_come_before_the_accounts() {
    let app = App::start().await;
    let ada = app.user(T1, Role::User).await;
    let organizer = app.user(T1, Role::Organizer).await;
    let path = format!("/contacts/{}", ada.id);
    let set = app.put(&path, &json!({"phone": "+436641234567", "locale": "en"})).by(&organizer).data().await;
    assert_eq!(
        (&set["phone"], &set["locale"], &set["timeZone"]),
        (&json!("+436641234567"), &json!("en"), &json!("Europe/Vienna"))
    );
    assert_eq!(app.get(&path).by(&ada).data().await, set);
    // What is left out is emptied.
    let emptied = app.put(&path, &json!({})).by(&ada).data().await;
    assert_eq!((&emptied["phone"], &emptied["locale"]), (&json!(null), &json!("de-AT")));
}

#[tokio::test]
async fn another_users_contact_needs_an_organizer_of_the_same_tenant() {
    let app = App::start().await;
    let (ada, bob) = (app.user(T1, Role::User).await, app.user(T1, Role::User).await);
    let path = format!("/contacts/{}", ada.id);
    let change = json!({"phone": "+436641234567"});
    assert_eq!(app.get(&path).by(&bob).refused().await, refusal(403, "FORBIDDEN"));
    assert_eq!(app.put(&path, &change).by(&bob).refused().await, refusal(403, "FORBIDDEN"));
    let eve = app.user(T2, Role::Admin).await;
    let nobody = format!("/contacts/{}", uuid::Uuid::nil());
    for path in [&path, &nobody] {
        assert_eq!(app.get(path).by(&eve).refused().await, refusal(404, "NOT_FOUND"));
        assert_eq!(app.put(path, &change).by(&eve).refused().await, refusal(404, "NOT_FOUND"));
    }
    assert_eq!(app.get(&path).by(&ada).data().await["phone"], json!(null));
}

#[tokio::test]
async fn whoever_has_left_the_tenant_is_gone() {
    let app = App::start().await;
    let ada = app.user(T1, Role::User).await;
    let organizer = app.user(T1, Role::Organizer).await;
    let path = format!("/contacts/{}", ada.id);
    assert_eq!(app.get(&path).by(&organizer).send().await.status, 200);
    let mut left = changed(&ada, 2);
    left.tenants = vec![T2];
    assert!(app.receive(&[body(&left)]).await.is_empty());
    assert_eq!(app.get(&path).by(&organizer).refused().await, refusal(404, "NOT_FOUND"));
    assert_eq!(app.put(&path, &json!({})).by(&organizer).refused().await, refusal(404, "NOT_FOUND"));
    // An old token of hers shows nothing of what the other tenant may know.
    assert_eq!(app.get(&path).by(&ada).data().await["email"], json!(null));
}

#[tokio::test]
async fn a_wrong_field_is_named() {
    let app = App::start().await;
    let ada = app.user(T1, Role::User).await;
    let path = format!("/contacts/{}", ada.id);
    for (field, value) in [("phone", "0664"), ("locale", "x"), ("timeZone", "Mars/Base"), ("fax", "1")] {
        let answer = app.put(&path, &json!({field: value})).by(&ada).send().await;
        assert_eq!(answer.status, 400, "{field}");
        assert_eq!(answer.body["error"]["details"][0]["field"], field, "{answer:?}");
    }
}

#[tokio::test]
async fn a_replay_passes_the_same_authorization() {
    let app = App::start().await;
    let ada = app.user(T1, Role::User).await;
    let organizer = app.user(T1, Role::Organizer).await;
    let path = format!("/contacts/{}", ada.id);
    let change = json!({"phone": "+436641234567"});
    let first = app.put(&path, &change).by(&organizer).header("idempotency-key", "one").data().await;
    assert_eq!(app.put(&path, &change).by(&organizer).header("idempotency-key", "one").data().await, first);
    let demoted = organizer.with_role(Role::User);
    let again = app.put(&path, &change).by(&demoted).header("idempotency-key", "one");
    assert_eq!(again.refused().await, refusal(403, "FORBIDDEN"));
}
