//! Signing up, and the link that verifies the address.

use http::Method;
use jiff::SignedDuration;
use serde_json::{Value, json};
use shared::jobs::{About, Addressee};

use crate::support::{Answer, App, PASSWORD, T1, T2, refusal};

const EMAIL: &str = "New@Example.com";
const OTHER: &str = "battery horse correct staple";

fn body(password: &str) -> Value {
    json!({"email": EMAIL, "password": password})
}

/// auth whose default tenant is T1.
async fn start() -> App {
    App::start_with(&[("DEFAULT_SIGNUP_TENANT_ID", &T1.to_string())]).await
}

async fn login(app: &App, password: &str) -> Answer {
    app.post("/login", &body(password)).send().await
}

#[tokio::test]
async fn an_account_is_usable_once_its_address_is_verified() {
    let app = start().await;
    let mut new = body(PASSWORD);
    new["firstName"] = json!("Ada");
    new["username"] = json!("Ada.L");
    let answer = app.post("/signup/email", &new).send().await;
    assert_eq!((answer.status.as_u16(), &answer.body["data"]), (201, &json!({"verificationRequired": true})));
    assert_eq!(login(&app, PASSWORD).await.code(), "ACCOUNT_NOT_VERIFIED");
    let token = app.token_mailed_to(EMAIL).await;
    let verify = || app.post("/signup/verify", &json!({"token": token}));
    assert_eq!(verify().send().await.status, 200);
    // The link is used.
    assert_eq!(verify().refused().await, refusal(401, "TOKEN_INVALID"));
    let signed_in = login(&app, PASSWORD).await;
    assert_eq!((signed_in.status.as_u16(), signed_in.text("/data/user/tenantId")), (200, T1.to_string()));
    let by_name = json!({"username": "ADA.l", "password": PASSWORD});
    assert_eq!(app.post("/login", &by_name).send().await.status, 200);
}

#[tokio::test]
async fn a_taken_address_is_answered_alike_after_the_same_calls_and_its_owner_told() {
    let app = start().await;
    app.account_with("new", |new| new.email = EMAIL.to_owned()).await;
    let calls = async |email: &str| {
        let before = app.aws.calls();
        let answer = app.post("/signup/email", &json!({"email": email, "password": OTHER})).send().await;
        let calls = app.aws.calls();
        let made: Vec<(String, u64)> = calls
            .iter()
            .map(|(name, count)| (name.clone(), count - before.get(name).copied().unwrap_or(0)))
            .filter(|(_, count)| *count > 0)
            .collect();
        (answer.status.as_u16(), answer.body["data"].clone(), made)
    };
    // The tenant is remembered from the first one on.
    calls("warm@example.com").await;
    let (free, taken) = (calls("free@example.com").await, calls("new@example.COM").await);
    assert_eq!(free, taken);
    let mails = app.mails().await;
    assert!(mails.iter().any(|mail| matches!(mail.about, About::AlreadyRegistered { .. })), "{mails:?}");
    // The owner's password is the same as before.
    assert_eq!(login(&app, PASSWORD).await.status, 200);
    assert_eq!(login(&app, OTHER).await.code(), "INVALID_CREDENTIALS");
}

/// Who signs a stranger's address up, and is or knows somebody in that tenant, learns nothing of it.
#[tokio::test]
async fn nobody_in_a_tenant_can_tell_whether_a_signed_up_address_has_an_account_elsewhere() {
    let app = start().await;
    app.account("root", shared::auth::Role::Admin).await;
    let elsewhere = (T2, shared::auth::Roles(vec![shared::auth::Role::User]));
    app.account_with("taken", |new| new.memberships = vec![elsewhere]).await;
    app.told().await;
    let root = app.token("root").await;
    let mut seen = Vec::new();
    for email in ["taken@example.com", "free@example.com"] {
        app.told().await;
        let answer = app.post("/signup/email", &json!({"email": email, "password": OTHER})).send().await;
        assert_eq!(answer.status, 201);
        let mails = app.mails().await;
        let mailed: Vec<_> = mails.iter().map(|mail| (mail.tenant_id, mail.to.clone())).collect();
        assert!(matches!(&mailed[0].1, Addressee::Address { email: to, .. } if to == email), "{mailed:?}");
        let lookup = app.post("/users/lookup", &json!({"emails": [email]})).bearer(&root).send().await;
        let filtered = app.get(&format!("/users?email={email}")).bearer(&root).send().await;
        let log = app.get("/audit-log").bearer(&root).send().await;
        let log = log.body["data"].as_array().unwrap().iter().filter(|event| event["type"] == "signedUp");
        let newest: Vec<Value> = log.map(|event| json!([event["userId"], event["result"], event["details"]])).collect();
        let all = app.get("/users").bearer(&root).send().await.body["data"].as_array().unwrap().len();
        seen.push(json!([mailed.len(), mailed[0].0, lookup.body["data"], filtered.body["data"], newest[0], all]));
    }
    assert_eq!(seen[0], seen[1]);
}

#[tokio::test]
async fn without_enumeration_safety_a_taken_address_is_told() {
    let (tenant, off) = (T1.to_string(), "false");
    let app = App::start_with(&[("DEFAULT_SIGNUP_TENANT_ID", &tenant), ("SIGNUP_ENUMERATION_SAFE", off)]).await;
    app.account_with("new", |new| new.email = EMAIL.to_owned()).await;
    assert_eq!(app.post("/signup/email", &body(OTHER)).refused().await, refusal(409, "EMAIL_TAKEN"));
}

#[tokio::test]
async fn whoever_has_the_link_signs_in_with_the_password_of_that_very_sign_up() {
    let app = start().await;
    assert_eq!(app.post("/signup/email", &body(PASSWORD)).send().await.status, 201);
    let stranger = app.token_mailed_to(EMAIL).await;
    // The address's owner signs up as well, and uses his own link.
    assert_eq!(app.post("/signup/email", &body(OTHER)).send().await.status, 201);
    let own = app.token_mailed_to(EMAIL).await;
    assert_eq!(app.post("/signup/verify", &json!({"token": own})).send().await.status, 200);
    assert_eq!(
        (login(&app, OTHER).await.status.as_u16(), login(&app, PASSWORD).await.code()),
        (200, "INVALID_CREDENTIALS".to_owned())
    );
    // The other link brings its password no more.
    let late = app.post("/signup/verify", &json!({"token": stranger})).refused().await;
    assert_eq!(late, refusal(401, "TOKEN_INVALID"));
}

#[tokio::test]
async fn a_link_works_for_a_day_and_can_be_mailed_again() {
    let app = start().await;
    app.post("/signup/email", &body(PASSWORD)).send().await;
    let token = app.token_mailed_to(EMAIL).await;
    app.advance(SignedDuration::from_hours(24));
    let late = app.post("/signup/verify", &json!({"token": token})).refused().await;
    assert_eq!(late, refusal(401, "TOKEN_INVALID"));
    let resend = async |email: &str| {
        let answer = app.post("/signup/resend", &json!({"email": email})).send().await;
        app.work().await;
        (answer.status.as_u16(), answer.body["data"].clone())
    };
    assert_eq!(resend("nobody@example.com").await, (202, json!({"requested": true})));
    assert!(app.mails().await.is_empty());
    assert_eq!(resend(EMAIL).await, (202, json!({"requested": true})));
    let token = app.token_mailed_to(EMAIL).await;
    assert_eq!(app.post("/signup/verify", &json!({"token": token})).send().await.status, 200);
    // A verified address gets no more of them.
    resend(EMAIL).await;
    assert!(app.mails().await.is_empty());
}

#[tokio::test]
async fn only_an_open_tenant_is_joined() {
    let app = App::start().await;
    let to = |tenant: &str| app.post("/signup/email", &body(PASSWORD)).header("x-tenant-id", tenant);
    assert_eq!(app.post("/signup/email", &body(PASSWORD)).refused().await, refusal(403, "FORBIDDEN"));
    assert_eq!(to(&T1.to_string()).refused().await, refusal(403, "FORBIDDEN"));
    assert_eq!(to(&uuid::Uuid::nil().to_string()).refused().await, refusal(403, "FORBIDDEN"));
    app.account_with("root", |new| new.memberships = vec![crate::support::system()]).await;
    let open = app.call(Method::PATCH, &format!("/tenants/{T2}")).json(&json!({"openSignup": true}));
    assert_eq!(open.bearer(&app.token("root").await).send().await.status, 200);
    assert_eq!(to(&T2.to_string()).send().await.status, 201);
}

#[tokio::test]
async fn what_is_no_sign_up_is_refused() {
    let app = start().await;
    app.account("taken", shared::auth::Role::User).await;
    for (change, field) in [
        (json!({"email": "nobody"}), "email"),
        (json!({"username": "admin"}), "username"),
        (json!({"username": "a b"}), "username"),
        (json!({"firstName": "a\nb"}), "firstName"),
        (json!({"roles": ["admin"]}), "roles"),
    ] {
        let mut new = body(PASSWORD);
        new.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let answer = app.post("/signup/email", &new).send().await;
        assert_eq!((answer.status.as_u16(), answer.code()), refusal(400, "VALIDATION_FAILED"), "{change}");
        assert_eq!(answer.text("/error/details/0/field"), field, "{answer:?}");
    }
    for password in ["short", "Password123!", "newnewnew", "qwertyuiop"] {
        assert_eq!(
            app.post("/signup/email", &body(password)).refused().await,
            refusal(400, "WEAK_PASSWORD"),
            "{password}"
        );
    }
    // Taken, whatever its case and whatever looks like it.
    app.account("bill1", shared::auth::Role::User).await;
    app.advance(SignedDuration::from_mins(15));
    for username in ["TAKEN", "billl"] {
        let mut new = body(PASSWORD);
        new["username"] = json!(username);
        assert_eq!(app.post("/signup/email", &new).refused().await, refusal(409, "USERNAME_TAKEN"), "{username}");
    }
    assert!(app.mails().await.is_empty());
}

#[tokio::test]
async fn a_username_is_whose_address_is_verified_first() {
    let app = start().await;
    let mut tokens = Vec::new();
    for number in 0..4 {
        let email = format!("new{number}@example.com");
        let body = json!({"email": email, "password": PASSWORD, "username": "first"});
        assert_eq!(app.post("/signup/email", &body).send().await.status, 201);
        tokens.push(json!({"token": app.token_mailed_to(&email).await}));
    }
    let calls = tokens.iter().map(|body| app.post("/signup/verify", body).send());
    let answers = futures_util::future::join_all(calls).await;
    assert!(answers.iter().all(|answer| answer.status == 200), "{answers:?}");
    assert_eq!(answers.iter().filter(|answer| answer.body["data"]["username"] == "first").count(), 1, "{answers:?}");
    let login = app.post("/login", &json!({"username": "FIRST", "password": PASSWORD})).send().await;
    assert_eq!(login.status, 200);
}

#[tokio::test]
async fn a_username_tells_nothing_of_whose_address_it_is() {
    let app = start().await;
    app.account("ada", shared::auth::Role::User).await;
    let sign_up = |email: &str, username: &str| {
        app.post("/signup/email", &json!({"email": email, "password": OTHER, "username": username})).refused()
    };
    // Refused with one's own address as with any.
    assert_eq!(sign_up("ada@example.com", "ada").await, refusal(409, "USERNAME_TAKEN"));
    assert_eq!(sign_up("free@example.com", "ada").await, refusal(409, "USERNAME_TAKEN"));
    // A sign-up with a taken address claims nothing, nor does one with a free address.
    for (email, name) in [("ada@example.com", "one"), ("free@example.com", "two")] {
        assert_eq!(sign_up(email, name).await.0, 201);
        assert_eq!(sign_up(&format!("mine-{name}@example.com"), name).await.0, 201);
    }
}

#[tokio::test]
async fn of_a_contested_address_the_link_that_is_mailed_again_sets_a_new_password() {
    let app = start().await;
    for password in [PASSWORD, OTHER] {
        assert_eq!(app.post("/signup/email", &body(password)).send().await.status, 201);
        app.token_mailed_to(EMAIL).await;
    }
    app.post("/signup/resend", &json!({"email": EMAIL})).send().await;
    app.work().await;
    let About::ResetPassword { link, .. } = app.mail_to(EMAIL).await else { panic!("another link") };
    let token = link.split_once("?token=").unwrap().1;
    let own = "staple battery correct horse";
    let reset = app.post("/password/reset", &json!({"token": token, "newPassword": own})).send().await;
    assert_eq!(reset.status, 200);
    let logins = [login(&app, PASSWORD).await.code(), login(&app, OTHER).await.code(), login(&app, own).await.code()];
    assert_eq!(logins, ["INVALID_CREDENTIALS", "INVALID_CREDENTIALS", ""]);
}

#[tokio::test]
async fn mails_and_sign_ups_are_limited_exactly() {
    let app = start().await;
    let body = json!({"email": "somebody@example.com"});
    let calls = (0..12).map(|_| app.post("/password/forgot", &body).send());
    let answers = futures_util::future::join_all(calls).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 202).count(), 5);
    let refused = answers.iter().find(|answer| answer.status == 429).unwrap();
    assert!(refused.code() == "RATE_LIMITED" && refused.headers.contains_key("retry-after"), "{refused:?}");
    for number in 0..30 {
        let body = json!({"email": format!("somebody{number}@example.com")});
        let limited = app.post("/passwordless/magic-link", &body).send().await.status == 429;
        // Twelve were asked for from this address above.
        assert_eq!(limited, number >= 30 - 12, "{number}");
    }
    // Nobody uses up another one's.
    let elsewhere = app.post("/password/forgot", &body).from("198.51.100.7").send().await;
    assert_eq!(elsewhere.status, 202);
    app.advance(SignedDuration::from_mins(15));
    assert_eq!(app.post("/password/forgot", &body).send().await.status, 202);
}

#[tokio::test]
async fn a_tenant_that_a_stranger_chose_is_left_and_its_log_forgets_too() {
    let app = start().await;
    app.account_with("root", |new| new.memberships = vec![crate::support::system()]).await;
    let open = app.call(Method::PATCH, &format!("/tenants/{T2}")).json(&json!({"openSignup": true}));
    open.bearer(&app.token("root").await).send().await;
    let elsewhere = app.post("/signup/email", &body(OTHER)).header("x-tenant-id", &T2.to_string()).send().await;
    assert_eq!(elsewhere.status, 201);
    app.token_mailed_to(EMAIL).await;
    assert_eq!(app.post("/signup/email", &body(PASSWORD)).send().await.status, 201);
    let token = app.token_mailed_to(EMAIL).await;
    assert_eq!(app.post("/signup/verify", &json!({"token": token})).send().await.status, 200);
    let signed_in = login(&app, PASSWORD).await;
    let (id, access) = (signed_in.text("/data/user/id"), signed_in.text("/data/accessToken"));
    let profile = app.get("/profile").bearer(&access).send().await;
    assert_eq!(profile.body["data"]["tenants"], json!([T1]));
    assert_eq!(app.call(Method::DELETE, "/profile").bearer(&access).send().await.status, 202);
    app.work().await;
    let left: Vec<String> =
        app.rows().await.into_iter().filter(|row| row.contains(&id) && row.contains("AUDIT")).collect();
    assert!(left.is_empty(), "{left:#?}");
}
