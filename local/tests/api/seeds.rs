use http::Method;
use serde_json::{Value, json};

use crate::platform::{PASSWORD, Platform, T1, T2, answer, argument};

const KEYS: &str = "/auth/v1/.well-known/jwks.json";
/// Address, role and tenant of everybody who gets tokens at once.
const ACCOUNTS: [(&str, &str, &str); 6] = [
    ("partner@eventzr.com", "partner", T1),
    ("user@eventzr.com", "user", T1),
    ("organizer@eventzr.com", "organizer", T1),
    ("admin@eventzr.com", "admin", T1),
    ("system@eventzr.com", "system", "00000000-0000-0000-0000-000000000000"),
    ("admin@startup.co", "admin", "00000000-0000-0000-0000-000000000003"),
];

fn plan(tenant: &str) -> &'static str {
    match tenant {
        T1 => "base",
        T2 => "professional",
        _ => "enterprise",
    }
}

#[tokio::test]
async fn everybody_of_the_contract_signs_in() {
    let platform = Platform::ephemeral().await;
    for (email, role, tenant) in ACCOUNTS {
        let login = platform.login(email).await;
        let user = &login.body["data"]["user"];
        assert_eq!(login.status, 200, "{email}: {login:?}");
        assert_eq!(user["roles"], json!([role]), "{email}");
        assert_eq!((&user["tenantId"], &user["planTier"]), (&json!(tenant), &json!(plan(tenant))), "{email}");
        if let Some(username) = email.strip_suffix("@eventzr.com") {
            let body = json!({ "username": username, "password": PASSWORD });
            assert_eq!(platform.post("/auth/v1/login", None, &body).await.status, 200, "{username}");
        }
    }
}

#[tokio::test]
async fn dev_signs_in_with_the_code_that_is_shown() {
    let platform = Platform::ephemeral().await;
    let challenge = platform.login("dev@eventzr.com").await.body;
    assert_eq!(challenge["data"]["mfaRequired"], true, "{challenge}");
    let accounts = platform.get("/_local/accounts").await.body;
    let dev = accounts.as_array().unwrap().iter().find(|account| account["email"] == "dev@eventzr.com").unwrap();
    let body = json!({ "mfaToken": challenge["data"]["mfaToken"], "code": dev["mfa"]["code"] });
    let verified = platform.post("/auth/v1/mfa/totp/verify", None, &body).await;
    assert_eq!(verified.status, 200, "{verified:?}");
    assert_eq!(verified.body["data"]["user"]["id"], dev["id"]);
}

#[tokio::test]
async fn admin_reaches_the_second_tenant_by_its_header() {
    let platform = Platform::ephemeral().await;
    let body = json!({ "email": "admin@eventzr.com", "password": PASSWORD });
    let request = platform.request(Method::POST, "/auth/v1/login").header("x-tenant-id", T2).json(&body);
    let user = answer(request).await.body["data"]["user"].clone();
    assert_eq!((&user["tenantId"], &user["planTier"]), (&json!(T2), &json!("professional")));
}

#[tokio::test]
async fn a_restart_keeps_what_was_changed_and_fresh_does_not() {
    let directory = tempfile::tempdir().unwrap();
    let first = Platform::on(&directory).await;
    let before = first.login("user@eventzr.com").await.body["data"].clone();
    assert_eq!(rename(&first, &before, "Renamed").await, "Renamed");
    let keys = first.get(KEYS).await.body;
    first.kill().await;

    let second = Platform::on(&directory).await;
    let after = second.login("user@eventzr.com").await.body["data"].clone();
    assert_eq!(after["user"]["id"], before["user"]["id"]);
    assert_eq!(first_name(&second, &after).await, "Renamed");
    assert_eq!(second.get(KEYS).await.body, keys, "tokens from before the restart would be refused");
    second.kill().await;

    let third = Platform::start(&["--fresh", "--data", argument(directory.path())]).await;
    let anew = third.login("user@eventzr.com").await.body["data"].clone();
    assert_ne!(first_name(&third, &anew).await, "Renamed");
}

async fn rename(platform: &Platform, login: &Value, name: &str) -> Value {
    let request = platform.request(Method::PATCH, "/auth/v1/profile").json(&json!({ "firstName": name }));
    answer(request.bearer_auth(login["accessToken"].as_str().unwrap())).await.body["data"]["firstName"].clone()
}

async fn first_name(platform: &Platform, login: &Value) -> Value {
    let request = platform.request(Method::GET, "/auth/v1/profile");
    answer(request.bearer_auth(login["accessToken"].as_str().unwrap())).await.body["data"]["firstName"].clone()
}
