//! What a tenant decides of its searches.

use jiff::SignedDuration;
use serde_json::{Value, json};
use shared::auth::Role;

use crate::support::{App, T1, T2, event_with, refusal, titled};

async fn decide(app: &App, settings: &Value) {
    app.put("/settings", settings).by(&app.user(T1, Role::Admin)).data().await;
    app.advance(SignedDuration::from_secs(3));
}

#[tokio::test]
async fn synonyms_mean_the_same_in_both_directions() {
    let app = App::start().await;
    let documents = [
        titled("film", "Film festival"),
        titled("movie", "Movie night"),
        titled("nyc", "NYC marathon"),
        titled("new york", "New York stories"),
    ];
    app.store(T1, &documents).await;
    app.store(T2, &documents).await;
    decide(&app, &json!({"synonyms": [["film", "movie", "motion picture"], ["nyc", "New York"]]})).await;
    for (query, ids) in [
        ("movie", vec!["film", "movie"]),
        ("films", vec!["film"]),
        ("motion picture ", vec!["film", "movie"]),
        ("new york", vec!["new york", "nyc"]),
        ("nyc stories", vec!["new york"]),
        ("york ", vec!["new york"]),
    ] {
        let mut found = app.find(T1, query).await;
        found.sort();
        let mut ids = ids;
        ids.sort_unstable();
        assert_eq!(found, ids, "{query}");
    }
    assert_eq!(app.find(T2, "movie").await, ["movie"], "another tenant has decided nothing");
}

#[tokio::test]
async fn stop_words_need_not_match_and_boosts_decide() {
    let app = App::start().await;
    let mut documents: Vec<Value> = (0..12).map(|id| titled(&format!("grand{id}"), "Grand gala")).collect();
    documents.extend([titled("title", "Opera"), event_with("city", "Ballet", &json!({"city": "Opera"}))]);
    app.store(T1, &documents).await;
    let user = app.user(T1, Role::User);
    assert_eq!(app.find(T1, "the opera").await, ["title", "city"], "what every language has needs no setting");
    assert_eq!(app.find(T1, "grand gala").await.len(), 12);
    decide(&app, &json!({"stop_words": ["grand"], "boosts": {"title": 1, "city": 10}})).await;
    assert_eq!(app.find(T1, "grand opera").await, ["city", "title"]);
    assert_eq!(app.find(T1, "grand").await.len(), 12, "words that say nothing are better than nothing");
    let shown = app.get("/settings").by(&app.user(T1, Role::Admin)).data().await;
    assert_eq!((&shown["boosts"]["tags"], &shown["default_language"]), (&json!(2.5), &json!("en")));
    assert_eq!(app.get("/settings").by(&user).refused().await, refusal(403, "FORBIDDEN"));
}

#[tokio::test]
async fn bad_settings_are_refused() {
    let app = App::start().await;
    let admin = app.user(T1, Role::Admin);
    for settings in [
        json!({"synonyms": [["alone"]]}),
        json!({"synonyms": [["a", "!!"]]}),
        json!({"synonyms": [["a", "one two three four five"]]}),
        json!({"stop_words": ["two words"]}),
        json!({"boosts": {"title": 21}}),
        json!({"boosts": {"venue": 1}}),
        json!({"boosts": {"title": 0, "tags": 0, "city": 0, "description": 0}}),
        json!({"default_language": "english!"}),
        json!({"more": 1}),
    ] {
        assert_eq!(
            app.put("/settings", &settings).by(&admin).refused().await,
            refusal(400, "VALIDATION_FAILED"),
            "{settings}"
        );
    }
}
