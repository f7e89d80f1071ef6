//! What is known of a user, for himself.

use jiff::SignedDuration;
use serde_json::{Value, json};
use shared::auth::{Role, TenantId};
use shared::config::Env;
use shared::exports::ExportFiles;
use shared::ids;
use shared::jobs::{ExportUser, Job, UserErased, UserExported};

use crate::erasure::known;
use crate::support::{App, T1, T2, User};

fn wanted(app: &App, user: &User) -> (ExportUser, String) {
    let wanted = ExportUser { export_id: ids::new(app.clock()), user_id: user.id, tenants: vec![T1, T2] };
    let body = serde_json::to_string(&Job::ExportUser(wanted.clone())).unwrap();
    (wanted, body)
}

/// What auth was told.
async fn exported(app: &App) -> Vec<UserExported> {
    let told = app.told().await.into_iter();
    told.filter_map(|job| if let Job::UserExported(exported) = job { Some(exported) } else { None }).collect()
}

/// The stored file, as its owner fetches it.
async fn fetched(app: &App, exported: &UserExported) -> Value {
    let env: Env = app.aws.function_env("NotifyWorkerFunction").unwrap().into_iter().collect();
    let files = ExportFiles::from_env(&env, app.sdk()).unwrap();
    let url = files.link(exported.user_id, exported.export_id, &exported.files[0]).await.unwrap();
    let response = testing::fetch(url).await;
    assert_eq!(response.status(), 200);
    serde_json::from_slice(&response.bytes().await.unwrap()).unwrap()
}

/// A list of a tenant's.
fn list(stored: &Value, tenant: TenantId, name: &str) -> Vec<Value> {
    let lists = stored["lists"].as_array().unwrap();
    let found = lists.iter().find(|list| list["name"] == name && list["tenantId"] == json!(tenant)).unwrap();
    found["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn everything_is_stored_and_auth_is_told_where() {
    let app = App::start().await;
    let ada = known(&app).await;
    let bob = app.user(T1, Role::Organizer).await;
    let more = json!({"userId": ada.id, "channels": ["email"], "category": "marketing", "digestKey": "comments", "content": {"subject": "x", "title": "x", "text": "{{count}}"}, "variables": {"name": "once more"}});
    app.post("/notifications", &more).by(&bob).data().await;
    app.advance(SignedDuration::from_mins(1));
    let (asked, message) = wanted(&app, &ada);
    assert!(app.receive(std::slice::from_ref(&message)).await.is_empty());
    let told = exported(&app).await;
    assert_eq!(told.len(), 1);
    assert_eq!((told[0].export_id, told[0].user_id, told[0].service.as_str()), (asked.export_id, ada.id, "notify"));
    let stored = fetched(&app, &told[0]).await;
    assert_eq!((&stored["userId"], &stored["service"]), (&json!(ada.id), &json!("notify")));
    let one = |name: &str| list(&stored, T1, name);
    assert_eq!(one("contact")[0]["phone"], "+436641234567");
    assert_eq!(one("preferences")[0]["frequencyCaps"][0]["limit"], 5);
    assert_eq!((&one("devices")[0]["platform"], &one("devices")[0]["endpoint"]), (&json!("ios"), &Value::Null));
    assert_eq!(one("suppressions")[0]["contact"], "+436641234567");
    assert_eq!(one("inbox")[0]["text"], "Dear Ada Lovelace");
    let deliveries = one("deliveries");
    assert_eq!(deliveries.len(), 9, "{deliveries:#?}");
    assert!(deliveries.iter().any(|said| said["variables"]["name"] == "Ada Lovelace"));
    assert!(deliveries.iter().any(|said| said["content"]["text"] == "Dear {{name}}"));
    let digest = deliveries.iter().find(|said| said["collected"]["count"] == 2).unwrap();
    assert_eq!(digest["collected"]["items"][1]["name"], "once more");
    assert!(list(&stored, T2, "deliveries").is_empty() && list(&stored, T2, "inbox").is_empty());
    // Delivered again, it is stored again and told again.
    assert!(app.receive(&[message]).await.is_empty());
    assert_eq!(exported(&app).await[0].files[0].name, "notify.json");
}

/// The text of what is stored of a user.
pub async fn export_of(app: &App, user: &User) -> String {
    assert!(app.receive(&[wanted(app, user).1]).await.is_empty());
    fetched(app, &exported(app).await[0]).await.to_string()
}

#[tokio::test]
async fn others_are_not_in_it_and_who_was_erased_gets_none() {
    let app = App::start().await;
    let ada = known(&app).await;
    let bob = app.user(T1, Role::User).await;
    let stored = export_of(&app, &bob).await;
    assert!(!stored.contains("Lovelace") && !stored.contains(&ada.id.to_string()), "{stored}");

    let erased = UserErased { erasure_id: ids::new(app.clock()), user_id: ada.id, tenants: vec![T1] };
    let erased = serde_json::to_string(&Job::UserErased(erased)).unwrap();
    assert!(app.receive(&[erased, wanted(&app, &ada).1]).await.is_empty());
    assert!(exported(&app).await.is_empty());
}
