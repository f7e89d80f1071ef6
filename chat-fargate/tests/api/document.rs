//! The OpenAPI document.

use serde_json::Value;

use crate::support::{Answer, platform};

#[tokio::test]
async fn the_document_is_as_it_was() {
    let platform = platform().await;
    let document = Answer::of(platform.request(None, "GET", "/openapi.json")).await;
    assert_eq!(document.status, 200);
    let mut ids = operation_ids(&document.body);
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all, "{ids:?}");
    insta::assert_json_snapshot!(document.body);
}

fn operation_ids(document: &Value) -> Vec<&str> {
    let paths = document["paths"].as_object().unwrap().values();
    paths
        .flat_map(|path| path.as_object().unwrap().values())
        .map(|operation| operation["operationId"].as_str().unwrap())
        .collect()
}
