//! Workbooks, as others read them.

use std::io::Cursor;

use calamine::{Data, DataType, Reader, Xlsx, open_workbook_from_rs};
use serde_json::{Value, json};
use shared::auth::Role;

use crate::support::{App, T1, User, sale};

async fn read(app: &App, user: &User, export: &Value) -> Xlsx<Cursor<Vec<u8>>> {
    open_workbook_from_rs(Cursor::new(app.bytes(user, export).await)).unwrap()
}

#[tokio::test]
async fn a_workbook_has_types_totals_and_a_chart() {
    let app = App::start().await;
    let organizer = app.user(T1, Role::Organizer);
    app.sales(T1, &[
        json!({"at": "2026-07-01T10:30:00Z", "values": {"ticket": "=1+1", "price": 10.5, "count": 2, "refunded": true}}),
        json!({"at": "2026-07-02T10:30:00Z", "values": {"ticket": "B", "count": 9_223_372_036_854_775_807_i64}}),
    ])
    .await;
    let definition = json!({"dataset": "sales", "timeZone": "Europe/Vienna", "totals": true,
        "columns": [{"name": "ticket", "label": "Ticket"}, {"name": "price"}, {"name": "count"}, {"name": "refunded"}, {"name": "at"}],
        "layout": {"title": "Sales", "chart": {"type": "pie", "category": "ticket", "values": ["price"]}}});
    let export = app.export(&organizer, &definition, "xlsx").await;
    let mut workbook = read(&app, &organizer, &export).await;
    assert_eq!(workbook.sheet_names(), ["Report", "Chart"]);
    let sheet = workbook.worksheet_range("Report").unwrap();
    let rows: Vec<&[Data]> = sheet.rows().collect();
    assert_eq!(rows[0][0], Data::String("Ticket".to_owned()));
    assert_eq!(rows[1][..4], [Data::String("=1+1".to_owned()), Data::Float(10.5), Data::Float(2.0), Data::Bool(true)]);
    let Data::DateTime(at) = &rows[1][4] else { panic!("{:?}", rows[1][4]) };
    assert_eq!(at.to_ymd_hms_milli(), (2026, 7, 1, 12, 30, 0, 0), "in the definition's time zone");
    assert_eq!(rows[2][2], Data::String("9223372036854775807".to_owned()), "a workbook has no such number");
    assert_eq!((&rows[3][0], &rows[3][1]), (&Data::String("Total".to_owned()), &Data::Float(10.5)));
    assert_eq!(export["fileName"], format!("sales-{}.xlsx", app.now().strftime("%Y-%m-%d")));
}

#[tokio::test]
async fn the_same_rows_are_the_same_workbook() {
    let app = App::start().await;
    let organizer = app.user(T1, Role::Organizer);
    let rows: Vec<Value> = (0..2500).map(|n| sale(&format!("T{n}"), f64::from(n) / 3.0, n.into())).collect();
    app.sales(T1, &rows).await;
    let body = json!({"definition": {"dataset": "sales", "sort": [{"column": "price", "direction": "descending"}]}, "format": "xlsx"});
    let mut exports = Vec::new();
    for _ in 0..2 {
        let export = app.post("/exports", &body).by(&organizer).data().await;
        exports.push(format!("/exports/{}", export["id"].as_str().unwrap()));
    }
    assert_eq!(app.work().await, 0);
    let (first, second) =
        (app.get(&exports[0]).by(&organizer).data().await, app.get(&exports[1]).by(&organizer).data().await);
    assert_eq!((&first["status"], &first["sha256"]), (&json!("completed"), &second["sha256"]));
    let sheet = read(&app, &organizer, &first).await.worksheet_range("Report").unwrap();
    assert_eq!((sheet.height(), sheet.rows().nth(1).unwrap()[3].as_string()), (2501, Some("T2499".to_owned())));
}
