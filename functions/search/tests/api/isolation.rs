//! Tenants never see each other: whatever is asked, the answer is the same with and without the other's data.

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use shared::auth::{Role, TenantId};

use crate::model;
use crate::support::{App, T1, T2};

const WORDS: [&str; 12] =
    ["jazz", "night", "doctors", "puppet", "theatre", "market", "Wien", "congress", "kids", "rock", "open", "air"];
const CASES: usize = 150;
/// Stands in every document of the other tenant.
const FOREIGN: &str = "zebrawort";

fn kind(number: usize) -> &'static str {
    ["event", "venue", "artist"][number % 3]
}

/// A document of either tenant: the same words, ids and places, and the other's mark.
fn document(number: usize, mark: &str) -> Value {
    let word = |step: usize| WORDS[(number * step + step) % WORDS.len()];
    json!({
        "id": format!("doc-{number}"),
        "entity_type": kind(number),
        "title": format!("{} {} {mark}", word(1), word(5)),
        "description": format!("{} {mark} {}", word(7), word(11)),
        "tags": [word(2), mark],
        "category": if mark.is_empty() { word(3).to_owned() } else { format!("{mark}{number}") },
        "city": if number.is_multiple_of(2) { "Wien" } else { "Linz" },
        "location": {"lat": 48.0 + f64::from(u32::try_from(number).unwrap()) / 100.0, "lng": 16.0},
        "start_date": "2027-01-01T00:00:00Z",
        "price_min": number,
    })
}

/// Documents of a tenant, in some batches, with some deleted again.
async fn fill(app: &App, tenant: TenantId, mark: &str) {
    for batch in 0..3 {
        let documents: Vec<Value> =
            (batch * 20..batch * 20 + 25).map(|number| document(number, mark).clone()).collect();
        let tidy = |mut document: Value| {
            let title = document["title"].as_str().unwrap().trim().to_owned();
            document["title"] = json!(title);
            let tags: Vec<Value> =
                document["tags"].as_array().unwrap().iter().filter(|tag| **tag != "").cloned().collect();
            document["tags"] = json!(tags);
            document
        };
        app.store(tenant, &documents.into_iter().map(tidy).collect::<Vec<_>>()).await;
    }
}

fn queries() -> impl Strategy<Value = String> {
    let word = prop::sample::select(
        WORDS
            .iter()
            .map(|word| (*word).to_owned())
            .chain([FOREIGN.to_owned(), "zebraw".to_owned(), "jaz".to_owned()])
            .collect::<Vec<_>>(),
    );
    let piece = (word, 0..4_usize).prop_map(|(word, form)| match form {
        0 => format!("-{word}"),
        1 => format!("\"{word} night\""),
        _ => word,
    });
    prop::collection::vec(piece, 1..4).prop_map(|pieces| pieces.join(" "))
}

/// Requests of all kinds.
fn requests() -> impl Strategy<Value = (String, Value)> {
    let sort = prop::sample::select(vec!["relevance", "date", "price", "rating"]);
    (queries(), any::<bool>(), sort, 0..6_usize, 0..60_usize).prop_map(|(query, semantic, sort, path, number)| match path {
        0 => ("/search".to_owned(), json!({"query": query, "use_semantic": semantic, "include_facets": true, "sort_by": sort, "explain": true})),
        1 => ("/search/advanced".to_owned(), json!({"query": query, "filters": {"city": "wien", "price_max": number}, "include_facets": true, "use_semantic": semantic})),
        2 => ("/search/advanced".to_owned(), json!({"filters": {"category": [FOREIGN, format!("{FOREIGN}{number}"), "jazz"]}, "include_facets": true})),
        3 => ("/search/geo".to_owned(), json!({"location": {"lat": 48, "lng": 16}, "radius_km": 1 + number, "include_facets": true})),
        4 => ("/search/similar".to_owned(), json!({"id": format!("doc-{number}"), "entity_type": kind(number)})),
        _ => (format!("GET /search/autocomplete?q={}", query.replace([' ', '"', '-'], "%20")), Value::Null),
    })
}

async fn ask(app: &App, path: &str, body: &Value) -> (u16, Value) {
    let user = app.user(T1, Role::Admin);
    let call = match path.strip_prefix("GET ") {
        Some(path) => app.get(path),
        None => app.post(path, body),
    };
    let mut answer = call.by(&user).send().await;
    if let Some(data) = answer.body["data"].as_object_mut() {
        for changing in ["took_ms", "updated_at", "created_at", "task_id"] {
            data.remove(changing);
        }
    }
    let both = json!({"data": answer.body["data"].take(), "error": answer.body["error"].take(), "page": answer.body["page"].take()});
    (answer.status.as_u16(), both)
}

#[tokio::test]
async fn answers_do_not_depend_on_another_tenant() {
    let folder = tempfile::tempdir().unwrap();
    model::write(folder.path());
    let variables = [("EMBEDDING_MODEL_DIR", folder.path().to_str().unwrap())];
    let (alone, beside) = (App::start_with(&variables).await, App::start_with(&variables).await);
    fill(&beside, T2, FOREIGN).await;
    for app in [&alone, &beside] {
        fill(app, T1, "").await;
    }
    fill(&beside, T2, &format!("{FOREIGN} again")).await;
    let settings = json!({"synonyms": [["jazz", FOREIGN], ["rock", "night"]], "stop_words": ["open"]});
    beside.put("/settings", &settings).by(&beside.user(T2, Role::Admin)).data().await;
    let (mut runner, requests) = (TestRunner::deterministic(), requests());
    let mut found = 0;
    for _ in 0..CASES {
        let (path, body) = requests.new_tree(&mut runner).unwrap().current();
        let (first, second) = (ask(&alone, &path, &body).await, ask(&beside, &path, &body).await);
        assert_eq!(first, second, "{path} {body}");
        assert!(!second.1.to_string().contains(FOREIGN), "{path} {body}");
        found += first.1["data"]["results"].as_array().map_or(0, Vec::len);
    }
    assert!(found > CASES, "the requests find something");
    for path in ["GET /admin/stats", "GET /settings", "GET /documents/event/doc-0"] {
        assert_eq!(ask(&alone, path, &Value::Null).await, ask(&beside, path, &Value::Null).await, "{path}");
    }
}
