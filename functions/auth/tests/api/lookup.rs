//! `POST /users/lookup`.

use serde_json::json;
use shared::auth::{Role, Roles};

use crate::support::{App, T2, refusal};

#[tokio::test]
async fn it_finds_members_of_ones_own_tenant_only() {
    let app = App::start().await;
    let ada = app.account("ada", Role::User).await;
    let bob = app.account("bob", Role::User).await;
    let eve = app.account_with("eve", |new| new.memberships = vec![(T2, Roles(vec![Role::Admin]))]).await;
    let token = app.token("ada").await;
    let lookup = |body| app.post("/users/lookup", &body).bearer(&token);

    let by_id = lookup(json!({"ids": [bob.id, eve.id, ada.id, bob.id]})).send().await;
    let names: Vec<_> = by_id.body["data"].as_array().unwrap().iter().map(|user| user["displayName"].clone()).collect();
    assert_eq!(names, ["bob", "ada"]);
    let by_email = lookup(json!({"emails": ["BOB@example.com", "eve@example.com", "nobody@example.com"]})).send().await;
    assert_eq!(by_email.body["data"], json!([{"id": bob.id, "displayName": "bob", "avatarUrl": null}]));
    let many = json!({"emails": vec![""; 100_000]});
    let refused = lookup(many).send().await;
    assert_eq!(
        (refused.status.as_u16(), refused.text("/error/details/0/message")),
        (400, "must have at most 100 entries".to_owned())
    );
    assert!(refused.body.to_string().len() < 1000);
    for body in [json!({}), json!({"ids": [], "emails": []}), json!({"ids": []}), json!({"ids": ["x"]})] {
        assert_eq!(lookup(body.clone()).refused().await, refusal(400, "VALIDATION_FAILED"), "{body}");
    }
}
