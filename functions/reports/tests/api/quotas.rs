//! How much a tenant may have made.

use futures_util::future::join_all;
use jiff::SignedDuration;
use serde_json::json;
use shared::auth::Role;

use crate::support::{App, T1, T2, refusal, sale};

#[tokio::test]
async fn a_day_has_exactly_as_many_exports_as_it_may() {
    let app = App::start().await;
    let (ada, admin) = (app.user(T1, Role::User), app.user(T1, Role::Admin));
    app.put("/admin/quotas", &json!({"exportsPerDay": 5})).by(&admin).data().await;
    let export = json!({"definition": {"dataset": "searches"}, "format": "csv"});
    let all = join_all((0..20).map(|_| app.post("/exports", &export).by(&ada).send())).await;
    assert_eq!(all.iter().filter(|answer| answer.status == 202).count(), 5);
    assert!(
        all.iter().all(|answer| answer.status == 202 || answer.body["error"]["code"] == "ERR_REPORTS_QUOTA_EXCEEDED")
    );
    let quotas = app.get("/admin/quotas").by(&admin).data().await;
    assert_eq!(quotas["exportsPerDay"], json!({"limit": 5, "planLimit": 50, "used": 5, "remaining": 0}));
    assert_eq!(quotas["exportsPerMonth"]["used"], 5);
    app.post("/exports", &export).by(&app.user(T2, Role::User)).data().await;
    app.advance(SignedDuration::from_hours(24));
    app.post("/exports", &export).by(&ada).data().await;
}

#[tokio::test]
async fn rows_of_a_month_are_counted_and_told() {
    let app = App::start().await;
    let (organizer, admin) = (app.user(T1, Role::Organizer), app.user(T1, Role::Admin));
    app.sales(T1, &[sale("A", 1.0, 1), sale("B", 1.0, 1)]).await;
    app.put("/admin/quotas", &json!({"rowsPerMonth": 3})).by(&admin).data().await;
    let rows = json!({"rows": [sale("C", 1.0, 1), sale("D", 1.0, 1)]});
    assert_eq!(app.post("/datasets/sales/rows", &rows).by(&organizer).refused().await, refusal(429, "QUOTA_EXCEEDED"));
    app.add(T1, &[sale("C", 1.0, 1)]).await;
    app.export(&organizer, &json!({"dataset": "sales"}), "csv").await;
    let usage = app.get("/admin/usage").by(&admin).data().await;
    assert_eq!((usage["rows"].as_u64(), usage["exports"].as_u64()), (Some(3), Some(1)));
    assert_eq!(usage["days"].as_array().unwrap().len(), 1);
    assert_eq!(app.get("/admin/usage?month=2026-13").by(&admin).refused().await, refusal(400, "VALIDATION_FAILED"));
    let tenants = app.get("/admin/tenants/usage").by(&app.user(T2, Role::System)).data().await;
    assert_eq!(tenants, json!([{"tenantId": T1, "exports": 1, "rows": 3}]));
}

#[tokio::test]
async fn nobody_sets_more_than_the_plan_gives() {
    let app = App::start().await;
    let admin = app.user(T1, Role::Admin);
    let refused = app.put("/admin/quotas", &json!({"exportsPerDay": 51})).by(&admin).send().await;
    assert_eq!(refused.status, 400);
    assert_eq!(refused.body["error"]["details"][0]["field"], "exportsPerDay");
}
