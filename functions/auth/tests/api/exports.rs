//! Everything that is known of an account, for its owner.

use auth::accounts::Account;
use http::Method;
use jiff::SignedDuration;
use local_aws::{Fault, When};
use serde_json::{Value, json};
use shared::auth::{Role, Roles};
use shared::jobs::{About, ErasureReceipt, ExportUser, ExportedFile, Job, Message, UserExported};
use shared::service::NOTIFY;

use crate::support::{Answer, App, PASSWORD, T1, T2, TOTP_SECRET, refusal};

const LATER: SignedDuration = SignedDuration::from_mins(11);

async fn ask(app: &App, token: &str) -> Answer {
    app.call(Method::POST, "/profile/export").bearer(token).send().await
}

async fn status(app: &App, token: &str) -> String {
    app.get("/profile/export").bearer(token).send().await.text("/data/status")
}

/// What the other services were asked since the last call.
async fn asked(app: &App) -> ExportUser {
    let told = app.told().await.into_iter();
    let mut asked = told.filter_map(|job| if let Job::ExportUser(wanted) = job { Some(wanted) } else { None });
    let wanted = asked.next().unwrap();
    assert!(asked.next().is_none());
    wanted
}

/// What notify answers, delivered twice.
async fn answer(app: &App, wanted: &ExportUser) {
    let file = ExportedFile { name: "notify.json".to_owned(), bytes: 2, sha256: "00".repeat(32) };
    let (export_id, user_id) = (wanted.export_id, wanted.user_id);
    let body = Job::UserExported(UserExported { export_id, user_id, service: "notify".to_owned(), files: vec![file] });
    let body = serde_json::to_string(&body).unwrap();
    for receives in 1..=2 {
        app.auth.worker().message(Message { id: "test", body: &body, receives }).await.unwrap();
    }
}

/// The files' addresses by service, after a fresh sign-in.
async fn addresses(app: &App, token: &str) -> Vec<(String, Value)> {
    let answer = app.get("/profile/export/download").bearer(token).send().await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let files = answer.body["data"].as_array().unwrap().iter();
    files.map(|file| (file["service"].as_str().unwrap().to_owned(), file.clone())).collect()
}

/// Somebody with everything that an account can have.
async fn known(app: &App) -> Account {
    app.account_with("ada", |new| {
        new.memberships = vec![(T1, Roles(vec![Role::User])), (T2, Roles(vec![Role::Organizer]))];
        new.totp_secret = Some(TOTP_SECRET.to_vec());
        new.profile.last_name = Some("Lovelace".to_owned());
    })
    .await
}

/// Her token, by a sign-in with the second factor of which the audit log knows.
async fn signed_in(app: &App) -> String {
    app.advance(SignedDuration::from_secs(30));
    let challenge = app.login("ada").await["mfaToken"].clone();
    let code = crate::mfa::code(app, 0);
    let verify = json!({"mfaToken": challenge, "code": code});
    app.post("/mfa/totp/verify", &verify).send().await.text("/data/accessToken")
}

#[tokio::test]
async fn every_service_is_asked_and_the_files_are_the_owners_alone() {
    let app = App::start().await;
    let ada = known(&app).await;
    app.post("/login", &json!({"username": "ada", "password": "wrong"})).from("203.0.113.9").send().await;
    let root = app.account("root", Role::Admin).await;
    let other = app.token("root").await;
    let roles = json!({"roles": ["organizer"]});
    let path = format!("/users/{}", ada.id);
    let demoted = app.call(Method::PATCH, &path).json(&roles).bearer(&other).from("198.51.100.7").send().await;
    assert_eq!(demoted.status, 200, "{demoted:?}");
    app.advance(SignedDuration::from_mins(1));
    let token = signed_in(&app).await;
    let _ = (app.mails().await, app.told().await);

    assert_eq!(app.get("/profile/export").bearer(&token).refused().await, refusal(404, "NOT_FOUND"));
    let begun = ask(&app, &token).await;
    assert_eq!((begun.status.as_u16(), begun.text("/data/status")), (202, "processing".to_owned()));
    assert_eq!(begun.body["data"]["services"], json!(["auth", "notify"]));
    let wanted = asked(&app).await;
    assert_eq!((wanted.user_id, &wanted.tenants[..]), (ada.id, &[T1, T2][..]));
    app.work().await;
    let early = app.get("/profile/export/download").bearer(&token).refused().await;
    assert_eq!((early, status(&app, &token).await), (refusal(409, "CONFLICT"), "processing".to_owned()));
    assert!(app.mails().await.is_empty());

    answer(&app, &wanted).await;
    let About::ExportReady { link, valid_days } = app.mail_to("ada@example.com").await else { panic!() };
    assert!(link.ends_with("/profile-export") && valid_days == 7, "{link}");
    assert_eq!(status(&app, &token).await, "completed");
    assert_eq!(app.get("/profile/export").bearer(&other).refused().await, refusal(404, "NOT_FOUND"));
    let files = addresses(&app, &token).await;
    assert_eq!(files.iter().map(|(service, _)| service.as_str()).collect::<Vec<_>>(), ["auth", "notify"]);

    let file = &files[0].1;
    let response = testing::fetch(file["url"].as_str().unwrap()).await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-disposition"], "attachment; filename=\"auth.json\"");
    let text = response.text().await.unwrap();
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, text.as_bytes());
    let digest = digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
    assert_eq!((&file["sha256"], &file["bytes"]), (&json!(digest), &json!(text.len())));
    for secret in ["argon2", "sealed", "Digest", &ada.totp.as_ref().unwrap().sealed_secret, "198.51.100.7"] {
        assert!(!text.contains(secret), "{secret}");
    }
    let known: Value = serde_json::from_str(&text).unwrap();
    let list = |name: &str, tenant: Value| {
        let lists = known["lists"].as_array().unwrap();
        let found = lists.iter().find(|list| list["name"] == name && list["tenantId"] == tenant).unwrap();
        found["items"].as_array().unwrap().clone()
    };
    let account = &list("account", Value::Null)[0];
    assert_eq!((&known["userId"], &account["email"]), (&json!(ada.id), &json!("ada@example.com")));
    assert_eq!((&account["profile"]["lastName"], &account["mfaEnabled"]), (&json!("Lovelace"), &json!(true)));
    assert_eq!(account["memberships"][1], json!({"tenantId": T2, "roles": ["organizer"], "suspendedAt": null}));
    assert_eq!(list("sessions", Value::Null).len(), 1);
    let log = list("auditLog", json!(T1));
    let of = |kind: &str| log.iter().find(|event| event["type"] == kind).unwrap_or_else(|| panic!("{kind}: {log:#?}"));
    assert_eq!((&of("rolesChanged")["actorId"], &of("rolesChanged")["address"]), (&json!(root.id), &Value::Null));
    assert!(log.iter().any(|event| event["result"] == "failure" && event["address"] == "203.0.113.9"), "{log:#?}");
    assert_eq!(
        (&of("exportRequested")["userId"], of("exportRequested")["address"].is_string()),
        (&json!(ada.id), true)
    );
}

/// What she did to others is in it, and where a stranger was who typed her address by mistake is not.
#[tokio::test]
async fn an_admins_acts_are_in_it_and_a_strangers_address_is_not() {
    let app = App::start_with(&[("DEFAULT_SIGNUP_TENANT_ID", &T1.to_string())]).await;
    app.account("ada", Role::Admin).await;
    let bob = app.account("bob", Role::User).await;
    let sign_up = json!({"email": "ada@example.com", "password": "correct horse battery staple 7"});
    assert_eq!(app.post("/signup/email", &sign_up).from("203.0.113.77").send().await.status, 201);
    let token = app.token("ada").await;
    let roles = json!({"roles": ["organizer"]});
    app.call(Method::PATCH, &format!("/users/{}", bob.id)).json(&roles).bearer(&token).send().await;
    let _ = app.told().await;
    ask(&app, &token).await;
    app.work().await;
    answer(&app, &asked(&app).await).await;
    let url = addresses(&app, &token).await.remove(0).1["url"].as_str().unwrap().to_owned();
    let text = testing::fetch(url).await.text().await.unwrap();
    assert!(!text.contains("203.0.113.77"), "{text}");
    let known: Value = serde_json::from_str(&text).unwrap();
    let acts = known["lists"].as_array().unwrap().iter().find(|list| list["name"] == "acts").unwrap();
    assert_eq!((&acts["items"][0]["type"], &acts["items"][0]["userId"]), (&json!("rolesChanged"), &json!(bob.id)));
}

#[tokio::test]
async fn it_needs_a_fresh_sign_in_and_ends_after_a_week() {
    let app = App::start().await;
    app.account("ada", Role::User).await;
    let token = app.token("ada").await;
    app.advance(LATER);
    assert_eq!(ask(&app, &token).await.code(), "STEP_UP_REQUIRED");
    app.post("/reauthenticate", &json!({"password": PASSWORD})).bearer(&token).send().await;
    assert_eq!(ask(&app, &token).await.status, 202);
    app.work().await;
    answer(&app, &asked(&app).await).await;
    app.advance(LATER);
    let token = app.token("ada").await;
    assert_eq!(addresses(&app, &token).await.len(), 2);
    app.advance(LATER);
    let stale = app.get("/profile/export/download").bearer(&token).refused().await;
    assert_eq!(stale, refusal(403, "STEP_UP_REQUIRED"));
    app.advance(SignedDuration::from_hours(7 * 24));
    let token = app.token("ada").await;
    assert_eq!(status(&app, &token).await, "expired");
    let over = app.get("/profile/export/download").bearer(&token).refused().await;
    assert_eq!(over, refusal(404, "NOT_FOUND"));
}

#[tokio::test]
async fn one_is_made_at_a_time_and_the_next_replaces_it() {
    let app = App::start().await;
    app.account("ada", Role::User).await;
    let token = app.token("ada").await;
    let (one, two) = tokio::join!(ask(&app, &token), ask(&app, &token));
    assert_eq!((one.status.as_u16(), two.status.as_u16()), (202, 202));
    assert_eq!(one.text("/data/id"), two.text("/data/id"));
    let first = asked(&app).await;
    app.work().await;
    answer(&app, &first).await;
    let before = addresses(&app, &token).await.remove(0).1["url"].as_str().unwrap().to_owned();
    let _ = app.mails().await;

    let second = ask(&app, &token).await.text("/data/id");
    assert_ne!(second, one.text("/data/id"));
    let wanted = asked(&app).await;
    // What is late changes nothing.
    answer(&app, &first).await;
    assert_eq!(status(&app, &token).await, "processing");
    app.work().await;
    assert_eq!(testing::fetch(&before).await.status(), 404);
    answer(&app, &wanted).await;
    assert_eq!((status(&app, &token).await, app.mails().await.len()), ("completed".to_owned(), 1));
}

#[tokio::test]
async fn one_that_no_service_ends_keeps_nobody_from_the_next_for_long() {
    let app = App::start().await;
    app.account("ada", Role::User).await;
    let first = ask(&app, &app.token("ada").await).await.text("/data/id");
    app.advance(SignedDuration::from_mins(59));
    assert_eq!(ask(&app, &app.token("ada").await).await.text("/data/id"), first);
    app.advance(SignedDuration::from_mins(2));
    let token = app.token("ada").await;
    assert_ne!(ask(&app, &token).await.text("/data/id"), first);
    for _ in 0..3 {
        assert_eq!(ask(&app, &token).await.status, 202);
    }
    assert_eq!(ask(&app, &token).await.code(), "RATE_LIMITED");
}

#[tokio::test]
async fn an_export_that_was_cut_off_goes_on() {
    let app = App::start().await;
    app.account("ada", Role::User).await;
    let token = app.token("ada").await;
    let _ = app.told().await;
    // Nothing reaches a queue: the process dies right after the commit.
    app.aws.faults().inject("SendMessageBatch", Fault::InternalError, When::Probability(1.0));
    assert_eq!(ask(&app, &token).await.status, 202);
    app.aws.faults().clear();
    app.advance(SignedDuration::from_mins(2));
    app.auth.worker().timer("outbox").await.unwrap();
    app.work().await;
    answer(&app, &asked(&app).await).await;
    assert_eq!(status(&app, &token).await, "completed");
}

#[tokio::test]
async fn a_process_that_dies_with_the_last_part_stored_loses_nothing() {
    let app = App::start().await;
    app.account("ada", Role::User).await;
    let token = app.token("ada").await;
    ask(&app, &token).await;
    let wanted = asked(&app).await;
    answer(&app, &wanted).await;
    let own = json!({"job": "exportAccount", "wanted": wanted, "done": 0, "after": null, "files": []}).to_string();
    let message = Message { id: "test", body: &own, receives: 1 };
    // It is noted that auth has stored its part, and no more.
    app.aws.faults().inject("TransactWriteItems", Fault::InternalError, When::Probability(1.0));
    app.auth.worker().message(message).await.unwrap_err();
    app.aws.faults().clear();
    assert_eq!(status(&app, &token).await, "processing");
    app.auth.worker().message(Message { receives: 2, ..message }).await.unwrap();
    assert_eq!((status(&app, &token).await, app.mails().await.len()), ("completed".to_owned(), 1));
}

#[tokio::test]
async fn what_comes_days_late_stores_nothing_and_tells_nobody() {
    let app = App::start().await;
    app.account("ada", Role::User).await;
    ask(&app, &app.token("ada").await).await;
    let wanted = asked(&app).await;
    answer(&app, &wanted).await;
    app.advance(SignedDuration::from_hours(25));
    app.work().await;
    let token = app.token("ada").await;
    assert_eq!((status(&app, &token).await, app.mails().await.len()), ("failed".to_owned(), 0));
    let again = app.call(Method::POST, "/profile/export").bearer(&token).send().await;
    assert_eq!((again.status.as_u16(), status(&app, &token).await), (202, "processing".to_owned()));
}

#[tokio::test]
async fn what_happened_before_a_change_of_the_address_is_the_owners_too() {
    let app = App::start().await;
    app.account("ada", Role::User).await;
    let sign_in = json!({"username": "ada", "password": PASSWORD});
    let token = app.post("/login", &sign_in).from("203.0.113.5").send().await.text("/data/accessToken");
    app.advance(SignedDuration::from_secs(31));
    let _ = app.mails().await;
    let request = app.post("/profile/email", &json!({"email": "new@example.com"}));
    assert_eq!(request.bearer(&token).send().await.status, 202);
    let mails = app.mails().await.into_iter();
    let mut link =
        mails.filter_map(|mail| if let About::ChangeAddress { link, .. } = mail.about { Some(link) } else { None });
    let mailed = link.next().unwrap().split_once("?token=").unwrap().1.to_owned();
    assert_eq!(app.post("/profile/email/verify", &json!({"token": mailed})).send().await.status, 200);
    let _ = app.told().await;
    assert_eq!(ask(&app, &token).await.status, 202);
    app.work().await;
    answer(&app, &asked(&app).await).await;
    let url = addresses(&app, &token).await.remove(0).1["url"].as_str().unwrap().to_owned();
    let known: Value = testing::fetch(url).await.json().await.unwrap();
    let log = known["lists"].as_array().unwrap().iter().find(|list| list["name"] == "auditLog").unwrap();
    let signed_in = log["items"].as_array().unwrap().iter().find(|event| event["type"] == "signedIn").unwrap();
    assert_eq!(signed_in["address"], "203.0.113.5");
}

#[tokio::test]
async fn nothing_of_it_stays_after_an_erasure() {
    let app = App::start().await;
    let ada = app.account("ada", Role::User).await;
    let token = app.token("ada").await;
    ask(&app, &token).await;
    let wanted = asked(&app).await;
    app.work().await;
    answer(&app, &wanted).await;
    let address = addresses(&app, &token).await.remove(0).1["url"].as_str().unwrap().to_owned();
    assert_eq!(testing::fetch(&address).await.status(), 200);
    let erasure = app.call(Method::DELETE, "/profile").bearer(&token).send().await.text("/data/id");
    app.work().await;
    assert_eq!(testing::fetch(&address).await.status(), 404);
    app.advance(SignedDuration::from_mins(5));
    app.auth.worker().timer("outbox").await.unwrap();
    app.work().await;
    // notify has stored its part late, and heard of the erasure only then; its answer is still on its way.
    let state = app.auth.state();
    let stored = state.export_files.store(&wanted, &NOTIFY, 1, b"late".to_vec()).await.unwrap();
    let late = state.export_files.link(ada.id, wanted.export_id, &stored).await.unwrap();
    assert_eq!(testing::fetch(&late).await.status(), 200);
    let erased = ErasureReceipt {
        erasure_id: erasure.parse().unwrap(),
        user_id: wanted.user_id,
        service: "notify".to_owned(),
        at: app.clock.now(),
    };
    let body = serde_json::to_string(&Job::ErasureReceipt(erased)).unwrap();
    app.auth.worker().message(Message { id: "test", body: &body, receives: 1 }).await.unwrap();
    assert_eq!(app.get(&format!("/erasures/{erasure}")).send().await.text("/data/status"), "completed");
    assert_eq!(testing::fetch(&late).await.status(), 404);
    assert!(!app.rows().await.iter().any(|row| row.contains("\"EXPORT\"")));
}

#[tokio::test]
async fn what_a_service_stores_for_nobody_goes_with_its_answer() {
    let app = App::start().await;
    let ada = app.account("ada", Role::User).await;
    let token = app.token("ada").await;
    ask(&app, &token).await;
    let wanted = asked(&app).await;
    let state = app.auth.state();
    let file = state.export_files.store(&wanted, &NOTIFY, 1, b"late".to_vec()).await.unwrap();
    let address = state.export_files.link(ada.id, wanted.export_id, &file).await.unwrap();
    app.call(Method::DELETE, "/profile").bearer(&token).send().await;
    assert_eq!(testing::fetch(&address).await.status(), 200);
    answer(&app, &wanted).await;
    assert_eq!(testing::fetch(&address).await.status(), 404);
}

#[tokio::test]
async fn the_first_answer_counts_and_a_service_that_was_not_asked_does_not() {
    let app = App::start().await;
    app.account("ada", Role::User).await;
    let token = app.token("ada").await;
    ask(&app, &token).await;
    let wanted = asked(&app).await;
    let part = |service: &str, bytes: u64| {
        let file = ExportedFile { name: format!("{service}.json"), bytes, sha256: "00".repeat(32) };
        let (export_id, user_id, service) = (wanted.export_id, wanted.user_id, service.to_owned());
        let part = UserExported { export_id, user_id, service, files: vec![file] };
        serde_json::to_string(&Job::UserExported(part)).unwrap()
    };
    for body in [part("reports", 1), part("notify", 2), part("notify", 3)] {
        app.auth.worker().message(Message { id: "test", body: &body, receives: 1 }).await.unwrap();
    }
    assert_eq!(status(&app, &token).await, "processing");
    app.work().await;
    let files = addresses(&app, &token).await;
    let files: Vec<(&str, &Value)> = files.iter().map(|(service, file)| (service.as_str(), &file["bytes"])).collect();
    assert_eq!((files.len(), files[1]), (2, ("notify", &json!(2))));
}
