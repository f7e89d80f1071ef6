//! Who may do what: every operation of the document, as everybody; and the document itself.

use http::Method;
use serde_json::{Value, json};
use shared::auth::Role;

use crate::support::{App, T1, T2, User, refusal, titled};

/// Who is let in; everybody above, too.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Least {
    Public,
    User,
    Organizer,
    Admin,
}

use Least::{Admin, Organizer, Public, User as Anyone};

/// Who is let in, with which body, and what they get. The test fails on an operation that is not here.
fn expected(operation: &str) -> Option<(Least, Option<Value>, u16)> {
    Some(match operation {
        "GET /health" => (Public, None, 200),
        "POST /search" => (Anyone, Some(json!({"query": "jazz"})), 200),
        "POST /search/advanced" => (Anyone, Some(json!({})), 200),
        "POST /search/similar" => (Anyone, Some(json!({"id": "1", "entity_type": "event"})), 200),
        "POST /search/geo" => (Anyone, Some(json!({"location": {"lat": 0, "lng": 0}, "radius_km": 5})), 200),
        "GET /search/autocomplete" | "GET /documents/{entity_type}/{id}" | "GET /saved-searches" => (Anyone, None, 200),
        "PUT /documents" => (Organizer, Some(json!({"documents": [titled("2", "x")]})), 202),
        "DELETE /documents/{entity_type}/{id}" => (Organizer, None, 202),
        "GET /tasks/{id}" | "GET /imports/{id}" | "GET /analytics/queries" => (Organizer, None, 200),
        "POST /saved-searches" => (Anyone, Some(json!({"name": "x", "query": "jazz"})), 201),
        // One's own, which these are not.
        "GET /saved-searches/{id}" | "DELETE /saved-searches/{id}" => (Anyone, None, 404),
        "PUT /saved-searches/{id}" => (Anyone, Some(json!({"name": "x", "query": "jazz"})), 404),
        "POST /search/click" => {
            (Anyone, Some(json!({"query": "jazz", "entity_type": "event", "id": "1", "position": 1})), 200)
        }
        "POST /imports" => (Organizer, Some(json!({"bytes": 1})), 202),
        "GET /settings" | "GET /admin/stats" => (Admin, None, 200),
        "PUT /settings" => (Admin, Some(json!({})), 200),
        "POST /admin/reindex" => (Admin, None, 202),
        _ => return None,
    })
}

/// The operation's path, about something that T1 has.
async fn url(app: &App, path: &str) -> String {
    let organizer = app.user(T1, Role::Organizer);
    let put = app.put("/documents", &json!({"documents": [titled("1", "Jazz")]})).by(&organizer).data().await;
    let id = match path.split('/').nth(1).unwrap() {
        "tasks" => put["task_id"].as_str().unwrap().to_owned(),
        "imports" => {
            let import = app.post("/imports", &json!({"bytes": 1})).by(&organizer).data().await;
            import["id"].as_str().unwrap().to_owned()
        }
        "saved-searches" => {
            let saved = app.post("/saved-searches", &json!({"name": "x", "query": "jazz"})).by(&organizer).data().await;
            saved["id"].as_str().unwrap().to_owned()
        }
        _ => "1".to_owned(),
    };
    let query = if path.ends_with("autocomplete") { "?q=jazz" } else { "" };
    format!("{}{query}", path.replace("{entity_type}", "event").replace("{id}", &id))
}

#[tokio::test]
async fn every_operation_lets_in_whom_it_declares() {
    let app = App::start().await;
    let of = |role| app.user(T1, role);
    let callers: [(Least, User); 4] = [
        (Anyone, of(Role::User)),
        (Anyone, of(Role::Partner)),
        (Organizer, of(Role::Organizer)),
        (Admin, of(Role::Admin)),
    ];
    let foreigner = app.user(T2, Role::Admin);
    let document = app.get("/openapi.json").send().await.body;
    let mut covered = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let path = path.strip_prefix("/search/v1").unwrap();
            let name = format!("{} {path}", method.to_uppercase());
            let (least, body, status) = expected(&name).unwrap_or_else(|| panic!("{name} is not covered"));
            let method: Method = method.to_uppercase().parse().unwrap();
            let call = async || {
                let call = app.call(method.clone(), &url(&app, path).await);
                if let Some(body) = &body { call.json(body) } else { call }
            };
            covered += 1;
            if least == Public {
                assert_eq!(call().await.send().await.status.as_u16(), status, "{name}");
                continue;
            }
            assert_eq!(call().await.refused().await, refusal(401, "UNAUTHORIZED"), "{name}");
            let foreign = call().await.naming_no_tenant(&foreigner).header("x-tenant-id", &T1.to_string());
            assert_eq!(foreign.refused().await, refusal(403, "FORBIDDEN"), "{name}");
            let unnamed = call().await.naming_no_tenant(&callers[3].1);
            assert_eq!(unnamed.refused().await, refusal(403, "FORBIDDEN"), "{name}");
            if path.contains('{') || path.ends_with("similar") || path.ends_with("click") {
                assert_eq!(call().await.by(&foreigner).refused().await, refusal(404, "NOT_FOUND"), "{name}");
            }
            for (has, caller) in &callers {
                let let_in = match least {
                    Public | Anyone => true,
                    Organizer => *has != Anyone,
                    Admin => *has == Admin,
                };
                let got = call().await.by(caller).send().await.status.as_u16();
                assert_eq!(got, if let_in { status } else { 403 }, "{name}");
                assert!(operation["responses"].as_object().unwrap().contains_key(&got.to_string()), "{name}: {got}");
            }
        }
    }
    assert_eq!(covered, 23);
}

#[tokio::test]
async fn the_document_is_reviewed() {
    let app = App::start().await;
    insta::assert_json_snapshot!(app.get("/openapi.json").send().await.body);
}
