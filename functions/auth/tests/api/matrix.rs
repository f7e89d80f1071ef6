//! Who may do what: every operation of the document, as everybody; and the document itself.

use http::Method;
use serde_json::{Value, json};
use shared::auth::{Role, Roles};

use crate::support::{App, T2};

/// A body that an operation accepts; operations that are not here take none.
fn body(operation: &str) -> Option<Value> {
    Some(match operation {
        "POST /login" => json!({"username": "nobody", "password": "x"}),
        "POST /refresh" => json!({"refreshToken": "x"}),
        "POST /mfa/totp/verify" => json!({"mfaToken": "x", "code": "123456"}),
        "POST /logout" => json!({}),
        "POST /signup/email" => json!({"email": "new@example.com", "password": "correct horse battery staple"}),
        "POST /signup/verify" | "POST /passwordless/magic-link/verify" => json!({"token": "x"}),
        "POST /signup/resend" | "POST /password/forgot" | "POST /passwordless/magic-link" => {
            json!({"email": "nobody@example.com"})
        }
        "POST /password/reset" => json!({"token": "x", "newPassword": "correct horse battery staple"}),
        "PUT /password" => json!({"currentPassword": "wrong", "newPassword": "battery horse correct staple"}),
        "POST /reauthenticate" => json!({"password": "wrong"}),
        "POST /mfa/totp/activate" => json!({"code": "123456"}),
        "DELETE /mfa/totp" => json!({"code": "123456"}),
        "POST /webauthn/register" => json!({"ceremonyId": uuid::Uuid::nil(), "credential": credential(&json!({
            "clientDataJSON": "", "attestationObject": "",
        }))}),
        "POST /webauthn/authenticate" => json!({"ceremonyId": uuid::Uuid::nil(), "credential": credential(&json!({
            "clientDataJSON": "", "authenticatorData": "", "signature": "", "userHandle": "",
        }))}),
        "POST /webauthn/authenticate/options" => json!({"email": "nobody@example.com"}),
        "PATCH /profile" => json!({"firstName": "A"}),
        "POST /users/lookup" => json!({"ids": [uuid::Uuid::nil()]}),
        _ => return None,
    })
}

fn credential(response: &Value) -> Value {
    json!({"id": "", "rawId": "", "type": "public-key", "response": response})
}

/// What a signed-in caller gets; the test fails on an operation that is not here.
fn expected(operation: &str) -> Option<u16> {
    Some(match operation {
        "GET /health"
        | "GET /.well-known/jwks.json"
        | "GET /.well-known/openid-configuration"
        | "GET /sessions"
        | "GET /profile"
        | "PATCH /profile"
        | "POST /users/lookup"
        | "POST /mfa/totp/enroll"
        | "POST /webauthn/register/options"
        | "POST /webauthn/authenticate/options"
        | "GET /webauthn/credentials"
        | "POST /logout" => 200,
        "POST /signup/resend" | "POST /password/forgot" | "POST /passwordless/magic-link" => 202,
        // Of the second factor, that there is none, or that the code is wrong; of a passkey, that nobody asked for it.
        "POST /mfa/totp/activate" | "DELETE /mfa/totp" | "POST /webauthn/register" | "POST /webauthn/authenticate" => {
            400
        }
        "POST /signup/verify"
        | "POST /passwordless/magic-link/verify"
        | "POST /password/reset"
        | "PUT /password"
        | "POST /reauthenticate" => 401,
        // Neither an admin nor a tenant that is open to sign-up.
        "GET /audit-log" | "POST /signup/email" => 403,
        "POST /login" | "POST /refresh" | "POST /mfa/totp/verify" => 401,
        "DELETE /sessions/{id}" | "DELETE /webauthn/credentials/{id}" => 404,
        _ => return None,
    })
}

#[tokio::test]
async fn every_operation_lets_in_whom_it_declares() {
    let app = App::start().await;
    app.account("ada", Role::User).await;
    app.account_with("eve", |new| new.memberships = vec![(T2, Roles(vec![Role::Admin]))]).await;
    let document = app.get("/openapi.json").send().await.body;
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"), "{}", document["openapi"]);
    let mut covered = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let path = path.strip_prefix("/auth/v1").unwrap();
            let name = format!("{} {path}", method.to_uppercase());
            let own = expected(&name).unwrap_or_else(|| panic!("{name} is not covered"));
            let method: Method = method.to_uppercase().parse().unwrap();
            let url = path.replace("{id}", &uuid::Uuid::nil().to_string());
            let call = || {
                let call = app.call(method.clone(), &url);
                body(&name).map_or_else(|| app.call(method.clone(), &url), |body| call.json(&body))
            };
            let public = operation["security"].as_array().unwrap().is_empty();
            if !public {
                assert_eq!(call().refused().await, (401, "UNAUTHORIZED".to_owned()), "{name}");
                let eve = app.token("eve").await;
                let foreign = call().bearer(&eve).header("x-tenant-id", &crate::support::T1.to_string());
                assert_eq!(foreign.refused().await, (403, "FORBIDDEN".to_owned()), "{name}");
            }
            let token = app.token("ada").await;
            let status = call().bearer(&token).send().await.status.as_u16();
            assert_eq!(status, own, "{name}");
            let documented = operation["responses"].as_object().unwrap();
            assert!(documented.contains_key(&status.to_string()), "{name} does not document {status}");
            covered += 1;
        }
    }
    assert_eq!(covered, 31);
}

#[tokio::test]
async fn the_document_is_reviewed() {
    let app = App::start().await;
    insta::assert_json_snapshot!(app.get("/openapi.json").send().await.body);
}

#[tokio::test]
async fn the_docs_page_is_public() {
    let app = App::start().await;
    let page = app.get("/docs").send().await;
    assert_eq!(
        (page.status.as_u16(), page.headers["content-type"].to_str().unwrap()),
        (200, "text/html; charset=utf-8")
    );
}
