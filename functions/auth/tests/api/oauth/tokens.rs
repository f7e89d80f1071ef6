//! What a provider says that cannot be believed, and what it does not say.

use std::time::Duration;

use jiff::SignedDuration;
use local_aws::{Fault, When};
use serde_json::{Value, json};

use super::Setup;
use super::provider::Mischief;
use super::signing::Signed;
use crate::support::{App, refusal};

fn not_believed() -> (u16, String) {
    refusal(502, "OAUTH_PROVIDER_ERROR")
}

/// A sign-in in which the ID token also says this.
async fn saying(setup: &Setup, claims: Value) -> (u16, String) {
    setup.provider.set(|desk| desk.mischief = Some(Mischief::Claims(claims)));
    let answer = setup.sign_in("google").await;
    (answer.status.as_u16(), answer.code())
}

#[tokio::test]
async fn a_token_for_others_or_of_other_times_is_refused() {
    let setup = Setup::open().await;
    let now = setup.app.clock.now().as_second();
    for wrong in [
        json!({"nonce": "another"}),
        json!({"nonce": null}),
        json!({"aud": "another"}),
        json!({"aud": ["client", "another"]}),
        json!({"azp": "another"}),
        json!({"iss": "https://accounts.google.com"}),
        json!({"exp": now - 60}),
        json!({"exp": "tomorrow"}),
        json!({"iat": now + 120}),
        json!({"iat": null}),
        json!({"sub": ""}),
        json!({"sub": null}),
        json!({"sub": "x".repeat(256)}),
    ] {
        assert_eq!(saying(&setup, wrong.clone()).await, not_believed(), "{wrong}");
    }
    for right in [
        json!({"exp": now - 59}),
        json!({"iat": now + 60}),
        json!({"aud": ["client"]}),
        json!({"aud": ["client", "another"], "azp": "client"}),
    ] {
        assert_eq!(saying(&setup, right.clone()).await.0, 200, "{right}");
    }
}

#[tokio::test]
async fn a_signature_is_by_the_published_key_and_its_algorithm() {
    let setup = Setup::open().await;
    for (signed, good) in [
        (Signed::Rsa, true),
        (Signed::Ec, true),
        (Signed::Foreign, false),
        (Signed::None, false),
        (Signed::Hmac, false),
        (Signed::Confused, false),
        (Signed::Unknown, false),
    ] {
        setup.provider.set(|desk| desk.signed = signed);
        let answer = setup.sign_in("google").await;
        let wanted = if good { (200, String::new()) } else { not_believed() };
        assert_eq!((answer.status.as_u16(), answer.code()), wanted, "{signed:?}");
    }
}

#[tokio::test]
async fn a_new_key_is_fetched_but_not_for_each_who_names_one() {
    let setup = Setup::open().await;
    let fetched = || setup.provider.desk.lock().unwrap().keys_fetched;
    setup.signed_in("google").await;
    setup.signed_in("google").await;
    assert_eq!(fetched(), 1);
    setup.provider.set(|desk| desk.signed = Signed::Unknown);
    for _ in 0..3 {
        assert_eq!(setup.sign_in("google").await.code(), "OAUTH_PROVIDER_ERROR");
    }
    assert_eq!(fetched(), 1);
    setup.app.clock.advance(SignedDuration::from_mins(1));
    setup.provider.set(|desk| desk.publishes_next_key = true);
    setup.signed_in("google").await;
    setup.signed_in("google").await;
    assert_eq!(fetched(), 2);
    setup.app.clock.advance(SignedDuration::from_hours(1));
    setup.signed_in("google").await;
    assert_eq!(fetched(), 3);
}

#[tokio::test]
async fn an_answer_that_is_none_is_the_providers_fault() {
    let setup = Setup::open().await;
    for mischief in [
        Mischief::Status(500),
        Mischief::Status(401),
        Mischief::Status(302),
        Mischief::Body(String::new()),
        Mischief::Body("<html>".to_owned()),
        Mischief::Body("[]".to_owned()),
        Mischief::Body(r#"{"error":"server_error"}"#.to_owned()),
        Mischief::Body(r#"{"access_token":"x"}"#.to_owned()),
        Mischief::Body(r#"{"access_token":"x","id_token":"a.b.c"}"#.to_owned()),
        Mischief::Body(r#"{"access_token":"x","id_token":7}"#.to_owned()),
        Mischief::Body(format!(r#"{{"access_token":"{}"}}"#, "x".repeat(300_000))),
    ] {
        setup.provider.set(|desk| desk.mischief = Some(mischief.clone()));
        for who in ["google", "github"] {
            let answer = setup.sign_in(who).await;
            assert_eq!((answer.status.as_u16(), answer.code()), not_believed(), "{who} {mischief:?}");
        }
    }
}

#[tokio::test]
async fn github_s_api_may_fail_too() {
    for (user, emails) in
        [(json!({}), json!([])), (json!({"id": 1}), json!({"message": "no"})), (json!("x"), json!([]))]
    {
        let setup = Setup::open().await;
        setup.provider.set(|desk| (desk.user, desk.emails) = (user.clone(), emails.clone()));
        assert_eq!(setup.sign_in("github").await.code(), "OAUTH_PROVIDER_ERROR", "{user} {emails}");
    }
}

#[tokio::test]
async fn a_silent_provider_is_not_waited_for() {
    let setup = Setup::open().await;
    let (begun, back) = setup.come_back("google").await;
    setup.provider.set(|desk| desk.mischief = Some(Mischief::Silence));
    let answer = tokio::time::timeout(Duration::from_secs(20), setup.callback(&begun, &back).refused()).await;
    assert_eq!(answer.unwrap(), not_believed());
}

#[tokio::test]
async fn a_provider_that_is_down_is_told_when_one_begins() {
    // A port that nobody listens on.
    let settings = json!([{"name": "google", "clientId": "a", "clientSecret": "b", "issuer": "http://127.0.0.1:9/x"}]);
    let app = App::start_with(&[("OAUTH_PROVIDERS", &settings.to_string())]).await;
    assert_eq!(app.get("/oauth/google/authorize").refused().await, not_believed());
}

#[tokio::test]
async fn a_discovery_document_is_of_its_issuer_and_leads_to_safe_places() {
    for wrong in [
        json!({"issuer": "https://accounts.google.com"}),
        json!({"token_endpoint": "http://provider.example/token"}),
        json!({"jwks_uri": "http://169.254.169.254/latest"}),
        json!({"authorization_endpoint": "javascript:alert(1)"}),
        json!({"token_endpoint": null}),
    ] {
        let setup = Setup::open().await;
        setup.provider.set(|desk| desk.discovery = wrong.clone());
        assert_eq!(setup.app.get("/oauth/google/authorize").refused().await, not_believed(), "{wrong}");
    }
}

#[tokio::test]
async fn a_store_that_is_down_is_not_the_providers_fault() {
    let setup = Setup::open().await;
    let (begun, back) = setup.come_back("google").await;
    setup.app.aws.faults().inject("TransactWriteItems", Fault::Throttling, When::Probability(1.0));
    let (status, code) = setup.callback(&begun, &back).refused().await;
    assert_eq!((status, code), refusal(503, "UNAVAILABLE"));
}
