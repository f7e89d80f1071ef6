//! What things mean, and what is said when nobody knows.

use jiff::SignedDuration;
use serde_json::{Value, json};
use shared::auth::Role;

use crate::model;
use crate::support::{App, T1, event_with, ids_of, titled};

fn corpus() -> Vec<Value> {
    vec![
        titled("congress", "Annual cardiology congress for physicians"),
        titled("puppets", "Puppet theatre for children"),
        titled("jazz", "Jazz night"),
        event_with("who", "Convention of doctors on television", &json!({"city": "Linz"})),
    ]
}

async fn with_model() -> (App, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    model::write(folder.path());
    (App::start_with(&[("EMBEDDING_MODEL_DIR", folder.path().to_str().unwrap())]).await, folder)
}

async fn search(app: &App, body: &Value) -> Value {
    app.post("/search/advanced", body).by(&app.user(T1, Role::User)).data().await
}

#[tokio::test]
async fn other_words_for_the_same_thing_are_found() {
    let (app, _folder) = with_model().await;
    app.store(T1, &corpus()).await;
    let found = search(&app, &json!({"query": "annual meeting of physicians", "explain": true})).await;
    assert_eq!((ids_of(&found)[0].as_str(), &found["semantic"]), ("congress", &json!("used")));
    let parts = &found["results"][0]["score_parts"];
    assert!(parts["semantic"].as_f64().unwrap() > 0.5 && parts["semantic_rank"] == 1, "{found}");
    assert_eq!(ids_of(&search(&app, &json!({"query": "kids"})).await), ["puppets"]);
    let off = search(&app, &json!({"query": "kids", "use_semantic": false})).await;
    assert_eq!((ids_of(&off).len(), &off["semantic"]), (0, &json!("off")));
    // Totals, facets, filters and exclusions hold for what is found by meaning, too.
    let all = search(&app, &json!({"query": "doctors", "include_facets": true})).await;
    assert_eq!((&all["total"], &all["facets"]["entity_type"][0]["count"]), (&json!(2), &json!(2)));
    assert_eq!(ids_of(&search(&app, &json!({"query": "doctors", "filters": {"city": "linz"}})).await), ["who"]);
    assert_eq!(ids_of(&search(&app, &json!({"query": "doctors -television"})).await), ["congress"]);
    assert_eq!(ids_of(&search(&app, &json!({"query": "doctors -congress", "sort_by": "date"})).await), ["who"]);
    let like = json!({"id": "congress", "entity_type": "event"});
    let found = app.post("/search/similar", &like).by(&app.user(T1, Role::User)).data().await;
    assert_eq!((ids_of(&found), &found["semantic"]), (vec!["who".to_owned()], &json!("used")));
}

#[tokio::test]
async fn vectors_stay_with_their_documents_when_segments_are_merged() {
    let (app, _folder) = with_model().await;
    for (round, document) in corpus().into_iter().enumerate() {
        app.store(
            T1,
            &[document, titled(&format!("gone{round}"), "Jazz night"), titled(&format!("x{round}"), "Something")],
        )
        .await;
        app.store(T1, &[titled(&format!("gone{round}"), "Nothing of that")]).await;
    }
    app.timer("maintain").await;
    app.work().await;
    let stats = app.get("/admin/stats").by(&app.user(T1, Role::Admin)).data().await;
    assert_eq!((&stats["segments"], &stats["semantic"]), (&json!(1), &json!(true)));
    assert_eq!(ids_of(&search(&app, &json!({"query": "kids"})).await), ["puppets"]);
    assert_eq!(ids_of(&search(&app, &json!({"query": "physicians"})).await), ["congress", "who"]);
    assert_eq!(ids_of(&search(&app, &json!({"query": "jazz"})).await), ["jazz"]);
}

#[tokio::test]
async fn without_a_model_it_is_said_and_words_still_find() {
    let app = App::start_with(&[("EMBEDDING_MODEL_DIR", "/nowhere")]).await;
    app.store(T1, &corpus()).await;
    let found = search(&app, &json!({"query": "jazz"})).await;
    assert_eq!((ids_of(&found), &found["semantic"]), (vec!["jazz".to_owned()], &json!("unavailable")));
    let stats = app.get("/admin/stats").by(&app.user(T1, Role::Admin)).data().await;
    assert_eq!(stats["semantic"], false);
}

#[tokio::test]
async fn an_index_without_vectors_is_made_anew_once_there_is_a_model() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    let mut app = App::start_with(&[("EMBEDDING_MODEL_DIR", path)]).await;
    app.store(T1, &corpus()).await;
    assert_eq!(search(&app, &json!({"query": "kids"})).await["semantic"], "unavailable");
    model::write(folder.path());
    app.restart().await;
    // Half of the documents have a vector now: nothing is compared yet.
    app.store(T1, &[titled("new", "Puppet theatre")]).await;
    app.advance(SignedDuration::from_secs(2));
    assert_eq!(app.work().await, 0);
    let found = search(&app, &json!({"query": "kids"})).await;
    assert_eq!((&found["semantic"], &found["total"]), (&json!("used"), &json!(2)), "{found}");
}
