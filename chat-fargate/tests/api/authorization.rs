//! Who may do what, for every operation of the document.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::support::{Answer, Platform, User, platform};

/// How an operation is called, and what strangers to its thread are told.
struct Case {
    path: String,
    body: Option<Value>,
    of: Of,
}

/// What an operation is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Of {
    Caller,
    /// The one thread of the test.
    Thread,
    /// The one message of the test.
    Message,
    /// Its file.
    File,
    /// The report of it.
    Report,
    /// The caller's tenant, of which admins alone dispose.
    Tenant,
}

/// What the test has.
#[derive(Default)]
struct There {
    thread: String,
    message: String,
    /// A member of the thread.
    member: String,
    file: String,
    report: String,
    rule: String,
}

fn cases(there: &There) -> BTreeMap<&'static str, Case> {
    let There { thread, message, member, file, report, rule } = there;
    let of_thread = |path: &str, body| Case { path: format!("/threads/{thread}{path}"), body, of: Of::Thread };
    let of_message = |path: &str, body| Case { path: format!("/messages/{message}{path}"), body, of: Of::Message };
    let general = |path: &str, body| Case { path: path.to_owned(), body, of: Of::Caller };
    let of_tenant = |path: &str, body| Case { path: format!("/moderation{path}"), body, of: Of::Tenant };
    let send = json!({"threadId": thread, "content": "x", "type": "text"});
    let words = json!({"name": "x", "words": ["nobody says this"], "action": "report"});
    BTreeMap::from([
        ("get /chat/v1/threads", general("/threads", None)),
        ("post /chat/v1/threads", general("/threads", Some(json!({"type": "group", "memberIds": []})))),
        ("get /chat/v1/threads/{id}", of_thread("", None)),
        ("patch /chat/v1/threads/{id}", of_thread("", Some(json!({"name": "x"})))),
        ("post /chat/v1/threads/{id}/archive", of_thread("/archive", Some(json!({"archived": false})))),
        ("post /chat/v1/threads/{id}/members", of_thread("/members", Some(json!({"userIds": [member]})))),
        (
            "patch /chat/v1/threads/{id}/members/{userId}",
            of_thread(&format!("/members/{member}"), Some(json!({"role": "owner"}))),
        ),
        ("delete /chat/v1/threads/{id}/members/{userId}", of_thread(&format!("/members/{member}"), None)),
        (
            "post /chat/v1/threads/{id}/members/{userId}/silence",
            of_thread(&format!("/members/{member}/silence"), Some(json!({"until": null}))),
        ),
        ("post /chat/v1/threads/{id}/read", of_thread("/read", Some(json!({"seq": 0})))),
        ("post /chat/v1/threads/{id}/mute", of_thread("/mute", Some(json!({"muted": true})))),
        ("get /chat/v1/threads/{id}/messages", of_thread("/messages", None)),
        ("post /chat/v1/messages", Case { path: "/messages".to_owned(), body: Some(send), of: Of::Thread }),
        (
            "get /chat/v1/messages/search",
            Case { path: format!("/messages/search?q=xx&threadId={thread}"), body: None, of: Of::Thread },
        ),
        ("get /chat/v1/presence", general(&format!("/presence?userIds={member}"), None)),
        (
            "post /chat/v1/attachments",
            Case {
                path: "/attachments".to_owned(),
                body: Some(json!({"threadId": thread, "name": "a.txt", "contentType": "text/plain", "size": 1})),
                of: Of::Thread,
            },
        ),
        ("get /chat/v1/attachments/{id}", Case { path: format!("/attachments/{file}"), body: None, of: Of::File }),
        ("get /chat/v1/blocks", general("/blocks", None)),
        ("post /chat/v1/blocks", general("/blocks", Some(json!({"userId": member})))),
        ("delete /chat/v1/blocks/{userId}", general(&format!("/blocks/{member}"), None)),
        ("post /chat/v1/threads/{id}/bans", of_thread("/bans", Some(json!({"userId": member})))),
        ("get /chat/v1/threads/{id}/bans", of_thread("/bans", None)),
        ("delete /chat/v1/threads/{id}/bans/{userId}", of_thread(&format!("/bans/{member}"), None)),
        ("get /chat/v1/threads/{id}/reports", of_thread("/reports", None)),
        ("post /chat/v1/messages/{id}/report", of_message("/report", Some(json!({"reason": "spam"})))),
        (
            "post /chat/v1/moderation/reports/{id}/resolve",
            Case {
                path: format!("/moderation/reports/{report}/resolve"),
                body: Some(json!({"outcome": "dismissed"})),
                of: Of::Report,
            },
        ),
        ("get /chat/v1/moderation/reports", of_tenant("/reports", None)),
        ("get /chat/v1/moderation/rules", of_tenant("/rules", None)),
        ("post /chat/v1/moderation/rules", of_tenant("/rules", Some(words.clone()))),
        ("put /chat/v1/moderation/rules/{id}", of_tenant(&format!("/rules/{rule}"), Some(words))),
        ("delete /chat/v1/moderation/rules/{id}", of_tenant(&format!("/rules/{rule}"), None)),
        ("get /chat/v1/moderation/audit-log", of_tenant("/audit-log", None)),
        ("get /chat/v1/messages/{id}", of_message("", None)),
        ("get /chat/v1/messages/{id}/history", of_message("/history", None)),
        ("patch /chat/v1/messages/{id}", of_message("", Some(json!({"content": "y"})))),
        ("delete /chat/v1/messages/{id}", of_message("", None)),
        ("post /chat/v1/messages/{id}/reactions/{emoji}", of_message("/reactions/%F0%9F%91%8D", None)),
        ("delete /chat/v1/messages/{id}/reactions/{emoji}", of_message("/reactions/%F0%9F%91%8D", None)),
    ])
}

#[tokio::test]
async fn every_operation_keeps_its_rule() {
    let platform = platform().await;
    let (tenant, other_tenant) = (platform.tenant(), platform.tenant());
    let [member, stranger, second] = platform.users(tenant);
    let foreigner = platform.user(other_tenant);

    let (admin, other_admin) = (platform.admin(tenant), platform.admin(other_tenant));
    let mut uncovered: Vec<&str> = cases(&There::default()).into_keys().collect();
    let document = Answer::of(platform.request(None, "GET", "/openapi.json")).await.body;
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            if operation["security"] == json!([]) {
                assert_eq!((method.as_str(), path.as_str()), ("get", "/chat/v1/health"));
                continue;
            }
            let name = format!("{method} {path}");
            let thread = platform.group(&[&member, &second]).await;
            let message = platform.say(&member, &thread, "x").await["id"].as_str().unwrap().to_owned();
            let file = crate::attachments::sent(&platform, &member, &thread).await;
            if name.starts_with("delete") && name.ends_with("{emoji}") {
                let path = format!("/messages/{message}/reactions/%F0%9F%91%8D");
                platform.post(&member, &path, json!({})).await.expect(201);
            }
            if name == "delete /chat/v1/blocks/{userId}" {
                platform.post(&member, "/blocks", json!({"userId": second.id})).await.expect(201);
            }
            let report = crate::reports::reported(&platform, &member, &second, &thread).await;
            let rule = crate::rules::rule(&platform, &admin, &["nor this"], "report").await;
            // What members report is somebody else's.
            let message = if name.ends_with("/report") { said_by(&platform, &second, &thread).await } else { message };
            if name == "delete /chat/v1/threads/{id}/bans/{userId}" {
                let banned = json!({"userId": second.id});
                platform.post(&member, &format!("/threads/{thread}/bans"), banned).await.expect(200);
            }
            let there = There { thread, message, member: second.id.to_string(), file, report, rule: rule.clone() };
            let mut cases = cases(&there);
            let case = cases.remove(name.as_str()).unwrap_or_else(|| panic!("{name} is not covered"));
            uncovered.retain(|covered| *covered != name);
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
            if case.of == Of::Tenant {
                assert_eq!(call(Some(&member), as_it_is).await.refusal(), (403, "FORBIDDEN"), "{name}");
                if name.contains("{id}") {
                    assert_eq!(call(Some(&other_admin), as_it_is).await.refusal(), (404, "NOT_FOUND"), "{name}");
                } else if name.starts_with("get") {
                    assert_eq!(call(Some(&other_admin), as_it_is).await.expect(200), &json!([]), "{name}");
                }
                let answer = call(Some(&admin), as_it_is).await;
                assert!(answer.status < 300, "{name}: {}", answer.body);
                let _ = platform.delete(&admin, &format!("/moderation/rules/{rule}")).await;
                continue;
            }
            platform.delete(&admin, &format!("/moderation/rules/{rule}")).await.expect(200);
            let answer = call(Some(&member), as_it_is).await;
            assert!(answer.status < 300, "{name}: {}", answer.body);
            let nowhere = match case.of {
                Of::Caller | Of::Tenant => continue,
                Of::Thread => "THREAD_NOT_FOUND",
                Of::Message => "MESSAGE_NOT_FOUND",
                Of::File | Of::Report => "NOT_FOUND",
            };
            assert_eq!(call(Some(&stranger), as_it_is).await.refusal(), (403, "NOT_THREAD_MEMBER"), "{name}");
            assert_eq!(call(Some(&foreigner), as_it_is).await.refusal(), (404, nowhere), "{name}");
        }
    }
    assert!(uncovered.is_empty(), "the document lacks {uncovered:?}");
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

async fn said_by(platform: &Platform, user: &User, thread: &str) -> String {
    platform.say(user, thread, "x").await["id"].as_str().unwrap().to_owned()
}
