//! Whose account an identity opens.

use auth::accounts::Identifier;
use local_aws::{Fault, When};
use serde_json::{Value, json};
use shared::auth::Role;
use shared::jobs::About;

use super::provider::TENANT;
use super::{Setup, token};
use crate::support::{Answer, PASSWORD, T1, TOTP_SECRET, refusal};

fn is(answer: &Answer, status: u16, code: &str) {
    assert_eq!((answer.status.as_u16(), answer.code()), refusal(status, code), "{answer:?}");
}

#[tokio::test]
async fn an_address_that_both_sides_have_verified_links_and_the_owner_is_told() {
    let setup = Setup::start().await;
    let account = setup.app.account("ada", Role::Organizer).await;
    let data = setup.signed_in("google").await;
    assert_eq!((&data["user"]["id"], &data["user"]["roles"]), (&json!(account.id), &json!(["organizer"])));
    assert_eq!(setup.linked(&token(&data)).await, ["google"]);
    let about = setup.app.mail_to("ada@example.com").await;
    assert!(matches!(&about, About::FactorAdded { factor, .. } if factor == "Google"), "{about:?}");
    // Once; and the password goes on.
    setup.signed_in("google").await;
    assert!(setup.app.mails().await.is_empty());
    setup.app.login("ada").await;
    setup.signed_in("github").await;
    assert_eq!(setup.linked(&token(&data)).await, ["google", "github"]);
}

#[tokio::test]
async fn linking_is_in_the_audit_log() {
    let setup = Setup::start().await;
    setup.app.account("ada", Role::Admin).await;
    let data = setup.signed_in("google").await;
    let log = setup.app.get("/audit-log").bearer(&token(&data)).send().await.body;
    let acts: Vec<_> = log["data"].as_array().unwrap().iter().map(|event| event["type"].as_str().unwrap()).collect();
    assert!(acts.contains(&"identityLinked") && acts.contains(&"signedIn"), "{log}");
    let linked = log["data"].as_array().unwrap().iter().find(|event| event["type"] == "identityLinked").unwrap();
    assert_eq!(linked["details"]["subject"], "google");
}

#[tokio::test]
async fn an_address_that_the_provider_has_not_verified_opens_nothing() {
    let setup = Setup::open().await;
    setup.app.account("ada", Role::User).await;
    for verified in [json!(false), json!("false"), json!(null), json!("yes")] {
        setup.provider.set(|desk| desk.person["email_verified"] = verified.clone());
        is(&setup.sign_in("google").await, 403, "ACCOUNT_NOT_VERIFIED");
        is(&setup.sign_in("apple").await, 403, "ACCOUNT_NOT_VERIFIED");
    }
    // Nor is an account made for it.
    setup.provider.set(|desk| desk.person["email"] = json!("new@example.com"));
    is(&setup.sign_in("google").await, 403, "ACCOUNT_NOT_VERIFIED");
    setup.provider.set(|desk| {
        desk.person["email_verified"] = json!(true);
        desk.person["email"] = json!("no address");
    });
    is(&setup.sign_in("google").await, 403, "ACCOUNT_NOT_VERIFIED");
    assert!(setup.app.mails().await.is_empty());
}

#[tokio::test]
async fn microsofts_address_counts_only_with_its_domain_verified() {
    let setup = Setup::open().await;
    setup.app.account("ada", Role::User).await;
    // `email_verified` is not Microsoft's word, and an administrator types what he likes.
    for edov in [json!(null), json!(false), json!("0")] {
        setup.provider.set(|desk| {
            desk.person = json!({
                "sub": "1", "tid": TENANT, "oid": "o", "email": "ada@example.com", "email_verified": true, "xms_edov": edov,
            });
        });
        is(&setup.sign_in("microsoft").await, 403, "ACCOUNT_NOT_VERIFIED");
    }
    setup.provider.set(|desk| desk.person["xms_edov"] = json!(true));
    assert_eq!(setup.linked(&token(&setup.signed_in("microsoft").await)).await, ["microsoft"]);
}

#[tokio::test]
async fn githubs_address_counts_only_if_primary_and_verified() {
    let setup = Setup::open().await;
    setup.app.account("ada", Role::User).await;
    for emails in [
        json!([]),
        json!([{"email": "ada@example.com", "primary": true, "verified": false}]),
        json!([{"email": "ada@example.com", "primary": false, "verified": true}]),
    ] {
        setup.provider.set(|desk| desk.emails = emails.clone());
        is(&setup.sign_in("github").await, 403, "ACCOUNT_NOT_VERIFIED");
    }
}

#[tokio::test]
async fn an_account_that_nobody_has_verified_loses_what_was_there_before() {
    let setup = Setup::start().await;
    let account = setup.app.account_with("ada", |new| new.verified = false).await;
    let data = setup.signed_in("google").await;
    assert_eq!(data["user"]["id"], json!(account.id));
    let body = json!({"username": "ada", "password": PASSWORD});
    is(&setup.app.post("/login", &body).send().await, 401, "INVALID_CREDENTIALS");
    let profile = setup.app.get("/profile").bearer(&token(&data)).send().await.body;
    assert_eq!(profile["data"]["emailVerified"], true);
    assert_eq!(setup.linked(&token(&data)).await, ["google"]);
}

/// The second factor of a sign-in.
async fn show_code(setup: &Setup, challenged: &Value) -> Answer {
    let second = setup.app.clock.now().as_second().try_into().unwrap();
    let code = totp_rs::Builder::new()
        .with_algorithm(totp_rs::Algorithm::SHA1)
        .with_secret(TOTP_SECRET.to_vec())
        .build()
        .unwrap()
        .generate(second);
    let body = json!({"mfaToken": challenged["mfaToken"], "code": code.to_string()});
    setup.app.post("/mfa/totp/verify", &body).send().await
}

/// How many identities are somebody's.
async fn claims(setup: &Setup) -> usize {
    setup.app.rows().await.iter().filter(|row| row.contains("IDENTITY#")).count()
}

#[tokio::test]
async fn a_second_factor_is_asked_for() {
    let setup = Setup::start().await;
    setup.app.account_with("ada", |new| new.totp_secret = Some(TOTP_SECRET.to_vec())).await;
    for _ in 0..2 {
        let data = setup.signed_in("google").await;
        assert_eq!((&data["mfaRequired"], &data["availableMethods"]), (&json!(true), &json!(["totp"])));
        assert!(data.get("accessToken").is_none());
        let answer = show_code(&setup, &data).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        setup.app.clock.advance(jiff::SignedDuration::from_secs(60));
    }
}

#[tokio::test]
async fn an_identity_is_linked_only_after_the_second_factor() {
    let setup = Setup::start().await;
    let account = setup.app.account_with("ada", |new| new.totp_secret = Some(TOTP_SECRET.to_vec())).await;
    let accounts = &setup.app.auth.state().accounts;
    // One that is never answered, and one that is.
    let late = setup.signed_in("google").await;
    setup.app.clock.advance(jiff::SignedDuration::from_mins(5));
    is(&show_code(&setup, &late).await, 401, "MFA_TOKEN_EXPIRED");
    let (data, other) = (setup.signed_in("google").await, setup.signed_in("google").await);
    assert!(accounts.get(account.id).await.unwrap().unwrap().identities.is_empty());
    assert_eq!((claims(&setup).await, setup.app.mails().await.len()), (0, 0));
    assert!(!setup.app.rows().await.iter().any(|row| row.contains("identityLinked")));
    let answer = show_code(&setup, &data).await;
    assert_eq!(setup.linked(&answer.text("/data/accessToken")).await, ["google"]);
    let linked = accounts.get(account.id).await.unwrap().unwrap().identities;
    assert_eq!((linked.len(), linked[0].linked_at), (1, setup.app.clock.now()));
    let about = setup.app.mail_to("ada@example.com").await;
    assert!(matches!(&about, About::FactorAdded { factor, .. } if factor == "Google"), "{about:?}");
    // Once: the account is another one than at the other sign-in, and the next one finds it.
    setup.app.clock.advance(jiff::SignedDuration::from_secs(60));
    is(&show_code(&setup, &other).await, 401, "MFA_TOKEN_EXPIRED");
    let next = setup.signed_in("google").await;
    assert_eq!(show_code(&setup, &next).await.status, 200);
    assert_eq!((claims(&setup).await, setup.app.mails().await.len()), (1, 0));
    // A second one of the same provider is refused before.
    setup.provider.set(|desk| desk.person["sub"] = json!("2"));
    is(&setup.sign_in("google").await, 409, "CONFLICT");
}

#[tokio::test]
async fn an_identity_that_became_somebody_elses_before_the_second_factor_stays_his() {
    let setup = Setup::start().await;
    let ada = setup.app.account_with("ada", |new| new.totp_secret = Some(TOTP_SECRET.to_vec())).await;
    let eve = setup.app.account("eve", Role::User).await;
    let data = setup.signed_in("google").await;
    assert_eq!(setup.link("google", &setup.app.token("eve").await).await.status, 201);
    is(&show_code(&setup, &data).await, 409, "CONFLICT");
    let accounts = &setup.app.auth.state().accounts;
    assert!(accounts.get(ada.id).await.unwrap().unwrap().identities.is_empty());
    assert_eq!(setup.signed_in("google").await["user"]["id"], json!(eve.id));
}

#[tokio::test]
async fn of_challenges_that_are_answered_at_once_one_links() {
    let setup = Setup::start().await;
    setup.app.account_with("ada", |new| new.totp_secret = Some(TOTP_SECRET.to_vec())).await;
    let (first, second) = (setup.signed_in("google").await, setup.signed_in("github").await);
    let (first, second) = tokio::join!(show_code(&setup, &first), show_code(&setup, &second));
    let signed_in: Vec<_> = [&first, &second].into_iter().filter(|answer| answer.status == 200).collect();
    assert_eq!(signed_in.len(), 1, "{first:?} {second:?}");
    assert_eq!(setup.linked(&signed_in[0].text("/data/accessToken")).await.len(), 1);
    assert_eq!((claims(&setup).await, setup.app.mails().await.len()), (1, 1));
}

#[tokio::test]
async fn a_new_account_is_made_only_where_sign_up_is_open() {
    let setup = Setup::start().await;
    is(&setup.sign_in("google").await, 403, "FORBIDDEN");
    let (begun, back) = setup.come_back("google").await;
    let named = setup.callback(&begun, &back).header("x-tenant-id", &T1.to_string());
    assert_eq!(named.refused().await, refusal(403, "FORBIDDEN"));
    let open = Setup::open().await;
    let data = open.signed_in("google").await;
    // It has no password that somebody could guess, and no mail is needed.
    let body = json!({"email": "ada@example.com", "password": PASSWORD});
    is(&open.app.post("/login", &body).send().await, 401, "INVALID_CREDENTIALS");
    assert!(open.app.mails().await.is_empty());
    assert_eq!(data["user"]["displayName"], "ada");
}

#[tokio::test]
async fn a_suspended_account_stays_out_and_is_not_linked() {
    let setup = Setup::open().await;
    let mut account = setup.app.account("ada", Role::User).await;
    let now = setup.app.clock.now();
    account.suspended_at = Some(now);
    let save = setup.app.auth.state().accounts.save(&mut account);
    assert!(save.run().await.unwrap());
    is(&setup.sign_in("google").await, 403, "ACCOUNT_SUSPENDED");
    account.suspended_at = None;
    assert!(setup.app.auth.state().accounts.save(&mut account).run().await.unwrap());
    assert!(setup.linked(&setup.app.token("ada").await).await.is_empty());
}

#[tokio::test]
async fn first_sign_ins_at_once_make_one_account() {
    let setup = Setup::open().await;
    let mut begun = Vec::new();
    for _ in 0..6 {
        begun.push(setup.come_back("google").await);
    }
    let answers = futures_util::future::join_all(begun.iter().map(|(begun, back)| setup.callback(begun, back).send()));
    let answers = answers.await;
    let ids: std::collections::HashSet<String> = answers.iter().map(|answer| answer.text("/data/user/id")).collect();
    assert_eq!(ids.len(), 1);
}

#[tokio::test]
async fn first_sign_ins_at_two_providers_at_once_make_one_account() {
    let setup = Setup::open().await;
    let (google, github) = (setup.come_back("google").await, setup.come_back("github").await);
    let (first, second) =
        tokio::join!(setup.callback(&google.0, &google.1).send(), setup.callback(&github.0, &github.1).send(),);
    assert_eq!(first.text("/data/user/id"), second.text("/data/user/id"));
    let mut linked = setup.linked(&first.text("/data/accessToken")).await;
    linked.sort();
    assert_eq!(linked, ["github", "google"]);
}

#[tokio::test]
async fn a_crash_between_account_and_session_is_made_good_by_the_next_sign_in() {
    let setup = Setup::open().await;
    let (begun, back) = setup.come_back("google").await;
    // The account is made before the signing keys are looked for, the session after it.
    setup.app.aws.faults().inject("Query", Fault::Throttling, When::Probability(1.0));
    assert_eq!(setup.callback(&begun, &back).refused().await, refusal(503, "UNAVAILABLE"));
    setup.app.aws.faults().clear();
    assert!(setup.app.auth.state().accounts.find(&Identifier::email("ada@example.com")).await.unwrap().is_some());
    let data = setup.signed_in("google").await;
    assert_eq!(setup.linked(&token(&data)).await, ["google"]);
}
