//! What is searched for, counted.

use jiff::SignedDuration;
use serde_json::{Value, json};
use shared::auth::Role;

use crate::support::{App, T1, T2, refusal, titled};

#[tokio::test]
async fn queries_are_counted_as_they_were_meant() {
    let app = App::start().await;
    app.store(T1, &[titled("1", "Jazz night")]).await;
    let (user, organizer) = (app.user(T1, Role::User), app.user(T1, Role::Organizer));
    for query in ["jazz", " JÁZZ ", "jazz", "zzzzzzzzzz", "\"zzzzzzzzzz\""] {
        app.post("/search", &json!({"query": query, "use_semantic": false})).by(&user).data().await;
    }
    // Another page is the same search.
    app.post("/search", &json!({"query": "jazz", "page": 2})).by(&user).data().await;
    for position in [1, 3] {
        let click = json!({"query": "Jazz", "entity_type": "event", "id": "1", "position": position});
        assert_eq!(app.post("/search/click", &click).by(&user).data().await, json!({"counted": true}));
    }
    let ranked = async |query: &str| app.get(&format!("/analytics/queries?{query}")).by(&organizer).data().await;
    let top = ranked("").await;
    let first = &top[0];
    assert_eq!((&first["query"], &first["searches"], &first["clicks"]), (&json!("jazz"), &json!(3), &json!(2)));
    assert_eq!((first["click_position"].as_f64(), &first["without_results"]), (Some(2.0), &json!(0)));
    assert!(first["took_ms"].as_f64().unwrap() > 0.0);
    let vain = ranked("ranking=without_results").await;
    let queries = |of: &Value| {
        of.as_array().unwrap().iter().map(|each| each["query"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(queries(&vain), ["\"zzzzzzzzzz\"", "zzzzzzzzzz"]);
    assert_eq!(ranked("ranking=slow&limit=1").await.as_array().unwrap().len(), 1);
    // Each day has its own, and so has each tenant.
    app.advance(SignedDuration::from_hours(24));
    assert_eq!(queries(&ranked("").await).len(), 3);
    let today = app.clock().now().to_zoned(jiff::tz::TimeZone::UTC).date();
    assert_eq!(ranked(&format!("from={today}")).await, json!([]));
    assert_eq!(app.get("/analytics/queries").by(&app.user(T2, Role::Admin)).data().await, json!([]));
}

#[tokio::test]
async fn what_makes_no_sense_is_refused() {
    let app = App::start().await;
    let organizer = app.user(T1, Role::Organizer);
    for (query, code) in [
        ("from=2027-02-01&to=2027-01-01", "INVALID_DATE_RANGE"),
        ("from=2026-01-01&to=2027-01-01", "INVALID_DATE_RANGE"),
        ("from=yesterday", "VALIDATION_FAILED"),
        ("ranking=best", "VALIDATION_FAILED"),
        ("limit=0", "VALIDATION_FAILED"),
    ] {
        let refused = app.get(&format!("/analytics/queries?{query}")).by(&organizer).refused().await;
        assert_eq!(refused, refusal(400, code), "{query}");
    }
    let click =
        |id: &str, position: i64| json!({"query": "jazz", "entity_type": "event", "id": id, "position": position});
    app.store(T2, &[titled("1", "Jazz")]).await;
    assert_eq!(app.post("/search/click", &click("1", 1)).by(&organizer).refused().await, refusal(404, "NOT_FOUND"));
    let wrong = app.post("/search/click", &click("1", 0)).by(&organizer).refused().await;
    assert_eq!(wrong, refusal(400, "VALIDATION_FAILED"));
}
