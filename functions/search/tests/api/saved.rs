//! Saved searches and their alerts.

use jiff::SignedDuration;
use serde_json::{Value, json};
use shared::auth::Role;
use shared::ids;
use shared::jobs::{About, Addressee, ExportUser, Job, QueueName, SendMessage, UserErased};

use crate::support::{App, T1, T2, User, event_with, refusal, titled};

pub async fn save(app: &App, user: &User, search: &Value) -> String {
    let saved = app.post("/saved-searches", search).by(user).data().await;
    saved["id"].as_str().unwrap().to_owned()
}

/// Alerts that were sent, as (search, count), once everything has come together.
pub async fn alerts(app: &App) -> Vec<(String, u32)> {
    app.advance(SignedDuration::from_secs(31));
    app.work().await;
    let mut alerts = Vec::new();
    for job in app.told(QueueName::Notify).await {
        let Job::SendMessage(SendMessage { to: Addressee::User(_), about, .. }) = job else { panic!("{job:?}") };
        let About::SearchAlert { search, count, link } = about else { panic!("{about:?}") };
        assert!(link.starts_with("http"), "{link}");
        alerts.push((search, count));
    }
    alerts.sort();
    alerts
}

#[tokio::test]
async fn one_keeps_ones_own_searches() {
    let app = App::start().await;
    let (ada, bob) = (app.user(T1, Role::User), app.user(T1, Role::Admin));
    let search = json!({"name": "Jazz in Wien", "query": "jazz", "filters": {"city": "Wien", "price_max": 20}});
    let id = save(&app, &ada, &search).await;
    save(&app, &bob, &json!({"name": "Everything cheap", "filters": {"price_max": 5}, "alerts": false})).await;
    let path = format!("/saved-searches/{id}");
    let shown = app.get(&path).by(&ada).data().await;
    assert_eq!((&shown["filters"], &shown["alerts"]), (&json!({"city": "Wien", "price_max": 20.0}), &json!(true)));
    assert_eq!(app.get("/saved-searches").by(&ada).data().await, json!([shown]));
    assert_eq!(app.get(&path).by(&bob).refused().await, refusal(404, "NOT_FOUND"));
    assert_eq!(app.delete(&path).by(&bob).refused().await, refusal(404, "NOT_FOUND"));
    let changed = app.put(&path, &json!({"name": "Techno", "query": "techno"})).by(&ada).data().await;
    assert_eq!((&changed["query"], &changed["filters"]), (&json!("techno"), &json!({})));
    assert_eq!(app.delete(&path).by(&ada).data().await, json!({"deleted": true}));
    assert_eq!(app.delete(&path).by(&ada).refused().await, refusal(404, "NOT_FOUND"));
    for (wrong, code) in [
        (json!({"name": "x"}), "VALIDATION_FAILED"),
        (json!({"name": "", "query": "jazz"}), "VALIDATION_FAILED"),
        (json!({"name": "x", "query": "!!"}), "VALIDATION_FAILED"),
        (json!({"name": "x", "query": "j"}), "QUERY_TOO_SHORT"),
        (json!({"name": "x", "query": "jazz", "entity_type": "film"}), "INVALID_ENTITY_TYPE"),
        (json!({"name": "x", "filters": {"price_min": 2, "price_max": 1}}), "INVALID_PRICE_RANGE"),
        (json!({"name": "x", "query": "jazz", "more": 1}), "VALIDATION_FAILED"),
    ] {
        assert_eq!(app.post("/saved-searches", &wrong).by(&ada).refused().await, refusal(400, code), "{wrong}");
    }
}

#[tokio::test]
async fn its_owner_is_told_once_of_each_new_document_that_matches() {
    let app = App::start().await;
    let ada = app.user(T1, Role::User);
    app.store(T1, &[titled("old", "Jazz of old")]).await;
    save(&app, &ada, &json!({"name": "words", "query": "jazz concerts"})).await;
    save(&app, &ada, &json!({"name": "filter", "filters": {"city": "wien"}})).await;
    save(&app, &ada, &json!({"name": "both", "query": "\"jazz concert\" -free", "entity_type": "event"})).await;
    save(&app, &ada, &json!({"name": "silent", "query": "jazz", "alerts": false})).await;
    app.store(
        T1,
        &[
            event_with("1", "A jazz concert", &json!({"city": "Wien"})),
            event_with("2", "Concert: jazz, free", &json!({"city": "Linz"})),
            titled("3", "Jaz concerd"),
            titled("old", "Jazz of old, a concert"),
        ],
    )
    .await;
    app.store(T2, &[event_with("9", "A jazz concert", &json!({"city": "Wien"}))]).await;
    let expected = [("both", 1), ("filter", 1), ("words", 2)].map(|(name, count)| (name.to_owned(), count));
    assert_eq!(alerts(&app).await, expected);
    // What is written again is not new; and what is new is told of, however often the worker does it.
    app.store(T1, &[event_with("1", "A jazz concert", &json!({"city": "Wien"}))]).await;
    assert_eq!(alerts(&app).await, []);
    app.store(T1, &[event_with("4", "Techno", &json!({"city": "Wien"}))]).await;
    app.store(T1, &[event_with("5", "Techno", &json!({"city": "Wien"}))]).await;
    assert_eq!(alerts(&app).await, [("filter".to_owned(), 2)], "two batches are one alert");
}

#[tokio::test]
async fn a_worker_that_dies_tells_nobody_twice() {
    let app = App::start().await;
    let ada = app.user(T1, Role::User);
    let organizer = app.user(T1, Role::Organizer);
    save(&app, &ada, &json!({"name": "jazz", "query": "jazz"})).await;
    for round in 0..10_u64 {
        let documents: Vec<Value> = (0..20).map(|id| titled(&format!("{round}-{id}"), "Jazz")).collect();
        app.put("/documents", &json!({"documents": documents})).by(&organizer).data().await;
        let _ = tokio::time::timeout(std::time::Duration::from_millis(8 * round), app.work()).await;
        app.advance(SignedDuration::from_secs(800));
        app.timer("outbox").await;
        app.timer("wake").await;
    }
    app.work().await;
    let mut told = 0;
    for _ in 0..3 {
        told += alerts(&app).await.iter().map(|(_, count)| count).sum::<u32>();
        app.advance(SignedDuration::from_secs(800));
        app.timer("outbox").await;
    }
    assert_eq!((told, app.find(T1, "jazz").await.len()), (200, 100));
}

#[tokio::test]
async fn a_user_has_at_most_50_and_a_tenant_500() {
    let app = App::start().await;
    let search = json!({"name": "x", "query": "jazz"});
    let mut last = (app.user(T1, Role::User), String::new());
    for _ in 0..10 {
        let user = app.user(T1, Role::User);
        let mut id = String::new();
        for _ in 0..50 {
            id = save(&app, &user, &search).await;
        }
        last = (user, id);
        assert_eq!(app.post("/saved-searches", &search).by(&last.0).refused().await, refusal(429, "QUOTA_EXCEEDED"));
    }
    let (ada, bob) = (&last.0, app.user(T1, Role::User));
    assert_eq!(app.post("/saved-searches", &search).by(&bob).refused().await, refusal(429, "QUOTA_EXCEEDED"));
    app.delete(&format!("/saved-searches/{}", last.1)).by(ada).data().await;
    save(&app, &bob, &search).await;
    save(&app, &app.user(T2, Role::User), &search).await;
}

#[tokio::test]
async fn they_go_with_their_owner_and_are_exported() {
    let app = App::start().await;
    let (ada, bob) = (app.user(T1, Role::User), app.user(T1, Role::User));
    save(&app, &ada, &json!({"name": "mine", "query": "jazz"})).await;
    save(&app, &bob, &json!({"name": "his", "query": "jazz"})).await;
    let export_id = ids::new(app.clock());
    let wanted = ExportUser { export_id, user_id: ada.id, tenants: vec![T1] };
    assert!(app.receive(&[Job::ExportUser(wanted)]).await.is_empty());
    let told = app.told(QueueName::Auth).await;
    let [Job::UserExported(exported)] = told.as_slice() else { panic!("{told:?}") };
    let file = app.exported(&exported.files[0].name, export_id).await;
    assert!(file.contains("mine") && !file.contains("his\""), "{file}");
    let erased = UserErased { erasure_id: ids::new(app.clock()), user_id: ada.id, tenants: vec![T1, T2] };
    assert!(app.receive(&[Job::UserErased(erased)]).await.is_empty());
    assert_eq!(app.get("/saved-searches").by(&ada).data().await, json!([]));
    assert_eq!(app.get("/saved-searches").by(&bob).data().await.as_array().unwrap().len(), 1);
}
