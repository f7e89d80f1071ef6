//! What was accepted survives a crash at any point, and is done once.

use std::time::{Duration, Instant};

use jiff::SignedDuration;
use local_aws::{Fault, When};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use shared::auth::Role;

use crate::support::{App, T1, sale};

/// Time for timers and for messages of dead workers.
async fn recover(app: &App) {
    for _ in 0..4 {
        app.advance(SignedDuration::from_secs(800));
        app.timer("outbox").await;
        app.timer("wake").await;
        app.work().await;
    }
}

#[tokio::test]
async fn a_worker_that_dies_at_any_moment_leaves_whole_files_of_the_same_bytes() {
    let app = App::start().await;
    let organizer = app.user(T1, Role::Organizer);
    let rows: Vec<Value> = (0..4000).map(|n| sale(&format!("T{n} {}", "x".repeat(900)), 1.5, n)).collect();
    app.sales(T1, &rows).await;
    let definition = json!({"dataset": "sales", "columns": [{"name": "ticket"}, {"name": "count"}], "totals": true});
    let whole = app.export(&organizer, &definition, "csv").await;
    for round in 0..12_u64 {
        let body = json!({"definition": definition, "format": "csv"});
        let export = app.post("/exports", &body).by(&organizer).data().await;
        let path = format!("/exports/{}", export["id"].as_str().unwrap());
        let _ = tokio::time::timeout(Duration::from_millis(15 * round + 5), app.work()).await;
        let between = app.get(&path).by(&organizer).data().await;
        assert!(between["status"] != "completed" || between["sha256"] == whole["sha256"]);
        recover(&app).await;
        let export = app.get(&path).by(&organizer).data().await;
        assert_eq!(
            (&export["status"], &export["sha256"]),
            (&json!("completed"), &whole["sha256"]),
            "{round}: {export}"
        );
        assert_eq!(app.file(&organizer, &export).await.lines().count(), 4002);
    }
    assert!(app.files("parts/").await.is_empty(), "nothing is left of dead workers");
}

#[tokio::test]
async fn a_workbook_or_pdf_whose_worker_dies_is_made_again_and_whole() {
    let app = App::start().await;
    let organizer = app.user(T1, Role::Organizer);
    let rows: Vec<Value> = (0..800).map(|n| sale(&format!("T{n}"), 1.5, n)).collect();
    app.sales(T1, &rows).await;
    let mut interrupted = 0;
    let definition = json!({"dataset": "sales", "totals": true});
    for (format, begins) in [("xlsx", &b"PK"[..]), ("pdf", b"%PDF-1.")] {
        let began = Instant::now();
        app.export(&organizer, &definition, format).await;
        let whole = began.elapsed();
        for round in 1..9 {
            let body = json!({"definition": definition, "format": format});
            let export = app.post("/exports", &body).by(&organizer).data().await;
            let path = format!("/exports/{}", export["id"].as_str().unwrap());
            let _ = tokio::time::timeout(whole * round / 9, app.work()).await;
            interrupted += u32::from(app.get(&path).by(&organizer).data().await["status"] == "rendering");
            recover(&app).await;
            let export = app.get(&path).by(&organizer).data().await;
            let file = app.bytes(&organizer, &export).await;
            let sum: Vec<String> = Sha256::digest(&file).iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!((&export["sha256"], &export["rows"]), (&json!(sum.concat()), &json!(800)), "{format} {round}");
            assert!(file.starts_with(begins));
        }
    }
    assert!(interrupted > 0, "none was being made when its worker died");
    assert!(app.files("parts/").await.is_empty(), "nothing is left of dead workers");
}

#[tokio::test]
async fn rows_are_stored_once_whatever_dies() {
    let app = App::start().await;
    let organizer = app.user(T1, Role::Organizer);
    app.sales(T1, &[]).await;
    for round in 0..8_u64 {
        let rows: Vec<Value> = (0..500).map(|n| sale(&format!("{round}"), 1.0, n)).collect();
        app.post("/datasets/sales/rows", &json!({ "rows": rows })).by(&organizer).data().await;
        let _ = tokio::time::timeout(Duration::from_millis(6 * round), app.work()).await;
        recover(&app).await;
    }
    let count = json!({"dataset": "sales", "groupBy": [{"column": "ticket"}], "aggregates": [{"name": "n", "function": "count"}]});
    let wanted: Vec<String> = (0..8).map(|round| format!("{round},500")).collect();
    assert_eq!(app.csv(&organizer, &count).await, wanted);
}

#[tokio::test]
async fn stores_that_fail_for_a_while_cost_time_and_nothing_else() {
    let app = App::start().await;
    let organizer = app.user(T1, Role::Organizer);
    let rows: Vec<Value> = (0..300).map(|n| sale("A", 1.0, n)).collect();
    app.sales(T1, &rows).await;
    let definition = json!({"dataset": "sales", "columns": [{"name": "count"}]});
    let whole = app.export(&organizer, &definition, "csv").await;
    let export = app.post("/exports", &json!({"definition": definition, "format": "csv"})).by(&organizer).data().await;
    for operation in ["TransactWriteItems", "Query", "BatchGetItem", "UpdateItem"] {
        app.aws.faults().inject(operation, Fault::Throttling, When::Probability(0.3));
    }
    app.work().await;
    app.aws.faults().clear();
    recover(&app).await;
    let path = format!("/exports/{}", export["id"].as_str().unwrap());
    assert_eq!(app.get(&path).by(&organizer).data().await["sha256"], whole["sha256"]);
}

#[tokio::test]
async fn an_export_whose_worker_always_dies_is_given_up() {
    let app = App::start().await;
    let organizer = app.user(T1, Role::Organizer);
    app.sales(T1, &[sale("A", 1.0, 1)]).await;
    let body = json!({"definition": {"dataset": "sales"}, "format": "csv"});
    let export = app.post("/exports", &body).by(&organizer).data().await;
    let path = format!("/exports/{}", export["id"].as_str().unwrap());
    app.aws.faults().inject("Query", Fault::InternalError, When::Probability(1.0));
    for _ in 0..9 {
        app.work().await;
        app.advance(SignedDuration::from_secs(800));
        app.aws.faults().clear();
        assert!(app.timer("wake").await);
        app.aws.faults().inject("Query", Fault::InternalError, When::Probability(1.0));
    }
    app.aws.faults().clear();
    let failed = app.get(&path).by(&organizer).data().await;
    assert_eq!((failed["status"].as_str(), failed["failure"]["code"].as_str()), (Some("failed"), Some("INTERNAL")));
    app.call(http::Method::POST, &format!("{path}/retry")).by(&organizer).data().await;
    recover(&app).await;
    assert_eq!(app.get(&path).by(&organizer).data().await["status"], "completed");
}
