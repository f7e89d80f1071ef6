//! Pages of results.

use serde_json::{Value, json};
use shared::auth::Role;

use crate::support::{App, T1, ids_of, refusal, titled};

#[tokio::test]
async fn pages_hold_everything_once() {
    let app = App::start().await;
    let documents: Vec<Value> = (0..45).map(|id| titled(&format!("{id:02}"), "Jazz concert")).collect();
    app.store(T1, &documents).await;
    let user = app.user(T1, Role::User);
    let (mut all, mut cursor) = (Vec::new(), String::new());
    loop {
        let path = format!("/search{cursor}");
        let answer = app.post(&path, &json!({"query": "jazz", "use_semantic": false})).by(&user).send().await.body;
        all.extend(ids_of(&answer["data"]));
        assert_eq!((&answer["data"]["total"], &answer["page"]["limit"]), (&json!(45), &json!(20)));
        assert_eq!(answer["page"]["has_more"], json!(answer["page"]["next_cursor"].is_string()));
        match answer["page"]["next_cursor"].as_str() {
            Some(next) => cursor = format!("?cursor={next}"),
            None => break,
        }
    }
    all.sort();
    assert_eq!(all, (0..45).map(|id| format!("{id:02}")).collect::<Vec<_>>());
    // The documentation's cursor is the second page.
    let body = json!({"query": "jazz", "use_semantic": false});
    let by_cursor = app.post("/search?cursor=eyJwYWdlIjoyLCJsaW1pdCI6MjB9", &body).by(&user).data().await;
    let by_page =
        app.post("/search", &json!({"query": "jazz", "use_semantic": false, "page": 2})).by(&user).data().await;
    assert_eq!(ids_of(&by_cursor), ids_of(&by_page));
    let beyond =
        app.post("/search", &json!({"query": "jazz", "use_semantic": false, "page": 4})).by(&user).data().await;
    assert_eq!((ids_of(&beyond).len(), &beyond["total"]), (0, &json!(45)));
    for path in ["/search?cursor=x", "/search/advanced?cursor=eyJwYWdlIjowLCJsaW1pdCI6MjB9"] {
        assert_eq!(app.post(path, &body).by(&user).refused().await, refusal(400, "INVALID_CURSOR"), "{path}");
    }
}

#[tokio::test]
async fn the_tenant_must_be_named() {
    let app = App::start().await;
    let user = app.user(T1, Role::User);
    let body = json!({"query": "music festival", "use_semantic": false});
    assert_eq!(app.post("/search", &body).naming_no_tenant(&user).refused().await, refusal(403, "FORBIDDEN"));
    let answer = app.post("/search", &body).by(&user).send().await.body;
    assert_eq!((&answer["data"]["results"], &answer["data"]["semantic"]), (&json!([]), &json!("off")));
    assert_eq!((&answer["meta"]["service"], &answer["page"]["next_cursor"]), (&json!("search-svc"), &Value::Null));
}
