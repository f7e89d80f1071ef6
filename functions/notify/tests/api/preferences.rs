//! What users want to receive.

use serde_json::json;
use shared::auth::Role;

use crate::support::{App, T1, T2, refusal};

#[tokio::test]
async fn everything_is_wanted_until_somebody_says_otherwise() {
    let app = App::start().await;
    // Opting out needs neither an organizer nor auth's word.
    let ada = app.stranger(T1, Role::User);
    let default = app.get("/preferences").by(&ada).data().await;
    assert_eq!(
        default["channels"]["email"],
        json!({"transactional": true, "marketing": true, "reminder": true, "system": true})
    );
    assert_eq!((&default["quietHours"], &default["updatedAt"]), (&json!(null), &json!(null)));
    let change = json!({
        "channels": {"email": {"marketing": false}},
        "quietHours": {"start": "22:00", "end": "07:00"},
        "frequencyCaps": [{"channel": "sms", "per": "day", "limit": 2}],
    });
    let set = app.put("/preferences", &change).by(&ada).data().await;
    assert_eq!(
        set["channels"]["email"],
        json!({"transactional": true, "marketing": false, "reminder": true, "system": true})
    );
    assert_eq!(set["quietHours"], json!({"start": "22:00", "end": "07:00", "timeZone": null}));
    assert_eq!(app.get("/preferences").by(&ada).data().await, set);
}

#[tokio::test]
async fn a_repeated_change_is_made_once() {
    let app = App::start().await;
    let ada = app.stranger(T1, Role::User);
    let off = json!({"channels": {"email": {"marketing": false}}});
    let first = app.put("/preferences", &off).by(&ada).header("idempotency-key", "one").data().await;
    app.put("/preferences", &json!({})).by(&ada).data().await;
    let again = app.put("/preferences", &off).by(&ada).header("idempotency-key", "one").data().await;
    assert_eq!(first, again);
    assert_eq!(app.get("/preferences").by(&ada).data().await["channels"]["email"]["marketing"], true);
}

#[tokio::test]
async fn a_members_preferences_are_an_organizers_in_the_same_tenant() {
    let app = App::start().await;
    let (ada, bob) = (app.user(T1, Role::User).await, app.user(T1, Role::User).await);
    let organizer = app.user(T1, Role::Organizer).await;
    let eve = app.user(T2, Role::Admin).await;
    let path = format!("/preferences/{}", ada.id);
    let change = json!({"channels": {"push": {"reminder": false}}});
    assert_eq!(app.get(&path).by(&bob).refused().await, refusal(403, "FORBIDDEN"));
    assert_eq!(app.put(&path, &change).by(&bob).refused().await, refusal(403, "FORBIDDEN"));
    assert_eq!(app.get(&path).by(&eve).refused().await, refusal(404, "NOT_FOUND"));
    assert_eq!(app.put(&path, &change).by(&eve).refused().await, refusal(404, "NOT_FOUND"));
    let set = app.put(&path, &change).by(&organizer).data().await;
    assert_eq!(app.get("/preferences").by(&ada).data().await, set);
    assert_eq!(app.get(&path).by(&organizer).data().await, set);
}

#[tokio::test]
async fn ones_own_preferences_are_there_by_the_id_too() {
    let app = App::start().await;
    for role in [Role::User, Role::Organizer] {
        let own = app.stranger(T1, role);
        let path = format!("/preferences/{}", own.id);
        let set = app.put(&path, &json!({"channels": {"sms": {"marketing": false}}})).by(&own).data().await;
        assert_eq!(app.get(&path).by(&own).data().await, set);
        assert_eq!(app.get("/preferences").by(&own).data().await, set);
    }
}

#[tokio::test]
async fn too_many_caps_are_one_refusal() {
    let app = App::start().await;
    let ada = app.stranger(T1, Role::User);
    let caps = vec![json!({"channel": "sms", "per": "day", "limit": 0}); 10_000];
    let answer = app.put("/preferences", &json!({"frequencyCaps": caps})).by(&ada).send().await;
    assert_eq!(answer.status, 400);
    assert_eq!(answer.body["error"]["details"].as_array().unwrap().len(), 1, "{answer:?}");
}
