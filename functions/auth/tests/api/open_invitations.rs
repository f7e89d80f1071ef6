//! Open invitations: who sees them, and how they are withdrawn and replaced.

use futures_util::future::join_all;
use http::Method;
use jiff::SignedDuration;
use local_aws::{Fault, When};
use serde_json::{Value, json};
use shared::auth::{Role, Roles};
use uuid::Uuid;

use crate::support::{Answer, App, PASSWORD, T1, T2, refusal, system};

/// T1 with its admin, and the admin's token.
async fn start() -> (App, String) {
    let app = App::start().await;
    app.account("root", Role::Admin).await;
    let token = app.token("root").await;
    (app, token)
}

/// Invites to T1; gives the invitation and the mailed token.
async fn invite(app: &App, by: &str, email: &str, roles: Value) -> (String, String) {
    let body = json!({"email": email, "roles": roles});
    let answer = app.post("/users/invite", &body).bearer(by).send().await;
    assert_eq!(answer.status, 201, "{answer:?}");
    (answer.text("/data/id"), app.token_mailed_to(email).await)
}

async fn list(app: &App, token: &str) -> Vec<Value> {
    let answer = app.get("/users/invitations").bearer(token).send().await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.body["data"].as_array().unwrap().clone()
}

async fn emails(app: &App, token: &str) -> Vec<String> {
    list(app, token).await.iter().map(|open| open["email"].as_str().unwrap().to_owned()).collect()
}

async fn withdraw(app: &App, token: &str, id: &str) -> Answer {
    app.call(Method::DELETE, &format!("/users/invitations/{id}")).bearer(token).send().await
}

async fn accept(app: &App, token: &str) -> Answer {
    app.post("/invitations/accept", &json!({"token": token, "password": PASSWORD})).send().await
}

#[tokio::test]
async fn the_platform_sees_and_withdraws_those_of_any_tenant_and_of_its_own() {
    let app = App::start().await;
    app.account_with("boss", |new| new.memberships = vec![system()]).await;
    let boss = app.token("boss").await;
    for (tenant, role) in [(shared::auth::SYSTEM_TENANT, "system"), (T2, "admin")] {
        let path = format!("/tenants/{tenant}/invitations");
        let body = json!({"email": "new@example.com", "roles": [role]});
        let id = app.post(&path, &body).bearer(&boss).send().await.text("/data/id");
        let token = app.token_mailed_to("new@example.com").await;
        let open = app.get(&path).bearer(&boss).send().await;
        assert_eq!((open.text("/data/0/id"), open.text("/data/0/email")), (id.clone(), "new@example.com".to_owned()));
        let other = if tenant == T2 { T1 } else { T2 };
        let withdraw = |tenant| app.call(Method::DELETE, &format!("/tenants/{tenant}/invitations/{id}")).bearer(&boss);
        assert_eq!(withdraw(other).refused().await, refusal(404, "NOT_FOUND"));
        assert_eq!(withdraw(tenant).send().await.status, 200);
        assert_eq!(withdraw(tenant).refused().await, refusal(404, "NOT_FOUND"));
        assert_eq!(accept(&app, &token).await.code(), "TOKEN_INVALID");
        assert_eq!(app.get(&path).bearer(&boss).send().await.body["data"], json!([]));
    }
    let log = app.get(&format!("/tenants/{T2}/audit-log")).bearer(&boss).send().await;
    let kinds: Vec<&str> = log.body["data"].as_array().unwrap().iter().map(|it| it["type"].as_str().unwrap()).collect();
    for kind in ["userInvited", "invitationsRead", "invitationWithdrawn"] {
        assert!(kinds.contains(&kind), "{kinds:?}");
    }
}

#[tokio::test]
async fn open_ones_are_listed_newest_first_until_they_are_accepted_or_over() {
    let (app, root) = start().await;
    let me = app.get("/profile").bearer(&root).send().await.text("/data/id");
    let (first, token) = invite(&app, &root, "first@example.com", json!(["user"])).await;
    let made_at = app.clock.now();
    app.advance(SignedDuration::from_hours(24));
    let root = app.token("root").await;
    invite(&app, &root, "second@example.com", json!(["organizer", "partner"])).await;
    let open = list(&app, &root).await;
    assert_eq!(open.len(), 2);
    assert_eq!(
        (&open[0]["email"], &open[0]["roles"]),
        (&json!("second@example.com"), &json!(["organizer", "partner"]))
    );
    let expires_at = made_at + SignedDuration::from_hours(7 * 24);
    let expected = json!({
        "id": first, "email": "first@example.com", "roles": ["user"], "invitedBy": me, "createdAt": made_at,
        "expiresAt": expires_at,
    });
    assert_eq!(open[1], expected);
    assert_eq!(accept(&app, &token).await.status, 200);
    assert_eq!(emails(&app, &root).await, ["second@example.com"]);
    assert_eq!(withdraw(&app, &root, &first).await.code(), "NOT_FOUND");
    app.advance(SignedDuration::from_hours(7 * 24));
    let root = app.token("root").await;
    let over = list(&app, &root).await;
    assert!(over.is_empty(), "{over:?}");
    assert_eq!(withdraw(&app, &root, open[0]["id"].as_str().unwrap()).await.code(), "NOT_FOUND");
}

#[tokio::test]
async fn the_list_comes_in_pages() {
    let (app, root) = start().await;
    for number in 0..5 {
        invite(&app, &root, &format!("new{number}@example.com"), json!(["user"])).await;
        app.advance(SignedDuration::from_millis(1));
    }
    let (mut found, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = app.get(&format!("/users/invitations?limit=2{cursor}")).bearer(&root).send().await;
        let rows = page.body["data"].as_array().unwrap();
        assert!(rows.len() <= 2, "{page:?}");
        found.extend(rows.iter().map(|open| open["email"].as_str().unwrap().to_owned()));
        let Some(next) = page.body["page"]["next_cursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(found, [4, 3, 2, 1, 0].map(|number| format!("new{number}@example.com")));
    let foreign = app.get(&format!("/users?limit=2{cursor}")).bearer(&root).refused().await;
    assert_eq!(foreign, refusal(400, "INVALID_CURSOR"));
}

#[tokio::test]
async fn a_withdrawn_invitation_is_no_good_and_the_log_tells_of_it() {
    let (app, root) = start().await;
    let (id, token) = invite(&app, &root, "new@example.com", json!(["organizer"])).await;
    let call = || app.call(Method::DELETE, &format!("/users/invitations/{id}")).bearer(&root);
    let answer = call().header("idempotency-key", "one").send().await;
    assert_eq!((answer.status.as_u16(), &answer.body["data"]), (200, &json!({"withdrawn": true})));
    assert!(list(&app, &root).await.is_empty());
    assert_eq!(accept(&app, &token).await.code(), "TOKEN_INVALID");
    // The same request again is answered the same; another one finds nothing.
    let again = call().header("idempotency-key", "one").send().await;
    assert_eq!((again.status.as_u16(), &again.headers["idempotent-replayed"]), (200, &"true".parse().unwrap()));
    assert_eq!(call().refused().await, refusal(404, "NOT_FOUND"));
    let log = app.get("/audit-log?type=invitationWithdrawn").bearer(&root).send().await.body["data"].clone();
    let events = log.as_array().unwrap();
    assert_eq!(events.len(), 1, "{log}");
    assert_eq!(events[0]["details"], json!({"roles": ["organizer"], "subject": id}));
    assert!(!log.to_string().contains("new@example.com"));
    // Nothing of it is left, and the address can be invited again.
    assert!(!app.rows().await.iter().any(|row| row.contains("INVITATION#") || row.contains("INVITED#")));
    let (_, token) = invite(&app, &root, "new@example.com", json!(["user"])).await;
    assert_eq!(accept(&app, &token).await.status, 200);
}

#[tokio::test]
async fn withdrawn_and_accepted_at_once_it_is_one_of_both() {
    let (app, root) = start().await;
    for number in 0..4 {
        let email = format!("new{number}@example.com");
        let (id, token) = invite(&app, &root, &email, json!(["user"])).await;
        let (withdrawn, twin, accepted) =
            tokio::join!(withdraw(&app, &root, &id), withdraw(&app, &root, &id), accept(&app, &token));
        let outcomes = [withdrawn.status.as_u16(), twin.status.as_u16(), accepted.status.as_u16()];
        assert_eq!(outcomes.iter().filter(|status| **status == 200).count(), 1, "{outcomes:?}");
        let members = app.get(&format!("/users?email={email}")).bearer(&root).send().await;
        assert_eq!(members.body["data"].as_array().unwrap().len(), usize::from(outcomes[2] == 200));
        assert!(list(&app, &root).await.is_empty());
    }
}

#[tokio::test]
async fn an_address_has_one_open_invitation_the_latest() {
    let (app, root) = start().await;
    let (first, old) = invite(&app, &root, "new@example.com", json!(["admin"])).await;
    let (second, new) = invite(&app, &root, "NEW@example.com", json!(["user"])).await;
    assert_ne!(first, second);
    assert_eq!(emails(&app, &root).await, ["NEW@example.com"]);
    assert_eq!(accept(&app, &old).await.code(), "TOKEN_INVALID");
    assert_eq!(withdraw(&app, &root, &first).await.code(), "NOT_FOUND");
    // Another tenant's is another one.
    app.account_with("eve", |new| new.memberships = vec![(T2, Roles(vec![Role::Admin]))]).await;
    let eve = app.token("eve").await;
    let (_, theirs) = invite(&app, &eve, "new@example.com", json!(["user"])).await;
    assert_eq!(accept(&app, &new).await.body["data"]["tenantId"], json!(T1));
    assert_eq!(accept(&app, &theirs).await.body["data"]["tenantId"], json!(T2));
    // Of several at once one is left.
    let body = json!({"email": "twice@example.com", "roles": ["user"]});
    let calls = (0..4).map(|_| app.post("/users/invite", &body).bearer(&root).send());
    let answers = join_all(calls).await;
    assert!(answers.iter().all(|answer| answer.status == 201), "{answers:?}");
    assert_eq!(emails(&app, &root).await, ["twice@example.com"]);
    let mut good = 0;
    for mail in app.mails().await {
        let about = serde_json::to_value(&mail.about).unwrap();
        let token = about["link"].as_str().unwrap().split_once("?token=").unwrap().1.to_owned();
        good += usize::from(accept(&app, &token).await.status == 200);
    }
    assert_eq!(good, 1);
}

#[tokio::test]
async fn a_third_of_transactions_in_conflict_only_makes_it_slower() {
    let (app, root) = start().await;
    app.aws.faults().inject("TransactWriteItems", Fault::TransactionConflict, When::Probability(0.3));
    let (first, old) = invite(&app, &root, "new@example.com", json!(["user"])).await;
    let (second, new) = invite(&app, &root, "new@example.com", json!(["user"])).await;
    assert_eq!(accept(&app, &old).await.code(), "TOKEN_INVALID");
    assert_eq!(list(&app, &root).await[0]["id"], json!(second));
    assert_eq!(withdraw(&app, &root, &first).await.code(), "NOT_FOUND");
    let answers = join_all((0..3).map(|_| withdraw(&app, &root, &second))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1, "{answers:?}");
    assert_eq!(accept(&app, &new).await.code(), "TOKEN_INVALID");
    assert!(list(&app, &root).await.is_empty());
}

#[tokio::test]
async fn they_are_their_tenants_admins_own() {
    let (app, root) = start().await;
    let (id, token) = invite(&app, &root, "new@example.com", json!(["user"])).await;
    app.account("organizer", Role::Organizer).await;
    app.account_with("eve", |new| new.memberships = vec![(T2, Roles(vec![Role::Admin]))]).await;
    app.account_with("platform", |new| new.memberships = vec![system()]).await;
    let organizer = app.token("organizer").await;
    assert_eq!(app.get("/users/invitations").bearer(&organizer).refused().await, refusal(403, "FORBIDDEN"));
    assert_eq!(withdraw(&app, &organizer, &id).await.code(), "FORBIDDEN");
    let eve = app.token("eve").await;
    assert!(list(&app, &eve).await.is_empty());
    let (foreign, unknown) = (withdraw(&app, &eve, &id).await, withdraw(&app, &eve, &Uuid::max().to_string()).await);
    assert_eq!((foreign.status.as_u16(), foreign.code()), refusal(404, "NOT_FOUND"));
    assert_eq!(foreign.body["error"], unknown.body["error"]);
    assert_eq!(accept(&app, &token).await.status, 200);
    // What the platform invites to a tenant is the tenant's to see and to withdraw.
    let body = json!({"email": "theirs@example.com", "roles": ["admin"]});
    let path = format!("/tenants/{T2}/invitations");
    let platform = app.token("platform").await;
    assert_eq!(app.post(&path, &body).bearer(&platform).send().await.status, 201);
    assert_eq!(app.get("/users/invitations").bearer(&platform).refused().await, refusal(403, "FORBIDDEN"));
    let token = app.token_mailed_to("theirs@example.com").await;
    assert_eq!(emails(&app, &eve).await, ["theirs@example.com"]);
    assert!(list(&app, &root).await.is_empty());
    let id = list(&app, &eve).await[0]["id"].as_str().unwrap().to_owned();
    assert_eq!(withdraw(&app, &eve, &id).await.status, 200);
    assert_eq!(accept(&app, &token).await.code(), "TOKEN_INVALID");
}

#[tokio::test]
async fn the_word_wins_over_an_id() {
    let (app, root) = start().await;
    assert!(list(&app, &root).await.is_empty());
    assert_eq!(app.get("/users/nobody").bearer(&root).refused().await, refusal(404, "NOT_FOUND"));
    assert_eq!(withdraw(&app, &root, "nobody").await.code(), "NOT_FOUND");
}
