//! Invitations: by an admin, by the platform, and the first one of all.

use jiff::SignedDuration;
use serde_json::{Value, json};
use shared::auth::{Role, Roles, SYSTEM_TENANT};
use shared::jobs::About;

use crate::support::{Answer, App, PASSWORD, T1, T2, TOTP_SECRET, refusal};

async fn start() -> (App, String) {
    let app = App::start().await;
    app.account("root", Role::Admin).await;
    let token = app.token("root").await;
    (app, token)
}

async fn invite(app: &App, token: &str, email: &str, roles: Value) -> Answer {
    app.post("/users/invite", &json!({"email": email, "roles": roles, "locale": "de"})).bearer(token).send().await
}

async fn accept(app: &App, body: &Value) -> Answer {
    app.post("/invitations/accept", body).send().await
}

#[tokio::test]
async fn somebody_without_an_account_gets_one_by_the_link_once() {
    let (app, root) = start().await;
    let invited = invite(&app, &root, "new@example.com", json!(["organizer"])).await;
    assert_eq!((invited.status.as_u16(), &invited.body["data"]["tenantId"]), (201, &json!(T1)));
    let mail = app.mail_to("new@example.com").await;
    let About::Invitation { link, tenant, invited_by, valid_days } = mail else { panic!("{mail:?}") };
    assert_eq!((tenant.as_str(), invited_by.as_str(), valid_days), ("One", "root", 7));
    let token = link.split_once("/accept-invitation?token=").unwrap().1.to_owned();
    assert!(!invited.body.to_string().contains(&token));
    // A new account needs a good password.
    assert_eq!(accept(&app, &json!({"token": token})).await.code(), "VALIDATION_FAILED");
    assert_eq!(accept(&app, &json!({"token": token, "password": "new@example.com"})).await.code(), "WEAK_PASSWORD");
    let body = json!({"token": token, "password": PASSWORD, "firstName": "Ada", "username": "ada"});
    let answers = futures_util::future::join_all((0..3).map(|_| accept(&app, &body))).await;
    let good: Vec<&Answer> = answers.iter().filter(|answer| answer.status == 200).collect();
    assert_eq!(good.len(), 1, "{answers:?}");
    assert_eq!(good[0].body["data"], json!({"accepted": true, "tenantId": T1, "existingAccount": false}));
    assert_eq!(app.login("ada").await["user"]["roles"], json!(["organizer"]));
    let list = app.get("/users").bearer(&root).send().await;
    assert_eq!(list.body["data"].as_array().unwrap().len(), 2);
    assert_eq!(invite(&app, &root, "NEW@example.com", json!(["user"])).await.code(), "CONFLICT");
}

#[tokio::test]
async fn an_account_changes_nothing_until_its_owner_accepts_and_then_only_its_memberships() {
    let (app, root) = start().await;
    let eve = app.account_with("eve", |new| new.memberships = vec![(T2, Roles(vec![Role::User]))]).await;
    let before = app.login("eve").await;
    assert_eq!(invite(&app, &root, "eve@example.com", json!(["admin"])).await.status, 201);
    assert_eq!(app.get(&format!("/users/{}", eve.id)).bearer(&root).refused().await, refusal(404, "NOT_FOUND"));
    let token = app.token_mailed_to("eve@example.com").await;
    let answer = accept(&app, &json!({"token": token, "password": "battery horse correct staple"})).await;
    assert_eq!(answer.body["data"], json!({"accepted": true, "tenantId": T1, "existingAccount": true}));
    // Her password is the same, her sessions go on, and she may switch.
    let own = before["accessToken"].as_str().unwrap();
    let switched = app.post(&format!("/tenants/{T1}/switch"), &Value::Null).bearer(own).send().await;
    assert_eq!(switched.body["data"]["user"]["roles"], json!(["admin"]));
    assert_eq!(app.login("eve").await["user"]["tenantId"], json!(T2));
    assert_eq!(accept(&app, &json!({"token": token})).await.code(), "TOKEN_INVALID");
}

#[tokio::test]
async fn an_unverified_account_becomes_whose_mail_it_is() {
    let (app, root) = start().await;
    app.account_with("ada", |new| {
        new.verified = false;
        new.memberships = vec![(T2, Roles(vec![Role::User]))];
        new.totp_secret = Some(TOTP_SECRET.to_vec());
    })
    .await;
    invite(&app, &root, "ada@example.com", json!(["user"])).await;
    let token = app.token_mailed_to("ada@example.com").await;
    let own = "battery horse correct staple";
    assert_eq!(accept(&app, &json!({"token": token})).await.code(), "VALIDATION_FAILED");
    let answer = accept(&app, &json!({"token": token, "password": own})).await;
    assert_eq!(answer.body["data"], json!({"accepted": true, "tenantId": T1, "existingAccount": false}));
    let login = |password: &str| app.post("/login", &json!({"username": "ada", "password": password})).send();
    let (old, new) = (login(PASSWORD).await, login(own).await);
    assert_eq!((old.code(), new.status.as_u16()), ("INVALID_CREDENTIALS".to_owned(), 200));
}

#[tokio::test]
async fn a_sign_up_that_nobody_has_verified_keeps_nobody_from_being_invited() {
    let (app, root) = start().await;
    let parked = app.account_with("ada", |new| (new.verified, new.username) = (false, None)).await;
    app.account("taken", Role::User).await;
    assert_eq!(invite(&app, &root, "ada@example.com", json!(["organizer"])).await.status, 201);
    let token = app.token_mailed_to("ada@example.com").await;
    let own = "battery horse correct staple";
    let request = |username: &str| json!({"token": token, "password": own, "username": username, "firstName": "Ada"});
    assert_eq!(accept(&app, &request("taken")).await.code(), "USERNAME_TAKEN");
    assert_eq!(accept(&app, &request("lovelace")).await.status, 200);
    let login = app.post("/login", &json!({"username": "lovelace", "password": own})).send().await;
    assert_eq!(login.body["data"]["user"]["roles"], json!(["organizer"]));
    let profile = app.get("/profile").bearer(&login.text("/data/accessToken")).send().await;
    assert_eq!((profile.text("/data/firstName"), profile.text("/data/id")), ("Ada".to_owned(), parked.id.to_string()));
    assert_eq!(invite(&app, &root, "ada@example.com", json!(["admin"])).await.code(), "CONFLICT");
}

#[tokio::test]
async fn an_invitation_undoes_nothing_that_an_admin_has_done() {
    let (app, root) = start().await;
    let parked = app.account_with("ada", |new| (new.verified, new.username) = (false, None)).await;
    invite(&app, &root, "ada@example.com", json!(["admin"])).await;
    let token = app.token_mailed_to("ada@example.com").await;
    // Nobody sees a member whose address is not verified; but one may have been suspended before that was so.
    let suspended = app.post(&format!("/users/{}/suspend", parked.id), &Value::Null).bearer(&root).send().await;
    assert_eq!(suspended.code(), "NOT_FOUND");
    let now = app.clock.now();
    crate::webauthn::change(&app, &parked, |parked| parked.memberships[0].suspended_at = Some(now)).await;
    assert_eq!(invite(&app, &root, "ada@example.com", json!(["user"])).await.code(), "CONFLICT");
    let own = "battery horse correct staple";
    assert_eq!(accept(&app, &json!({"token": token, "password": own})).await.status, 200);
    let login = app.post("/login", &json!({"email": "ada@example.com", "password": own})).send().await;
    assert_eq!(login.code(), "ACCOUNT_SUSPENDED");
}

#[tokio::test]
async fn an_invitation_ends_after_a_week_and_gives_no_system_role() {
    let (app, root) = start().await;
    assert_eq!(invite(&app, &root, "new@example.com", json!(["system"])).await.code(), "VALIDATION_FAILED");
    invite(&app, &root, "new@example.com", json!(["user"])).await;
    let token = app.token_mailed_to("new@example.com").await;
    app.advance(SignedDuration::from_hours(7 * 24));
    assert_eq!(accept(&app, &json!({"token": token, "password": PASSWORD})).await.code(), "TOKEN_INVALID");
}

#[tokio::test]
async fn the_platform_invites_to_any_tenant_and_its_own_role_to_its_own() {
    let app = App::start().await;
    app.account_with("root", |new| new.memberships = vec![crate::support::system()]).await;
    let root = app.token("root").await;
    let invite = |tenant: &str, email: &str, role: &str| {
        let body = json!({"email": email, "roles": [role]});
        app.post(&format!("/tenants/{tenant}/invitations"), &body).bearer(&root).refused()
    };
    assert_eq!(invite(&T2.to_string(), "a@example.com", "system").await, refusal(400, "VALIDATION_FAILED"));
    assert_eq!(invite(&SYSTEM_TENANT.to_string(), "a@example.com", "admin").await, refusal(400, "VALIDATION_FAILED"));
    assert_eq!(invite(&uuid::Uuid::max().to_string(), "a@example.com", "admin").await, refusal(404, "NOT_FOUND"));
    assert_eq!(invite(&T2.to_string(), "a@example.com", "admin").await.0, 201);
    let token = app.token_mailed_to("a@example.com").await;
    assert_eq!(accept(&app, &json!({"token": token, "password": PASSWORD})).await.status, 200);
    assert_eq!(invite(&SYSTEM_TENANT.to_string(), "b@example.com", "system").await.0, 201);
}

#[tokio::test]
async fn the_first_system_account_is_invited_once_while_there_is_none() {
    let app = App::start_with(&[("BOOTSTRAP_EMAIL", "first@example.com")]).await;
    let timer = async || app.auth.worker().timer("bootstrap").await.unwrap();
    tokio::join!(timer(), timer(), timer());
    let token = app.token_mailed_to("first@example.com").await;
    timer().await;
    assert!(app.mails().await.is_empty());
    // A week later the link is over, and there is another one.
    app.advance(SignedDuration::from_hours(7 * 24 + 1));
    timer().await;
    let second = app.token_mailed_to("first@example.com").await;
    // Another address is invited at once: the one before it may have been mistyped.
    let other = App::restarted(&app, &[("BOOTSTRAP_EMAIL", "right@example.com")]).await;
    other.worker().timer("bootstrap").await.unwrap();
    let right = app.token_mailed_to("right@example.com").await;
    for withdrawn in [token, second] {
        assert_eq!(accept(&app, &json!({"token": withdrawn, "password": PASSWORD})).await.code(), "TOKEN_INVALID");
    }
    assert_eq!(accept(&app, &json!({"token": right, "password": PASSWORD})).await.status, 200);
    let login = app.post("/login", &json!({"email": "right@example.com", "password": PASSWORD})).send().await;
    assert_eq!(login.body["data"]["user"]["roles"], json!(["system"]));
    app.advance(SignedDuration::from_hours(30 * 24));
    timer().await;
    assert!(app.mails().await.is_empty());
}

#[tokio::test]
async fn the_platforms_first_invitation_is_over_once_somebody_is_there() {
    let app = App::start_with(&[("BOOTSTRAP_EMAIL", "first@example.com")]).await;
    app.auth.worker().timer("bootstrap").await.unwrap();
    let token = app.token_mailed_to("first@example.com").await;
    app.account_with("root", |new| new.memberships = vec![crate::support::system()]).await;
    assert_eq!(accept(&app, &json!({"token": token, "password": PASSWORD})).await.code(), "TOKEN_INVALID");
}

#[tokio::test]
async fn an_invitation_ends_with_the_rights_of_whoever_gave_it() {
    let (app, root) = start().await;
    let second = app.account("second", Role::Admin).await;
    assert_eq!(invite(&app, &app.token("second").await, "new@example.com", json!(["admin"])).await.status, 201);
    let token = app.token_mailed_to("new@example.com").await;
    let suspend = app.post(&format!("/users/{}/suspend", second.id), &Value::Null).bearer(&root).send().await;
    assert_eq!(suspend.status, 200);
    assert_eq!(accept(&app, &json!({"token": token, "password": PASSWORD})).await.code(), "TOKEN_INVALID");
}

#[tokio::test]
async fn admins_are_made_by_people_who_have_just_signed_in() {
    let (app, root) = start().await;
    let made =
        app.post("/service-accounts", &json!({"name": "Importer", "roles": ["admin"]})).bearer(&root).send().await;
    let (id, secret) = (&made.body["data"]["clientId"], &made.body["data"]["clientSecret"]);
    let body = json!({"grantType": "client_credentials", "clientId": id, "clientSecret": secret});
    let machine = app.post("/token", &body).send().await.text("/data/accessToken");
    // A machine invites users, by its name, and no admins.
    assert_eq!(invite(&app, &machine, "new@example.com", json!(["user"])).await.status, 201);
    let About::Invitation { invited_by, .. } = app.mail_to("new@example.com").await else { panic!("another mail") };
    assert_eq!(invited_by, "Importer");
    assert_eq!(invite(&app, &machine, "a@example.com", json!(["admin"])).await.code(), "STEP_UP_REQUIRED");
    let another = app.post("/service-accounts", &json!({"name": "x", "roles": ["user"]}));
    assert_eq!(another.bearer(&machine).refused().await, refusal(403, "STEP_UP_REQUIRED"));
    app.advance(SignedDuration::from_mins(10));
    assert_eq!(invite(&app, &root, "b@example.com", json!(["admin"])).await.code(), "STEP_UP_REQUIRED");
    assert_eq!(invite(&app, &root, "b@example.com", json!(["organizer"])).await.status, 201);
}
