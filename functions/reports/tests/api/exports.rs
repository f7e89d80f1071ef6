//! Exports from their beginning to their end.

use jiff::SignedDuration;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use shared::auth::Role;

use crate::support::{App, T1, T2, User, refusal, sale};

fn queries() -> Value {
    json!({"dataset": "searches", "columns": [{"name": "query"}], "layout": {"title": "Suche & mehr"}})
}

/// SHA-256 in hexadecimal.
fn digest(file: &str) -> String {
    let bytes: Vec<String> = Sha256::digest(file.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    bytes.concat()
}

async fn begin(app: &App, user: &User) -> (Value, String) {
    let export = app.post("/exports", &json!({"definition": queries(), "format": "csv"})).by(user).data().await;
    let path = format!("/exports/{}", export["id"].as_str().unwrap());
    (export, path)
}

#[tokio::test]
async fn an_export_is_whole_and_tells_its_checksum() {
    let app = App::start().await;
    let ada = app.user(T1, Role::User);
    app.searched(T1, ada.id, &[("jazz", 3), ("rock", 0)]).await;
    let (begun, path) = begin(&app, &ada).await;
    assert_eq!((begun["status"].as_str(), begun["progress"].as_u64()), (Some("queued"), Some(0)));
    assert_eq!(app.get(&format!("{path}/download")).by(&ada).refused().await, refusal(409, "CONFLICT"));
    assert_eq!(app.work().await, 0);
    let export = app.get(&path).by(&ada).data().await;
    let file = app.file(&ada, &export).await;
    assert_eq!(file, "query\r\njazz\r\nrock\r\n");
    let digest = digest(&file);
    let name = format!("suche-mehr-{}.csv", app.now().strftime("%Y-%m-%d"));
    assert_eq!((export["sha256"].as_str(), export["bytes"].as_u64()), (Some(digest.as_str()), Some(19)));
    assert_eq!((export["rows"].as_u64(), export["progress"].as_u64()), (Some(2), Some(100)));
    assert_eq!(export["fileName"], name.as_str());
    assert!(app.files("parts/").await.is_empty(), "what it was made of is gone");
}

#[tokio::test]
async fn what_is_stored_after_it_was_asked_for_is_not_in_it() {
    let app = App::start().await;
    let organizer = app.user(T1, Role::Organizer);
    app.searched(T1, organizer.id, &[("before", 1)]).await;
    let (_, path) = begin(&app, &organizer).await;
    app.searched(T1, organizer.id, &[("after", 1)]).await;
    assert_eq!(app.work().await, 0);
    let export = app.get(&path).by(&organizer).data().await;
    assert_eq!(app.file(&organizer, &export).await, "query\r\nbefore\r\n");
}

#[tokio::test]
async fn the_same_data_and_definition_are_the_same_bytes() {
    let app = App::start().await;
    let organizer = app.user(T1, Role::Organizer);
    let rows: Vec<Value> = (0..3000).map(|n| sale(&format!("T{}", n % 70), f64::from(n) / 7.0, n.into())).collect();
    app.sales(T1, &rows).await;
    let grouped = json!({"dataset": "sales", "groupBy": [{"column": "ticket"}], "totals": true, "aggregates": [
        {"name": "sum", "function": "sum", "column": "price"},
        {"name": "p90", "function": "percentile", "percentile": 90, "column": "price"},
        {"name": "different", "function": "distinct", "column": "count"},
    ]});
    let sorted =
        json!({"dataset": "sales", "columns": [{"name": "ticket"}, {"name": "price"}], "sort": [{"column": "ticket"}]});
    for definition in [json!({"dataset": "sales"}), grouped, sorted] {
        for format in ["csv", "json", "jsonLines"] {
            let (first, second) =
                (app.export(&organizer, &definition, format).await, app.export(&organizer, &definition, format).await);
            assert_eq!(first["sha256"], second["sha256"], "{format} {definition}");
        }
    }
}

#[tokio::test]
async fn a_large_file_is_stored_part_by_part() {
    let app = App::start().await;
    let organizer = app.user(T1, Role::Organizer);
    app.sales(T1, &[]).await;
    let text = "x".repeat(3500);
    for part in 0..6_u32 {
        let rows: Vec<Value> =
            (0..1000).map(|n| json!({"at": app.now(), "values": {"ticket": text, "count": part * 1000 + n}})).collect();
        app.add(T1, &rows).await;
    }
    let definition =
        json!({"dataset": "sales", "columns": [{"name": "count"}, {"name": "ticket"}], "sort": [{"column": "count"}]});
    let export = app.export(&organizer, &definition, "csv").await;
    let file = app.file(&organizer, &export).await;
    assert_eq!(export["bytes"].as_u64(), Some(u64::try_from(file.len()).unwrap()));
    assert!(file.len() > 20_000_000);
    let digest = digest(&file);
    assert_eq!(export["sha256"], digest.as_str());
    let counts: Vec<u32> = file.lines().skip(1).map(|line| line.split(',').next().unwrap().parse().unwrap()).collect();
    assert_eq!(counts, (0..6000).collect::<Vec<u32>>());
}

#[tokio::test]
async fn it_is_cancelled_while_it_waits_and_tried_again_only_if_it_failed() {
    let app = App::start().await;
    let ada = app.user(T1, Role::User);
    let (_, path) = begin(&app, &ada).await;
    let cancelled = app.call(http::Method::POST, &format!("{path}/cancel")).by(&ada).data().await;
    assert_eq!(cancelled["status"], "cancelled");
    assert_eq!(app.work().await, 0);
    assert_eq!(app.get(&path).by(&ada).data().await["status"], "cancelled");
    let call = |action: &str| app.call(http::Method::POST, &format!("{path}/{action}")).by(&ada);
    assert_eq!(call("cancel").refused().await, refusal(409, "CONFLICT"));
    assert_eq!(call("retry").refused().await, refusal(409, "EXPORT_NOT_FAILED"));
    let (_, done) = begin(&app, &ada).await;
    assert_eq!(app.work().await, 0);
    for action in ["cancel", "retry"] {
        let call = app.call(http::Method::POST, &format!("{done}/{action}")).by(&ada);
        assert_eq!(call.refused().await, refusal(409, "EXPORT_ALREADY_COMPLETED"));
    }
}

#[tokio::test]
async fn what_fails_says_why_and_can_be_tried_again() {
    let app = App::start().await;
    let organizer = app.user(T1, Role::Organizer);
    let rows: Vec<Value> = (0..50_001).map(|n| json!({"values": {"ticket": n.to_string()}})).collect();
    app.sales(T1, &rows).await;
    let grouped = json!({"dataset": "sales", "groupBy": [{"column": "ticket"}], "aggregates": [{"name": "n", "function": "count"}]});
    let failed = app.export(&organizer, &grouped, "csv").await;
    assert_eq!(
        (failed["status"].as_str(), failed["failure"]["code"].as_str()),
        (Some("failed"), Some("INVALID_TEMPLATE"))
    );
    assert!(failed["failure"]["message"].as_str().unwrap().contains("50000 groups"), "{failed}");
    let path = format!("/exports/{}", failed["id"].as_str().unwrap());
    assert_eq!(app.get(&format!("{path}/download")).by(&organizer).refused().await, refusal(409, "CONFLICT"));
    let again = app.call(http::Method::POST, &format!("{path}/retry")).by(&organizer).send().await;
    assert_eq!((again.status.as_u16(), again.body["data"]["attempt"].as_u64()), (202, Some(2)));
    assert_eq!(app.work().await, 0);
    let export = app.get(&path).by(&organizer).data().await;
    assert_eq!((export["status"].as_str(), export["attempt"].as_u64()), (Some("failed"), Some(2)));
    assert!(app.files("").await.is_empty());
}

#[tokio::test]
async fn files_expire_and_go() {
    let app = App::start().await;
    let ada = app.user(T1, Role::User);
    let (_, path) = begin(&app, &ada).await;
    assert_eq!(app.work().await, 0);
    assert_eq!(app.files("files/").await.len(), 1);
    app.advance(SignedDuration::from_hours(24 * 7 - 1));
    assert!(app.timer("purge").await);
    assert_eq!(app.get(&path).by(&ada).data().await["status"], "completed");
    app.advance(SignedDuration::from_hours(2));
    assert_eq!(app.get(&path).by(&ada).data().await["status"], "expired");
    assert_eq!(app.get(&format!("{path}/download")).by(&ada).refused().await, refusal(404, "EXPORT_NOT_FOUND"));
    let system = app.user(T1, Role::System);
    let purged = app.call(http::Method::POST, "/admin/purge-expired").by(&system).data().await;
    assert_eq!(purged, json!({"purged": 1, "more": false}));
    assert_eq!(app.work().await, 0);
    assert!(app.files("").await.is_empty());
    assert_eq!(app.get(&path).by(&ada).refused().await, refusal(404, "EXPORT_NOT_FOUND"));
}

#[tokio::test]
async fn exports_are_ones_own_and_admins_see_that_they_are() {
    let app = App::start().await;
    let (ada, bob) = (app.user(T1, Role::User), app.user(T1, Role::User));
    let (_, path) = begin(&app, &ada).await;
    app.advance(SignedDuration::from_secs(1));
    begin(&app, &bob).await;
    assert_eq!(app.work().await, 0);
    for other in [&bob, &app.user(T1, Role::Admin), &app.user(T2, Role::Admin)] {
        for path in [path.clone(), format!("{path}/download")] {
            assert_eq!(app.get(&path).by(other).refused().await, refusal(404, "EXPORT_NOT_FOUND"));
        }
        assert_eq!(app.delete(&path).by(other).refused().await, refusal(404, "EXPORT_NOT_FOUND"));
    }
    let ids = async |path: &str, user: &User| -> Vec<String> {
        let all = app.get(path).by(user).data().await;
        all.as_array().unwrap().iter().map(|export| export["userId"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(ids("/exports", &ada).await, [ada.id.to_string()]);
    assert_eq!(ids("/admin/jobs", &app.user(T1, Role::Admin)).await, [bob.id.to_string(), ada.id.to_string()]);
    assert!(ids("/admin/jobs", &app.user(T2, Role::Admin)).await.is_empty());
    app.delete(&path).by(&ada).data().await;
    assert_eq!(app.work().await, 0);
    assert_eq!(app.files("files/").await.len(), 1, "hers is gone, his is there");
}

#[tokio::test]
async fn who_may_not_see_all_rows_any_more_gets_no_file_of_them() {
    let app = App::start().await;
    let organizer = app.user(T1, Role::Organizer);
    let (_, path) = begin(&app, &organizer).await;
    assert_eq!(app.work().await, 0);
    app.get(&format!("{path}/download")).by(&organizer).data().await;
    let demoted = organizer.with_role(Role::User);
    for path in [path.clone(), format!("{path}/download")] {
        assert_eq!(app.get(&path).by(&demoted).refused().await, refusal(404, "EXPORT_NOT_FOUND"));
    }
    assert_eq!(app.delete(&path).by(&demoted).send().await.status, 200, "it can be deleted");
}
