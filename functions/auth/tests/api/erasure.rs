//! Erasing one's own account.

use http::Method;
use jiff::SignedDuration;
use serde_json::{Value, json};
use shared::Error;
use shared::auth::{Role, Roles};
use shared::jobs::{About, ErasureReceipt, Job, Message, UserErased};

use crate::support::{Answer, App, PASSWORD, T1, T2, refusal};

async fn erase(app: &App, token: &str) -> Answer {
    app.call(Method::DELETE, "/profile").bearer(token).send().await
}

/// A service's answer.
async fn deliver(app: &App, erased: &UserErased, service: &str, receives: u32) -> Result<(), Error> {
    let (erasure_id, user_id) = (erased.erasure_id, erased.user_id);
    let receipt = ErasureReceipt { erasure_id, user_id, service: service.to_owned(), at: app.clock.now() };
    let body = serde_json::to_string(&Job::ErasureReceipt(receipt)).unwrap();
    app.auth.worker().message(Message { id: "test", body: &body, receives }).await
}

/// What notify answers, delivered twice.
async fn receipt(app: &App, erased: &UserErased) {
    for receives in 1..=2 {
        deliver(app, erased, "notify", receives).await.unwrap();
    }
}

#[tokio::test]
async fn nothing_is_left_but_the_signed_receipt() {
    let app = App::start().await;
    let both = vec![(T1, Roles(vec![Role::Admin])), (T2, Roles(vec![Role::User]))];
    let ada = app.account_with("ada", |new| new.memberships = both).await;
    app.account("root", Role::Admin).await;
    let session = app.login("ada").await;
    let token = session["accessToken"].as_str().unwrap();
    let invite = json!({"email": "other@example.com", "roles": ["user"]});
    assert_eq!(app.post("/users/invite", &invite).bearer(token).send().await.status, 201);
    app.post("/mfa/totp/enroll", &Value::Null).bearer(token).send().await;
    let _ = app.mails().await;
    app.told().await;

    let answer = erase(&app, token).await;
    assert_eq!((answer.status.as_u16(), answer.text("/data/status")), (202, "processing".to_owned()));
    let id = answer.text("/data/id");
    assert_eq!(app.get("/profile").bearer(token).refused().await, refusal(401, "UNAUTHORIZED"));
    let login = json!({"username": "ada", "password": PASSWORD});
    assert_eq!(app.post("/login", &login).refused().await, refusal(401, "INVALID_CREDENTIALS"));
    let refresh = app.post("/refresh", &json!({"refreshToken": session["refreshToken"]})).refused().await;
    assert_eq!(refresh, refusal(401, "TOKEN_REVOKED"));
    let told = app.told().await;
    let erased =
        told.iter().find_map(|job| if let Job::UserErased(erased) = job { Some(erased) } else { None }).unwrap();
    assert_eq!((erased.user_id, &erased.tenants), (ada.id, &vec![T1, T2]));
    app.work().await;
    // A name that auth awaits nothing of is no silent success.
    assert!(deliver(&app, erased, "notify-svc", 1).await.is_err());
    receipt(&app, erased).await;
    // A failed sign-in that was under way comes to its end.
    let event = auth::audit::Event::new(T1, auth::audit::Act::SignedIn, app.clock.now()).on(ada.id);
    assert!(app.auth.state().audit.record(&event).run().await.unwrap());
    assert!(app.mails().await.is_empty());
    app.advance(SignedDuration::from_mins(5));
    app.work().await;

    let About::AccountErased { link } = app.mail_to("ada@example.com").await else { panic!("another mail") };
    assert!(link.ends_with(&format!("/auth/v1/erasures/{id}")), "{link}");
    let done = app.get(&format!("/erasures/{id}")).send().await;
    assert_eq!(
        (done.text("/data/status"), &done.body["data"]["services"]),
        ("completed".to_owned(), &json!(["auth", "notify"]))
    );
    let claims = crate::keys::verified(&app, &done.text("/data/receipt"), "erasure-receipt+jwt").await;
    assert_eq!(
        (&claims["jti"], &claims["sub"], &claims["services"]),
        (&json!(id), &json!(ada.id), &json!(["auth", "notify"]))
    );
    // A receipt is no access token.
    let bearer = app.get("/profile").bearer(&done.text("/data/receipt")).refused().await;
    assert_eq!(bearer, refusal(401, "UNAUTHORIZED"));

    let left: Vec<String> = app.rows().await.into_iter().filter(|row| row.contains(&ada.id.to_string())).collect();
    // The erasure, and her invitation of somebody else: its link and its line in the list, which tell her id alone.
    let kinds = |kind: &str| left.iter().filter(|row| row.contains(kind)).count();
    assert_eq!((left.len(), kinds("\"ERASURE#"), kinds("\"INVITATION#")), (3, 1, 2), "{left:#?}");
    let of_address = app.rows().await.into_iter().filter(|row| row.to_lowercase().contains("ada@example.com")).count();
    assert_eq!(of_address, 0);
    // What she did to others stays, without her.
    let log = app.get("/audit-log").bearer(&app.token("root").await).send().await;
    let invited = log.body["data"].as_array().unwrap().iter().find(|event| event["type"] == "userInvited").unwrap();
    assert_eq!((&invited["actorId"], &invited["address"]), (&Value::Null, &Value::Null));
    // Address and username are free again.
    app.account("ada", Role::User).await;
}

#[tokio::test]
async fn it_needs_a_fresh_sign_in_and_leaves_no_tenant_without_an_admin() {
    let app = App::start().await;
    app.account("root", Role::Admin).await;
    let token = app.token("root").await;
    assert_eq!(erase(&app, &token).await.code(), "CONFLICT");
    app.account("second", Role::Admin).await;
    app.advance(SignedDuration::from_mins(10));
    assert_eq!(erase(&app, &token).await.code(), "STEP_UP_REQUIRED");
    app.post("/reauthenticate", &json!({"password": PASSWORD})).bearer(&token).send().await;
    assert_eq!(erase(&app, &token).await.status, 202);
}

#[tokio::test]
async fn an_erasure_that_was_cut_off_goes_on() {
    let app = App::start().await;
    let ada = app.account("ada", Role::User).await;
    app.token("ada").await;
    let token = app.token("ada").await;
    // Nothing reaches a queue: the process dies right after the commit.
    app.aws.faults().inject("SendMessageBatch", local_aws::Fault::InternalError, local_aws::When::Probability(1.0));
    let answer = erase(&app, &token).await;
    app.aws.faults().clear();
    app.work().await;
    let path = format!("/erasures/{}", answer.text("/data/id"));
    assert_eq!(app.get(&path).send().await.text("/data/status"), "processing");
    app.advance(SignedDuration::from_mins(2));
    app.auth.worker().timer("outbox").await.unwrap();
    app.work().await;
    let told = app.told().await;
    let erased =
        told.iter().find_map(|job| if let Job::UserErased(erased) = job { Some(erased) } else { None }).unwrap();
    assert_eq!(erased.user_id, ada.id);
    receipt(&app, erased).await;
    app.advance(SignedDuration::from_mins(5));
    app.auth.worker().timer("outbox").await.unwrap();
    app.work().await;
    assert_eq!(app.get(&path).send().await.text("/data/status"), "completed");
}

#[tokio::test]
async fn asked_twice_at_once_with_one_key_it_is_one_erasure() {
    let app = App::start().await;
    for name in ["ada", "bob", "eve"] {
        let account = app.account(name, Role::User).await;
        let token = app.token(name).await;
        app.told().await;
        let twin = || app.call(Method::DELETE, "/profile").bearer(&token).header("idempotency-key", "one").send();
        let (first, second) = tokio::join!(twin(), twin());
        // To the later one nobody may be there any more.
        let answers = [&first, &second];
        assert!(answers.iter().all(|answer| [202, 401].contains(&answer.status.as_u16())), "{answers:?}");
        let ids: Vec<&Value> =
            answers.iter().map(|answer| &answer.body["data"]["id"]).filter(|id| !id.is_null()).collect();
        let told = app.told().await;
        let [Job::UserErased(erased)] = &told[..] else { panic!("{told:?}") };
        assert_eq!(erased.user_id, account.id);
        assert!(!ids.is_empty() && ids.iter().all(|id| **id == json!(erased.erasure_id)), "{ids:?}");
        app.work().await;
        receipt(&app, erased).await;
        app.advance(SignedDuration::from_mins(5));
        // Every job in it is of an erasure that is there.
        app.work().await;
        assert_eq!(app.get(&format!("/erasures/{}", erased.erasure_id)).send().await.text("/data/status"), "completed");
    }
}
