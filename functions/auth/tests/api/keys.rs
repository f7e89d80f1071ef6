//! Signing keys: made once, published before they sign, rotated without a rejected token.

use jiff::SignedDuration;
use serde_json::Value;
use shared::auth::Role;

use crate::support::{App, refusal};

async fn published(app: &App) -> Vec<String> {
    let set = app.get("/.well-known/jwks.json").send().await;
    assert_eq!(set.status, 200, "{set:?}");
    set.body["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

/// What a statement of this type says, once its signature is verified under the published keys.
pub async fn verified(app: &App, token: &str, typ: &str) -> Value {
    let header = jsonwebtoken::decode_header(token).unwrap();
    assert_eq!((header.typ.as_deref(), header.alg), (Some(typ), jsonwebtoken::Algorithm::RS256));
    let set = app.get("/.well-known/erasure-keys.json").send().await;
    let set: jsonwebtoken::jwk::JwkSet = serde_json::from_value(set.body).unwrap();
    let key = jsonwebtoken::DecodingKey::from_jwk(set.find(&header.kid.unwrap()).unwrap()).unwrap();
    let mut validation = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::RS256);
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    jsonwebtoken::decode::<Value>(token, &key, &validation).unwrap().claims
}

fn kid(token: &str) -> String {
    jsonwebtoken::decode_header(token).unwrap().kid.unwrap()
}

#[tokio::test]
async fn two_cold_starts_at_once_agree_on_the_first_key() {
    let app = App::start().await;
    app.account("ada", Role::User).await;
    let other = App::another(&app.aws, &app.clock).await;
    let (a, b) = tokio::join!(published(&app), async {
        use http_body_util::BodyExt;
        use tower::ServiceExt;
        let request = http::Request::get("/auth/v1/.well-known/jwks.json").body(axum::body::Body::empty()).unwrap();
        let response = other.router().oneshot(request).await.unwrap();
        serde_json::from_slice::<Value>(&response.into_body().collect().await.unwrap().to_bytes()).unwrap()
    });
    assert_eq!(a.len(), 1);
    assert_eq!(b["keys"][0]["kid"], a[0].as_str());
    assert_eq!(kid(&app.token("ada").await), a[0]);
}

#[tokio::test]
async fn discovery_names_the_key_set() {
    let app = App::start().await;
    let discovery = app.get("/.well-known/openid-configuration").send().await;
    let issuer = discovery.text("/issuer");
    assert_eq!(discovery.text("/jwks_uri"), format!("{issuer}/.well-known/jwks.json"));
}

#[tokio::test]
async fn a_rotation_publishes_a_day_ahead_and_rejects_no_token() {
    let app = App::start().await;
    app.account("ada", Role::User).await;
    let worker = app.auth.worker();
    let rotate = async || worker.timer("rotate-keys").await.unwrap();
    let token = app.token("ada").await;
    let first = kid(&token);
    // Another process, which has read the keys before and reads them again in its own time.
    let other = App::another(&app.aws, &app.clock).await;
    let elsewhere = other.state().platform.authenticator();
    elsewhere.authenticate_token(&token).await.unwrap();

    app.clock.advance(SignedDuration::from_hours(28 * 24));
    rotate().await;
    assert_eq!(published(&app).await, std::slice::from_ref(&first));

    app.clock.advance(SignedDuration::from_hours(24));
    rotate().await;
    rotate().await;
    let both = published(&app).await;
    assert_eq!((both.len(), &both[0]), (2, &first));
    app.clock.advance(SignedDuration::from_hours(24) - SignedDuration::from_secs(1));
    let old = app.token("ada").await;
    assert_eq!(kid(&old), first);

    app.clock.advance(SignedDuration::from_secs(1));
    let new = app.token("ada").await;
    assert_eq!(kid(&new), both[1]);
    for token in [&old, &new] {
        assert_eq!(app.get("/profile").bearer(token).send().await.status, 200);
        elsewhere.authenticate_token(token).await.unwrap();
    }
    app.clock.advance(SignedDuration::from_mins(62));
    rotate().await;
    assert_eq!(published(&app).await, [both[1].clone()]);
    assert_eq!(app.get("/profile").bearer(&old).refused().await, refusal(401, "UNAUTHORIZED"));
    // What it has signed for good can still be verified, by keys that no token is verified with.
    let ever = app.get("/.well-known/erasure-keys.json").send().await;
    let ever: Vec<&str> =
        ever.body["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap()).collect();
    assert_eq!(ever, [&first, &both[1]]);
}
