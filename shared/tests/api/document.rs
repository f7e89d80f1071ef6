use std::collections::BTreeSet;

use axum::body::Body;
use local_aws::{Fault, When};
use serde_json::{Value, json};

use crate::callers::Caller;
use crate::sample::STRICT;
use crate::support::{Parts, World, call};

async fn document(world: &World) -> Value {
    world.send(call("GET", "/openapi.json").body(Body::empty()).unwrap()).await.body
}

fn statuses(document: &Value, method: &str, path: &str) -> BTreeSet<u16> {
    let responses = &document["paths"][format!("/sample/v1{path}")][method]["responses"];
    responses.as_object().unwrap_or_else(|| panic!("{method} {path}")).keys().map(|key| key.parse().unwrap()).collect()
}

fn parameters<'a>(document: &'a Value, method: &str, path: &str) -> Vec<(&'a str, bool)> {
    let parameters = document["paths"][format!("/sample/v1{path}")][method]["parameters"].as_array().unwrap();
    parameters.iter().map(|it| (it["name"].as_str().unwrap(), it["required"] == true)).collect()
}

#[tokio::test]
async fn the_document_is_openapi_3_1() {
    let document = document(&World::start().await).await;
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1."), "{}", document["openapi"]);
    assert_eq!(document["info"]["title"], "EventZR sample");
    assert_eq!(document["components"]["securitySchemes"]["bearer"]["scheme"], "bearer");
}

#[tokio::test]
async fn guards_and_document_say_the_same() {
    let world = World::start().await;
    let document = document(&world).await;
    let operation = |method: &str, path: &str| &document["paths"][format!("/sample/v1{path}")][method];
    assert_eq!(operation("post", "/echo")["security"], json!([]));
    assert_eq!(operation("get", "/me")["security"], json!([{"bearer": []}]));
    assert_eq!(operation("get", "/me")["x-required-role"], Value::Null);
    let scheduled = operation("get", "/scheduled");
    assert_eq!(
        (&scheduled["x-required-role"], &scheduled["x-required-plan"]),
        (&json!("organizer"), &json!("professional"))
    );
    assert_eq!(parameters(&document, "get", "/me"), [("x-request-id", false), ("x-tenant-id", false)]);
    assert!(parameters(&document, "post", "/notes").contains(&("Idempotency-Key", false)));
    assert!(!parameters(&document, "post", "/echo").iter().any(|(name, _)| *name == "Idempotency-Key"));
    let strict = self::document(&world.service(&STRICT).await).await;
    assert!(parameters(&strict, "get", "/me").contains(&("x-tenant-id", true)));
}

#[tokio::test]
async fn every_status_that_is_given_is_documented() {
    let (world, caller) = (World::start().await, Caller::user());
    let document = document(&world).await;
    let token = caller.token(&world.clock);
    let large = "x".repeat(2 * 1024 * 1024);
    let note = r#"{"textOfNote":"a"}"#;
    let mut given = BTreeSet::new();
    for (method, path, target, key, body) in [
        ("post", "/echo", "/echo", "", note),
        ("post", "/echo", "/echo", "", "{"),
        ("post", "/echo", "/echo", "", &large),
        ("get", "/panics", "/panics", "", ""),
        ("get", "/me", "/me", "", ""),
        ("get", "/me", "/me", "", &large),
        ("get", "/organized", "/organized", "", ""),
        ("get", "/notes", "/notes?limit=0", "", ""),
        ("get", "/archive", "/archive?cursor=x", "", ""),
        ("get", "/notes/{text}", "/notes/absent", "", ""),
        ("post", "/notes", "/notes", "key", note),
        ("post", "/notes", "/notes", "key", "{}"),
        ("post", "/notes", "/notes", "other", note),
        ("post", "/notes", "/notes", "bad key", note),
        ("post", "/secrets", "/secrets", "key", ""),
        ("post", "/secrets", "/secrets", "key", ""),
        ("post", "/secrets", "/secrets", "", &large),
        ("post", "/charges", "/charges", "", r#"{"outcome":"declined"}"#),
        ("post", "/charges", "/charges", "", r#"{"outcome":"down"}"#),
        ("post", "/charges", "/charges", "", r#"{"outcome":"crash"}"#),
    ] {
        for bearer in [true, false] {
            let mut request = call(&method.to_uppercase(), target).header("content-type", "application/json");
            if bearer {
                request = request.bearer(&token);
            }
            if !key.is_empty() {
                request = request.header("idempotency-key", key);
            }
            let status = world.send(request.body(Body::from(body.to_owned())).unwrap()).await.status;
            assert!(statuses(&document, method, path).contains(&status), "{status} of {method} {path}");
            given.insert(status);
        }
    }
    world.aws.faults().inject("GetItem", Fault::Throttling, When::Probability(1.0));
    given.insert(world.get("/notes/absent", &token).await.status);
    assert!(statuses(&document, "get", "/notes/{text}").contains(&503));
    let without_type = call("POST", "/echo").body(Body::from(note)).unwrap();
    given.insert(world.send(without_type).await.status);
    assert!(statuses(&document, "post", "/echo").contains(&415));
    assert_eq!(given, BTreeSet::from([200, 201, 400, 401, 403, 404, 409, 413, 415, 422, 500, 503]));
}

#[tokio::test]
async fn every_reference_has_its_schema() {
    fn references(value: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::Object(fields) => {
                for (name, value) in fields {
                    match value.as_str() {
                        Some(target) if name == "$ref" => drop(found.insert(target.to_owned())),
                        _ => references(value, found),
                    }
                }
            }
            Value::Array(items) => items.iter().for_each(|item| references(item, found)),
            _ => {}
        }
    }
    let document = document(&World::start().await).await;
    let mut found = BTreeSet::new();
    references(&document, &mut found);
    assert!(found.contains("#/components/schemas/ErrorEnvelope"));
    for target in found {
        assert!(document.pointer(target.trim_start_matches('#')).is_some(), "{target}");
    }
}
