use std::net::Ipv4Addr;
use std::time::Duration;

use http::Method;
use http::header::{CONTENT_SECURITY_POLICY, HOST, ORIGIN};
use serde_json::{Value, json};
use tokio::net::TcpStream;

use crate::platform::{Platform, answer};

#[tokio::test]
async fn the_page_and_its_data_are_there() {
    let platform = Platform::ephemeral().await;
    let response = platform.request(Method::GET, "/").send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert!(response.headers()[CONTENT_SECURITY_POLICY].to_str().unwrap().starts_with("default-src 'none'"));
    assert!(response.text().await.unwrap().contains("EventZR"));
    for file in ["page.js", "page.css"] {
        assert_eq!(platform.get(&format!("/_local/{file}")).await.status, 200, "{file}");
    }

    let services = platform.get("/_local/services").await.body;
    let names: Vec<_> = services.as_array().unwrap().iter().map(|service| &service["name"]).collect();
    assert_eq!(names, ["auth", "notify", "reports", "search", "chat"]);
    assert_eq!(platform.get("/_local/outbox").await.body, Value::Array(Vec::new()));
    assert!(platform.get("/_local/queues").await.body.is_array());
    assert_eq!(platform.get("/_local/nothing").await.status, 404);
}

#[tokio::test]
async fn only_the_reports_page_has_frames_of_its_own_bytes() {
    let platform = Platform::ephemeral().await;
    let mut framing = Vec::new();
    for path in ["/", "/account", "/chat", "/search", "/reports"] {
        let response = platform.request(Method::GET, path).send().await.unwrap();
        assert_eq!(response.status(), 200, "{path}");
        let policy = response.headers()[CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned();
        assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "));
        assert!(policy.ends_with("base-uri 'none'; form-action 'none'; frame-ancestors 'none'"), "{policy}");
        if policy.contains("blob:") {
            assert_eq!(policy.matches("blob:").count(), 1);
            assert!(policy.contains("frame-src blob:;"));
            framing.push(path);
        }
    }
    assert_eq!(framing, ["/reports"]);
    let page = platform.get("/reports").await.body;
    for loaded in ["/_local/reports/reports.js", "/_local/reports/reports.css", "/_local/page.css"] {
        assert!(page.as_str().unwrap().contains(loaded), "{loaded}");
        assert_eq!(platform.get(loaded).await.status, 200, "{loaded}");
    }
    for module in ["session.js", "sign-in.js", "elements.js", "reports/viewer.js"] {
        assert_eq!(platform.get(&format!("/_local/{module}")).await.status, 200, "{module}");
    }
}

#[tokio::test]
async fn the_port_is_open_on_one_loopback_address_only() {
    let platform = Platform::ephemeral().await;
    let port: u16 = platform.url.rsplit_once(':').unwrap().1.parse().unwrap();
    assert!(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.is_ok());
    // Whoever listens on all addresses is found on this one, too.
    assert!(TcpStream::connect((Ipv4Addr::new(127, 0, 0, 2), port)).await.is_err());
}

#[tokio::test]
async fn only_this_machines_names_are_answered() {
    let platform = Platform::ephemeral().await;
    for path in ["/", "/_local/accounts", "/auth/v1/health", "/chat/v1/health"] {
        for (host, status) in [("evil.example", 421), ("127.0.0.1.evil.example", 421), ("localhost", 200)] {
            let request = platform.request(Method::GET, path).header(HOST, host);
            assert_eq!(answer(request).await.status, status, "{host}{path}");
        }
    }
}

#[tokio::test]
async fn a_foreign_page_reads_nothing_of_the_local_data() {
    let platform = Platform::ephemeral().await;
    for path in ["/_local/accounts", "/_local/outbox", "/_local/queues", "/_local/timers", "/_local/page.js"] {
        for origin in ["https://evil.example", "http://localhost:3000", "null"] {
            let request = platform.request(Method::GET, path).header(ORIGIN, origin);
            assert_eq!(answer(request).await.status, 403, "{origin} {path}");
        }
        let own = platform.request(Method::GET, path).header(ORIGIN, &platform.url);
        assert_eq!(answer(own).await.status, 200, "{path}");
    }
}

/// The token that the page alone has.
async fn page_token(platform: &Platform) -> String {
    let page = platform.get("/").await.body;
    let (_, rest) = page.as_str().unwrap().split_once("name=\"local-token\" content=\"").unwrap();
    rest.split_once('"').unwrap().0.to_owned()
}

#[tokio::test]
async fn a_mail_is_shown_in_a_sandbox() {
    let platform = Platform::ephemeral().await;
    let token = platform.token("organizer@eventzr.com").await;
    let html = "<p>Hi</p><script>alert(1)</script>";
    let mail = json!({"to": "a@example.com", "channels": ["email"], "content": {"subject": "x", "html": html}});
    assert_eq!(platform.post("/notify/v1/notifications", Some(&token), &mail).await.status, 202);
    let sent = async {
        loop {
            let outbox = platform.get("/_local/outbox").await.body;
            if let Some(message) = outbox.get(0) {
                return message["id"].as_str().unwrap().to_owned();
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let id = tokio::time::timeout(Duration::from_secs(30), sent).await.unwrap();
    let shown = platform.request(Method::GET, &format!("/_local/outbox/{id}")).send().await.unwrap();
    let policy = shown.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(
        policy.starts_with("sandbox ") && !policy.contains("allow-scripts") && !policy.contains("allow-same-origin")
    );
    assert!(shown.text().await.unwrap().contains("<p>Hi</p>"));
    assert_eq!(platform.get("/_local/outbox/none").await.status, 404);
}

#[tokio::test]
async fn dead_letters_are_given_back_by_the_page_alone() {
    let platform = Platform::ephemeral().await;
    let queues = platform.get("/_local/queues").await.body;
    let path = format!("/_local/queues/{}/redrive", queues[0]["name"].as_str().unwrap());
    assert_eq!(answer(platform.request(Method::POST, &path)).await.status, 403);
    let token = page_token(&platform).await;
    let redriven = answer(platform.request(Method::POST, &path).header("x-local-token", &token)).await;
    assert_eq!((redriven.status, redriven.body), (200, json!(0)));
}

#[tokio::test]
async fn a_timer_is_fired_by_the_page_alone() {
    let platform = Platform::ephemeral().await;
    let timers = platform.get("/_local/timers").await.body;
    let timer = timers.as_array().unwrap().iter().find(|timer| timer["name"] == "RotateKeys").unwrap();
    let path = format!("/_local/timers/{}/RotateKeys", timer["function"].as_str().unwrap());
    for token in ["", "wrong"] {
        let request = platform.request(Method::POST, &path).header("x-local-token", token);
        assert_eq!(answer(request).await.status, 403);
    }

    let token = page_token(&platform).await;
    let fired = answer(platform.request(Method::POST, &path).header("x-local-token", &token)).await;
    assert_eq!((fired.status, &fired.body["error"]), (200, &Value::Null));
    let unknown =
        platform.request(Method::POST, "/_local/timers/AuthWorkerFunction/None").header("x-local-token", &token);
    assert_eq!(answer(unknown).await.status, 404);
}

#[tokio::test]
async fn the_docs_work_without_a_network() {
    let platform = Platform::ephemeral().await;
    for service in ["auth", "chat"] {
        let docs = platform.get(&format!("/{service}/v1/docs")).await;
        let page = docs.body.as_str().unwrap();
        assert!(page.contains(r#"<script src="/_local/scalar.js"></script>"#), "{page}");
        assert!(!page.contains("https://"), "{page}");
        let document = platform.get(&format!("/{service}/v1/openapi.json")).await;
        assert_eq!(document.body["openapi"].as_str().unwrap().split('.').next(), Some("3"));
    }
    let script = platform.get("/_local/scalar.js").await;
    assert_eq!(script.status, 200);
    assert!(script.body.as_str().unwrap().len() > 1_000_000);
}
