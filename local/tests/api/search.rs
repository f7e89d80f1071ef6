//! search on the whole platform: its corpus, and its worker's death.

use std::collections::BTreeSet;
use std::time::Duration;

use http::Method;
use serde_json::{Value, json};

use crate::platform::{Platform, T2, answer};

/// How often the platform is killed while it indexes.
const KILLS: u64 = 20;
/// Documents of one request.
const BATCH: usize = 60;
/// How long indexing may take on a machine that runs other tests beside it.
const PATIENCE: Duration = Duration::from_mins(2);

/// A request of search's, by whoever has the token.
async fn call(platform: &Platform, token: &str, method: Method, path: &str, body: Option<Value>) -> (u16, Value) {
    let request = platform.request(method, &format!("/search/v1{path}")).bearer_auth(token).header("x-tenant-id", T2);
    let request = match body {
        Some(body) => request.json(&body),
        None => request,
    };
    let answer = answer(request).await;
    (answer.status, answer.body)
}

async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let waited = tokio::time::timeout(PATIENCE, async {
        while !is_so().await {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    });
    waited.await.unwrap_or_else(|_| panic!("{what} does not come about"));
}

#[tokio::test(flavor = "multi_thread")]
async fn there_is_something_to_be_searched_for() {
    let platform = Platform::with_corpus().await;
    let token = platform.token_in("admin@eventzr.com", T2).await;
    let search = json!({"query": "jazz", "use_semantic": false, "include_facets": true});
    let mut found = Value::Null;
    until("the corpus", async || {
        let (status, body) = call(&platform, &token, Method::POST, "/search", Some(search.clone())).await;
        assert_eq!(status, 200, "{body}");
        found = body;
        found["data"]["total"].as_u64() > Some(20)
    })
    .await;
    assert!(found["data"]["facets"]["city"].as_array().unwrap().len() > 5, "{found}");
    // Whether the model could be fetched or not: it is said.
    let hybrid = json!({"query": "doctors meeting"});
    let (_, body) = call(&platform, &token, Method::POST, "/search", Some(hybrid)).await;
    assert!(["used", "loading", "unavailable"].contains(&body["data"]["semantic"].as_str().unwrap()), "{body}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_is_killed_again_and_again_loses_no_document() {
    let directory = tempfile::tempdir().unwrap();
    let mut accepted = BTreeSet::new();
    for round in 0..KILLS {
        let platform = Platform::on(&directory).await;
        let token = platform.token_in("admin@eventzr.com", T2).await;
        for batch in 0..3 {
            let id = |number: usize| format!("{round}-{batch}-{number}");
            let document =
                |number| json!({"id": id(number), "entity_type": "event", "title": format!("Jazz {number}")});
            let documents: Vec<Value> = (0..BATCH).map(document).collect();
            let body = json!({"documents": documents});
            let (status, body) = call(&platform, &token, Method::PUT, "/documents", Some(body)).await;
            assert_eq!(status, 202, "{body}");
            accepted.extend((0..BATCH).map(id));
        }
        // Each time it is killed at another moment of its work.
        tokio::time::sleep(Duration::from_millis(round * 17)).await;
        platform.kill().await;
    }
    let platform = Platform::on(&directory).await;
    let token = platform.token_in("admin@eventzr.com", T2).await;
    until("the end of the work", async || {
        let (status, body) = call(&platform, &token, Method::GET, "/admin/stats", None).await;
        assert_eq!(status, 200, "{body}");
        body["data"]["waiting"] == 0
    })
    .await;
    let mut found = BTreeSet::new();
    let mut total = 0;
    for page in 1..=accepted.len().div_ceil(100) {
        let body = json!({"query": "jazz", "use_semantic": false, "limit": 100, "page": page});
        let (_, body) = call(&platform, &token, Method::POST, "/search", Some(body)).await;
        let ids =
            body["data"]["results"].as_array().unwrap().iter().map(|each| each["id"].as_str().unwrap().to_owned());
        found.extend(ids);
        total = body["data"]["total"].as_u64().unwrap();
    }
    assert_eq!(found, accepted);
    assert_eq!(total, u64::try_from(accepted.len()).unwrap(), "nothing is there twice");
}
