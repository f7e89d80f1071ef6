//! Linking and unlinking from one's profile.

use http::Method;
use jiff::SignedDuration;
use serde_json::json;
use shared::auth::Role;
use shared::jobs::About;

use super::{Setup, token};
use crate::support::{PASSWORD, refusal};

fn unlink<'a>(setup: &'a Setup, who: &str, token: &str) -> crate::support::Call<'a> {
    setup.app.call(Method::DELETE, &format!("/oauth/{who}/link")).bearer(token)
}

#[tokio::test]
async fn an_identity_with_any_address_is_linked_to_the_caller() {
    let setup = Setup::start().await;
    let account = setup.app.account("ada", Role::User).await;
    let token = setup.app.token("ada").await;
    setup.provider.set(|desk| desk.person = json!({"sub": "1", "email": "other@example.com"}));
    let answer = setup.link("google", &token).await;
    assert_eq!((answer.status.as_u16(), answer.text("/data/provider")), (201, "google".to_owned()), "{answer:?}");
    let about = setup.app.mail_to("ada@example.com").await;
    assert!(matches!(&about, About::FactorAdded { factor, .. } if factor == "Google"), "{about:?}");
    assert_eq!(setup.linked(&token).await, ["google"]);
    assert_eq!(setup.signed_in("google").await["user"]["id"], json!(account.id));
    // A second one of the same provider is not, the same one neither.
    let again = setup.link("google", &token).await;
    assert_eq!((again.status.as_u16(), again.code()), refusal(409, "CONFLICT"));
    setup.provider.set(|desk| desk.person["sub"] = json!("2"));
    let second = setup.link("google", &token).await;
    assert_eq!((second.status.as_u16(), second.code()), refusal(409, "CONFLICT"));
}

#[tokio::test]
async fn an_identity_stays_when_the_address_changes() {
    let setup = Setup::start().await;
    let account = setup.app.account("ada", Role::User).await;
    let token = setup.app.token("ada").await;
    setup.provider.set(|desk| desk.person = json!({"sub": "1", "email": "ada@example.com", "email_verified": true}));
    assert_eq!(setup.link("google", &token).await.status, 201);
    let _ = setup.app.mails().await;
    crate::addresses::change_address(&setup.app, &token, "lovelace@example.com").await;
    assert_eq!(setup.linked(&token).await, ["google"]);
    assert_eq!(setup.signed_in("google").await["user"]["id"], json!(account.id));
}

#[tokio::test]
async fn somebody_elses_identity_stays_his() {
    let setup = Setup::start().await;
    let owner = setup.app.account("ada", Role::User).await;
    setup.app.account("eve", Role::User).await;
    setup.signed_in("google").await;
    let answer = setup.link("google", &setup.app.token("eve").await).await;
    assert_eq!((answer.status.as_u16(), answer.code()), refusal(409, "CONFLICT"));
    assert_eq!(setup.signed_in("google").await["user"]["id"], json!(owner.id));
}

#[tokio::test]
async fn only_who_began_can_link() {
    let setup = Setup::start().await;
    setup.app.account("ada", Role::User).await;
    let token = setup.app.token("ada").await;
    // Somebody else's state and code, brought to her browser.
    let (mut begun, back) = setup.come_back("google").await;
    let cookie = std::mem::take(&mut begun.cookie);
    let planted = setup.call("link", &begun, &back).bearer(&token).refused().await;
    assert_eq!(planted, refusal(400, "OAUTH_STATE_INVALID"));
    begun.cookie = cookie;
    assert_eq!(setup.call("link", &begun, &back).refused().await, refusal(401, "UNAUTHORIZED"));
    assert_eq!(setup.call("link", &begun, &back).bearer(&token).send().await.status, 201);
}

#[tokio::test]
async fn linking_needs_a_fresh_sign_in_and_does_not_use_the_code_up_without_one() {
    let setup = Setup::start().await;
    setup.app.account("ada", Role::User).await;
    let token = setup.app.token("ada").await;
    setup.app.clock.advance(SignedDuration::from_mins(10));
    let (begun, back) = setup.come_back("google").await;
    let stale = setup.call("link", &begun, &back).bearer(&token).refused().await;
    assert_eq!(stale, refusal(403, "STEP_UP_REQUIRED"));
    assert_eq!(unlink(&setup, "google", &token).refused().await, refusal(403, "STEP_UP_REQUIRED"));
    let again = json!({"password": PASSWORD});
    assert_eq!(setup.app.post("/reauthenticate", &again).bearer(&token).send().await.status, 200);
    assert_eq!(setup.call("link", &begun, &back).bearer(&token).send().await.status, 201);
}

#[tokio::test]
async fn a_repetition_with_the_same_key_gets_the_same_answer() {
    let setup = Setup::start().await;
    setup.app.account("ada", Role::User).await;
    let token = setup.app.token("ada").await;
    let (begun, back) = setup.come_back("google").await;
    let link = || setup.call("link", &begun, &back).bearer(&token).header("idempotency-key", "link-1").send();
    let (first, second) = (link().await, link().await);
    assert_eq!((first.status.as_u16(), &first.body["data"]), (201, &second.body["data"]), "{second:?}");
    assert_eq!(second.headers["idempotent-replayed"], "true");
}

#[tokio::test]
async fn linking_ends_other_sessions() {
    let setup = Setup::start().await;
    setup.app.account("ada", Role::User).await;
    let (other, own) = (setup.app.token("ada").await, setup.app.token("ada").await);
    assert_eq!(setup.link("google", &own).await.status, 201);
    assert_eq!(setup.app.get("/profile").bearer(&other).send().await.status, 401);
    assert_eq!(setup.linked(&own).await, ["google"]);
}

#[tokio::test]
async fn unlinking_ends_other_sessions_and_the_owner_is_told() {
    let setup = Setup::start().await;
    setup.app.account("ada", Role::User).await;
    let by_google = token(&setup.signed_in("google").await);
    setup.app.mails().await;
    let own = setup.app.token("ada").await;
    assert_eq!(unlink(&setup, "github", &own).refused().await, refusal(404, "NOT_FOUND"));
    assert_eq!(unlink(&setup, "myspace", &own).refused().await, refusal(404, "OAUTH_PROVIDER_UNKNOWN"));
    setup.app.mails().await;
    let answer = unlink(&setup, "google", &own).send().await;
    assert_eq!((answer.status.as_u16(), &answer.body["data"]), (200, &json!({"unlinked": true})));
    let about = setup.app.mail_to("ada@example.com").await;
    assert!(matches!(&about, About::FactorRemoved { factor, .. } if factor == "Google"), "{about:?}");
    assert_eq!(setup.app.get("/profile").bearer(&by_google).send().await.status, 401);
    assert!(setup.linked(&own).await.is_empty());
    // It may be linked again, also to another account.
    setup.app.account("eve", Role::User).await;
    assert_eq!(setup.link("google", &setup.app.token("eve").await).await.status, 201);
}

#[tokio::test]
async fn the_last_way_in_stays() {
    let setup = Setup::open().await;
    let by_google = token(&setup.signed_in("google").await);
    let last = unlink(&setup, "google", &by_google).send().await;
    assert_eq!((last.status.as_u16(), last.code()), refusal(409, "CONFLICT"));
    assert!(last.text("/error/message").contains("last way"), "{last:?}");
    assert_eq!(setup.link("github", &by_google).await.status, 201);
    // Of both at once one stays.
    let (first, second) =
        tokio::join!(unlink(&setup, "google", &by_google).refused(), unlink(&setup, "github", &by_google).refused());
    let mut statuses = [first.0, second.0];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    assert_eq!(setup.linked(&by_google).await.len(), 1);
}
