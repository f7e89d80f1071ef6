//! What reports are told of searches.

use std::collections::HashMap;

use serde_json::{Value, json};
use shared::auth::{Role, TenantId};

use crate::support::{App, T1, T2, User, titled};

async fn search(app: &App, user: &User, body: Value) -> Value {
    app.post("/search", &body).by(user).data().await
}

/// What is told of an answered search.
fn fact(app: &App, user: &User, query: &str, found: &Value) -> Value {
    json!({
        "fact": "search", "userId": user.id, "at": app.clock().now(), "query": query, "results": found["total"],
        "tookMs": found["took_ms"],
    })
}

/// The facts since the last call, of which there are so many, by tenant and without their ids.
async fn told(app: &App, count: usize) -> HashMap<TenantId, Vec<Value>> {
    let mut told: HashMap<TenantId, Vec<Value>> = HashMap::new();
    for facts in app.facts(count).await {
        for fact in facts.facts {
            let mut fact = serde_json::to_value(fact).unwrap();
            fact.as_object_mut().unwrap().remove("id");
            told.entry(facts.tenant_id).or_default().push(fact);
        }
    }
    told
}

#[tokio::test]
async fn each_search_that_is_counted_is_told_with_who_searched() {
    let app = App::start().await;
    app.store(T1, &[titled("1", "Jazz night")]).await;
    let [ada, bob, other] = [T1, T1, T2].map(|tenant| app.user(tenant, Role::User));
    let simple = |query: &str| json!({"query": query, "use_semantic": false});
    let first = search(&app, &ada, simple("  JÁZZ ")).await;
    let second = search(&app, &bob, simple("jazz")).await;
    let third = search(&app, &ada, simple("zzzzzzzzzz")).await;
    let foreign = search(&app, &other, simple("jazz")).await;
    assert_eq!((&first["total"], &third["total"], &foreign["total"]), (&json!(1), &json!(0), &json!(0)));
    // Another page is the same search, and a click is none.
    search(&app, &ada, json!({"query": "jazz", "page": 2})).await;
    let click = json!({"query": "Jazz", "entity_type": "event", "id": "1", "position": 1});
    app.post("/search/click", &click).by(&ada).data().await;
    let wanted = HashMap::from([
        (
            T1,
            vec![
                fact(&app, &ada, "jazz", &first),
                fact(&app, &bob, "jazz", &second),
                fact(&app, &ada, "zzzzzzzzzz", &third),
            ],
        ),
        (T2, vec![fact(&app, &other, "jazz", &foreign)]),
    ]);
    // They are written a second later, by themselves.
    assert_eq!(told(&app, 4).await, wanted);
    app.get("/analytics/queries").by(&app.user(T1, Role::Organizer)).data().await;
    assert!(told(&app, 0).await.is_empty());
}

#[tokio::test]
async fn facts_of_one_second_go_together() {
    let app = App::start().await;
    let ada = app.user(T1, Role::User);
    app.store(T1, &[titled("1", "Jazz night")]).await;
    for _ in 0..3 {
        search(&app, &ada, json!({"query": "jazz", "use_semantic": false})).await;
    }
    // Whoever wants to see the counts does not wait for the second's end.
    app.get("/analytics/queries").by(&app.user(T1, Role::Organizer)).data().await;
    let together: Vec<usize> = app.facts(3).await.iter().map(|facts| facts.facts.len()).collect();
    // They may lie on both sides of a second's end.
    assert!(together.len() < 3 && together.iter().sum::<usize>() == 3, "{together:?}");
}
