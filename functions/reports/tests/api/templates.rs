//! Templates and their versions.

use serde_json::{Value, json};
use shared::auth::Role;

use crate::support::{App, T1, T2, User, refusal};

fn body(name: &str) -> Value {
    json!({"name": name, "definition": {"dataset": "searches", "columns": [{"name": "query"}]}})
}

async fn create(app: &App, user: &User, body: &Value) -> String {
    // They are listed in the order of time.
    app.advance(jiff::SignedDuration::from_millis(1));
    app.post("/templates", body).by(user).data().await["id"].as_str().unwrap().to_owned()
}

async fn listed(app: &App, user: &User, path: &str) -> Vec<String> {
    let all = app.get(path).by(user).data().await;
    all.as_array().unwrap().iter().map(|template| template["name"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn organizers_make_them_for_all_and_users_for_themselves() {
    let app = App::start().await;
    let (ada, bob, organizer) = (app.user(T1, Role::User), app.user(T1, Role::User), app.user(T1, Role::Organizer));
    let of_tenant = create(&app, &organizer, &body("all")).await;
    let own = create(&app, &ada, &body("hers")).await;
    let mut private = body("secret");
    private["visibility"] = json!("private");
    create(&app, &organizer, &private).await;
    let mut forbidden = body("x");
    forbidden["visibility"] = json!("tenant");
    assert_eq!(app.post("/templates", &forbidden).by(&ada).refused().await, refusal(403, "FORBIDDEN"));
    assert_eq!(listed(&app, &ada, "/templates").await, ["all", "hers"]);
    assert_eq!(listed(&app, &bob, "/templates").await, ["all"]);
    assert_eq!(listed(&app, &organizer, "/templates").await, ["all", "secret"]);
    assert!(listed(&app, &app.user(T2, Role::Admin), "/templates").await.is_empty());
    let hers = format!("/templates/{own}");
    assert_eq!(app.get(&hers).by(&bob).refused().await, refusal(404, "TEMPLATE_NOT_FOUND"));
    assert_eq!(app.put(&hers, &body("x")).by(&organizer).refused().await, refusal(404, "TEMPLATE_NOT_FOUND"));
    let all = format!("/templates/{of_tenant}");
    assert_eq!(app.put(&all, &body("x")).by(&ada).refused().await, refusal(403, "FORBIDDEN"));
    assert_eq!(app.delete(&all).by(&ada).refused().await, refusal(403, "FORBIDDEN"));
    app.put(&all, &body("changed")).by(&app.user(T1, Role::Organizer)).data().await;
}

#[tokio::test]
async fn versions_stay_and_an_export_keeps_its_own() {
    let app = App::start().await;
    let organizer = app.user(T1, Role::Organizer);
    app.searched(T1, organizer.id, &[("jazz", 3)]).await;
    let id = create(&app, &organizer, &body("queries")).await;
    let export = async |version: Option<u32>| {
        let body = json!({"templateId": id, "version": version, "format": "csv"});
        app.post("/exports", &body).by(&organizer).data().await
    };
    let before = export(None).await;
    let changed = json!({"name": "results", "definition": {"dataset": "searches", "columns": [{"name": "results"}]}});
    let path = format!("/templates/{id}");
    assert_eq!(app.put(&path, &changed).by(&organizer).data().await["version"], 2);
    let (after, old) = (export(None).await, export(Some(1)).await);
    assert_eq!(app.work().await, 0);
    for (export, version, file) in
        [(before, 1, "query\r\njazz\r\n"), (after, 2, "results\r\n3\r\n"), (old, 1, "query\r\njazz\r\n")]
    {
        let export = app.get(&format!("/exports/{}", export["id"].as_str().unwrap())).by(&organizer).data().await;
        assert_eq!(export["template"], json!({"id": id, "version": version}));
        assert_eq!(app.file(&organizer, &export).await, file);
    }
    let first = app.get(&format!("{path}?version=1")).by(&organizer).data().await;
    assert_eq!(first["definition"]["columns"], json!([{"name": "query"}]));
    assert_eq!(
        app.get(&format!("{path}?version=3")).by(&organizer).refused().await,
        refusal(404, "TEMPLATE_NOT_FOUND")
    );
    let none = json!({"templateId": id, "version": 9, "format": "csv"});
    assert_eq!(app.post("/exports", &none).by(&organizer).refused().await, refusal(404, "TEMPLATE_NOT_FOUND"));
}

#[tokio::test]
async fn copies_are_ones_own_and_archived_ones_are_not_used() {
    let app = App::start().await;
    let (ada, organizer) = (app.user(T1, Role::User), app.user(T1, Role::Organizer));
    let id = create(&app, &organizer, &body("original")).await;
    let path = format!("/templates/{id}");
    let copy = app.post(&format!("{path}/clone"), &json!({"name": "copy"})).by(&ada).data().await;
    assert_eq!(
        (copy["name"].as_str(), copy["visibility"].as_str(), copy["version"].as_u64()),
        (Some("copy"), Some("private"), Some(1))
    );
    assert_eq!(copy["definition"], app.get(&path).by(&ada).data().await["definition"]);
    app.delete(&path).by(&organizer).data().await;
    let again = app.delete(&path).by(&organizer).data().await;
    assert!(again["archivedAt"].is_string());
    assert_eq!(listed(&app, &organizer, "/templates").await, Vec::<String>::new());
    assert_eq!(listed(&app, &organizer, "/templates?archived=true").await, ["original"]);
    let export = json!({"templateId": id, "format": "csv"});
    assert_eq!(app.post("/exports", &export).by(&organizer).refused().await, refusal(409, "TEMPLATE_ARCHIVED"));
    assert_eq!(app.put(&path, &body("x")).by(&organizer).refused().await, refusal(409, "TEMPLATE_ARCHIVED"));
}

#[tokio::test]
async fn a_template_that_cannot_be_carried_out_is_refused() {
    let app = App::start().await;
    let organizer = app.user(T1, Role::Organizer);
    let wrong = json!({"name": "x", "definition": {"dataset": "searches", "columns": [{"name": "nothing"}]}});
    let refused = app.post("/templates", &wrong).by(&organizer).send().await;
    assert_eq!(refused.body["error"]["code"], "ERR_REPORTS_INVALID_TEMPLATE");
    assert_eq!(refused.body["error"]["message"], "The definition cannot be used: searches has no column nothing.");
    // Parameters have no values yet.
    let asks = json!({"name": "x", "definition": {"dataset": "searches", "parameters": [{"name": "n", "type": "integer", "required": true}],
        "filters": [{"column": "results", "operator": "gt", "value": "{{n}}"}]}});
    create(&app, &organizer, &asks).await;
}

#[tokio::test]
async fn nobody_takes_all_templates_of_the_tenant() {
    let app = App::start().await;
    let (ada, organizer) = (app.user(T1, Role::User), app.user(T1, Role::Organizer));
    let mut last = String::new();
    for _ in 0..100 {
        last = create(&app, &ada, &body("x")).await;
    }
    assert_eq!(app.post("/templates", &body("x")).by(&ada).refused().await, refusal(429, "QUOTA_EXCEEDED"));
    create(&app, &organizer, &body("x")).await;
    app.delete(&format!("/templates/{last}")).by(&ada).data().await;
    assert_eq!(
        app.post("/templates", &body("x")).by(&ada).refused().await,
        refusal(429, "QUOTA_EXCEEDED"),
        "it is kept"
    );
    app.delete(&format!("/templates/{last}?forever=true")).by(&ada).data().await;
    assert_eq!(app.get(&format!("/templates/{last}")).by(&ada).refused().await, refusal(404, "TEMPLATE_NOT_FOUND"));
    create(&app, &ada, &body("x")).await;
}
