use axum::body::Body;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::callers::Caller;
use crate::support::{Parts, World, call};

#[tokio::test]
async fn an_answer_is_in_the_envelope() {
    let world = World::start().await;
    let id = Uuid::from_u128(7).to_string();
    let request = call("POST", "/echo").header("x-request-id", &id).header("x-amzn-trace-id", "Root=1-2-3;Sampled=1");
    let answer = world.send(request.json(&json!({"textOfNote": "hello"}))).await;
    let expected = json!({
        "data": {"textOfNote": "hello", "count": null}, "error": null, "page": null,
        "meta": {
            "request_id": id, "trace_id": "1-2-3", "tenant_id": null,
            "service": "sample-svc", "timestamp": "2026-02-03T04:05:06.789Z",
        },
    });
    assert_eq!((answer.status, &answer.body), (200, &expected));
    assert_eq!(answer.header("x-request-id"), Some(id.as_str()));
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
}

#[tokio::test]
async fn a_request_id_that_is_no_uuid_is_replaced() {
    let world = World::start().await;
    for (sent, path) in [(Some("17"), "/echo"), (None, "/echo"), (Some("../etc"), "/nowhere")] {
        let mut request = call("GET", path);
        if let Some(sent) = sent {
            request = request.header("x-request-id", sent);
        }
        let answer = world.send(request.body(Body::empty()).unwrap()).await;
        let id = answer.header("x-request-id").unwrap();
        assert!(id.parse::<Uuid>().is_ok() && answer.body["meta"]["request_id"] == id, "{answer:?}");
    }
}

#[tokio::test]
async fn the_callers_tenant_is_in_meta() {
    let world = World::start().await;
    let caller = Caller::user();
    let answer = world.get("/me", &caller.token(&world.clock)).await;
    assert_eq!(answer.data(), &json!(caller.user));
    assert_eq!(answer.body["meta"]["tenant_id"], json!(caller.tenant));
}

#[tokio::test]
async fn what_no_handler_answers_is_in_the_envelope_too() {
    let world = World::start().await;
    for (method, path, expected) in [
        ("GET", "/nowhere", (404, "NOT_FOUND")),
        ("DELETE", "/echo", (405, "METHOD_NOT_ALLOWED")),
        ("PATCH", "/notes", (405, "METHOD_NOT_ALLOWED")),
        ("GET", "/panics", (500, "INTERNAL")),
    ] {
        let answer = world.send(call(method, path).body(Body::empty()).unwrap()).await;
        assert_eq!(answer.refusal(), expected, "{method} {path}");
        assert!(!answer.body.to_string().contains("as it was made"), "{answer:?}");
    }
    let elsewhere = http::Request::get("/other/v1/x").body(Body::empty()).unwrap();
    assert_eq!(world.send(elsewhere).await.refusal(), (404, "NOT_FOUND"));
    let outside = http::Request::get("/").body(Body::empty()).unwrap();
    assert_eq!(world.send(outside).await.refusal(), (404, "NOT_FOUND"));
}

#[tokio::test]
async fn the_platforms_own_endpoints_are_public() {
    let world = World::start().await;
    let health = world.send(call("GET", "/health").body(Body::empty()).unwrap()).await;
    assert_eq!(health.data()["status"], "ok");
    let document = world.send(call("GET", "/openapi.json").body(Body::empty()).unwrap()).await;
    assert_eq!((document.status, document.header("content-type")), (200, Some("application/json")));
}

#[tokio::test]
async fn a_body_that_is_wrong_is_a_clear_error() {
    let world = World::start().await;
    let cases: [(&[u8], &str, &str); 8] = [
        (b"{", "INVALID_JSON", ""),
        (b"", "INVALID_JSON", ""),
        (b"{\"textOfNote\":\"\xff\"}", "INVALID_JSON", ""),
        (b"{\"textOfNote\":\"a\"} x", "INVALID_JSON", ""),
        (b"{\"textOfNote\":7}", "VALIDATION_FAILED", "textOfNote"),
        (b"{\"textOfNote\":\"\"}", "VALIDATION_FAILED", "textOfNote"),
        (b"{\"textOfNote\":\"a\",\"admin\":true}", "VALIDATION_FAILED", "admin"),
        (b"[]", "VALIDATION_FAILED", ""),
    ];
    for (body, code, field) in cases {
        let request = call("POST", "/echo").header("content-type", "application/json; charset=utf-8");
        let answer = world.send(request.body(Body::from(body.to_vec())).unwrap()).await;
        assert_eq!(answer.refusal(), (400, code), "{body:?}");
        if code == "VALIDATION_FAILED" {
            assert_eq!(answer.body["error"]["details"][0]["field"], field, "{body:?}");
        }
    }
}

#[tokio::test]
async fn a_body_of_another_type_is_415() {
    let world = World::start().await;
    for content_type in [None, Some("text/plain"), Some("application/jsonp"), Some("multipart/form-data")] {
        let mut request = call("POST", "/echo");
        if let Some(content_type) = content_type {
            request = request.header("content-type", content_type);
        }
        let answer = world.send(request.body(Body::from(r#"{"textOfNote":"a"}"#)).unwrap()).await;
        assert_eq!(answer.refusal(), (415, "UNSUPPORTED_MEDIA_TYPE"), "{content_type:?}");
    }
}

#[tokio::test]
async fn pages_of_allowed_origins_read_answers_and_others_do_not() {
    let world = World::start().await;
    let preflight = |origin: &str| {
        let request =
            call("OPTIONS", "/notes").header("origin", origin).header("access-control-request-method", "POST");
        request.header("access-control-request-headers", "authorization,idempotency-key").body(Body::empty()).unwrap()
    };
    let allowed = world.send(preflight("https://app.example.com")).await;
    assert_eq!((allowed.status, &allowed.body), (200, &Value::Null));
    assert_eq!(allowed.header("access-control-allow-origin"), Some("https://app.example.com"));
    assert_eq!(allowed.header("access-control-allow-credentials"), Some("true"));
    assert!(allowed.header("access-control-allow-headers").unwrap().contains("idempotency-key"));
    for foreign in ["https://evil.example", "https://app.example.com.evil.example", "http://app.example.com", "null"] {
        let answer = world.send(preflight(foreign)).await;
        assert_eq!(answer.header("access-control-allow-origin"), None, "{foreign}");
    }
    // An error is an answer, too: the page has to be able to read why.
    let refused = call("GET", "/me").header("origin", "https://app.example.com").body(Body::empty()).unwrap();
    let refused = world.send(refused).await;
    assert_eq!(refused.refusal(), (401, "UNAUTHORIZED"));
    assert_eq!(refused.header("access-control-allow-origin"), Some("https://app.example.com"));
}
