//! Who may do what: every operation of the document, as everybody; and the document itself.

use http::Method;
use serde_json::{Value, json};
use shared::auth::Role;

use crate::support::{App, T1, T2, refusal};

/// A body that an operation accepts, and what a user and an organizer get of another member.
/// The test fails on an operation that is not here.
fn expected(operation: &str) -> Option<(Option<Value>, u16, u16)> {
    Some(match operation {
        "GET /health" | "GET /preferences" => (None, 200, 200),
        "PUT /preferences" => (Some(json!({})), 200, 200),
        "GET /contacts/{userId}" | "GET /preferences/{userId}" => (None, 403, 200),
        "PUT /contacts/{userId}" | "PUT /preferences/{userId}" => (Some(json!({})), 403, 200),
        _ => return None,
    })
}

#[tokio::test]
async fn every_operation_lets_in_whom_it_declares() {
    let app = App::start().await;
    let member = app.user(T1, Role::User).await;
    let (user, organizer) = (app.user(T1, Role::User).await, app.user(T1, Role::Organizer).await);
    let (partner, admin) = (app.user(T1, Role::Partner).await, app.user(T1, Role::Admin).await);
    let foreigner = app.user(T2, Role::Admin).await;
    let document = app.get("/openapi.json").send().await.body;
    let mut covered = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let path = path.strip_prefix("/notify/v1").unwrap();
            let name = format!("{} {path}", method.to_uppercase());
            let (body, by_user, by_organizer) = expected(&name).unwrap_or_else(|| panic!("{name} is not covered"));
            let method: Method = method.to_uppercase().parse().unwrap();
            let url = path.replace("{userId}", &member.id.to_string());
            let call = || {
                let call = app.call(method.clone(), &url);
                body.as_ref().map_or_else(|| app.call(method.clone(), &url), |body| call.json(body))
            };
            if !operation["security"].as_array().unwrap().is_empty() {
                assert_eq!(call().refused().await, refusal(401, "UNAUTHORIZED"), "{name}");
                let foreign = call().by(&foreigner).header("x-tenant-id", &T1.to_string());
                assert_eq!(foreign.refused().await, refusal(403, "FORBIDDEN"), "{name}");
            }
            if path.contains('{') {
                assert_eq!(call().by(&foreigner).refused().await, refusal(404, "NOT_FOUND"), "{name}");
            }
            for (who, status) in
                [(&user, by_user), (&partner, by_user), (&organizer, by_organizer), (&admin, by_organizer)]
            {
                let got = call().by(who).send().await.status.as_u16();
                assert_eq!(got, status, "{name}");
                assert!(operation["responses"].as_object().unwrap().contains_key(&got.to_string()), "{name}: {got}");
            }
            covered += 1;
        }
    }
    assert_eq!(covered, 7);
}

#[tokio::test]
async fn the_document_is_reviewed() {
    let app = App::start().await;
    insta::assert_json_snapshot!(app.get("/openapi.json").send().await.body);
}
