//! Each provider from end to end.

use serde_json::json;

use super::provider::{Fields, TENANT, fields};
use super::{Begun, Setup, token};
use crate::support::{App, T1, T2, refusal};

#[tokio::test]
async fn google_makes_an_account_and_knows_it_again() {
    let setup = Setup::open().await;
    setup.provider.set(|desk| {
        desk.person = json!({
            "sub": "g-1", "email": "Ada@example.com", "email_verified": true, "given_name": "Ada", "family_name": "Lovelace",
        });
    });
    let first = setup.signed_in("google").await;
    let user = &first["user"];
    assert_eq!((&user["email"], &user["displayName"]), (&json!("Ada@example.com"), &json!("Ada Lovelace")));
    assert_eq!((&user["roles"], &user["tenantId"]), (&json!(["user"]), &json!(T1)));
    let profile = setup.app.get("/profile").bearer(&token(&first)).send().await.body["data"].clone();
    assert_eq!((&profile["emailVerified"], &profile["identities"][0]["provider"]), (&json!(true), &json!("google")));
    assert_eq!(profile["identities"].as_array().unwrap().len(), 1);
    // The subject is what counts: the address may change there, and need not be verified any more.
    setup.provider.set(|desk| desk.person = json!({"sub": "g-1", "email": "new@example.com"}));
    let again = setup.signed_in("google").await;
    assert_eq!((&again["user"]["id"], &again["user"]["email"]), (&user["id"], &json!("Ada@example.com")));
    let exchange = setup.provider.desk.lock().unwrap().exchanges[0].clone();
    assert_eq!((exchange["code_verifier"].len(), exchange["client_secret"].as_str()), (43, "s&cret"));
}

#[tokio::test]
async fn microsoft_is_keyed_by_tenant_and_oid() {
    let setup = Setup::open().await;
    let person =
        |sub: &str| json!({"sub": sub, "tid": TENANT, "oid": "o-1", "email": "ada@example.com", "xms_edov": true});
    setup.provider.set(|desk| {
        desk.person = person("m-1");
        desk.key_issuer = Some(format!("{}/microsoft/{{tenantid}}", desk.base()));
    });
    let first = setup.signed_in("microsoft").await;
    setup.provider.set(|desk| desk.person = person("m-2"));
    assert_eq!(setup.signed_in("microsoft").await["user"]["id"], first["user"]["id"]);
    // The same number in another tenant is somebody else, who has the same address: of each provider there is one.
    let other = "99999999-2222-4333-8444-555555555555";
    setup.provider.set(|desk| {
        desk.person = person("m-1");
        desk.person["tid"] = json!(other);
        desk.person["iss"] = json!(format!("{}/microsoft/{other}", desk.base()));
    });
    let answer = setup.sign_in("microsoft").await;
    assert_eq!((answer.status.as_u16(), answer.code()), refusal(409, "CONFLICT"));
}

#[tokio::test]
async fn microsofts_issuer_and_keys_belong_to_the_tenant() {
    let setup = Setup::open().await;
    for change in [
        json!({"tid": "99999999-2222-4333-8444-555555555555"}),
        json!({"tid": null}),
        json!({"tid": "common"}),
        json!({"oid": null}),
    ] {
        setup.provider.set(|desk| {
            desk.person = json!({"sub": "1", "tid": TENANT, "oid": "o", "email": "a@example.com", "xms_edov": "1"});
            desk.person.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        });
        assert_eq!(setup.sign_in("microsoft").await.code(), "OAUTH_PROVIDER_ERROR", "{change}");
    }
    let setup = Setup::open().await;
    setup.provider.set(|desk| {
        desk.person = json!({"sub": "1", "tid": TENANT, "oid": "o", "email": "a@example.com", "xms_edov": true});
        desk.key_issuer = Some(format!("{}/microsoft/99999999-2222-4333-8444-555555555555", desk.base()));
    });
    assert_eq!(setup.sign_in("microsoft").await.code(), "OAUTH_PROVIDER_ERROR");
}

#[tokio::test]
async fn github_tells_by_its_api() {
    let setup = Setup::open().await;
    setup.provider.set(|desk| {
        desk.emails = json!([
            {"email": "other@example.com", "primary": false, "verified": true, "visibility": null},
            {"email": "ada@example.com", "primary": true, "verified": true, "visibility": "public"},
        ]);
    });
    let data = setup.signed_in("github").await;
    assert_eq!(data["user"]["email"], "ada@example.com");
    assert_eq!(data["user"]["displayName"], "Ada King Lovelace");
}

/// What the browser does with Apple's answer.
async fn post_form(setup: &Setup, back: &Fields, user: Option<&str>) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.extend_pairs(back).extend_pairs(user.map(|user| ("user", user)));
    let answer = setup.app.call(http::Method::POST, "/oauth/apple/form").form(&form.finish()).send().await;
    assert_eq!(answer.status, 303, "{answer:?}");
    answer.headers["location"].to_str().unwrap().to_owned()
}

async fn by_apple(setup: &Setup, user: Option<&str>) -> (Begun, Fields) {
    let (begun, back) = setup.come_back("apple").await;
    let location = post_form(setup, &back, user).await;
    let (page, query) = location.split_once('?').unwrap();
    assert_eq!(page, "http://127.0.0.1:8080/oauth/callback/apple");
    let forwarded = fields(query);
    // Percent-encoded, and nothing else.
    assert_eq!(forwarded, back);
    assert!(!query.contains("Ada") && query.contains("%2F"), "{query}");
    (begun, forwarded)
}

#[tokio::test]
async fn apple_comes_by_a_form_and_tells_the_name_once() {
    let setup = Setup::open().await;
    setup.provider.set(|desk| desk.person = json!({"sub": "a", "email": "x@relay.example", "email_verified": "true"}));
    let user = r#"{"name":{"firstName":"Ada","lastName":"Lovelace"},"email":"eve@example.com"}"#;
    let (begun, back) = by_apple(&setup, Some(user)).await;
    let answer = setup.callback(&begun, &back).send().await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.text("/data/user/displayName"), "Ada Lovelace");
    // The address in the form is nobody's word.
    assert_eq!(answer.text("/data/user/email"), "x@relay.example");
    let (begun, back) = by_apple(&setup, None).await;
    let again = setup.callback(&begun, &back).send().await;
    assert_eq!(again.text("/data/user/id"), answer.text("/data/user/id"));
}

#[tokio::test]
async fn apples_form_may_be_odd() {
    let setup = Setup::open().await;
    setup.provider.set(|desk| desk.person = json!({"sub": "a", "email": "x@relay.example", "email_verified": true}));
    // A name that cannot be read keeps nobody out.
    for user in ["", "{", r#"{"name":"Ada"}"#] {
        let (begun, back) = by_apple(&setup, Some(user)).await;
        assert_eq!(setup.callback(&begun, &back).send().await.status, 200, "{user}");
    }
    let turned_back = [("state".to_owned(), "x y".to_owned()), ("error".to_owned(), "<script>".to_owned())];
    let location = post_form(&setup, &Fields::from(turned_back), None).await;
    assert_eq!(location, "http://127.0.0.1:8080/oauth/callback/apple?error=access_denied&state=x+y");
    let nothing = setup.app.call(http::Method::POST, "/oauth/apple/form").form("code=1").refused().await;
    assert_eq!(nothing, refusal(400, "VALIDATION_FAILED"));
}

#[tokio::test]
async fn who_begins_is_told_where_to_go_and_nothing_else() {
    let setup = Setup::start().await;
    let answer = setup.app.get("/oauth/google/authorize").send().await;
    let cookie = answer.headers["set-cookie"].to_str().unwrap();
    assert!(cookie.starts_with("__Host-oauth-"), "{cookie}");
    assert!(cookie.ends_with("; Path=/; Max-Age=600; Secure; HttpOnly; SameSite=None"), "{cookie}");
    let url = answer.text("/data/authorizationUrl");
    let asked = fields(url.split_once('?').unwrap().1);
    assert_eq!((asked["scope"].as_str(), &asked["state"]), ("openid email profile", &answer.text("/data/state")));
    assert_eq!((asked["nonce"].len(), asked["code_challenge"].len()), (43, 43));
    assert!(asked["nonce"] != asked["state"] && !url.contains("s%26cret"), "{url}");
}

#[tokio::test]
async fn sign_in_goes_to_the_named_tenant() {
    let setup = Setup::start().await;
    let roles = || shared::auth::Roles(vec![shared::auth::Role::User]);
    setup.app.account_with("ada", |new| new.memberships = vec![(T1, roles()), (T2, roles())]).await;
    let (begun, back) = setup.come_back("google").await;
    let answer = setup.callback(&begun, &back).header("x-tenant-id", &T2.to_string()).send().await;
    assert_eq!(answer.text("/data/user/tenantId"), T2.to_string());
    let (begun, back) = setup.come_back("google").await;
    let foreign = setup.callback(&begun, &back).header("x-tenant-id", &uuid::Uuid::from_u128(9).to_string());
    assert_eq!(foreign.refused().await, refusal(403, "FORBIDDEN"));
}

#[tokio::test]
async fn an_unknown_provider_is_told_from_one_that_is_not_configured() {
    let app = App::start().await;
    let get = |who: &str| app.get(&format!("/oauth/{who}/authorize")).refused();
    assert_eq!(get("myspace").await, refusal(404, "OAUTH_PROVIDER_UNKNOWN"));
    assert_eq!(get("Google").await, refusal(404, "OAUTH_PROVIDER_UNKNOWN"));
    assert_eq!(get("google").await, refusal(503, "UNAVAILABLE"));
    let body = json!({"code": "x", "state": "x"});
    let callback = |who: &str| app.post(&format!("/oauth/{who}/callback"), &body).refused();
    assert_eq!(callback("myspace").await, refusal(404, "OAUTH_PROVIDER_UNKNOWN"));
    assert_eq!(callback("apple").await, refusal(503, "UNAVAILABLE"));
}

#[tokio::test]
async fn beginning_and_finishing_are_limited_by_address() {
    let setup = Setup::start().await;
    for _ in 0..100 {
        assert_eq!(setup.app.get("/oauth/github/authorize").send().await.status, 200);
    }
    assert_eq!(setup.app.get("/oauth/github/authorize").refused().await, refusal(429, "RATE_LIMITED"));
    assert_eq!(setup.app.get("/oauth/github/authorize").from("192.0.2.9").send().await.status, 200);
    let body = json!({"code": "x", "state": "x"});
    for _ in 0..100 {
        let refused = setup.app.post("/oauth/github/callback", &body).refused().await;
        assert_eq!(refused, refusal(400, "OAUTH_STATE_INVALID"));
    }
    assert_eq!(setup.app.post("/oauth/github/callback", &body).refused().await, refusal(429, "RATE_LIMITED"));
}
