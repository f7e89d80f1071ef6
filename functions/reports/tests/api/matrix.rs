//! Who may do what: every operation of the document, as everybody; and the document itself.

use http::Method;
use serde_json::{Value, json};
use shared::auth::{Plan, Role};

use crate::support::{App, T1, T2, User, refusal, sale};

/// Who is let in; everybody above, too.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Least {
    Public,
    User,
    Organizer,
    Admin,
    /// Nobody of a tenant.
    System,
}

use Least::{Admin, Organizer, Public, System, User as Anyone};

/// Who is let in, with which body, what they get, and what another tenant gets. The test fails on an operation that is
/// not here.
fn expected(operation: &str) -> Option<(Least, Option<Value>, u16, Option<&'static str>)> {
    let definition = json!({"dataset": "sales"});
    let template = json!({"name": "x", "definition": definition});
    // An address of the internet that is not looked up.
    let webhook = json!({"url": "https://192.0.43.8/hook", "events": ["export.completed"]});
    let (dataset, gone, export) = (Some("DATASET_NOT_FOUND"), Some("TEMPLATE_NOT_FOUND"), Some("EXPORT_NOT_FOUND"));
    Some(match operation {
        "GET /health" => (Public, None, 200, None),
        "GET /datasets" | "GET /templates" | "GET /exports" => (Anyone, None, 200, None),
        "POST /datasets" => {
            let visits = json!({"name": "visits", "columns": [{"name": "page", "type": "text"}]});
            (Organizer, Some(visits), 201, None)
        }
        "GET /datasets/{name}" => (Anyone, None, 200, dataset),
        "POST /datasets/{name}/rows" => (Organizer, Some(json!({"rows": [sale("A", 1.0, 1)]})), 202, dataset),
        "POST /datasets/{name}/sources" => (Organizer, Some(json!({"name": "x"})), 201, dataset),
        "GET /datasets/{name}/sources" | "GET /datasets/{name}/sources/{id}/rejected" => {
            (Organizer, None, 200, dataset)
        }
        "POST /datasets/{name}/sources/{id}/rotate-secret" | "DELETE /datasets/{name}/sources/{id}" => {
            (Admin, None, 200, dataset)
        }
        "POST /webhooks/incoming/{sourceId}" => (Public, Some(json!({"rows": []})), 401, None),
        "POST /webhooks" => (Organizer, Some(webhook), 201, None),
        "GET /webhooks/{id}" | "GET /webhooks/{id}/deliveries" => (Organizer, None, 200, Some("WEBHOOK_NOT_FOUND")),
        "PUT /webhooks/{id}" => (Organizer, Some(webhook), 200, Some("WEBHOOK_NOT_FOUND")),
        "POST /webhooks/{id}/rotate-secret" | "DELETE /webhooks/{id}" => (Admin, None, 200, Some("WEBHOOK_NOT_FOUND")),
        "POST /webhooks/{id}/test" => (Organizer, None, 202, Some("WEBHOOK_NOT_FOUND")),
        // There is no delivery of this id.
        "POST /webhooks/{id}/deliveries/{deliveryId}/redeliver" => (Organizer, None, 404, Some("WEBHOOK_NOT_FOUND")),
        "POST /templates" => (Anyone, Some(template), 201, dataset),
        "GET /templates/{id}" => (Anyone, None, 200, gone),
        "PUT /templates/{id}" => (Organizer, Some(template), 200, gone),
        "DELETE /templates/{id}" => (Organizer, None, 200, gone),
        "POST /templates/{id}/clone" => (Anyone, Some(json!({})), 201, gone),
        "POST /templates/{id}/preview" => (Anyone, Some(json!({})), 200, gone),
        "POST /exports" => (Anyone, Some(json!({"definition": definition, "format": "csv"})), 202, dataset),
        // One's own, which these are not.
        "GET /exports/{id}"
        | "DELETE /exports/{id}"
        | "GET /exports/{id}/download"
        | "POST /exports/{id}/cancel"
        | "POST /exports/{id}/retry" => (Anyone, None, 404, export),
        "GET /schedules" | "GET /webhooks" => (Organizer, None, 200, None),
        "POST /schedules" => {
            let schedule = json!({"name": "x", "templateId": uuid::Uuid::nil(), "format": "csv", "cron": "0 8 * * *"});
            (Organizer, Some(schedule), 404, gone)
        }
        "GET /schedules/{id}"
        | "DELETE /schedules/{id}"
        | "GET /schedules/{id}/runs"
        | "POST /schedules/{id}/pause"
        | "POST /schedules/{id}/resume" => (Organizer, None, 200, Some("SCHEDULE_NOT_FOUND")),
        "POST /schedules/{id}/run" => (Organizer, None, 202, Some("SCHEDULE_NOT_FOUND")),
        "PUT /schedules/{id}" => {
            let schedule = json!({"name": "x", "templateId": uuid::Uuid::nil(), "format": "csv", "cron": "0 8 * * *"});
            (Organizer, Some(schedule), 404, Some("SCHEDULE_NOT_FOUND"))
        }
        "GET /shared/{token}" => (Public, None, 404, None),
        "GET /admin/jobs" | "GET /admin/quotas" | "GET /admin/usage" => (Admin, None, 200, None),
        "PUT /admin/quotas" => (Admin, Some(json!({})), 200, None),
        "POST /admin/purge-expired" | "GET /admin/tenants/usage" => (System, None, 200, None),
        _ => return None,
    })
}

/// The operation's path, about something that T1 has.
async fn url(app: &App, path: &str) -> String {
    let organizer = app.user(T1, Role::Organizer).with_plan(Plan::Professional);
    let id = match path.split('/').nth(1).unwrap() {
        "templates" if path.contains('{') => {
            let template = json!({"name": "x", "definition": {"dataset": "sales"}});
            app.post("/templates", &template).by(&organizer).data().await["id"].clone()
        }
        "exports" if path.contains('{') => {
            let export = json!({"definition": {"dataset": "sales"}, "format": "csv"});
            app.post("/exports", &export).by(&organizer).data().await["id"].clone()
        }
        "schedules" if path.contains('{') => {
            // There are at most 50.
            if let Some(schedule) = app.get("/schedules").by(&organizer).data().await.get(0) {
                return path.replace("{id}", schedule["id"].as_str().unwrap());
            }
            let template = json!({"name": "x", "definition": {"dataset": "sales"}});
            let template = app.post("/templates", &template).by(&organizer).data().await;
            let schedule = json!({"name": "x", "templateId": template["id"], "format": "csv", "cron": "0 8 * * *"});
            app.post("/schedules", &schedule).by(&organizer).data().await["id"].clone()
        }
        // There are at most 20 of each.
        "datasets" if path.contains("{id}") => {
            one(app, &organizer, "/datasets/sales/sources", &json!({"name": "x"})).await
        }
        "webhooks" if path.contains("{id}") => {
            let webhook = json!({"url": "https://192.0.43.8/hook", "events": ["export.completed"]});
            one(app, &organizer, "/webhooks", &webhook).await
        }
        _ => Value::Null,
    };
    let path = path.replace("{deliveryId}", &uuid::Uuid::nil().to_string()).replace("{sourceId}", "nonsense");
    path.replace("{name}", "sales").replace("{id}", id.as_str().unwrap_or_default())
}

/// The id of one that is there, or of a new one.
async fn one(app: &App, user: &User, path: &str, body: &Value) -> Value {
    match app.get(path).by(user).data().await.get(0) {
        Some(one) => one["id"].clone(),
        None => app.post(path, body).by(user).data().await["id"].clone(),
    }
}

#[tokio::test]
async fn every_operation_lets_in_whom_it_declares() {
    let app = App::start().await;
    app.sales(T1, &[]).await;
    let of = |role| app.user(T1, role).with_plan(Plan::Professional);
    let callers: [(Least, User); 5] = [
        (Anyone, of(Role::User)),
        (Anyone, of(Role::Partner)),
        (Organizer, of(Role::Organizer)),
        (Admin, of(Role::Admin)),
        (System, of(Role::System)),
    ];
    let foreigner = app.user(T2, Role::Admin).with_plan(Plan::Professional);
    let document = app.get("/openapi.json").send().await.body;
    let mut covered = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let path = path.strip_prefix("/reports/v1").unwrap();
            let name = format!("{} {path}", method.to_uppercase());
            let (least, body, status, foreign) = expected(&name).unwrap_or_else(|| panic!("{name} is not covered"));
            let method: Method = method.to_uppercase().parse().unwrap();
            let call = async || {
                // Each asks for many exports.
                app.advance(jiff::SignedDuration::from_hours(24));
                let call = app.call(method.clone(), &url(&app, path).await);
                if let Some(body) = &body { call.json(body) } else { call }
            };
            covered += 1;
            if least == Public {
                assert_eq!(call().await.send().await.status.as_u16(), status, "{name}");
                continue;
            }
            assert_eq!(call().await.refused().await, refusal(401, "UNAUTHORIZED"), "{name}");
            let named = call().await.by(&foreigner).header("x-tenant-id", &T1.to_string());
            assert_eq!(named.refused().await, refusal(403, "FORBIDDEN"), "{name}");
            if let Some(code) = foreign {
                assert_eq!(call().await.by(&foreigner).refused().await, refusal(404, code), "{name}");
            }
            for (has, caller) in &callers {
                let let_in = match least {
                    Public => true,
                    // Who belongs to no tenant is let into routes that want no role.
                    Anyone => *has != System || path.starts_with("/exports/{id}"),
                    Organizer => matches!(has, Organizer | Admin),
                    Admin => *has == Admin,
                    System => *has == System,
                };
                let answer = call().await.by(caller).send().await;
                let got = answer.status.as_u16();
                let again = name == "POST /datasets" && got == 409;
                let wanted = if let_in { status } else { 403 };
                let is_nobody = *has == System && least == Anyone;
                assert!(
                    got == wanted || again || is_nobody && matches!(got, 200..=202 | 403 | 404),
                    "{name}: {answer:?}"
                );
                assert!(operation["responses"].as_object().unwrap().contains_key(&got.to_string()), "{name}: {got}");
            }
        }
    }
    assert_eq!(covered, 50);
}

#[tokio::test]
async fn the_document_is_reviewed() {
    let app = App::start().await;
    insta::assert_json_snapshot!(app.get("/openapi.json").send().await.body);
}
