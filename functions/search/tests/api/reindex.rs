//! Making an index anew, merging its segments, and forgetting what is left behind.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use serde_json::{Value, json};
use shared::auth::Role;

use crate::support::{App, T1, refusal, titled};

async fn objects(app: &App) -> BTreeSet<String> {
    let s3 = aws_sdk_s3::Client::from_conf(aws_sdk_s3::config::Builder::from(&app.sdk).force_path_style(true).build());
    let listed = s3.list_objects_v2().bucket(app.variable("INDEX_BUCKET")).send().await.unwrap();
    listed.contents.unwrap_or_default().into_iter().filter_map(|object| object.key).collect()
}

#[tokio::test]
async fn the_new_index_takes_the_place_of_the_old_one_at_once() {
    let app = App::start().await;
    let admin = app.user(T1, Role::Admin);
    let documents: Vec<Value> = (0..30).map(|id| titled(&id.to_string(), "Jazz concert")).collect();
    app.store(T1, &documents).await;
    app.store(T1, &[titled("0", "Techno night")]).await;
    let accepted = app.call(http::Method::POST, "/admin/reindex").by(&admin).data().await;
    let again = app.call(http::Method::POST, "/admin/reindex").by(&admin).refused().await;
    assert_eq!(again, refusal(409, "CONFLICT"));
    assert_eq!(app.find(T1, "jazz").await.len(), 29, "the old one is searched meanwhile");
    assert_eq!(app.get("/admin/stats").by(&admin).data().await["reindexing"], accepted["task_id"]);
    assert_eq!(app.work().await, 0);
    let task = app.get(&format!("/tasks/{}", accepted["task_id"].as_str().unwrap())).by(&admin).data().await;
    assert_eq!((&task["kind"], &task["status"], &task["processed"]), (&json!("reindex"), &json!("done"), &json!(30)));
    let stats = app.get("/admin/stats").by(&admin).data().await;
    assert_eq!((&stats["documents"], &stats["segments"], &stats["reindexing"]), (&json!(30), &json!(1), &Value::Null));
    assert_eq!(app.find(T1, "jazz").await.len(), 29);
    assert_eq!(app.find(T1, "techno").await, ["0"]);
}

#[tokio::test]
async fn segments_are_merged_and_garbage_goes_after_an_hour() {
    let app = App::start().await;
    let admin = app.user(T1, Role::Admin);
    for id in 0..9 {
        app.store(T1, &[titled(&id.to_string(), &format!("Jazz number{id}"))]).await;
    }
    app.delete("/documents/event/8").by(&admin).data().await;
    app.work().await;
    let before = app.get("/admin/stats").by(&admin).data().await;
    assert!(before["segments"].as_u64().unwrap() >= 8, "{before}");
    assert!(app.timer("maintain").await);
    assert_eq!(app.work().await, 0);
    let after = app.get("/admin/stats").by(&admin).data().await;
    assert_eq!((&after["segments"], &after["documents"]), (&json!(1), &json!(8)));
    assert_eq!(app.find(T1, "jazz").await.len(), 8);
    assert_eq!(app.find(T1, "number3").await[0], "3");
    assert!(objects(&app).await.len() > 1, "somebody may still read the old ones");
    app.advance(SignedDuration::from_mins(61));
    assert!(app.timer("maintain").await);
    assert_eq!(app.work().await, 0);
    assert_eq!(objects(&app).await.len(), 1);
    assert_eq!(app.find(T1, "jazz").await.len(), 8);
    // And then there is nothing to do any more.
    assert!(app.timer("maintain").await);
    assert_eq!(app.work().await, 0);
}

#[tokio::test]
async fn many_small_writes_do_not_wait_for_the_timer() {
    let app = App::start().await;
    for id in 0..30 {
        app.store(T1, &[titled(&id.to_string(), "Jazz")]).await;
    }
    let stats = app.get("/admin/stats").by(&app.user(T1, Role::Admin)).data().await;
    assert!(stats["segments"].as_u64().unwrap() < 24, "{stats}");
    assert_eq!(app.find(T1, "jazz").await.len(), 30);
}

#[tokio::test]
async fn an_index_whose_segments_are_lost_is_made_anew_by_the_next_write() {
    let mut app = App::start().await;
    let organizer = app.user(T1, Role::Organizer);
    app.store(T1, &(0..5).map(|id| titled(&id.to_string(), "Jazz")).collect::<Vec<_>>()).await;
    let s3 = aws_sdk_s3::Client::from_conf(aws_sdk_s3::config::Builder::from(&app.sdk).force_path_style(true).build());
    for key in objects(&app).await {
        s3.delete_object().bucket(app.variable("INDEX_BUCKET")).key(key).send().await.unwrap();
    }
    app.restart().await;
    let search = app.post("/search", &json!({"query": "jazz"})).by(&organizer).refused().await;
    assert_eq!(search, refusal(503, "INDEX_UNAVAILABLE"));
    app.put("/documents", &json!({"documents": [titled("5", "Jazz")]})).by(&organizer).data().await;
    assert_eq!(app.work().await, 0);
    assert_eq!(app.find(T1, "jazz").await.len(), 6);
}
