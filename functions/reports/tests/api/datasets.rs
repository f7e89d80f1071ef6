//! Datasets and their rows.

use jiff::SignedDuration;
use serde_json::{Value, json};
use shared::auth::Role;

use crate::support::{App, T1, T2, refusal, sale};

fn names(datasets: &Value) -> Vec<&str> {
    datasets.as_array().unwrap().iter().map(|dataset| dataset["name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn the_platforms_own_and_the_tenants_are_listed_for_who_may_read_them() {
    let app = App::start().await;
    let organizer = app.user(T1, Role::Organizer);
    app.sales(T1, &[]).await;
    let open = json!({"name": "visits", "columns": [{"name": "page", "type": "text"}]});
    assert_eq!(app.post("/datasets", &open).by(&organizer).data().await["rows"], "all");
    let all = app.get("/datasets").by(&organizer).data().await;
    assert_eq!(names(&all), ["sign_ins", "deliveries", "chat_activity", "searches", "sales", "visits"]);
    let visible: Vec<&str> = all.as_array().unwrap().iter().map(|dataset| dataset["rows"].as_str().unwrap()).collect();
    assert_eq!(visible, ["own", "all", "all", "all", "all", "all"], "others' sign-ins are for admins");
    let of_user = app.get("/datasets").by(&app.user(T1, Role::User)).data().await;
    assert_eq!(names(&of_user), ["sign_ins", "deliveries", "chat_activity", "searches", "sales"]);
    assert!(of_user.as_array().unwrap().iter().all(|dataset| dataset["rows"] == "own"));
    assert_eq!(
        app.get("/datasets/visits").by(&app.user(T1, Role::User)).refused().await,
        refusal(404, "DATASET_NOT_FOUND")
    );
    assert_eq!(
        app.get("/datasets/sales").by(&app.user(T2, Role::Admin)).refused().await,
        refusal(404, "DATASET_NOT_FOUND")
    );
    let paged = app.get("/datasets?limit=4").by(&organizer).send().await.body;
    let cursor = paged["page"]["next_cursor"].as_str().unwrap();
    let rest = app.get(&format!("/datasets?cursor={cursor}")).by(&organizer).data().await;
    assert_eq!(names(&rest), ["sales", "visits"]);
}

#[tokio::test]
async fn a_declaration_has_rules() {
    let app = App::start().await;
    let organizer = app.user(T1, Role::Organizer);
    let text = json!([{"name": "page", "type": "text"}]);
    for wrong in [
        json!({"name": "Visits", "columns": text}),
        json!({"name": "1st", "columns": text}),
        json!({"name": "sign_ins", "columns": text}),
        json!({"name": "visits", "columns": []}),
        json!({"name": "visits", "columns": [{"name": "a", "type": "text"}, {"name": "a", "type": "text"}]}),
        json!({"name": "visits", "columns": [{"name": "at", "type": "text"}]}),
        json!({"name": "visits", "columns": [{"name": "a b", "type": "text"}]}),
        json!({"name": "visits", "columns": [{"name": "a", "type": "blob"}]}),
        json!({"name": "visits", "columns": text, "userColumn": "page"}),
        json!({"name": "visits", "columns": text, "more": true}),
    ] {
        assert_eq!(
            app.post("/datasets", &wrong).by(&organizer).refused().await,
            refusal(400, "VALIDATION_FAILED"),
            "{wrong}"
        );
    }
    let good = json!({"name": "visits", "columns": text});
    app.post("/datasets", &good).by(&organizer).data().await;
    assert_eq!(app.post("/datasets", &good).by(&organizer).refused().await, refusal(409, "DUPLICATE"));
    app.post("/datasets", &good).by(&app.user(T2, Role::Organizer)).data().await;
}

#[tokio::test]
async fn rows_that_do_not_fit_are_named_and_nothing_is_stored() {
    let app = App::start().await;
    let organizer = app.user(T1, Role::Organizer);
    app.sales(T1, &[]).await;
    let post = |rows: Value| app.post("/datasets/sales/rows", &json!({ "rows": rows })).by(&organizer);
    let refused = post(json!([
        {"values": {"ticket": "A"}},
        {"values": {"price": 1}},
        {"values": {"ticket": "A", "price": "much"}},
        {"values": {"ticket": "A", "seat": 1}},
        {"values": {"ticket": "A", "soldAt": "yesterday"}},
        {"at": "1066-10-14T09:00:00Z", "values": {"ticket": "A"}},
    ]))
    .send()
    .await;
    assert_eq!(refused.status, 400);
    let fields: Vec<&str> = refused.body["error"]["details"]
        .as_array()
        .unwrap()
        .iter()
        .map(|field| field["field"].as_str().unwrap())
        .collect();
    assert_eq!(
        fields,
        ["rows[1].values.ticket", "rows[2].values.price", "rows[3].values.seat", "rows[4].values.soldAt", "rows[5].at"]
    );
    assert_eq!(post(json!([])).refused().await, refusal(400, "VALIDATION_FAILED"));
    let huge = json!([{"values": {"ticket": "x".repeat(4001)}}]);
    assert_eq!(post(huge).refused().await, refusal(400, "VALIDATION_FAILED"));
    assert!(app.csv(&organizer, &json!({"dataset": "sales"})).await.is_empty());
    let facts = json!({"rows": [{"values": {"query": "jazz"}}]});
    assert_eq!(app.post("/datasets/searches/rows", &facts).by(&organizer).refused().await, refusal(403, "FORBIDDEN"));
}

#[tokio::test]
async fn the_same_request_twice_is_stored_once() {
    let app = App::start().await;
    let organizer = app.user(T1, Role::Organizer);
    app.sales(T1, &[]).await;
    let rows = json!({"rows": [sale("A", 1.0, 1), sale("A", 1.0, 1)]});
    for _ in 0..3 {
        let accepted =
            app.post("/datasets/sales/rows", &rows).by(&organizer).header("idempotency-key", "k1").data().await;
        assert_eq!(accepted, json!({"accepted": 2}));
        assert_eq!(app.work().await, 0);
    }
    let count = json!({"dataset": "sales", "aggregates": [{"name": "n", "function": "count"}]});
    assert_eq!(app.csv(&organizer, &count).await, ["2"]);
    assert!(app.files("batches/").await.is_empty(), "what is stored does not wait any more");
}

#[tokio::test]
async fn users_see_their_own_rows() {
    let app = App::start().await;
    let (ada, bob, organizer) = (app.user(T1, Role::User), app.user(T1, Role::User), app.user(T1, Role::Organizer));
    let row = |ticket: &str, buyer: &str| json!({"values": {"ticket": ticket, "buyer": buyer}});
    app.sales(T1, &[row("A", &ada.id.to_string()), row("B", &bob.id.to_string()), json!({"values": {"ticket": "C"}})])
        .await;
    let tickets = json!({"dataset": "sales", "columns": [{"name": "ticket"}], "sort": [{"column": "ticket"}]});
    assert_eq!(app.csv(&ada, &tickets).await, ["A"]);
    assert_eq!(app.csv(&bob, &tickets).await, ["B"]);
    assert_eq!(app.csv(&organizer, &tickets).await, ["A", "B", "C"]);
    app.searched(T1, ada.id, &[("jazz", 3), ("rock", 0)]).await;
    app.searched(T1, bob.id, &[("pop", 1)]).await;
    let queries = json!({"dataset": "searches", "columns": [{"name": "query"}]});
    assert_eq!(app.csv(&ada, &queries).await, ["jazz", "rock"]);
    assert_eq!(app.csv(&organizer, &queries).await, ["jazz", "rock", "pop"]);
    assert!(app.csv(&app.user(T2, Role::Admin), &queries).await.is_empty());
    // What somebody may see when he asks is what he gets.
    let as_user = app.post("/exports", &json!({"definition": queries, "format": "csv"})).by(&ada).data().await;
    let admin = ada.with_role(Role::Admin);
    assert_eq!(app.work().await, 0);
    let export = app.get(&format!("/exports/{}", as_user["id"].as_str().unwrap())).by(&admin).data().await;
    assert_eq!(app.file(&admin, &export).await, "query\r\njazz\r\nrock\r\n");
}

#[tokio::test]
async fn many_days_and_shards_are_read_in_the_order_of_time() {
    let app = App::start().await;
    let organizer = app.user(T1, Role::Organizer);
    let start = app.now() - SignedDuration::from_hours(24 * 40);
    let rows: Vec<Value> = (0..700_i64)
        // Not in the order in which they are stored.
        .map(|number| number * 271 % 700)
        .map(|number| json!({"at": start + SignedDuration::from_mins(83 * number), "values": {"ticket": "x", "count": number}}))
        .collect();
    app.sales(T1, &rows).await;
    let counts = json!({"dataset": "sales", "columns": [{"name": "count"}]});
    let wanted: Vec<String> = (0..700).map(|number: i64| number.to_string()).collect();
    assert_eq!(app.csv(&organizer, &counts).await, wanted);
    let middle = json!({"dataset": "sales", "columns": [{"name": "count"}], "filters": [
        {"column": "at", "operator": "gte", "value": start + SignedDuration::from_mins(83 * 100)},
        {"column": "at", "operator": "lt", "value": start + SignedDuration::from_mins(83 * 600)},
    ]});
    assert_eq!(app.csv(&organizer, &middle).await, wanted[100..600]);
}
