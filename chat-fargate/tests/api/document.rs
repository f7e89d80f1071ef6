//! The OpenAPI document.

use crate::support::{Answer, platform};

#[tokio::test]
async fn the_document_is_as_it_was() {
    let platform = platform().await;
    let document = Answer::of(platform.request(None, "GET", "/openapi.json")).await;
    assert_eq!(document.status, 200);
    insta::assert_json_snapshot!(document.body);
}
