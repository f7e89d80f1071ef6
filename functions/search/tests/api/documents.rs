//! Documents and their tasks.

use serde_json::json;
use shared::auth::Role;

use crate::support::{App, T1, T2, event_with, refusal, titled};

#[tokio::test]
async fn a_document_is_there_at_once_and_found_when_its_task_is_done() {
    let app = App::start().await;
    let organizer = app.user(T1, Role::Organizer);
    let document =
        event_with("a/1 ü", "Jazz night", &json!({"tags": ["live"], "rating": 4.5, "attributes": {"n": 1, "m": 1.5}}));
    let body = json!({"documents": [document]});
    let accepted = app.put("/documents", &body).by(&organizer).send().await;
    assert_eq!((accepted.status.as_u16(), &accepted.body["data"]["status"]), (202, &json!("queued")));
    let path = "/documents/event/a%2F1%20%C3%BC";
    let stored = app.get(path).by(&organizer).data().await;
    assert_eq!(stored["attributes"], json!({"n": 1, "m": 1.5}), "numbers as they were written");
    assert_eq!(stored["title"], "Jazz night");
    assert!(app.find(T1, "jazz").await.is_empty());
    let task = format!("/tasks/{}", accepted.body["data"]["task_id"].as_str().unwrap());
    let queued = app.get(&task).by(&organizer).data().await;
    assert_eq!((&queued["status"], &queued["documents"]), (&json!("queued"), &json!(1)));
    assert_eq!(app.work().await, 0);
    let done = app.get(&task).by(&organizer).data().await;
    assert_eq!((&done["status"], &done["processed"], &done["failed"]), (&json!("done"), &json!(1), &json!(0)));
    assert_eq!(app.find(T1, "jazz").await, ["a/1 ü"]);
    // Another tenant's document and task are not there.
    let foreigner = app.user(T2, Role::Admin);
    for path in [path, &task] {
        assert_eq!(app.get(path).by(&foreigner).refused().await, refusal(404, "NOT_FOUND"));
    }
    assert_eq!(app.delete(path).by(&foreigner).refused().await, refusal(404, "NOT_FOUND"));
}

#[tokio::test]
async fn a_document_is_replaced_as_a_whole_and_deleted() {
    let app = App::start().await;
    let organizer = app.user(T1, Role::Organizer);
    app.store(T1, &[event_with("1", "Jazz night", &json!({"city": "Graz"})), titled("2", "Jazz matinee")]).await;
    app.store(T1, &[titled("1", "Techno marathon")]).await;
    assert_eq!(app.find(T1, "jazz").await, ["2"]);
    assert_eq!(app.find(T1, "techno").await, ["1"]);
    assert!(app.find(T1, "graz").await.is_empty());
    assert_eq!(app.delete("/documents/event/1").by(&organizer).send().await.status.as_u16(), 202);
    assert_eq!(app.get("/documents/event/1").by(&organizer).refused().await, refusal(404, "NOT_FOUND"));
    app.work().await;
    assert!(app.find(T1, "techno").await.is_empty());
    assert_eq!(app.delete("/documents/event/1").by(&organizer).refused().await, refusal(404, "NOT_FOUND"));
    let stats = app.get("/admin/stats").by(&app.user(T1, Role::Admin)).data().await;
    assert_eq!((&stats["documents"], &stats["waiting"], &stats["version"]), (&json!(1), &json!(0), &json!(3)));
}

#[tokio::test]
async fn of_the_same_id_twice_the_last_one_counts_and_types_are_apart() {
    let app = App::start().await;
    let artist = json!({"id": "1", "entity_type": "artist", "title": "Jazz trio"});
    app.store(T1, &[titled("1", "Jazz first"), artist, titled("1", "Jazz last")]).await;
    let user = app.user(T1, Role::User);
    let found = app.post("/search", &json!({"query": "jazz", "use_semantic": false})).by(&user).data().await;
    assert_eq!(found["total"], 2);
    assert_eq!(app.get("/documents/event/1").by(&user).data().await["title"], "Jazz last");
    assert_eq!(app.get("/documents/artist/1").by(&user).data().await["title"], "Jazz trio");
    assert_eq!(app.get("/documents/film/1").by(&user).refused().await, refusal(404, "NOT_FOUND"));
}

#[tokio::test]
async fn bad_documents_are_refused_as_a_whole() {
    let app = App::start().await;
    let organizer = app.user(T1, Role::Organizer);
    let bodies = [
        json!({"documents": []}),
        json!({"documents": [titled("1", "fine"), titled("2", "")]}),
        json!({"documents": [event_with("1", "x", &json!({"more": 1}))]}),
        json!({"documents": [{"id": "1", "title": "x"}]}),
        json!({"documents": vec![titled("1", "x"); 1001]}),
    ];
    for body in bodies {
        let refused = app.put("/documents", &body).by(&organizer).refused().await;
        assert_eq!(refused, refusal(400, "VALIDATION_FAILED"));
    }
    let wrong = json!({"documents": [titled("1", "fine"), event_with("2", "x", &json!({"rating": 9}))]});
    let answer = app.put("/documents", &wrong).by(&organizer).send().await;
    assert_eq!(answer.body["error"]["details"][0]["field"], "documents[1].rating", "{answer:?}");
    assert_eq!(app.get("/documents/event/1").by(&organizer).refused().await, refusal(404, "NOT_FOUND"));
    let large = "x".repeat(9000);
    let body = json!({"documents": (0..600).map(|id| event_with(&id.to_string(), "x", &json!({"description": large}))).collect::<Vec<_>>()});
    assert_eq!(app.put("/documents", &body).by(&organizer).refused().await, refusal(413, "PAYLOAD_TOO_LARGE"));
}

#[tokio::test]
async fn the_same_request_again_gets_the_same_task() {
    let app = App::start().await;
    let organizer = app.user(T1, Role::Organizer);
    let put = async || {
        let call = app.put("/documents", &json!({"documents": [titled("1", "Jazz")]})).by(&organizer);
        call.header("idempotency-key", "once").data().await["task_id"].clone()
    };
    let first = put().await;
    app.work().await;
    assert_eq!(put().await, first);
    assert_eq!(app.work().await, 0);
    let stats = app.get("/admin/stats").by(&app.user(T1, Role::Admin)).data().await;
    assert_eq!(stats["version"], 1);
}

#[tokio::test]
async fn a_search_waits_for_the_write_that_it_names() {
    let app = App::start().await;
    let (organizer, user) = (app.user(T1, Role::Organizer), app.user(T1, Role::User));
    // Something is open already, so that it has to be opened anew.
    app.store(T1, &[titled("0", "Jazz before")]).await;
    assert_eq!(app.find(T1, "jazz").await, ["0"]);
    let accepted =
        app.put("/documents", &json!({"documents": [titled("1", "Jazz after")]})).by(&organizer).data().await;
    let search = app
        .post("/search", &json!({"query": "after", "use_semantic": false}))
        .by(&user)
        .header("x-search-after", accepted["task_id"].as_str().unwrap())
        .data();
    let (found, _) = tokio::join!(search, app.work());
    assert_eq!((&found["results"][0]["id"], &found["is_fresh"]), (&json!("1"), &json!(true)));
    for unknown in ["x", "00000000-0000-0000-0000-000000000000"] {
        let call = app.post("/search", &json!({"query": "after"})).by(&user).header("x-search-after", unknown);
        assert_eq!(call.refused().await, refusal(400, "VALIDATION_FAILED"));
    }
}

#[tokio::test]
async fn many_documents_are_one_version() {
    let app = App::start().await;
    let documents: Vec<_> = (0..1000).map(|id| titled(&id.to_string(), &format!("Concert number {id}"))).collect();
    let task = app.store(T1, &documents).await;
    let organizer = app.user(T1, Role::Admin);
    let done = app.get(&format!("/tasks/{}", task.as_str().unwrap())).by(&organizer).data().await;
    assert_eq!((&done["status"], &done["processed"]), (&json!("done"), &json!(1000)));
    let stats = app.get("/admin/stats").by(&organizer).data().await;
    assert_eq!((&stats["documents"], &stats["version"], &stats["segments"]), (&json!(1000), &json!(1), &json!(1)));
    assert_eq!(app.find(T1, "\"number 777\"").await, ["777"]);
}
