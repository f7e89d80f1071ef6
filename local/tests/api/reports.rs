//! reports on the whole platform: what other services tell it, and its worker's death.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use http::Method;
use serde_json::{Value, json};
use shared::clock::Clock;
use shared::webhooks::WebhookKey;
use testing::Receiver;

use crate::platform::{Platform, T2, answer};

/// How long anything may take on a machine that runs other tests beside it.
const PATIENCE: Duration = Duration::from_mins(2);
/// How often the platform is killed while it makes files.
const KILLS: u64 = 8;
/// Rows of the dataset.
const ROWS: u64 = 5000;

async fn call(platform: &Platform, token: &str, method: Method, path: &str, body: Option<&Value>) -> Value {
    let request = platform.request(method, &format!("/reports/v1{path}")).bearer_auth(token);
    let answer = answer(match body {
        Some(body) => request.json(body),
        None => request,
    })
    .await;
    assert!(answer.status < 300, "{answer:?}");
    answer.body["data"].clone()
}

/// Asks for a file, and waits until it is there.
async fn export(platform: &Platform, token: &str, definition: &Value) -> (Value, String) {
    let body = json!({"definition": definition, "format": "csv"});
    let export = call(platform, token, Method::POST, "/exports", Some(&body)).await;
    completed(platform, token, &export).await
}

async fn completed(platform: &Platform, token: &str, export: &Value) -> (Value, String) {
    let path = format!("/exports/{}", export["id"].as_str().unwrap());
    let waiting = async {
        loop {
            let export = call(platform, token, Method::GET, &path, None).await;
            if export["status"] == "completed" {
                return export;
            }
            assert_ne!(export["status"], "failed", "{export}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    let export = tokio::time::timeout(PATIENCE, waiting).await.unwrap();
    let download = call(platform, token, Method::GET, &format!("{path}/download"), None).await;
    (export, testing::fetch(download["url"].as_str().unwrap()).await.text().await.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_services_do_can_be_exported() {
    let platform = Platform::ephemeral().await;
    let token = platform.token_in("admin@eventzr.com", T2).await;
    let search = platform.request(Method::POST, "/search/v1/search").bearer_auth(&token).header("x-tenant-id", T2);
    answer(search.json(&json!({"query": "Jazz  Night", "use_semantic": false}))).await;
    let thread = json!({"type": "group", "name": "x", "memberIds": []});
    let thread = platform.post("/chat/v1/threads", Some(&token), &thread).await.body["data"]["id"].clone();
    let message = json!({"threadId": thread, "content": "Hello", "type": "text"});
    assert_eq!(platform.post("/chat/v1/messages", Some(&token), &message).await.status, 201);
    let mail = json!({"to": "ada@example.com", "channels": ["email"], "content": {"subject": "x", "text": "y"}});
    assert_eq!(platform.post("/notify/v1/notifications", Some(&token), &mail).await.status, 202);
    for (dataset, column, wanted) in [
        ("sign_ins", "method", "password"),
        ("searches", "query", "jazz night"),
        ("chat_activity", "messageType", "text"),
        ("deliveries", "status", "sent"),
    ] {
        let definition = json!({"dataset": dataset, "columns": [{"name": column}]});
        let told = async {
            loop {
                let (_, file) = export(&platform, &token, &definition).await;
                if file.lines().skip(1).any(|line| line == wanted) {
                    return;
                }
            }
        };
        tokio::time::timeout(PATIENCE, told).await.unwrap_or_else(|_| panic!("{dataset} has no {wanted}"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_gets_ones_own_files_alone() {
    let platform = Platform::ephemeral().await;
    let token = platform.token_in("admin@eventzr.com", T2).await;
    let (export, text) = export(&platform, &token, &json!({"dataset": "deliveries"})).await;
    let path = format!("/_local/reports/files/{}", export["id"].as_str().unwrap());
    let file = platform.request(Method::GET, &path).bearer_auth(&token).send().await.unwrap();
    assert_eq!(file.status(), 200);
    assert_eq!(file.headers()["content-type"], "application/octet-stream");
    assert_eq!(file.text().await.unwrap(), text);

    let nobody = answer(platform.request(Method::GET, &path)).await;
    assert_eq!((nobody.status, &nobody.body["error"]["code"]), (401, &json!("ERR_REPORTS_UNAUTHORIZED")));
    let others = platform.token("organizer@eventzr.com").await;
    for (id, token) in [(export["id"].as_str().unwrap(), &others), (T2, &token)] {
        let path = format!("/_local/reports/files/{id}");
        let nothing = answer(platform.request(Method::GET, &path).bearer_auth(token)).await;
        assert_eq!((nothing.status, &nothing.body["error"]["code"]), (404, &json!("ERR_REPORTS_EXPORT_NOT_FOUND")));
    }
    let foreign = platform.request(Method::GET, &path).bearer_auth(&token).header("origin", "https://evil.example");
    assert_eq!(answer(foreign).await.status, 403);
    let none = platform.request(Method::GET, "/_local/reports/files/..%2Fx").bearer_auth(&token);
    assert_eq!(answer(none).await.status, 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_platform_that_is_killed_again_and_again_makes_whole_files() {
    let directory = tempfile::tempdir().unwrap();
    let mut platform = Platform::on(&directory).await;
    let token = platform.token_in("admin@eventzr.com", T2).await;
    let columns = json!([{"name": "number", "type": "integer", "required": true}, {"name": "text", "type": "text"}]);
    let dataset = json!({"name": "numbers", "columns": columns});
    call(&platform, &token, Method::POST, "/datasets", Some(&dataset)).await;
    let row =
        |number: u64| json!({"at": "2026-11-01T00:00:00Z", "values": {"number": number, "text": "x".repeat(700)}});
    let rows = json!({"rows": (0..ROWS).map(row).collect::<Vec<_>>()});
    call(&platform, &token, Method::POST, "/datasets/numbers/rows", Some(&rows)).await;
    let definition = json!({"dataset": "numbers", "columns": [{"name": "number"}, {"name": "text"}], "sort": [{"column": "number"}]});
    let whole = loop {
        let (whole, file) = export(&platform, &token, &definition).await;
        if file.lines().count() > 5000 {
            break whole;
        }
    };
    let mut exports = Vec::new();
    for kill in 0..KILLS {
        // Another port is another issuer.
        let token = platform.token_in("admin@eventzr.com", T2).await;
        let body = json!({"definition": definition, "format": "csv"});
        exports.push(call(&platform, &token, Method::POST, "/exports", Some(&body)).await);
        tokio::time::sleep(Duration::from_millis(900 + 60 * kill)).await;
        platform.kill().await;
        platform = Platform::on(&directory).await;
    }
    let token = platform.token_in("admin@eventzr.com", T2).await;
    for begun in exports {
        let (export, file) = completed(&platform, &token, &begun).await;
        assert_eq!((&export["sha256"], file.lines().count()), (&whole["sha256"], 5001));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_killed_platform_has_taken_is_stored_and_told_once() {
    let (directory, receiver) = (tempfile::tempdir().unwrap(), Receiver::start().await);
    let mut platform = Platform::with_private_webhooks(&directory).await;
    let token = platform.token_in("admin@eventzr.com", T2).await;
    let webhook = json!({"url": receiver.url, "events": ["export.completed"]});
    let webhook = call(&platform, &token, Method::POST, "/webhooks", Some(&webhook)).await;
    let dataset = json!({"name": "sold", "columns": [{"name": "ticket", "type": "text"}]});
    call(&platform, &token, Method::POST, "/datasets", Some(&dataset)).await;
    let source = call(&platform, &token, Method::POST, "/datasets/sold/sources", Some(&json!({"name": "x"}))).await;
    let secret = WebhookKey::parse(source["secret"].as_str().unwrap()).unwrap();
    let path = format!("/reports/v1/webhooks/incoming/{}", source["id"].as_str().unwrap());
    let mut exports = BTreeSet::new();
    for kill in 0..KILLS / 2 {
        let token = platform.token_in("admin@eventzr.com", T2).await;
        let body = json!({"rows": [{"values": {"ticket": format!("T{kill}")}}]}).to_string();
        // Its sender does not know whether it was heard, and says it again.
        for _ in 0..2 {
            let signed = secret.sign(&kill.to_string(), Clock::system().now(), &body).unwrap();
            let request = platform.request(Method::POST, &path).header("content-type", "application/json");
            let request = signed.into_iter().fold(request, |request, (name, value)| request.header(name, value));
            assert!(answer(request.body(body.clone())).await.status < 300);
        }
        let wanted = json!({"definition": {"dataset": "sold"}, "format": "csv"});
        let export = call(&platform, &token, Method::POST, "/exports", Some(&wanted)).await;
        exports.insert(export["id"].as_str().unwrap().to_owned());
        tokio::time::sleep(Duration::from_millis(950 + 70 * kill)).await;
        platform.kill().await;
        platform = Platform::with_private_webhooks(&directory).await;
    }
    let secret = WebhookKey::parse(webhook["secret"].as_str().unwrap()).unwrap();
    let mut heard: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let all = async {
        while heard.len() < exports.len() {
            for (headers, body) in receiver.heard() {
                let id = secret.verify(&headers, body.as_bytes(), Clock::system().now()).unwrap().to_owned();
                let body: Value = serde_json::from_str(&body).unwrap();
                heard.entry(body["data"]["exportId"].as_str().unwrap().to_owned()).or_default().insert(id);
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(PATIENCE, all).await.unwrap();
    assert!(heard.keys().eq(&exports) && heard.values().all(|ids| ids.len() == 1), "{heard:?}");
    let token = platform.token_in("admin@eventzr.com", T2).await;
    let definition = json!({"dataset": "sold", "columns": [{"name": "ticket"}], "sort": [{"column": "ticket"}]});
    let (_, file) = export(&platform, &token, &definition).await;
    assert_eq!(file.lines().skip(1).collect::<Vec<_>>(), ["T0", "T1", "T2", "T3"]);
}
