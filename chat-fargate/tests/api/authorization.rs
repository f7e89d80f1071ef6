//! Who may do what, for every operation of the document.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::support::{Answer, platform};

/// How an operation is called, and what strangers to its thread are told.
struct Case {
    path: String,
    body: Option<Value>,
    /// Whether the operation is about the one thread of the test.
    of_thread: bool,
}

fn cases(thread: &str) -> BTreeMap<&'static str, Case> {
    let in_thread = |path: String, body| Case { path, body, of_thread: true };
    let general = |path: &str, body| Case { path: path.to_owned(), body, of_thread: false };
    BTreeMap::from([
        ("get /chat/v1/threads", general("/threads", None)),
        ("post /chat/v1/threads", general("/threads", Some(json!({"type": "group", "memberIds": []})))),
        ("get /chat/v1/threads/{id}", in_thread(format!("/threads/{thread}"), None)),
        ("get /chat/v1/threads/{id}/messages", in_thread(format!("/threads/{thread}/messages"), None)),
        (
            "post /chat/v1/messages",
            in_thread("/messages".to_owned(), Some(json!({"threadId": thread, "content": "x", "type": "text"}))),
        ),
    ])
}

#[tokio::test]
async fn every_operation_keeps_its_rule() {
    let platform = platform().await;
    let (tenant, other_tenant) = (platform.tenant(), platform.tenant());
    let [member, stranger] = platform.users(tenant);
    let foreigner = platform.user(other_tenant);
    let thread = platform.group(&[&member]).await;
    let mut cases = cases(&thread);

    let document = Answer::of(platform.request(None, "GET", "/openapi.json")).await.body;
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            if operation["security"] == json!([]) {
                assert_eq!((method.as_str(), path.as_str()), ("get", "/chat/v1/health"));
                continue;
            }
            let name = format!("{method} {path}");
            let case = cases.remove(name.as_str()).unwrap_or_else(|| panic!("{name} is not covered"));
            let call = async |user, change: fn(reqwest::RequestBuilder) -> reqwest::RequestBuilder| {
                let mut request = platform.request(user, &method.to_uppercase(), &case.path);
                if let Some(body) = &case.body {
                    request = request.json(body);
                }
                Answer::of(change(request)).await
            };
            let as_it_is = |request| request;
            assert_eq!(call(None, as_it_is).await.refusal(), (401, "UNAUTHORIZED"), "{name}");
            let garbage = call(None, |request| request.bearer_auth("garbage")).await;
            assert_eq!(garbage.refusal(), (401, "UNAUTHORIZED"), "{name}");
            let foreign_header: fn(reqwest::RequestBuilder) -> reqwest::RequestBuilder =
                |request| request.header("x-tenant-id", "a0000001-0000-0000-0000-000000000001");
            assert_eq!(call(Some(&member), foreign_header).await.refusal(), (403, "FORBIDDEN"), "{name}");
            let answer = call(Some(&member), as_it_is).await;
            assert!(answer.status < 300, "{name}: {}", answer.body);
            if case.of_thread {
                assert_eq!(call(Some(&stranger), as_it_is).await.refusal(), (403, "NOT_THREAD_MEMBER"), "{name}");
                assert_eq!(call(Some(&foreigner), as_it_is).await.refusal(), (404, "THREAD_NOT_FOUND"), "{name}");
            }
        }
    }
    assert!(cases.is_empty(), "the document lacks {:?}", cases.keys());
}

#[tokio::test]
async fn another_tenants_thread_looks_like_none() {
    let platform = platform().await;
    let (tenant, other_tenant) = (platform.tenant(), platform.tenant());
    let (member, foreigner) = (platform.user(tenant), platform.user(other_tenant));
    let thread = platform.group(&[&member]).await;
    let there = platform.get(&foreigner, &format!("/threads/{thread}")).await;
    let nowhere = platform.get(&foreigner, "/threads/0199aaaa-0000-7000-8000-000000000000").await;
    assert_eq!(there.refusal(), (404, "THREAD_NOT_FOUND"));
    assert_eq!(there.body["error"], nowhere.body["error"]);
    assert_eq!(platform.get(&foreigner, "/threads").await.expect(200), &json!([]));
}

#[tokio::test]
async fn an_expired_token_is_told_so() {
    let platform = platform().await;
    let user = platform.user(platform.tenant());
    platform.clock.advance(jiff::SignedDuration::from_mins(16));
    assert_eq!(platform.get(&user, "/threads").await.refusal(), (401, "TOKEN_EXPIRED"));
}
