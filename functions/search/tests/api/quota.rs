//! How much a tenant may have.

use jiff::SignedDuration;
use serde_json::{Value, json};
use shared::auth::Role;

use crate::imports::{line, shown, upload, wait};
use crate::support::{App, T1, T2, event_with, refusal};

#[tokio::test]
async fn what_does_not_fit_into_memory_is_refused() {
    let app = App::start_with(&[("INDEX_CACHE_MB", "1")]).await;
    let (organizer, other) = (app.user(T1, Role::Organizer), app.user(T2, Role::Organizer));
    let import = upload(&app, &organizer, &line(1, "Hall")).await;
    let many = |from: usize| -> Value {
        let word = |number: usize| format!("{:x}", number * 7919);
        let words = |id: usize| (id * 150..(id + 1) * 150).map(word).collect::<Vec<String>>().join(" ");
        let document = |id: usize| event_with(&id.to_string(), "Jazz", &json!({"description": words(id)}));
        json!({"documents": (from..from + 800).map(document).collect::<Vec<Value>>()})
    };
    app.put("/documents", &many(0)).by(&organizer).data().await;
    for _ in 0..2 {
        app.advance(SignedDuration::from_secs(3));
        let refused = app.put("/documents", &many(800)).by(&organizer).refused().await;
        assert_eq!(refused, refusal(429, "QUOTA_EXCEEDED"));
        let refused = app.post("/imports", &json!({"bytes": 1})).by(&organizer).refused().await;
        assert_eq!(refused, refusal(429, "QUOTA_EXCEEDED"));
        // Once it is what waits, then the index.
        wait(&app).await;
    }
    let failed = shown(&app, &organizer, &import).await;
    assert_eq!((&failed["status"], &failed["documents"]), (&json!("failed"), &json!(0)));
    assert_eq!(failed["reason"], "the tenant's index is as large as it may be");
    assert_eq!(app.find(T1, "jazz").await.len(), 100, "what was accepted is found");
    // Others have room, and whoever deletes does.
    app.put("/documents", &many(0)).by(&other).data().await;
    assert_eq!(app.delete("/documents/event/1").by(&organizer).send().await.status.as_u16(), 202);
}

#[tokio::test]
async fn a_tenant_has_at_most_20_imports_under_way() {
    let app = App::start().await;
    let (organizer, other) = (app.user(T1, Role::Organizer), app.user(T2, Role::Organizer));
    let announce = async |user| app.post("/imports", &json!({"bytes": 100})).by(user).refused().await;
    for _ in 0..20 {
        assert_eq!(announce(&organizer).await.0, 202);
    }
    assert_eq!(announce(&organizer).await, refusal(429, "QUOTA_EXCEEDED"));
    assert_eq!(announce(&other).await.0, 202);
    app.advance(SignedDuration::from_mins(11));
    app.work().await;
    assert_eq!(announce(&organizer).await.0, 202, "whose file does not come is over");
}
