//! Who may do what: every operation of the document, as everybody; and the document itself.

use http::Method;
use serde_json::{Value, json};
use shared::auth::{Role, Roles};

use crate::support::{App, T1, T2, system};

/// A body that an operation accepts; operations that are not here take none.
fn body(operation: &str) -> Option<Value> {
    Some(match operation {
        "POST /login" => json!({"username": "nobody", "password": "x"}),
        "POST /refresh" => json!({"refreshToken": "x"}),
        "POST /mfa/totp/verify" => json!({"mfaToken": "x", "code": "123456"}),
        "POST /logout" => json!({}),
        "POST /signup/email" => json!({"email": "new@example.com", "password": "correct horse battery staple"}),
        "POST /signup/verify"
        | "POST /passwordless/magic-link/verify"
        | "POST /invitations/accept"
        | "POST /profile/email/verify" => {
            json!({"token": "x"})
        }
        "POST /signup/resend" | "POST /password/forgot" | "POST /passwordless/magic-link" => {
            json!({"email": "nobody@example.com"})
        }
        "POST /password/reset" => json!({"token": "x", "newPassword": "correct horse battery staple"}),
        "PUT /password" => json!({"currentPassword": "wrong", "newPassword": "battery horse correct staple"}),
        "POST /reauthenticate" => json!({"password": "wrong"}),
        "POST /users/invite" => json!({"email": "new@example.com", "roles": ["user"]}),
        "POST /tenants/{id}/invitations" => json!({"email": "new@example.com", "roles": ["admin"]}),
        "PATCH /users/{id}" | "PATCH /service-accounts/{id}" => json!({"roles": ["user"]}),
        "POST /service-accounts" => json!({"name": "Importer", "roles": ["user"]}),
        "POST /token" => json!({"grantType": "client_credentials", "clientId": "x", "clientSecret": "x"}),
        "POST /tenants" | "PATCH /tenants/{id}" => json!({"name": "New"}),
        "POST /mfa/totp/activate" | "DELETE /mfa/totp" => json!({"code": "123456"}),
        "POST /webauthn/register" => json!({"ceremonyId": uuid::Uuid::nil(), "credential": credential(&json!({
            "clientDataJSON": "", "attestationObject": "",
        }))}),
        "POST /webauthn/authenticate" => json!({"ceremonyId": uuid::Uuid::nil(), "credential": credential(&json!({
            "clientDataJSON": "", "authenticatorData": "", "signature": "", "userHandle": "",
        }))}),
        "POST /webauthn/authenticate/options" => json!({"email": "nobody@example.com"}),
        "POST /oauth/{provider}/callback" | "POST /oauth/{provider}/link" => json!({"code": "x", "state": "x"}),
        "POST /profile/email" => json!({"email": "new@example.com"}),
        "PATCH /profile" => json!({"firstName": "A"}),
        "POST /users/lookup" => json!({"ids": [uuid::Uuid::nil()]}),
        _ => return None,
    })
}

fn credential(response: &Value) -> Value {
    json!({"id": "", "rawId": "", "type": "public-key", "response": response})
}

/// What an admin gets, or the platform itself where it takes that; the test fails on an operation that is not here.
fn expected(operation: &str) -> Option<u16> {
    Some(match operation {
        "GET /health"
        | "GET /.well-known/jwks.json"
        | "GET /.well-known/erasure-keys.json"
        | "GET /.well-known/openid-configuration"
        | "GET /sessions"
        | "GET /profile"
        | "GET /oauth/{provider}/authorize"
        | "PATCH /profile"
        | "POST /users/lookup"
        | "POST /mfa/totp/enroll"
        | "GET /audit-log"
        | "GET /users"
        | "GET /users/invitations"
        | "GET /service-accounts"
        | "GET /tenants"
        | "GET /accounts"
        | "POST /webauthn/register/options"
        | "POST /webauthn/authenticate/options"
        | "GET /webauthn/credentials"
        | "POST /logout" => 200,
        "POST /users/invite" | "POST /service-accounts" | "POST /tenants" => 201,
        "POST /profile/export"
        | "POST /signup/resend"
        | "POST /password/forgot"
        | "POST /passwordless/magic-link"
        | "POST /profile/email" => 202,
        // The tenant's last admin; an export that was asked for before.
        "DELETE /profile" | "GET /profile/export/download" => 409,
        // Of the second factor, that there is none, or that the code is wrong; of a passkey and of another provider,
        // that nobody has begun.
        "POST /mfa/totp/activate"
        | "POST /mfa/totp/backup-codes"
        | "DELETE /mfa/totp"
        | "POST /webauthn/register"
        | "POST /webauthn/authenticate"
        | "POST /oauth/{provider}/callback"
        | "POST /oauth/{provider}/link" => 400,
        "POST /login"
        | "POST /refresh"
        | "POST /token"
        | "POST /mfa/totp/verify"
        | "POST /signup/verify"
        | "POST /passwordless/magic-link/verify"
        | "POST /password/reset"
        | "POST /profile/email/verify"
        | "POST /invitations/accept"
        | "PUT /password"
        | "POST /reauthenticate" => 401,
        // No tenant is open to sign-up.
        "POST /signup/email" => 403,
        "DELETE /sessions/{id}"
        | "DELETE /webauthn/credentials/{id}"
        | "DELETE /oauth/{provider}/link"
        | "POST /tenants/{id}/switch"
        | "GET /users/{id}"
        | "DELETE /users/invitations/{id}"
        | "PATCH /users/{id}"
        | "POST /users/{id}/suspend"
        | "POST /users/{id}/reactivate"
        | "GET /service-accounts/{id}"
        | "PATCH /service-accounts/{id}"
        | "DELETE /service-accounts/{id}"
        | "POST /service-accounts/{id}/rotate-secret"
        | "GET /erasures/{id}"
        | "GET /profile/export"
        | "GET /tenants/{id}"
        | "PATCH /tenants/{id}"
        | "GET /tenants/{id}/audit-log"
        | "GET /tenants/{id}/invitations"
        | "POST /tenants/{id}/invitations"
        | "DELETE /tenants/{id}/invitations/{invitationId}"
        | "POST /accounts/{id}/suspend"
        | "POST /accounts/{id}/reactivate" => 404,
        // Only GitHub is configured.
        "POST /oauth/apple/form" => 503,
        _ => return None,
    })
}

/// Who may call an operation, as its document says.
fn least_role(operation: &Value) -> Option<Role> {
    let role = operation["x-required-role"].as_str()?;
    Some(serde_json::from_value(role.into()).unwrap())
}

#[tokio::test]
async fn every_operation_lets_in_whom_it_declares() {
    let github = r#"[{"name":"github","clientId":"a","clientSecret":"b"}]"#;
    let app = App::start_with(&[("OAUTH_PROVIDERS", github)]).await;
    app.account("ada", Role::User).await;
    app.account("admin", Role::Admin).await;
    app.account_with("system", |new| new.memberships = vec![system()]).await;
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
            let mut url = path.replace("{id}", &uuid::Uuid::max().to_string()).replace("{provider}", "github");
            if name == "GET /accounts" {
                url.push_str("?email=nobody@example.com");
            }
            let call = || {
                let call = app.call(method.clone(), &url);
                body(&name).map_or_else(|| app.call(method.clone(), &url), |body| call.json(&body))
            };
            let public = operation["security"].as_array().unwrap().is_empty();
            let role = least_role(operation);
            if !public {
                assert_eq!(call().refused().await, (401, "UNAUTHORIZED".to_owned()), "{name}");
                let eve = app.token("eve").await;
                let foreign = call().bearer(&eve).header("x-tenant-id", &T1.to_string());
                assert_eq!(foreign.refused().await, (403, "FORBIDDEN".to_owned()), "{name}");
            }
            if role.is_some() {
                let ada = app.token("ada").await;
                assert_eq!(call().bearer(&ada).refused().await, (403, "FORBIDDEN".to_owned()), "{name}");
            }
            let caller = if role == Some(Role::System) { "system" } else { "admin" };
            let token = app.token(caller).await;
            let status = call().bearer(&token).send().await.status.as_u16();
            assert_eq!(status, own, "{name}");
            let documented = operation["responses"].as_object().unwrap();
            assert!(documented.contains_key(&status.to_string()), "{name} does not document {status}");
            covered += 1;
        }
    }
    assert_eq!(covered, 73);
}

/// Two types of one name would be one schema: what we send must be what the document asks for.
#[tokio::test]
async fn bodies_are_as_documented() {
    let app = App::start().await;
    let document = app.get("/openapi.json").send().await.body;
    let mut checked = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let name = format!("{} {}", method.to_uppercase(), path.strip_prefix("/auth/v1").unwrap());
            let Some(body) = body(&name) else { continue };
            let mut schema = &operation["requestBody"]["content"]["application/json"]["schema"];
            // An optional body is one of null and what it may be.
            if let Some(choice) = schema["oneOf"].as_array() {
                schema = choice.iter().find(|one| one["$ref"].is_string()).unwrap();
            }
            let reference = schema["$ref"].as_str().unwrap_or_else(|| panic!("{name}: {schema}"));
            let known =
                document.pointer(reference.strip_prefix('#').unwrap()).unwrap()["properties"].as_object().unwrap();
            for field in body.as_object().unwrap().keys() {
                assert!(known.contains_key(field), "{name} documents no {field}, but {:?}", known.keys());
            }
            checked += 1;
        }
    }
    assert!(checked > 25, "{checked}");
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
