//! Tenants and accounts, as the platform itself manages them.

use http::Method;
use jiff::SignedDuration;
use serde_json::{Value, json};
use shared::auth::{Role, Roles, SYSTEM_TENANT};

use crate::support::{App, PASSWORD, T1, T2, refusal};

async fn start() -> (App, String) {
    let app = App::start().await;
    app.account_with("root", |new| new.memberships = vec![crate::support::system()]).await;
    let token = app.token("root").await;
    (app, token)
}

#[tokio::test]
async fn tenants_are_made_listed_and_changed() {
    let (app, root) = start().await;
    let new = json!({"name": "Summer & Sun", "planTier": "enterprise"});
    let made = app.post("/tenants", &new).bearer(&root).send().await;
    assert_eq!((made.status.as_u16(), made.text("/data/planTier")), (201, "enterprise".to_owned()));
    let path = format!("/tenants/{}", made.text("/data/id"));
    let changed = app.call(Method::PATCH, &path).json(&json!({"planTier": "base", "openSignup": true}));
    assert_eq!(changed.bearer(&root).send().await.body["data"]["openSignup"], true);
    let read = app.get(&path).bearer(&root).send().await;
    assert_eq!((read.text("/data/planTier"), read.text("/data/name")), ("base".to_owned(), "Summer & Sun".to_owned()));
    let list = app.get("/tenants").bearer(&root).send().await;
    assert_eq!(list.body["data"].as_array().unwrap().len(), 4);
    for (body, field) in
        [(json!({"name": ""}), "name"), (json!({"planTier": "gold"}), "planTier"), (json!({"x": 1}), "x")]
    {
        let answer = app.post("/tenants", &body).bearer(&root).send().await;
        assert_eq!(answer.code(), "VALIDATION_FAILED", "{body}");
        assert_eq!(answer.text("/error/details/0/field"), field, "{answer:?}");
    }
    let open = app.call(Method::PATCH, &format!("/tenants/{SYSTEM_TENANT}")).json(&json!({"openSignup": true}));
    assert_eq!(open.bearer(&root).refused().await, refusal(409, "CONFLICT"));
    let missing = app.get(&format!("/tenants/{}", uuid::Uuid::max())).bearer(&root).refused().await;
    assert_eq!(missing, refusal(404, "NOT_FOUND"));
}

#[tokio::test]
async fn a_changed_plan_reaches_new_tokens_at_the_next_refresh() {
    let (app, root) = start().await;
    app.account("ada", Role::User).await;
    let session = app.login("ada").await;
    assert_eq!(session["user"]["planTier"], "base");
    let change = app.call(Method::PATCH, &format!("/tenants/{T1}")).json(&json!({"planTier": "enterprise"}));
    assert_eq!(change.bearer(&root).send().await.status, 200);
    let refreshed = app.post("/refresh", &json!({"refreshToken": session["refreshToken"]})).send().await;
    assert_eq!(refreshed.text("/data/user/planTier"), "enterprise");
    let profile = app.get("/profile").bearer(&refreshed.text("/data/accessToken")).send().await;
    assert_eq!(profile.text("/data/planTier"), "enterprise");
    // Another process may remember the old one for 15 s.
    let other = App::another(&app.aws, &app.clock).await;
    other.state().tenants.get(T1).await.unwrap();
    app.advance(SignedDuration::from_secs(15));
    assert_eq!(other.state().tenants.get(T1).await.unwrap().unwrap().plan, shared::auth::Plan::Enterprise);
}

#[tokio::test]
async fn a_suspended_account_is_out_everywhere_and_each_of_its_tenants_reads_of_it() {
    let (app, root) = start().await;
    let both = vec![(T1, Roles(vec![Role::User])), (T2, Roles(vec![Role::User]))];
    let ada = app.account_with("ada", |new| new.memberships = both).await;
    app.account("admin", Role::Admin).await;
    let token = app.token("ada").await;
    let found = app.get("/accounts?email=ADA@example.com").bearer(&root).send().await;
    assert_eq!(found.body["data"][0]["memberships"][1]["tenantId"], json!(T2));
    assert_eq!(app.get("/accounts?email=no@example.com").bearer(&root).send().await.body["data"], json!([]));
    let act = |what: &str| app.post(&format!("/accounts/{}/{what}", ada.id), &Value::Null).bearer(&root).send();
    assert!(act("suspend").await.body["data"]["suspendedAt"].is_string());
    assert_eq!(app.get("/profile").bearer(&token).refused().await, refusal(401, "UNAUTHORIZED"));
    let login = || app.post("/login", &json!({"username": "ada", "password": PASSWORD})).refused();
    assert_eq!(login().await, refusal(403, "ACCOUNT_SUSPENDED"));
    assert_eq!(act("reactivate").await.body["data"]["suspendedAt"], Value::Null);
    assert_eq!(login().await.0, 200);
    let admin = app.token("admin").await;
    let log = app.get("/audit-log?type=accountSuspended").bearer(&admin).send().await;
    assert_eq!(log.body["data"][0]["userId"], json!(ada.id), "{log:?}");
    let looked = app.get("/audit-log?type=accountLookedUp").bearer(&admin).send().await;
    assert_eq!(looked.body["data"].as_array().unwrap().len(), 1, "{looked:?}");
    let own = app.get("/accounts?email=root@example.com").bearer(&root).send().await;
    let suspend = app.post(&format!("/accounts/{}/suspend", own.text("/data/0/id")), &Value::Null).bearer(&root);
    assert_eq!(suspend.refused().await, refusal(403, "FORBIDDEN"));
}

#[tokio::test]
async fn whom_the_platform_has_suspended_is_no_tenants_last_admin() {
    let (app, root) = start().await;
    let away = app.account("away", Role::Admin).await;
    app.account("admin", Role::Admin).await;
    let suspend = app.post(&format!("/accounts/{}/suspend", away.id), &Value::Null).bearer(&root).send().await;
    assert_eq!(suspend.status, 200);
    // Neither other roles nor a reactivated membership make him one that counts.
    let admin = app.token("admin").await;
    for roles in [json!(["user"]), json!(["admin"])] {
        let change = app.call(Method::PATCH, &format!("/users/{}", away.id)).json(&json!({"roles": roles}));
        assert_eq!(change.bearer(&admin).send().await.status, 200);
    }
    assert_eq!(app.call(Method::DELETE, "/profile").bearer(&admin).refused().await, refusal(409, "CONFLICT"));
    app.post(&format!("/accounts/{}/reactivate", away.id), &Value::Null).bearer(&root).send().await;
    assert_eq!(app.call(Method::DELETE, "/profile").bearer(&admin).send().await.status, 202);
}

#[tokio::test]
async fn of_two_system_accounts_that_suspend_each_other_at_once_one_stays() {
    let (app, root) = start().await;
    let second = app.account_with("second", |new| new.memberships = vec![crate::support::system()]).await;
    let found = app.get("/accounts?email=root@example.com").bearer(&root).send().await.text("/data/0/id");
    let (of_root, of_second) = (root, app.token("second").await);
    let suspend = |id: String, token: String| {
        let app = &app;
        async move { app.post(&format!("/accounts/{id}/suspend"), &Value::Null).bearer(&token).refused().await.0 }
    };
    let answers = tokio::join!(suspend(second.id.to_string(), of_root), suspend(found, of_second));
    assert!(matches!(answers, (200, 401 | 409) | (401 | 409, 200)), "{answers:?}");
}
