//! The members of a tenant, as its admins manage them.

use http::Method;
use jiff::SignedDuration;
use serde_json::{Value, json};
use shared::auth::{Role, Roles, UserId};

use crate::support::{Answer, App, T1, T2, refusal};

fn patch<'a>(app: &'a App, id: UserId, roles: &Value, token: &str) -> crate::support::Call<'a> {
    app.call(Method::PATCH, &format!("/users/{id}")).json(&json!({"roles": roles})).bearer(token)
}

async fn act(app: &App, id: UserId, what: &str, token: &str) -> Answer {
    app.post(&format!("/users/{id}/{what}"), &Value::Null).bearer(token).send().await
}

#[tokio::test]
async fn admins_see_the_members_of_their_own_tenant_in_two_reads() {
    let app = App::start().await;
    app.account("root", Role::Admin).await;
    app.advance(SignedDuration::from_secs(1));
    let ada = app.account("ada", Role::User).await;
    let eve = app.account_with("eve", |new| new.memberships = vec![(T2, Roles(vec![Role::Admin]))]).await;
    let token = app.token("root").await;
    app.get("/users").bearer(&token).send().await;
    let before: u64 = app.aws.calls().values().sum();
    let list = app.get("/users").bearer(&token).send().await;
    assert_eq!(app.aws.calls().values().sum::<u64>() - before, 2);
    let emails: Vec<&Value> = list.body["data"].as_array().unwrap().iter().map(|user| &user["email"]).collect();
    assert_eq!(emails, ["root@example.com", "ada@example.com"]);
    assert!(!list.body.to_string().contains("argon2"));
    let one = app.get(&format!("/users/{}", ada.id)).bearer(&token).send().await;
    assert_eq!((&one.body["data"]["roles"], &one.body["data"]["status"]), (&json!(["user"]), &json!("active")));
    assert_eq!(app.get(&format!("/users/{}", eve.id)).bearer(&token).refused().await, refusal(404, "NOT_FOUND"));
    let by_email = |email: &str| app.get(&format!("/users?email={email}")).bearer(&token).send();
    assert_eq!(by_email("ADA@example.com").await.body["data"][0]["id"], json!(ada.id));
    assert_eq!(by_email("eve@example.com").await.body["data"], json!([]));
    let first = app.get("/users?limit=1").bearer(&token).send().await;
    let next = first.text("/page/next_cursor");
    let second = app.get(&format!("/users?limit=1&cursor={next}")).bearer(&token).send().await;
    assert_eq!(second.body["data"][0]["id"], json!(ada.id));
}

#[tokio::test]
async fn other_roles_end_the_members_sessions_in_that_tenant_alone() {
    let app = App::start().await;
    app.account("root", Role::Admin).await;
    let both = |role| vec![(T1, Roles(vec![role])), (T2, Roles(vec![role]))];
    let ada = app.account_with("ada", |new| new.memberships = both(Role::User)).await;
    let session = app.login("ada").await;
    let here = session["accessToken"].as_str().unwrap();
    let there = app.post(&format!("/tenants/{T2}/switch"), &Value::Null).bearer(here).send().await;
    let there = there.text("/data/accessToken");
    let root = app.token("root").await;
    let answer = patch(&app, ada.id, &json!(["organizer", "partner"]), &root).send().await;
    assert_eq!(answer.body["data"]["roles"], json!(["organizer", "partner"]));
    assert_eq!(app.get("/profile").bearer(here).refused().await, refusal(401, "UNAUTHORIZED"));
    let refresh = app.post("/refresh", &json!({"refreshToken": session["refreshToken"]})).refused().await;
    assert_eq!(refresh, refusal(401, "TOKEN_REVOKED"));
    assert_eq!(app.get("/profile").bearer(&there).send().await.body["data"]["roles"], json!(["user"]));
    let again = app.login("ada").await;
    assert_eq!(again["user"]["roles"], json!(["organizer", "partner"]));
    let token = again["accessToken"].as_str().unwrap();
    assert_eq!(app.get("/profile").bearer(token).send().await.status, 200);
    // What changes nothing ends nothing.
    assert_eq!(patch(&app, ada.id, &json!(["organizer", "partner"]), &root).send().await.status, 200);
    assert_eq!(app.get("/profile").bearer(token).send().await.status, 200);
}

#[tokio::test]
async fn roles_have_rules() {
    let app = App::start().await;
    let root = app.account("root", Role::Admin).await;
    let ada = app.account("ada", Role::User).await;
    let token = app.token("root").await;
    for roles in [json!([]), json!(["system"]), json!(["user", "user"]), json!(["king"]), json!("user")] {
        assert_eq!(patch(&app, ada.id, &roles, &token).refused().await, refusal(400, "VALIDATION_FAILED"), "{roles}");
    }
    assert_eq!(patch(&app, root.id, &json!(["user"]), &token).refused().await, refusal(403, "FORBIDDEN"));
    assert_eq!(act(&app, root.id, "suspend", &token).await.code(), "FORBIDDEN");
}

#[tokio::test]
async fn a_suspended_member_is_out_within_30_s_and_may_come_back() {
    let app = App::start().await;
    app.account("root", Role::Admin).await;
    let ada = app.account("ada", Role::User).await;
    let session = app.login("ada").await;
    let token = session["accessToken"].as_str().unwrap();
    let root = app.token("root").await;
    let suspended = act(&app, ada.id, "suspend", &root).await;
    assert_eq!(suspended.body["data"]["status"], "suspended");
    let second = App::another(&app.aws, &app.clock).await;
    app.advance(SignedDuration::from_secs(16));
    assert!(second.state().platform.authenticator().authenticate_token(token).await.is_err());
    assert_eq!(app.get("/profile").bearer(token).refused().await, refusal(401, "UNAUTHORIZED"));
    let refresh = app.post("/refresh", &json!({"refreshToken": session["refreshToken"]})).refused().await;
    assert_eq!(refresh, refusal(401, "TOKEN_REVOKED"));
    let body = json!({"username": "ada", "password": crate::support::PASSWORD});
    assert_eq!(app.post("/login", &body).refused().await, refusal(403, "ACCOUNT_SUSPENDED"));
    let back = act(&app, ada.id, "reactivate", &root).await;
    assert_eq!(back.body["data"]["status"], "active");
    let token = app.token("ada").await;
    assert_eq!(app.get("/profile").bearer(&token).send().await.status, 200);
}

#[tokio::test]
async fn there_is_always_an_admin_also_when_two_demote_each_other_at_once() {
    for what in ["demote", "suspend"] {
        let app = App::start().await;
        let (a, b) = (app.account("a", Role::Admin).await, app.account("b", Role::Admin).await);
        let (of_a, of_b) = (app.token("a").await, app.token("b").await);
        let roles = json!(["user"]);
        let at_once = if what == "demote" {
            let (first, second) =
                tokio::join!(patch(&app, b.id, &roles, &of_a).refused(), patch(&app, a.id, &roles, &of_b).refused());
            [first, second]
        } else {
            let (first, second) = tokio::join!(act(&app, b.id, "suspend", &of_a), act(&app, a.id, "suspend", &of_b));
            [(first.status.as_u16(), first.code()), (second.status.as_u16(), second.code())]
        };
        let done = at_once.iter().filter(|answer| answer.0 == 200).count();
        assert_eq!(done, 1, "{what}: {at_once:?}");
        assert!(at_once.iter().any(|it| *it == refusal(409, "CONFLICT") || it.0 == 401), "{what}: {at_once:?}");
    }
}

#[tokio::test]
async fn one_switches_to_ones_own_tenants_only() {
    let app = App::start().await;
    let member = vec![(T1, Roles(vec![Role::User])), (T2, Roles(vec![Role::Organizer]))];
    app.account_with("ada", |new| new.memberships = member).await;
    app.account("eve", Role::Admin).await;
    let switch = |tenant: &str, token: &str| app.post(&format!("/tenants/{tenant}/switch"), &Value::Null).bearer(token);
    let session = app.login("ada").await;
    let token = session["accessToken"].as_str().unwrap();
    let answer = switch(&T2.to_string(), token).send().await;
    assert_eq!(
        (answer.text("/data/user/tenantId"), answer.text("/data/user/planTier")),
        (T2.to_string(), "professional".to_owned())
    );
    assert_eq!(answer.body["data"]["user"]["roles"], json!(["organizer"]));
    let eve = app.token("eve").await;
    assert_eq!(switch(&T2.to_string(), &eve).refused().await, refusal(404, "NOT_FOUND"));
    assert_eq!(switch(&uuid::Uuid::max().to_string(), &eve).refused().await, refusal(404, "NOT_FOUND"));
    // Neither fresher nor longer than the sign-in that it stems from.
    app.advance(SignedDuration::from_mins(10));
    let answer = switch(&T2.to_string(), token).send().await;
    let enroll = app.post("/mfa/totp/enroll", &Value::Null).bearer(&answer.text("/data/accessToken")).refused().await;
    assert_eq!(enroll, refusal(403, "STEP_UP_REQUIRED"));
    let secret = switch(&T2.to_string(), token).header("idempotency-key", "one");
    assert_eq!(secret.send().await.status, 200);
    let again = switch(&T2.to_string(), token).header("idempotency-key", "one").refused().await;
    assert_eq!(again, refusal(409, "IDEMPOTENCY_RESULT_NOT_STORED"));
}
