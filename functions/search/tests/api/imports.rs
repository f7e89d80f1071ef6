//! Large imports by an uploaded file.

use jiff::SignedDuration;
use serde_json::{Value, json};
use shared::auth::Role;

use crate::support::{App, T1, T2, User, refusal};

pub fn line(id: usize, title: &str) -> String {
    format!("{}\n", json!({"id": id.to_string(), "entity_type": "venue", "title": title}))
}

/// Announces a file and uploads it.
pub async fn upload(app: &App, organizer: &User, file: &str) -> String {
    let created = app.post("/imports", &json!({"bytes": file.len()})).by(organizer).data().await;
    let client = shared::client::http_client(std::time::Duration::from_secs(20)).unwrap();
    let mut put = client.put(created["upload"]["url"].as_str().unwrap()).body(file.to_owned());
    for (name, value) in created["upload"]["headers"].as_object().unwrap() {
        put = put.header(name, value.as_str().unwrap());
    }
    let answer = put.send().await.unwrap();
    assert_eq!(answer.status(), 200, "{}", answer.text().await.unwrap());
    created["id"].as_str().unwrap().to_owned()
}

pub async fn shown(app: &App, organizer: &User, id: &str) -> Value {
    app.get(&format!("/imports/{id}")).by(organizer).data().await
}

/// Lets the next look at the file come.
pub async fn wait(app: &App) {
    app.advance(SignedDuration::from_secs(3));
    app.work().await;
}

#[tokio::test]
async fn a_file_is_imported_and_names_the_lines_that_are_no_documents() {
    let app = App::start().await;
    let organizer = app.user(T1, Role::Organizer);
    let mut file: String = (0..3000).map(|id| line(id, &format!("Hall number{id}"))).collect();
    file.push_str("no json\n\n");
    file.push_str(&line(1, ""));
    file.push_str(line(5000, "The last hall").trim_end());
    let id = upload(&app, &organizer, &file).await;
    assert_eq!(shown(&app, &organizer, &id).await["status"], "queued");
    wait(&app).await;
    let done = shown(&app, &organizer, &id).await;
    assert_eq!(
        (&done["status"], &done["documents"], &done["failed"]),
        (&json!("done"), &json!(3001), &json!(2)),
        "{done}"
    );
    assert_eq!((&done["failures"][0]["line"], &done["failures"][1]["line"]), (&json!(3001), &json!(3003)));
    assert_eq!(
        (&done["bytes"], &done["bytes_read"], &done["kind"]),
        (&json!(file.len()), &json!(file.len()), &json!("import"))
    );
    assert_eq!(app.find(T1, "number2999").await[0], "2999");
    assert_eq!(app.find(T1, "\"last hall\"").await, ["5000"]);
    let task = app.get(&format!("/tasks/{id}")).by(&organizer).data().await;
    assert_eq!((&task["status"], task["index_version"].is_u64()), (&json!("done"), true));
    let foreigner = app.user(T2, Role::Admin);
    assert_eq!(app.get(&format!("/imports/{id}")).by(&foreigner).refused().await, refusal(404, "NOT_FOUND"));
}

#[tokio::test]
async fn it_waits_for_its_file_and_not_for_ever() {
    let app = App::start().await;
    let organizer = app.user(T1, Role::Organizer);
    let created = app.post("/imports", &json!({"bytes": 10})).by(&organizer).data().await;
    let id = created["id"].as_str().unwrap();
    wait(&app).await;
    assert_eq!(shown(&app, &organizer, id).await["status"], "queued");
    app.advance(SignedDuration::from_mins(11));
    wait(&app).await;
    let failed = shown(&app, &organizer, id).await;
    assert_eq!((&failed["status"], &failed["reason"]), (&json!("failed"), &json!("the file was not uploaded")));
    for bytes in [json!(0), json!(2_147_483_649_u64), json!("x")] {
        let refused = app.post("/imports", &json!({"bytes": bytes})).by(&organizer).refused().await;
        assert_eq!(refused, refusal(400, "VALIDATION_FAILED"));
    }
    let again = async || {
        app.post("/imports", &json!({"bytes": 1})).by(&organizer).header("idempotency-key", "k").refused().await
    };
    assert_eq!(again().await.0, 202);
    assert_eq!(again().await, refusal(409, "IDEMPOTENCY_RESULT_NOT_STORED"));
}

#[tokio::test]
async fn a_worker_that_dies_loses_no_line() {
    let app = App::start().await;
    let organizer = app.user(T1, Role::Organizer);
    let long = "x".repeat(2000);
    let file: String = (0..4500)
        .map(|id| line(id, "Hall").replace("\"title\"", &format!("\"description\":\"{long}\",\"title\"")))
        .collect();
    let id = upload(&app, &organizer, &file).await;
    for round in 0..8 {
        app.advance(SignedDuration::from_secs(800));
        app.timer("outbox").await;
        app.timer("wake").await;
        let _ = tokio::time::timeout(std::time::Duration::from_millis(60 * round), app.work()).await;
    }
    for _ in 0..5 {
        app.advance(SignedDuration::from_secs(800));
        app.timer("outbox").await;
        app.timer("wake").await;
        app.work().await;
    }
    let done = shown(&app, &organizer, &id).await;
    assert_eq!((&done["status"], &done["documents"]), (&json!("done"), &json!(4500)), "{done}");
    let stats = app.get("/admin/stats").by(&app.user(T1, Role::Admin)).data().await;
    assert_eq!((&stats["documents"], &stats["waiting"]), (&json!(4500), &json!(0)));
}
