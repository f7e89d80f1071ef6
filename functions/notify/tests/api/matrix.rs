//! Who may do what: every operation of the document, as everybody; and the document itself.

use http::Method;
use serde_json::{Value, json};
use shared::auth::Role;

use crate::support::{App, T1, T2, User, refusal};

/// Who is let in; everybody above, too.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Least {
    Public,
    /// Nobody with a token: only the internal key.
    Internal,
    User,
    Organizer,
    Admin,
    /// A user at his own, an organizer at everybody's.
    OwnOrOrganizer,
}

/// What a path's `{id}` is of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Thing {
    None,
    Delivery,
    Device,
    InboxMessage,
    Suppression,
    Template,
}

use Least::{Admin, Internal, Organizer, OwnOrOrganizer, Public, User as Anyone};

/// Who is let in, to what, with which body, and what they get. The test fails on an operation that is not here.
fn expected(operation: &str) -> Option<(Least, Thing, Option<Value>, u16)> {
    let address = || json!({"channel": "email", "contact": "a@example.com"});
    let suppress = || json!({"channel": "email", "contact": "a@example.com", "reason": "manual"});
    Some(match operation {
        "GET /health" => (Public, Thing::None, None, 200),
        "GET /unsubscribe/{token}" | "POST /unsubscribe/{token}" => (Public, Thing::None, None, 404),
        "POST /jobs/dispatch-scheduled"
        | "POST /jobs/flush-digests"
        | "POST /jobs/requeue-stuck"
        | "POST /jobs/purge" => (Internal, Thing::None, None, 200),
        "POST /webhooks/ses" | "POST /webhooks/{provider}" => (Public, Thing::None, Some(json!({})), 401),
        "POST /devices" => (Anyone, Thing::None, Some(json!({"platform": "ios", "token": "0".repeat(64)})), 201),
        "DELETE /devices/{id}" => (Anyone, Thing::Device, None, 200),
        "GET /notifications"
        | "GET /devices"
        | "GET /notifications/unread-count"
        | "POST /notifications/read-all"
        | "GET /deliveries"
        | "GET /metrics"
        | "GET /preferences"
        | "GET /suppressions" => (Anyone, Thing::None, None, 200),
        "POST /notifications/{id}/read" => (Anyone, Thing::InboxMessage, None, 200),
        "PUT /preferences" => (Anyone, Thing::None, Some(json!({})), 200),
        "GET /deliveries/{id}" => (Anyone, Thing::Delivery, None, 200),
        "GET /contacts/{userId}" | "GET /preferences/{userId}" => (OwnOrOrganizer, Thing::None, None, 200),
        "PUT /contacts/{userId}" | "PUT /preferences/{userId}" => (OwnOrOrganizer, Thing::None, Some(json!({})), 200),
        "POST /notifications" => (Organizer, Thing::None, Some(message(&json!({"to": "a@example.com"}))), 202),
        "POST /notifications/bulk" => {
            (Organizer, Thing::None, Some(message(&json!({"recipients": [{"to": "a@example.com"}]}))), 202)
        }
        "POST /attachments" => {
            (Organizer, Thing::None, Some(json!({"name": "a.txt", "contentType": "text/plain", "size": 1})), 201)
        }
        "POST /notifications/test" => (Organizer, Thing::None, Some(message(&json!({}))), 202),
        "POST /suppressions" => (Organizer, Thing::None, Some(suppress()), 201),
        "POST /suppressions/check" => (Organizer, Thing::None, Some(address()), 200),
        "DELETE /suppressions/{id}" => (Admin, Thing::Suppression, None, 200),
        "POST /deliveries/{id}/cancel" => (Admin, Thing::Delivery, None, 200),
        // It waits for its turn: it has not failed, and it cannot be forgotten.
        "POST /deliveries/{id}/retry" | "DELETE /deliveries/{id}" => (Admin, Thing::Delivery, None, 409),
        "GET /templates" => (Organizer, Thing::None, None, 200),
        "POST /templates" => (Organizer, Thing::None, Some(template(FRESH)), 201),
        "GET /templates/{id}" => (Organizer, Thing::Template, None, 200),
        "PUT /templates/{id}" => (Organizer, Thing::Template, Some(template("shared")), 400),
        "POST /templates/{id}/preview" => (Organizer, Thing::Template, Some(json!({})), 200),
        "DELETE /templates/{id}" => (Admin, Thing::Template, None, 200),
        "GET /admin/quotas" | "GET /admin/providers" => (Admin, Thing::None, None, 200),
        "PUT /admin/quotas" => (Admin, Thing::None, Some(json!({"limits": {}})), 200),
        _ => return None,
    })
}

fn message(to: &Value) -> Value {
    let mut message = json!({"channels": ["email"], "content": {"subject": "x", "text": "x"}});
    message.as_object_mut().unwrap().extend(to.as_object().unwrap().clone());
    message
}

fn template(name: &str) -> Value {
    json!({"name": name, "channel": "inapp", "locale": "en", "text": "x"})
}

/// Stands for a name that no other template has.
const FRESH: &str = "fresh";

/// A name that no other template has.
fn fresh_name() -> String {
    format!("t-{}", shared::ids::new(&shared::clock::Clock::system()))
}

/// A new thing of T1; where it is somebody's, of `owner`.
async fn make(app: &App, thing: Thing, organizer: &User, owner: &User) -> String {
    let id = match thing {
        Thing::None => return String::new(),
        Thing::Suppression => {
            let body = json!({"channel": "email", "contact": "b@example.com", "reason": "manual"});
            app.post("/suppressions", &body).by(organizer).data().await["id"].clone()
        }
        Thing::Device => {
            let body = json!({"platform": "android", "token": fresh_name()});
            app.post("/devices", &body).by(owner).data().await["id"].clone()
        }
        Thing::Template => app.post("/templates", &template(&fresh_name())).by(organizer).data().await["id"].clone(),
        Thing::Delivery | Thing::InboxMessage => {
            let mut body = json!({"userId": owner.id, "channels": ["inapp"], "content": {"text": "x"}});
            if thing == Thing::Delivery {
                body["scheduledAt"] = json!(app.now() + jiff::SignedDuration::from_hours(1));
            }
            let accepted = app.post("/notifications", &body).by(organizer).data().await;
            app.work().await;
            accepted["deliveries"][0]["id"].clone()
        }
    };
    id.as_str().unwrap().to_owned()
}

#[tokio::test]
async fn every_operation_lets_in_whom_it_declares() {
    let app = App::start().await;
    let member = app.user(T1, Role::User).await;
    let organizer = app.user(T1, Role::Organizer).await;
    let callers = [
        (Anyone, app.user(T1, Role::User).await),
        (Anyone, app.user(T1, Role::Partner).await),
        (Organizer, organizer.clone()),
        (Admin, app.user(T1, Role::Admin).await),
    ];
    let foreigner = app.user(T2, Role::Admin).await;
    let document = app.get("/openapi.json").send().await.body;
    let mut covered = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let path = path.strip_prefix("/notify/v1").unwrap();
            let name = format!("{} {path}", method.to_uppercase());
            let (least, thing, body, status) = expected(&name).unwrap_or_else(|| panic!("{name} is not covered"));
            let method: Method = method.to_uppercase().parse().unwrap();
            let call = async |owner: &User| {
                let id = make(&app, thing, &organizer, owner).await;
                let url = path.replace("{userId}", &member.id.to_string()).replace("{id}", &id);
                let call = app.call(method.clone(), &url);
                let body = body.clone().map(|mut body| {
                    if body["name"] == FRESH {
                        body["name"] = json!(fresh_name());
                    }
                    body
                });
                if let Some(body) = body { call.json(&body) } else { call }
            };
            if least == Public {
                assert_eq!(call(&member).await.send().await.status.as_u16(), status, "{name}");
            } else if least == Internal {
                for (_, caller) in &callers {
                    assert_eq!(call(caller).await.by(caller).refused().await, refusal(401, "UNAUTHORIZED"), "{name}");
                }
                let keyed = async |key: &str| call(&member).await.header("x-internal-api-key", key).send().await.status;
                assert_eq!(keyed(&"x".repeat(64)).await, 401, "{name}");
                assert_eq!(keyed(&app.internal_key()).await.as_u16(), status, "{name}");
            } else {
                assert_eq!(call(&member).await.refused().await, refusal(401, "UNAUTHORIZED"), "{name}");
                let foreign = call(&member).await.by(&foreigner).header("x-tenant-id", &T1.to_string());
                assert_eq!(foreign.refused().await, refusal(403, "FORBIDDEN"), "{name}");
                if path.contains('{') {
                    let foreign = call(&member).await.by(&foreigner);
                    assert_eq!(foreign.refused().await, refusal(404, "NOT_FOUND"), "{name}");
                }
                for (has, caller) in &callers {
                    let let_in = match least {
                        Public | Internal | Anyone => true,
                        Organizer | OwnOrOrganizer => *has != Anyone,
                        Admin => *has == Admin,
                    };
                    let got = call(caller).await.by(caller).send().await.status.as_u16();
                    assert_eq!(got, if let_in { status } else { 403 }, "{name}");
                    let documented = operation["responses"].as_object().unwrap();
                    assert!(documented.contains_key(&got.to_string()), "{name}: {got}");
                }
            }
            covered += 1;
        }
    }
    assert_eq!(covered, 45);
}

#[tokio::test]
async fn what_is_anothers_own_is_not_there() {
    let app = App::start().await;
    let (ada, bob) = (app.user(T1, Role::User).await, app.user(T1, Role::User).await);
    let organizer = app.user(T1, Role::Organizer).await;
    let delivery = make(&app, Thing::Delivery, &organizer, &ada).await;
    assert_eq!(app.get(&format!("/deliveries/{delivery}")).by(&bob).refused().await, refusal(404, "NOT_FOUND"));
    let message = make(&app, Thing::InboxMessage, &organizer, &ada).await;
    let path = format!("/notifications/{message}/read");
    for caller in [&bob, &organizer] {
        assert_eq!(app.call(Method::POST, &path).by(caller).refused().await, refusal(404, "NOT_FOUND"));
    }
    assert_eq!(app.get("/deliveries").by(&bob).data().await, json!([]));
    let of_ada = format!("/deliveries?userId={}", ada.id);
    assert_eq!(app.get(&of_ada).by(&bob).data().await, json!([]));
    assert_eq!(app.get(&of_ada).by(&organizer).data().await.as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn the_document_is_reviewed() {
    let app = App::start().await;
    insta::assert_json_snapshot!(app.get("/openapi.json").send().await.body);
}
