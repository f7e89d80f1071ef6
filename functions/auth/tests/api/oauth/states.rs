//! A state: once, in time, and by who began.

use jiff::SignedDuration;
use serde_json::{Value, json};
use shared::store::Key;

use super::Setup;
use super::provider::Fields;
use crate::support::{Answer, refusal};

/// Code verifier and challenge of appendix B of RFC 7636.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

fn invalid() -> (u16, String) {
    refusal(400, "OAUTH_STATE_INVALID")
}

#[tokio::test]
async fn it_is_good_once() {
    let setup = Setup::open().await;
    let (begun, back) = setup.come_back("google").await;
    let answer = setup.callback(&begun, &back).send().await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let cleared = answer.headers["set-cookie"].to_str().unwrap();
    assert!(cleared.starts_with(begun.cookie.split('=').next().unwrap()) && cleared.contains("Max-Age=0"), "{cleared}");
    assert_eq!(setup.callback(&begun, &back).refused().await, invalid());
}

#[tokio::test]
async fn of_the_same_state_at_once_one_wins() {
    let setup = Setup::open().await;
    let (begun, back) = setup.come_back("google").await;
    let answers = futures_util::future::join_all((0..6).map(|_| setup.callback(&begun, &back).refused())).await;
    assert_eq!(answers.iter().filter(|(status, _)| *status == 200).count(), 1, "{answers:?}");
    assert_eq!(answers.iter().filter(|answer| **answer == invalid()).count(), 5, "{answers:?}");
}

#[tokio::test]
async fn it_is_used_up_also_where_the_provider_fails() {
    let setup = Setup::open().await;
    let (begun, mut back) = setup.come_back("google").await;
    let code = back.insert("code".to_owned(), "guessed".to_owned()).unwrap();
    assert_eq!(setup.callback(&begun, &back).refused().await, refusal(502, "OAUTH_PROVIDER_ERROR"));
    back.insert("code".to_owned(), code);
    assert_eq!(setup.callback(&begun, &back).refused().await, invalid());
}

#[tokio::test]
async fn it_is_good_for_ten_minutes() {
    let setup = Setup::open().await;
    let (begun, back) = setup.come_back("google").await;
    setup.app.clock.advance(SignedDuration::from_mins(10) - SignedDuration::from_secs(1));
    assert_eq!(setup.callback(&begun, &back).send().await.status, 200);
    let (begun, back) = setup.come_back("google").await;
    setup.app.clock.advance(SignedDuration::from_mins(10));
    assert_eq!(setup.callback(&begun, &back).refused().await, invalid());
}

#[tokio::test]
async fn another_browser_cannot_finish_and_does_not_use_it_up() {
    let setup = Setup::open().await;
    let (begun, back) = setup.come_back("google").await;
    let other = setup.begin("google").await;
    let body = json!({"code": back["code"], "state": back["state"]});
    let without = setup.app.post("/oauth/google/callback", &body);
    assert_eq!(without.refused().await, invalid());
    // The value of one sign-in's cookie under the name of another's.
    let (name, value) = (begun.cookie.split_once('=').unwrap().0, other.cookie.split_once('=').unwrap().1);
    for cookie in [other.cookie.clone(), format!("{name}={value}"), format!("{name}="), format!("x{}", begun.cookie)] {
        let foreign = setup.app.post("/oauth/google/callback", &body).header("cookie", &cookie);
        assert_eq!(foreign.refused().await, invalid(), "{cookie}");
    }
    let guessed = json!({"code": back["code"], "state": back["state"], "codeVerifier": VERIFIER});
    let as_program = setup.app.post("/oauth/google/callback", &guessed).header("cookie", &begun.cookie);
    assert_eq!(as_program.refused().await, invalid());
    let both = format!("{}; {}", other.cookie, begun.cookie);
    let own = setup.app.post("/oauth/google/callback", &body).header("cookie", &both).send().await;
    assert_eq!(own.status, 200, "{own:?}");
}

#[tokio::test]
async fn it_belongs_to_its_provider() {
    let setup = Setup::open().await;
    let (mut begun, back) = setup.come_back("google").await;
    begun.who = "microsoft";
    assert_eq!(setup.callback(&begun, &back).refused().await, invalid());
    begun.who = "google";
    assert_eq!(setup.callback(&begun, &back).send().await.status, 200);
}

async fn begin_program(setup: &Setup) -> Fields {
    let answer = setup.app.get(&format!("/oauth/google/authorize?code_challenge={CHALLENGE}")).send().await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert!(!answer.headers.contains_key("set-cookie"));
    setup.provider.consent(&answer.text("/data/authorizationUrl")).await
}

async fn finish_program(setup: &Setup, back: &Fields, verifier: Option<&str>) -> Answer {
    let mut body = json!({"code": back["code"], "state": back["state"]});
    if let Some(verifier) = verifier {
        body["codeVerifier"] = Value::from(verifier);
    }
    setup.app.post("/oauth/google/callback", &body).send().await
}

#[tokio::test]
async fn a_program_shows_its_code_verifier() {
    let setup = Setup::open().await;
    let back = begin_program(&setup).await;
    assert_eq!(finish_program(&setup, &back, None).await.code(), "OAUTH_STATE_INVALID");
    assert_eq!(finish_program(&setup, &back, Some(&"x".repeat(43))).await.code(), "OAUTH_STATE_INVALID");
    assert_eq!(finish_program(&setup, &back, Some(CHALLENGE)).await.code(), "OAUTH_STATE_INVALID");
    assert_eq!(finish_program(&setup, &back, Some("short")).await.code(), "VALIDATION_FAILED");
    let answer = finish_program(&setup, &back, Some(VERIFIER)).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    // Between us and the provider another one is used.
    let exchange = setup.provider.desk.lock().unwrap().exchanges[0].clone();
    assert_ne!(exchange["code_verifier"], VERIFIER);
    for challenge in ["", "short", &"x".repeat(44), &"%21".repeat(43)] {
        let begun = setup.app.get(&format!("/oauth/google/authorize?code_challenge={challenge}"));
        assert_eq!(begun.refused().await, refusal(400, "VALIDATION_FAILED"), "{challenge}");
    }
}

#[tokio::test]
async fn what_is_stored_tells_neither_state_nor_cookie() {
    let setup = Setup::open().await;
    let begun = setup.begin("google").await;
    let key = Key::new(format!("OAUTH#{}", shared::seal::digest(begun.state.as_bytes())), "STATE");
    let row: Value = setup.app.auth.state().platform.table().get(&key).await.unwrap().unwrap();
    let value = begun.cookie.split_once('=').unwrap().1;
    let row = row.to_string();
    assert!(row.contains("starter") && !row.contains(&begun.state) && !row.contains(value), "{row}");
}
