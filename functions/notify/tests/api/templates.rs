//! Templates: what they may hold, their versions, and which variant a recipient gets.

use serde_json::{Value, json};
use shared::auth::Role;

use crate::support::{App, T1, T2, User, refusal};

fn template(channel: &str, locale: &str, text: &str) -> Value {
    json!({
        "name": "welcome", "channel": channel, "locale": locale, "subject": format!("{locale} {{{{name}}}}"), "text": text,
        "variables": [{"name": "name", "type": "string", "required": true}, {"name": "count", "type": "number", "required": false, "default": 3}],
    })
}

async fn create(app: &App, organizer: &User, body: &Value) -> String {
    app.post("/templates", body).by(organizer).data().await["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_recipient_gets_the_variant_of_channel_and_language() {
    let app = App::start().await;
    let (ada, organizer) = (app.user(T1, Role::User).await, app.user(T1, Role::Organizer).await);
    let english = create(&app, &organizer, &template("email", "en", "en {{name}} {{count}}")).await;
    create(&app, &organizer, &template("email", "de", "de {{name}} {{count}}")).await;
    create(&app, &organizer, &template("inapp", "en", "inapp {{name}}")).await;
    let send = |to: Value, channels: Value| {
        let mut body = json!({"channels": channels, "templateId": english, "variables": {"name": "Ada"}});
        body.as_object_mut().unwrap().extend(to.as_object().unwrap().clone());
        app.post("/notifications", &body).by(&organizer)
    };
    // She reads de-AT.
    send(json!({"userId": ada.id}), json!(["email", "inapp"])).data().await;
    send(json!({"to": "a@example.com"}), json!(["email"])).data().await;
    app.work().await;
    let mut mails: Vec<String> =
        app.aws.mailbox().await.unwrap().into_iter().map(|mail| mail.text.unwrap().trim_end().to_owned()).collect();
    mails.sort();
    assert_eq!(mails, ["de Ada 3", "en Ada 3"]);
    assert_eq!(app.get("/notifications").by(&ada).data().await[0]["text"], "inapp Ada");
    let none = send(json!({"userId": ada.id}), json!(["email"]));
    assert_eq!(none.send().await.status, 202);
    let body = json!({"channels": ["email"], "templateId": english, "to": "a@example.com", "variables": {}});
    let missing = app.post("/notifications", &body).by(&organizer).send().await;
    assert_eq!(missing.body["error"]["code"], "ERR_NOTIFY_MISSING_TEMPLATE_VARIABLES");
    assert_eq!(missing.body["error"]["details"], json!({"missing": ["name"]}));
    let foreign = app.user(T2, Role::Organizer).await;
    assert_eq!(app.post("/notifications", &body).by(&foreign).refused().await, refusal(400, "INVALID_TEMPLATE"));
}

#[tokio::test]
async fn a_delivery_keeps_the_version_it_was_made_with() {
    let app = App::start().await;
    let (organizer, admin) = (app.user(T1, Role::Organizer).await, app.user(T1, Role::Admin).await);
    let id = create(&app, &organizer, &template("email", "en", "first {{name}}")).await;
    let body = json!({"channels": ["email"], "templateId": id, "to": "a@example.com", "variables": {"name": "Ada"}});
    let accepted = app.post("/notifications", &body).by(&organizer).data().await;
    let path = format!("/templates/{id}");
    let second = app.put(&path, &template("email", "en", "second {{name}}")).by(&organizer).data().await;
    assert_eq!((&second["version"], &second["text"]), (&json!(2), &json!("second {{name}}")));
    app.post("/notifications", &body).by(&organizer).data().await;
    let delivery = app.delivery(&organizer, &accepted["deliveries"][0]["id"]).await;
    assert_eq!(delivery["template"], json!({"id": id, "version": 1}));
    // Even when the template is gone.
    app.delete(&path).by(&admin).data().await;
    app.work().await;
    let mut mails: Vec<String> =
        app.aws.mailbox().await.unwrap().into_iter().map(|mail| mail.text.unwrap().trim_end().to_owned()).collect();
    mails.sort();
    assert_eq!(mails, ["first Ada", "second Ada"]);
    assert_eq!(app.get(&path).by(&organizer).refused().await, refusal(404, "NOT_FOUND"));
    // Its name is free again.
    create(&app, &organizer, &template("email", "en", "third")).await;
}

#[tokio::test]
async fn versions_can_be_read_and_previewed() {
    let app = App::start().await;
    let organizer = app.user(T1, Role::Organizer).await;
    let id = create(&app, &organizer, &template("email", "en", "first {{name}}")).await;
    let path = format!("/templates/{id}");
    app.put(&path, &template("email", "en", "second {{name}}")).by(&organizer).data().await;
    assert_eq!(app.get(&format!("{path}?version=1")).by(&organizer).data().await["text"], "first {{name}}");
    assert_eq!(app.get(&format!("{path}?version=3")).by(&organizer).refused().await, refusal(404, "NOT_FOUND"));
    let preview = |body: Value| app.post(&format!("{path}/preview"), &body).by(&organizer);
    let shown = preview(json!({"variables": {"name": "<A>"}})).data().await;
    assert_eq!(shown, json!({"subject": "en <A>", "text": "second <A>"}));
    let first = preview(json!({"variables": {"name": "A"}, "version": 1})).data().await;
    assert_eq!(first["text"], "first A");
    assert_eq!(preview(json!({})).refused().await, refusal(400, "MISSING_TEMPLATE_VARIABLES"));
    assert_eq!(preview(json!({"variables": {"name": 1}})).refused().await, refusal(400, "VALIDATION_FAILED"));
    let sneaky = preview(json!({"variables": {"name": "x\r\ny"}}));
    assert_eq!(sneaky.refused().await, refusal(400, "TEMPLATE_RENDERING_FAILED"));
}

#[tokio::test]
async fn what_is_no_template_is_refused() {
    let app = App::start().await;
    let organizer = app.user(T1, Role::Organizer).await;
    let with = |change: Value| {
        let mut body = template("email", "en", "x");
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        body
    };
    for (change, code) in [
        (json!({"text": "{{> x}}"}), "INVALID_TEMPLATE"),
        (json!({"text": "{{undeclared}}"}), "INVALID_TEMPLATE"),
        (json!({"html": "{{{name}}}"}), "INVALID_TEMPLATE"),
        (json!({"text": "x".repeat(70_000)}), "INVALID_TEMPLATE"),
        (json!({"subject": null}), "INVALID_TEMPLATE"),
        (json!({"name": "Not A Name"}), "VALIDATION_FAILED"),
        (json!({"locale": "x"}), "VALIDATION_FAILED"),
        (json!({"channel": "fax"}), "VALIDATION_FAILED"),
        (
            json!({"variables": [{"name": "a", "type": "number", "required": false, "default": "x"}]}),
            "VALIDATION_FAILED",
        ),
        (
            json!({"variables": [{"name": "a", "type": "string", "required": false}, {"name": "a", "type": "string", "required": false}]}),
            "VALIDATION_FAILED",
        ),
        (
            json!({"variables": [{"name": "a", "type": "list", "required": false, "default": vec![0; 201]}]}),
            "VALIDATION_FAILED",
        ),
        (
            json!({"variables": [{"name": "a", "type": "string", "required": false, "default": "x".repeat(70_000)}]}),
            "VALIDATION_FAILED",
        ),
        (json!({"unknown": 1}), "VALIDATION_FAILED"),
    ] {
        let got = app.post("/templates", &with(change.clone())).by(&organizer).refused().await;
        assert_eq!(got, refusal(400, code), "{change}");
    }
    let id = create(&app, &organizer, &with(json!({}))).await;
    assert_eq!(app.post("/templates", &with(json!({}))).by(&organizer).refused().await, refusal(409, "CONFLICT"));
    let moved = app.put(&format!("/templates/{id}"), &with(json!({"name": "other"}))).by(&organizer);
    assert_eq!(moved.refused().await, refusal(400, "VALIDATION_FAILED"));
}

#[tokio::test]
async fn templates_are_listed_by_name_in_pages() {
    let app = App::start().await;
    let organizer = app.user(T1, Role::Organizer).await;
    for name in ["c", "a", "b"] {
        let mut body = template("email", "en", "x");
        body["name"] = json!(name);
        create(&app, &organizer, &body).await;
    }
    let first = app.get("/templates?limit=2").by(&organizer).send().await.body;
    let names =
        |body: &Value| body["data"].as_array().unwrap().iter().map(|row| row["name"].clone()).collect::<Vec<_>>();
    assert_eq!(names(&first), ["a", "b"]);
    let cursor = first["page"]["next_cursor"].as_str().unwrap();
    let rest = app.get(&format!("/templates?cursor={cursor}")).by(&organizer).send().await.body;
    assert_eq!(names(&rest), ["c"]);
    let other = app.user(T2, Role::Organizer).await;
    assert_eq!(app.get("/templates").by(&other).data().await, json!([]));
    let stolen = app.get(&format!("/templates?cursor={cursor}")).by(&other);
    assert_eq!(stolen.refused().await, refusal(400, "INVALID_CURSOR"));
}
