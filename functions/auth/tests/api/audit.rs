//! The audit log: what is in it, what never is, and who reads it.

use http::Method;
use jiff::SignedDuration;
use serde_json::{Value, json};
use shared::auth::{Role, Roles};

use crate::support::{Answer, App, PASSWORD, T1, T2, refusal};

async fn log(app: &App, token: &str, query: &str) -> Vec<Value> {
    let answer: Answer = app.get(&format!("/audit-log{query}")).bearer(token).send().await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.body["data"].as_array().unwrap().clone()
}

fn acts(events: &[Value]) -> Vec<&str> {
    events.iter().map(|event| event["type"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn it_tells_who_did_what_to_whom_from_where_newest_first() {
    let app = App::start().await;
    let root = app.account("root", Role::Admin).await;
    let ada = app.account("ada", Role::User).await;
    let wrong = json!({"username": "ada", "password": "wrong"});
    app.post("/login", &wrong).from("198.51.100.7").header("user-agent", "curl/8").send().await;
    app.advance(SignedDuration::from_secs(1));
    app.token("ada").await;
    app.advance(SignedDuration::from_secs(1));
    let token = app.token("root").await;
    app.advance(SignedDuration::from_secs(1));
    app.call(Method::PATCH, &format!("/users/{}", ada.id))
        .json(&json!({"roles": ["partner"]}))
        .bearer(&token)
        .send()
        .await;
    let events = log(&app, &token, "").await;
    assert_eq!(acts(&events), ["rolesChanged", "signedIn", "signedIn", "signedIn"]);
    let changed = &events[0];
    assert_eq!((&changed["actorId"], &changed["userId"]), (&json!(root.id), &json!(ada.id)));
    assert_eq!(changed["details"], json!({"roles": ["partner"]}));
    let failed = &events[3];
    assert_eq!(
        (&failed["result"], &failed["address"], &failed["device"]),
        (&json!("failure"), &json!("198.51.100.7"), &json!("curl/8"))
    );
    assert_eq!((&failed["userId"], &failed["actorId"]), (&json!(ada.id), &Value::Null));
    assert_eq!(
        acts(&log(&app, &token, &format!("?userId={}", ada.id)).await),
        ["rolesChanged", "signedIn", "signedIn"]
    );
    assert_eq!(log(&app, &token, "?result=failure").await.len(), 1);
    assert_eq!(acts(&log(&app, &token, &format!("?actorId={}", root.id)).await), ["rolesChanged", "signedIn"]);
    assert_eq!(acts(&log(&app, &token, "?type=rolesChanged").await), ["rolesChanged"]);
}

#[tokio::test]
async fn it_holds_no_secret_and_nothing_that_somebody_typed() {
    let app = App::start().await;
    app.account("ada", Role::User).await;
    app.account_with("root", |new| new.memberships = vec![crate::support::system()]).await;
    for body in [
        json!({"username": "my-password-in-the-wrong-field", "password": PASSWORD}),
        json!({"username": "ada", "password": "a-wrong-password"}),
        json!({"username": "ada", "password": PASSWORD}),
    ] {
        app.post("/login", &body).send().await;
    }
    let rows = app.rows().await;
    let audited: Vec<&String> = rows.iter().filter(|row| row.contains("#AUDIT#")).collect();
    assert_eq!(audited.len(), 3);
    let text = audited.iter().map(|row| row.as_str()).collect::<String>();
    for secret in ["my-password-in-the-wrong-field", "a-wrong-password", PASSWORD, "eyJ", "ezr_", "argon2"] {
        assert!(!text.contains(secret), "{secret}");
    }
    // Identifiers that nobody has are the platform's own concern.
    let token = app.token("root").await;
    let of =
        |tenant: shared::auth::TenantId| app.get(&format!("/tenants/{tenant}/audit-log?result=failure")).bearer(&token);
    let own = of(shared::auth::SYSTEM_TENANT).send().await;
    assert!(own.body["data"][0]["details"]["identifier"].is_string(), "{own:?}");
    // Reading another tenant's is itself in its log.
    assert_eq!(of(T1).send().await.body["data"].as_array().unwrap().len(), 1);
    app.account("admin", Role::Admin).await;
    let read = log(&app, &app.token("admin").await, "?type=auditLogRead").await;
    assert_eq!(read.len(), 1, "{read:?}");
}

#[tokio::test]
async fn every_tenant_has_its_own_and_pages_meet_without_gaps() {
    let app = App::start().await;
    app.account("root", Role::Admin).await;
    app.account_with("eve", |new| new.memberships = vec![(T2, Roles(vec![Role::Admin]))]).await;
    for _ in 0..7 {
        app.token("root").await;
        app.advance(SignedDuration::from_hours(20));
    }
    let (token, eve) = (app.token("root").await, app.token("eve").await);
    assert_eq!(log(&app, &eve, "").await.len(), 1);
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = app.get(&format!("/audit-log?limit=3{cursor}")).bearer(&token).send().await;
        seen.extend(page.body["data"].as_array().unwrap().iter().map(|event| event["id"].clone()));
        match page.body["page"]["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(seen.len(), 8);
    assert!(seen.windows(2).all(|pair| pair[0].as_str() > pair[1].as_str()), "{seen:?}");
    let foreign = app.get(&format!("/audit-log?limit=3{cursor}")).bearer(&eve).refused().await;
    assert_eq!(foreign, refusal(400, "INVALID_CURSOR"));
    app.account("ada", Role::Organizer).await;
    assert_eq!(app.get("/audit-log").bearer(&app.token("ada").await).refused().await, refusal(403, "FORBIDDEN"));
    let wide = app.get("/audit-log?from=2020-01-01T00:00:00Z").bearer(&token).refused().await;
    assert_eq!(wide, refusal(400, "VALIDATION_FAILED"));
}

#[tokio::test]
async fn ends_of_sessions_and_theft_are_in_it() {
    let app = App::start().await;
    app.account("root", Role::Admin).await;
    let session = app.login("root").await;
    let refresh = json!({"refreshToken": session["refreshToken"]});
    let next = app.post("/refresh", &refresh).send().await.text("/data/refreshToken");
    app.post("/refresh", &json!({"refreshToken": next})).send().await;
    assert_eq!(app.post("/refresh", &refresh).from("198.51.100.7").send().await.code(), "REFRESH_TOKEN_REUSED");
    app.advance(SignedDuration::from_secs(1));
    let (one, two) = (app.token("root").await, app.token("root").await);
    app.advance(SignedDuration::from_secs(1));
    app.post("/logout", &json!({})).bearer(&one).send().await;
    app.advance(SignedDuration::from_secs(1));
    app.post("/logout", &json!({"all": true})).bearer(&two).send().await;
    app.advance(SignedDuration::from_secs(60));
    let events = log(&app, &app.token("root").await, "").await;
    let acts = acts(&events);
    for act in ["allSessionsEnded", "sessionEnded", "refreshTokenReused"] {
        assert_eq!(acts.iter().filter(|other| **other == act).count(), 1, "{act} in {acts:?}");
    }
    let stolen = events.iter().find(|event| event["type"] == "refreshTokenReused").unwrap();
    assert_eq!((&stolen["actorId"], &stolen["address"]), (&Value::Null, &json!("198.51.100.7")));
}

#[tokio::test]
async fn what_somebody_failed_to_show_is_in_it() {
    let app = App::start().await;
    app.account("root", Role::Admin).await;
    let token = app.token("root").await;
    app.post("/reauthenticate", &json!({"password": "wrong"})).bearer(&token).send().await;
    let body = json!({"currentPassword": "wrong", "newPassword": "battery horse correct staple"});
    app.call(Method::PUT, "/password").json(&body).bearer(&token).send().await;
    let machine = json!({"name": "Importer", "roles": ["user"]});
    let machine = app.post("/service-accounts", &machine).bearer(&token).send().await.text("/data/clientId");
    let wrong = json!({"grantType": "client_credentials", "clientId": machine, "clientSecret": "wrong"});
    app.post("/token", &wrong).send().await;
    let failures = log(&app, &token, "?result=failure").await;
    let mut acts = acts(&failures);
    acts.sort_unstable();
    assert_eq!(acts, ["passwordChanged", "reauthenticated", "serviceTokenIssued"]);
}
