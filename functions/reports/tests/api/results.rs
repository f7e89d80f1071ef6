//! What definitions give.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use shared::auth::Role;

use crate::support::{App, T1, User, refusal, sale};

async fn app() -> (App, User) {
    let app = App::start().await;
    let rows = [
        json!({"at": "2026-10-24T22:30:00Z", "values": {"ticket": "A", "price": 10.5, "count": 2, "refunded": false}}),
        json!({"at": "2026-10-25T00:30:00Z", "values": {"ticket": "B", "price": 20, "count": 1, "refunded": true}}),
        json!({"at": "2026-10-25T01:30:00Z", "values": {"ticket": "A", "price": 30, "count": 3}}),
        json!({"at": "2026-10-26T12:00:00Z", "values": {"ticket": "C, \"x\"", "count": 5}}),
    ];
    app.sales(T1, &rows).await;
    let organizer = app.user(T1, Role::Organizer);
    (app, organizer)
}

fn columns(names: &[&str]) -> Value {
    names.iter().map(|name| json!({"name": name})).collect()
}

#[tokio::test]
async fn columns_come_in_their_order_and_rows_in_that_of_time() {
    let (app, user) = app().await;
    let all = json!({"dataset": "sales", "columns": columns(&["ticket", "price", "refunded", "at"])});
    assert_eq!(
        app.csv(&user, &all).await,
        [
            "A,10.5,false,2026-10-24T22:30:00.000Z",
            "B,20,true,2026-10-25T00:30:00.000Z",
            "A,30,,2026-10-25T01:30:00.000Z",
            "\"C, \"\"x\"\"\",,,2026-10-26T12:00:00.000Z",
        ]
    );
    let export = app.export(&user, &json!({"dataset": "sales"}), "csv").await;
    let file = app.file(&user, &export).await;
    assert_eq!(file.lines().next().unwrap(), "id,at,recordedAt,ticket,price,count,refunded,soldAt,buyer");
}

#[tokio::test]
async fn filters_let_through_what_they_name() {
    let (app, user) = app().await;
    for (filter, wanted) in [
        (json!([{"column": "ticket", "operator": "eq", "value": "A"}]), vec!["2", "3"]),
        (json!([{"column": "ticket", "operator": "ne", "value": "A"}]), vec!["1", "5"]),
        (json!([{"column": "price", "operator": "gt", "value": 10.5}]), vec!["1", "3"]),
        (json!([{"column": "price", "operator": "lte", "value": 20}]), vec!["2", "1"]),
        (json!([{"column": "ticket", "operator": "in", "value": ["B", "C, \"x\""]}]), vec!["1", "5"]),
        (json!([{"column": "ticket", "operator": "contains", "value": "X"}]), vec!["5"]),
        (json!([{"column": "ticket", "operator": "startsWith", "value": "c"}]), vec!["5"]),
        (json!([{"column": "refunded", "operator": "isEmpty"}]), vec!["3", "5"]),
        (json!([{"column": "refunded", "operator": "isNotEmpty"}]), vec!["2", "1"]),
        (json!([{"column": "refunded", "operator": "eq", "value": true}]), vec!["1"]),
        (
            json!([{"column": "at", "operator": "gte", "value": "2026-10-25"}, {"column": "at", "operator": "lt", "value": "2026-10-26"}]),
            vec!["1", "3"],
        ),
        (
            json!([{"column": "count", "operator": "gt", "value": 1}, {"column": "price", "operator": "lt", "value": 11}]),
            vec!["2"],
        ),
    ] {
        let definition = json!({"dataset": "sales", "columns": columns(&["count"]), "filters": filter});
        assert_eq!(app.csv(&user, &definition).await, wanted, "{filter}");
    }
}

#[tokio::test]
async fn what_is_computed_can_be_shown_filtered_and_counted() {
    let (app, user) = app().await;
    let total = json!({"name": "total", "expression": "(price ?? 0.0) * count", "type": "number", "label": "Total"});
    let shown = json!({"dataset": "sales", "columns": [{"name": "ticket"}, total],
        "filters": [{"column": "total", "operator": "gt", "value": 20}]});
    assert_eq!(app.csv(&user, &shown).await, ["A,21", "A,90"]);
    let day = json!({"name": "day", "expression": "date(at)", "type": "text"});
    let counted = json!({"dataset": "sales", "columns": [total, day], "timeZone": "Europe/Vienna", "groupBy": [{"column": "day"}],
        "aggregates": [{"name": "sum", "function": "sum", "column": "total"}]});
    assert_eq!(app.csv(&user, &counted).await, ["2026-10-25,131", "2026-10-26,0"]);
}

#[tokio::test]
async fn groups_are_counted_in_every_way() {
    let (app, user) = app().await;
    let aggregates = json!([
        {"name": "rows", "function": "count"},
        {"name": "prices", "function": "count", "column": "price"},
        {"name": "sum", "function": "sum", "column": "count"},
        {"name": "average", "function": "avg", "column": "price"},
        {"name": "least", "function": "min", "column": "price"},
        {"name": "last", "function": "max", "column": "at"},
        {"name": "different", "function": "distinct", "column": "refunded"},
        {"name": "median", "function": "percentile", "percentile": 0, "column": "count"},
    ]);
    let grouped = json!({"dataset": "sales", "groupBy": [{"column": "ticket"}], "aggregates": aggregates, "totals": true,
        "sort": [{"column": "sum", "direction": "descending"}, {"column": "ticket"}]});
    let found = app.csv(&user, &grouped).await;
    let cells: Vec<Vec<&str>> = found.iter().map(|row| row.rsplitn(9, ',').collect()).collect();
    let median: f64 = cells[0][0].parse().unwrap();
    assert!((median - 2.0).abs() < 0.02, "{median}");
    assert_eq!(cells[1][1..8], ["0", "2026-10-26T12:00:00.000Z", "", "", "5", "0", "1"]);
    assert_eq!(cells[0][1..], ["1", "2026-10-25T01:30:00.000Z", "10.5", "20.25", "5", "2", "2", "A"]);
    assert_eq!(cells[3][1..], ["2", "2026-10-26T12:00:00.000Z", "10.5", "20.166666666666668", "11", "3", "4", "Total"]);
    let without_keys = json!({"dataset": "sales", "aggregates": [{"name": "rows", "function": "count"}],
        "filters": [{"column": "ticket", "operator": "eq", "value": "none"}]});
    assert_eq!(app.csv(&user, &without_keys).await, ["0"]);
}

#[tokio::test]
async fn days_are_those_of_the_time_zone() {
    let (app, user) = app().await;
    let by = |zone: &str, unit: &str| {
        json!({"dataset": "sales", "timeZone": zone, "groupBy": [{"column": "at", "by": unit}],
            "aggregates": [{"name": "rows", "function": "count"}]})
    };
    // The clocks go back at three: an hour that comes twice is two.
    assert_eq!(
        app.csv(&user, &by("Europe/Vienna", "day")).await,
        ["2026-10-24T22:00:00.000Z,3", "2026-10-25T23:00:00.000Z,1"]
    );
    assert_eq!(app.csv(&user, &by("UTC", "day")).await.len(), 3);
    assert_eq!(app.csv(&user, &by("Europe/Vienna", "hour")).await.len(), 4);
    assert_eq!(
        app.csv(&user, &by("Europe/Vienna", "week")).await,
        ["2026-10-18T22:00:00.000Z,3", "2026-10-25T23:00:00.000Z,1"]
    );
    assert_eq!(app.csv(&user, &by("UTC", "quarter")).await, ["2026-10-01T00:00:00.000Z,4"]);
}

#[tokio::test]
async fn sorted_rows_have_nothing_last_and_limits_are_kept() {
    let (app, user) = app().await;
    let sorted = |direction: &str, limit: u64| {
        json!({"dataset": "sales", "columns": columns(&["count", "price"]), "limit": limit,
            "sort": [{"column": "price", "direction": direction}]})
    };
    assert_eq!(app.csv(&user, &sorted("ascending", 9)).await, ["2,10.5", "1,20", "3,30", "5,"]);
    assert_eq!(app.csv(&user, &sorted("descending", 3)).await, ["3,30", "1,20", "2,10.5"]);
    let first = json!({"dataset": "sales", "columns": columns(&["ticket", "count"]), "limit": 2});
    assert_eq!(app.csv(&user, &first).await, ["A,2", "B,1"]);
    let mut with_totals = first;
    with_totals["totals"] = json!(true);
    assert_eq!(app.csv(&user, &with_totals).await, ["A,2", "B,1", "Total,11"], "totals are of all rows");
}

#[tokio::test]
async fn json_has_objects_with_the_columns_names() {
    let (app, user) = app().await;
    let definition = json!({"dataset": "sales", "columns": columns(&["ticket", "price", "refunded"]), "limit": 2});
    let wanted = json!([
        {"ticket": "A", "price": 10.5, "refunded": false},
        {"ticket": "B", "price": 20.0, "refunded": true},
    ]);
    let export = app.export(&user, &definition, "json").await;
    assert_eq!(serde_json::from_str::<Value>(&app.file(&user, &export).await).unwrap(), wanted);
    let export = app.export(&user, &definition, "jsonLines").await;
    let lines: Value =
        app.file(&user, &export).await.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()).collect();
    assert_eq!(lines, wanted);
}

#[tokio::test]
async fn parameters_have_defaults_and_are_asked_for() {
    let (app, user) = app().await;
    let definition = json!({"dataset": "sales", "columns": columns(&["count"]), "parameters": [
        {"name": "from", "type": "timestamp", "default": "2026-10-25"},
        {"name": "wanted", "type": "text"},
        {"name": "least", "type": "integer", "required": true},
    ], "filters": [
        {"column": "at", "operator": "gte", "value": "{{from}}"},
        {"column": "ticket", "operator": "eq", "value": "{{ wanted }}"},
        {"column": "count", "operator": "gte", "value": "{{least}}"},
    ]});
    let export = async |parameters: Value| {
        let body = json!({"definition": definition, "format": "csv", "parameters": parameters});
        let export = app.post("/exports", &body).by(&user).data().await;
        assert_eq!(app.work().await, 0);
        let export = app.get(&format!("/exports/{}", export["id"].as_str().unwrap())).by(&user).data().await;
        app.file(&user, &export).await.lines().skip(1).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(export(json!({"least": 2})).await, ["3", "5"]);
    assert_eq!(export(json!({"least": 2, "from": "2026-10-24", "wanted": "A"})).await, ["2", "3"]);
    for wrong in
        [json!({}), json!({"least": "x"}), json!({"least": 1, "other": 1}), json!({"least": 1, "from": "someday"})]
    {
        let body = json!({"definition": definition, "format": "csv", "parameters": wrong});
        assert_eq!(app.post("/exports", &body).by(&user).refused().await, refusal(400, "VALIDATION_FAILED"), "{wrong}");
    }
}

#[tokio::test]
async fn definitions_that_cannot_be_carried_out_are_refused() {
    let (app, user) = app().await;
    let refused = async |definition: Value| {
        let body = json!({"definition": definition, "format": "csv"});
        app.post("/exports", &body).by(&user).refused().await
    };
    let count = json!([{"name": "n", "function": "count"}]);
    for wrong in [
        json!({"columns": columns(&["nothing"])}),
        json!({"columns": columns(&["ticket", "ticket"])}),
        json!({"columns": [{"name": "x", "expression": "ticket +", "type": "text"}]}),
        json!({"columns": [{"name": "x", "expression": "nothing", "type": "text"}]}),
        json!({"columns": [{"name": "x", "expression": "1"}]}),
        json!({"columns": [{"name": "price", "expression": "1", "type": "number"}]}),
        json!({"columns": columns(&["ticket"]), "aggregates": count}),
        json!({"filters": [{"column": "price", "operator": "eq", "value": "many"}]}),
        json!({"filters": [{"column": "price", "operator": "contains", "value": "1"}]}),
        json!({"filters": [{"column": "price", "operator": "eq"}]}),
        json!({"filters": [{"column": "ticket", "operator": "eq", "value": "{{nobody}}"}]}),
        json!({"filters": [{"column": "price", "operator": "isEmpty", "value": 1}]}),
        json!({"parameters": [{"name": "price", "type": "number"}]}),
        json!({"parameters": [{"name": "a", "type": "number"}, {"name": "a", "type": "number"}]}),
        json!({"parameters": [{"name": "a", "type": "number", "default": "x"}]}),
        json!({"groupBy": [{"column": "ticket", "by": "day"}], "aggregates": count}),
        json!({"aggregates": [{"name": "n", "function": "sum"}]}),
        json!({"aggregates": [{"name": "n", "function": "sum", "column": "ticket"}]}),
        json!({"aggregates": [{"name": "n", "function": "percentile", "column": "price"}]}),
        json!({"aggregates": [{"name": "n", "function": "sum", "column": "price", "percentile": 5}]}),
        json!({"columns": columns(&["ticket"]), "sort": [{"column": "price"}]}),
    ] {
        let mut definition = wrong.clone();
        definition["dataset"] = json!("sales");
        assert_eq!(refused(definition).await, refusal(400, "INVALID_TEMPLATE"), "{wrong}");
    }
    for wrong in [
        json!({"dataset": "sales", "more": 1}),
        json!({"dataset": "sales", "limit": 0}),
        json!({"dataset": "sales", "timeZone": "Mars/Olympus"}),
        json!({"dataset": "sales", "filters": [{"column": "price", "operator": "like", "value": 1}]}),
        json!({"columns": []}),
    ] {
        assert_eq!(refused(wrong.clone()).await, refusal(400, "VALIDATION_FAILED"), "{wrong}");
    }
    assert_eq!(refused(json!({"dataset": "nothing"})).await, refusal(404, "DATASET_NOT_FOUND"));
    let body = json!({"definition": {"dataset": "sales"}, "format": "docx"});
    assert_eq!(app.post("/exports", &body).by(&user).refused().await, refusal(400, "INVALID_FORMAT"));
}

#[tokio::test]
async fn a_preview_shows_the_first_rows() {
    let (app, user) = app().await;
    let definition = json!({"dataset": "sales", "columns": columns(&["ticket", "count"]), "totals": true,
        "sort": [{"column": "count", "direction": "descending"}]});
    let template = app.post("/templates", &json!({"name": "Sales", "definition": definition})).by(&user).data().await;
    let path = format!("/templates/{}/preview", template["id"].as_str().unwrap());
    let preview = app.post(&path, &json!({"limit": 2})).by(&user).data().await;
    assert_eq!(
        preview,
        json!({
            "columns": [{"name": "ticket", "label": "ticket", "type": "text"}, {"name": "count", "label": "count", "type": "integer"}],
            "rows": [["C, \"x\"", 5], ["A", 3]],
            "totals": ["Total", 11],
            "complete": true,
        })
    );
    app.add(T1, &[sale("D", 1.0, 9)]).await;
    let preview = app.call(http::Method::POST, &path).by(&user).data().await;
    assert_eq!(preview["rows"][0], json!(["D", 9]));
}

#[tokio::test]
async fn filters_that_exclude_each_other_let_nothing_through() {
    let (app, user) = app().await;
    for (from, to) in [("today", "yesterday"), ("9998-01-01", "9999-01-01"), ("2026-10-26", "2026-10-25")] {
        let definition = json!({"dataset": "sales", "filters": [
            {"column": "at", "operator": "gte", "value": from}, {"column": "at", "operator": "lte", "value": to},
        ]});
        assert!(app.csv(&user, &definition).await.is_empty(), "{from} {to}");
        assert!(app.csv(&app.user(T1, Role::User), &definition).await.is_empty(), "{from} {to}");
    }
}

#[tokio::test]
async fn what_is_hard_to_compute_holds_up_nobody() {
    let app = App::start().await;
    let organizer = app.user(T1, Role::Organizer);
    let rows: Vec<Value> = (0..1000).map(|n| sale(&"x".repeat(1900), 1.0, n)).collect();
    app.sales(T1, &rows).await;
    let hard = (0..18).map(|_| "length(upper(ticket + ticket + ticket + ticket))").collect::<Vec<_>>().join(" + ");
    let column = |n: usize| json!({"name": format!("c{n}"), "type": "integer", "expression": hard});
    let columns: Vec<Value> = (0..40).map(column).collect();
    let definition =
        json!({"dataset": "sales", "columns": columns, "filters": [{"column": "c0", "operator": "lt", "value": 0}]});
    let template =
        app.post("/templates", &json!({"name": "hard", "definition": definition})).by(&organizer).data().await;
    let path = format!("/templates/{}/preview", template["id"].as_str().unwrap());
    let began = Instant::now();
    let preview = app.post(&path, &json!({})).by(&organizer).data();
    // Nobody waits for a large part of what the preview takes, however fast the machine is.
    let (mut last, mut longest) = (began, Duration::ZERO);
    let others = async {
        loop {
            app.get("/health").send().await;
            longest = longest.max(last.elapsed());
            last = Instant::now();
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        _ = preview => {}
        () = others => {}
    }
    let whole = began.elapsed();
    let longest = longest.max(last.elapsed());
    assert!(longest < whole / 4, "{longest:?} of {whole:?}");
}

#[tokio::test]
async fn what_would_not_fit_into_memory_is_refused() {
    let app = App::start().await;
    let organizer = app.user(T1, Role::Organizer);
    let rows: Vec<Value> = (0..1000).map(|n| sale(&n.to_string(), 1.0, n)).collect();
    app.sales(T1, &rows).await;
    let percentile =
        |n: usize| json!({"name": format!("p{n}"), "function": "percentile", "percentile": 50, "column": "price"});
    let aggregates: Vec<Value> = (0..20).map(percentile).collect();
    let definition = json!({"dataset": "sales", "groupBy": [{"column": "ticket"}], "aggregates": aggregates});
    let failed = app.export(&organizer, &definition, "csv").await;
    assert_eq!(
        (failed["status"].as_str(), failed["failure"]["code"].as_str()),
        (Some("failed"), Some("INVALID_TEMPLATE"))
    );
    let many: serde_json::Map<String, Value> =
        (0..20).map(|n| (format!("p{n}"), json!("\u{1}".repeat(4000)))).collect();
    let parameters: Vec<Value> = (0..20).map(|n| json!({"name": format!("p{n}"), "type": "text"})).collect();
    let body =
        json!({"definition": {"dataset": "sales", "parameters": parameters}, "format": "csv", "parameters": many});
    assert_eq!(app.post("/exports", &body).by(&organizer).refused().await, refusal(400, "VALIDATION_FAILED"));
    let name = "a".repeat(1100);
    assert_eq!(app.get(&format!("/datasets/{name}")).by(&organizer).refused().await, refusal(404, "DATASET_NOT_FOUND"));
}

#[tokio::test]
async fn a_chart_of_a_title_like_a_formula_is_made() {
    let (app, user) = app().await;
    app.add(T1, &[json!({"values": {"ticket": "least", "count": i64::MIN}})]).await;
    let definition = json!({"dataset": "sales", "columns": columns(&["ticket", "count"]),
        "layout": {"title": "=Sheet1!$A$1", "chart": {"type": "column", "category": "ticket", "values": ["count"]}}});
    let export = app.export(&user, &definition, "xlsx").await;
    assert_eq!(export["status"], "completed", "{export}");
}
