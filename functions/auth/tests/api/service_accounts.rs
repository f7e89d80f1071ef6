//! Machines that call for a tenant.

use http::Method;
use jiff::SignedDuration;
use serde_json::{Value, json};
use shared::auth::{Role, Roles};

use crate::support::{Answer, App, T2, refusal};

async fn start() -> (App, String) {
    let app = App::start().await;
    app.account("root", Role::Admin).await;
    let token = app.token("root").await;
    (app, token)
}

async fn create(app: &App, token: &str, role: &str) -> Value {
    let answer =
        app.post("/service-accounts", &json!({"name": "Importer", "roles": [role]})).bearer(token).send().await;
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.body["data"].clone()
}

async fn token(app: &App, account: &Value) -> Answer {
    let body = json!({
        "grantType": "client_credentials", "clientId": account["clientId"], "clientSecret": account["clientSecret"],
    });
    app.post("/token", &body).send().await
}

#[tokio::test]
async fn a_machine_calls_with_its_roles_for_its_tenant() {
    let (app, root) = start().await;
    let account = create(&app, &root, "admin").await;
    let answer = token(&app, &account).await;
    assert_eq!(
        (answer.body["data"]["expiresIn"].as_u64(), answer.text("/data/tokenType")),
        (Some(900), "Bearer".to_owned())
    );
    assert!(answer.body["data"].get("refreshToken").is_none());
    let access = answer.text("/data/accessToken");
    assert_eq!(app.get("/users").bearer(&access).send().await.status, 200);
    // It has no profile of its own, nor sessions.
    assert_eq!(app.get("/profile").bearer(&access).refused().await, refusal(401, "UNAUTHORIZED"));
    // As RFC 6749 spells it.
    let body = json!({"grant_type": "client_credentials", "client_id": account["clientId"], "client_secret": account["clientSecret"]});
    assert_eq!(app.post("/token", &body).send().await.status, 200);
    let password = json!({"grantType": "password", "clientId": "x", "clientSecret": "x"});
    assert_eq!(app.post("/token", &password).refused().await, refusal(400, "VALIDATION_FAILED"));
}

#[tokio::test]
async fn a_secret_is_shown_once_and_a_new_one_ends_the_old() {
    let (app, root) = start().await;
    let account = create(&app, &root, "user").await;
    let path = format!("/service-accounts/{}", account["id"].as_str().unwrap());
    let read = app.get(&path).bearer(&root).send().await;
    assert!(read.body["data"].get("clientSecret").is_none() && !read.body.to_string().contains("ezr_secret_"));
    let before = token(&app, &account).await.text("/data/accessToken");
    app.advance(SignedDuration::from_secs(1));
    let rotated = app.post(&format!("{path}/rotate-secret"), &Value::Null).bearer(&root).send().await;
    assert_eq!(token(&app, &account).await.code(), "INVALID_CREDENTIALS");
    assert_eq!(app.post("/users/lookup", &json!({"ids": [uuid::Uuid::nil()]})).bearer(&before).refused().await.0, 401);
    let after = token(&app, &rotated.body["data"]).await.text("/data/accessToken");
    assert_eq!(app.post("/users/lookup", &json!({"ids": [uuid::Uuid::nil()]})).bearer(&after).send().await.status, 200);
}

#[tokio::test]
async fn changed_roles_and_deletion_end_its_tokens() {
    let (app, root) = start().await;
    let account = create(&app, &root, "admin").await;
    let path = format!("/service-accounts/{}", account["id"].as_str().unwrap());
    let access = token(&app, &account).await.text("/data/accessToken");
    let change = |body: Value| app.call(Method::PATCH, &path).json(&body).bearer(&root).send();
    assert_eq!(change(json!({"name": "Reader"})).await.text("/data/name"), "Reader");
    assert_eq!(app.get("/users").bearer(&access).send().await.status, 200);
    assert_eq!(change(json!({"roles": ["user"]})).await.body["data"]["roles"], json!(["user"]));
    assert_eq!(app.get("/users").bearer(&access).refused().await.0, 401);
    let access = token(&app, &account).await.text("/data/accessToken");
    assert_eq!(app.get("/users").bearer(&access).refused().await, refusal(403, "FORBIDDEN"));
    assert_eq!(change(json!({"roles": ["system"]})).await.code(), "VALIDATION_FAILED");
    app.advance(SignedDuration::from_secs(1));
    assert_eq!(app.call(Method::DELETE, &path).bearer(&root).send().await.status, 200);
    assert_eq!(app.call(Method::DELETE, &path).bearer(&root).refused().await, refusal(404, "NOT_FOUND"));
    assert_eq!(token(&app, &account).await.code(), "INVALID_CREDENTIALS");
    assert_eq!(app.get("/users").bearer(&access).refused().await.0, 401);
}

#[tokio::test]
async fn another_tenants_are_not_there() {
    let (app, root) = start().await;
    app.account_with("eve", |new| new.memberships = vec![(T2, Roles(vec![Role::Admin]))]).await;
    let account = create(&app, &root, "user").await;
    let eve = app.token("eve").await;
    let path = format!("/service-accounts/{}", account["id"].as_str().unwrap());
    for (method, path) in
        [(Method::GET, path.clone()), (Method::DELETE, path.clone()), (Method::POST, format!("{path}/rotate-secret"))]
    {
        assert_eq!(app.call(method, &path).bearer(&eve).refused().await, refusal(404, "NOT_FOUND"), "{path}");
    }
    assert_eq!(app.get("/service-accounts").bearer(&eve).send().await.body["data"], json!([]));
    assert_eq!(app.get("/service-accounts").bearer(&root).send().await.body["data"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn secrets_cannot_be_guessed() {
    let (app, root) = start().await;
    let account = create(&app, &root, "user").await;
    let wrong = json!({"clientId": account["clientId"], "clientSecret": "ezr_secret_x"});
    for _ in 0..10 {
        assert_eq!(token(&app, &wrong).await.code(), "INVALID_CREDENTIALS");
    }
    assert_eq!(token(&app, &account).await.code(), "ACCOUNT_LOCKED");
    let unknown = json!({"clientId": "ezr_client_x", "clientSecret": "x"});
    assert_eq!(token(&app, &unknown).await.code(), "INVALID_CREDENTIALS");
}

#[tokio::test]
async fn a_stale_sign_in_makes_no_machine_an_admin() {
    let (app, root) = start().await;
    let account = create(&app, &root, "user").await;
    let path = format!("/service-accounts/{}", account["id"].as_str().unwrap());
    app.advance(SignedDuration::from_mins(10));
    let change = |role: &str| app.call(Method::PATCH, &path).json(&json!({"roles": [role]})).bearer(&root).refused();
    assert_eq!(change("admin").await, refusal(403, "STEP_UP_REQUIRED"));
    assert_eq!(change("organizer").await.0, 200);
}
