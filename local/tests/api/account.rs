//! The web application's pages: how they are served, and that signing up works as they do it.

use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, ORIGIN, REFERRER_POLICY};
use http::{HeaderMap, Method};
use serde_json::json;

use crate::platform::{Platform, answer};

const PAGES: [&str; 9] = [
    "/account",
    "/sign-in",
    "/verify-address",
    "/change-address",
    "/reset-password",
    "/magic-link",
    "/accept-invitation",
    "/profile-export",
    "/erasures/00000000-0000-0000-0000-000000000000",
];

fn value(headers: &HeaderMap, name: http::HeaderName) -> &str {
    headers[name].to_str().unwrap()
}

#[tokio::test]
async fn a_page_runs_own_scripts_only_and_tells_its_address_nobody() {
    let platform = Platform::ephemeral().await;
    for page in PAGES {
        let response = platform.request(Method::GET, &format!("{page}?token=ezr_x")).send().await.unwrap();
        assert_eq!(response.status(), 200, "{page}");
        let headers = response.headers();
        let policy = value(headers, CONTENT_SECURITY_POLICY);
        for part in ["default-src 'none'", "script-src 'self';", "form-action 'none'", "frame-ancestors 'none'"] {
            assert!(policy.contains(part), "{page}: {policy}");
        }
        assert!(!policy.contains("unsafe"), "{page}: {policy}");
        assert_eq!(value(headers, REFERRER_POLICY), "no-referrer", "{page}");
        assert_eq!(value(headers, CACHE_CONTROL), "no-store", "{page}");
        assert!(!response.text().await.unwrap().contains("ezr_x"), "{page}");
    }
}

#[tokio::test]
async fn everything_that_a_page_loads_is_there() {
    let platform = Platform::ephemeral().await;
    let style = platform.request(Method::GET, "/_local/account/account.css").send().await.unwrap();
    assert_eq!(value(style.headers(), CONTENT_TYPE), "text/css; charset=utf-8");
    let mut wanted = vec!["/_local/account/account.js".to_owned()];
    let mut seen = 0;
    while let Some(path) = wanted.get(seen).cloned() {
        seen += 1;
        let response = platform.request(Method::GET, &path).send().await.unwrap();
        assert_eq!(response.status(), 200, "{path}");
        assert_eq!(value(response.headers(), CONTENT_TYPE), "text/javascript; charset=utf-8", "{path}");
        let text = response.text().await.unwrap();
        let imports = text.lines().filter(|line| line.starts_with("import ")).filter_map(|line| line.split('"').nth(1));
        for import in imports {
            let import = import.replace("./", "/_local/account/");
            if !wanted.contains(&import) {
                wanted.push(import);
            }
        }
    }
    assert!(seen > 9, "{wanted:?}");
    assert_eq!(platform.get("/_local/account/nothing.js").await.status, 404);
}

#[tokio::test]
async fn only_this_machines_names_and_pages_are_answered() {
    let platform = Platform::ephemeral().await;
    for page in PAGES {
        for (host, status) in [("evil.example", 421), ("127.0.0.1.evil.example", 421), ("localhost", 200)] {
            let request = platform.request(Method::GET, page).header(HOST, host);
            assert_eq!(answer(request).await.status, status, "{host}{page}");
        }
        // A form of another site reaches nothing here.
        assert_eq!(answer(platform.request(Method::POST, page)).await.status, 405, "{page}");
    }
    for origin in ["https://evil.example", "http://localhost:3000", "null"] {
        let request = platform.request(Method::GET, "/_local/account/api.js").header(ORIGIN, origin);
        assert_eq!(answer(request).await.status, 403, "{origin}");
    }
}

#[tokio::test]
async fn a_sign_up_needs_to_name_no_tenant() {
    let platform = Platform::ephemeral().await;
    let body = json!({ "email": "ada@example.com", "password": "quilted otter umbrella" });
    let signed_up = platform.post("/auth/v1/signup/email", None, &body).await;
    assert_eq!(signed_up.status, 201, "{signed_up:?}");
}
