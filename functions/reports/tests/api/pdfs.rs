//! PDFs, as others read them.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use shared::auth::Role;

use crate::pages::pages;
use crate::support::{App, T1, refusal, sale};

/// Of the header of the table, on every page.
const HEADER: [u8; 3] = [0xE8, 0xEE, 0xF5];
/// Of the chart's series.
const SERIES: [[u8; 3]; 2] = [[0x1F, 0x4E, 0x79], [0xE6, 0x9F, 0x00]];

#[tokio::test]
async fn a_pdf_says_what_was_asked_and_repeats_its_header() {
    let app = App::start().await;
    let organizer = app.user(T1, Role::Organizer);
    let mut rows: Vec<Value> = (0..120).map(|n| sale(&format!("T{n:03}"), f64::from(n) + 0.5, n.into())).collect();
    rows.push(json!({"at": "2026-07-01T10:30:00Z", "values": {"ticket": "early", "price": 0.1}}));
    app.sales(T1, &rows).await;
    let definition = json!({"dataset": "sales", "timeZone": "Europe/Vienna", "totals": true,
        "columns": [{"name": "ticket", "label": "Ticket"}, {"name": "price", "label": "Price in €"}, {"name": "count"}, {"name": "at", "label": "Sold"}],
        "parameters": [{"name": "least", "type": "number", "label": "At least", "default": 0.1}, {"name": "most", "type": "number"}],
        "filters": [{"column": "price", "operator": "gte", "value": "{{least}}"}, {"column": "price", "operator": "lt", "value": "{{most}}"}],
        "sort": [{"column": "at"}],
        "layout": {"title": "Sales of July", "chart": {"type": "column", "category": "ticket", "values": ["price", "count"]}}});
    let export = app.export(&organizer, &definition, "pdf").await;
    assert_eq!(export["fileName"], format!("sales-of-july-{}.pdf", app.now().strftime("%Y-%m-%d")));
    let download =
        app.get(&format!("/exports/{}/download", export["id"].as_str().unwrap())).by(&organizer).data().await;
    let answer = testing::fetch(download["url"].as_str().unwrap()).await;
    assert_eq!(answer.headers()["content-type"], "application/pdf");
    let file = app.bytes(&organizer, &export).await;
    assert!(file.starts_with(b"%PDF-1."));
    let sum: Vec<String> = Sha256::digest(&file).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!((&export["sha256"], &export["rows"]), (&json!(sum.concat()), &json!(121)));

    let pages = pages(file);
    assert!(pages.len() >= 3, "{}", pages.len());
    let first = pages[0].text();
    for text in
        ["Sales of July", "Europe/Vienna", "121", "At least", "Price in € ≥ 0.1", "early", "2026-07-01 12:30:00"]
    {
        assert!(first.contains(text), "{text}: {first}");
    }
    assert!(!first.contains("most") && !first.contains('<'), "what has no value lets everything pass: {first}");
    assert!(SERIES.iter().all(|colour| pages[0].colours.contains(colour)), "{:?}", pages[0].colours);
    for (number, page) in pages.iter().enumerate() {
        let text = page.text();
        assert!(text.contains("Ticket") && page.colours.contains(&HEADER), "page {number}: {text}");
        assert!(text.contains(&format!("{} / {}", number + 1, pages.len())), "page {number}: {text}");
        assert_eq!(text.contains("7200.1"), number + 1 == pages.len(), "totals stand at the end: {text}");
    }
    let all: String = pages.iter().map(crate::pages::Page::text).collect();
    assert!((0..120).all(|n| all.contains(&format!("T{n:03}"))));
    let right = |text: &str| pages[1].runs.iter().find(|run| run.text == text).map(|run| run.right).unwrap();
    let on_second = |n: i32| pages[1].runs.iter().any(|run| run.text == format!("{n}.5"));
    let (short, long) = ((0..100).find(|n| on_second(*n)), (0..120).rev().find(|n| on_second(*n)));
    let (short, long) = (format!("{}.5", short.unwrap()), format!("{}.5", long.unwrap()));
    assert!((right(&short) - right(&long)).abs() < 0.1, "numbers stand at the right: {short}, {long}");
}

#[tokio::test]
async fn the_same_rows_are_the_same_pdf() {
    let app = App::start().await;
    let organizer = app.user(T1, Role::Organizer);
    let rows: Vec<Value> = (0..300).map(|n| sale(&format!("T{n}"), f64::from(n) / 3.0, n.into())).collect();
    app.sales(T1, &rows).await;
    for kind in ["column", "bar", "line", "pie"] {
        let body = json!({"definition": {"dataset": "sales", "sort": [{"column": "price", "direction": "descending"}],
            "layout": {"chart": {"type": kind, "category": "ticket", "values": ["price"]}}}, "format": "pdf"});
        let mut exports = Vec::new();
        for _ in 0..2 {
            let export = app.post("/exports", &body).by(&organizer).data().await;
            exports.push(format!("/exports/{}", export["id"].as_str().unwrap()));
        }
        assert_eq!(app.work().await, 0);
        let first = app.get(&exports[0]).by(&organizer).data().await;
        let second = app.get(&exports[1]).by(&organizer).data().await;
        assert_eq!((&first["status"], &first["sha256"]), (&json!("completed"), &second["sha256"]), "{kind}");
        let pages = pages(app.bytes(&organizer, &first).await);
        assert!(pages[0].colours.contains(&SERIES[0]), "{kind}");
        assert!(pages[0].text().contains("T299"), "{kind}: {}", pages[0].text());
    }
}

#[tokio::test]
async fn what_users_write_is_never_code() {
    let app = App::start().await;
    let organizer = app.user(T1, Role::Organizer);
    let texts = [
        "#panic()",
        "#read(\"/etc/passwd\")",
        "$x^2$",
        "*bold* _slanted_",
        "#import \"@preview/cetz:0.4.0\"",
        "<label> @ref",
        "= Heading",
        "\\ \\u{41} ~ -- ---",
        "[a](b) `raw` // no comment /* nor this */",
        "</text><script>&amp;",
        "\"quotes\" 'single'",
        "שלום עולם",
        "مرحبا",
        "Ελλάδα Ћирилица Հայերեն",
    ];
    let long = format!("x{}y", "W".repeat(600));
    let odd = [&long, "a\u{0}b\u{1b}c\u{7f}d\u{fffe}e", "😀 \u{202E}abc", "one\r\ntwo\ttabbed"];
    let rows: Vec<Value> = (1..).zip(odd.iter().chain(&texts)).map(|(n, text)| sale(text, 1.0, n)).collect();
    app.sales(T1, &rows).await;
    for title in ["#panic() $x$ *b* <l> @r", "\u{0}\u{7}\n\u{1F600}", &"Ω".repeat(200)] {
        let definition = json!({"dataset": "sales", "totals": true,
            "columns": [{"name": "ticket", "label": "#ticket[*x*]"}, {"name": "price", "label": "$p$"}, {"name": "count"}],
            "parameters": [{"name": "asked", "type": "text", "label": "#label", "default": "#eval(\"1\")"}],
            "filters": [{"column": "ticket", "operator": "ne", "value": "#filter()"}],
            "sort": [{"column": "count"}],
            "layout": {"title": title, "chart": {"type": "bar", "category": "ticket", "values": ["price"]}}});
        let export = app.export(&organizer, &definition, "pdf").await;
        let pages = pages(app.bytes(&organizer, &export).await);
        let all: String = pages.iter().map(crate::pages::Page::joined).collect();
        for text in ["#ticket[*x*]", "$p$", "#label", "#eval(\"1\")", "#ticket[*x*] ≠ #filter()", "one", "two tabbed"]
        {
            assert!(all.contains(&text.replace(' ', "")), "{text}: {all}");
        }
        for text in texts.iter().filter(|text| text.is_ascii()).chain([&"ΕλλάδαЋирилицаՀայերեն", &long.as_str()])
        {
            assert!(all.contains(&text.replace(' ', "")), "{text}: {all}");
        }
        assert!(all.contains("a\u{FFFD}b\u{FFFD}c\u{FFFD}d\u{FFFD}e"), "{all}");
        assert!(!all.contains("root:"), "no file is read");
        assert!(!all.contains("boxes"), "every letter has a shape: {all}");
        let paper = 595.28 - 40.0;
        let beyond = pages.iter().flat_map(|page| &page.runs).find(|run| run.right > paper + 0.5);
        assert!(beyond.is_none(), "{beyond:?}");
    }
}

#[tokio::test]
async fn a_hundred_columns_have_room() {
    let app = App::start().await;
    let organizer = app.user(T1, Role::Organizer);
    let rows: Vec<Value> = (0..3).map(|n| sale("a ticket with a name", 1234.5, n)).collect();
    app.sales(T1, &rows).await;
    let columns: Vec<Value> = (0..100)
        .map(|n| json!({"name": format!("c{n}"), "label": format!("Col{n}"), "expression": "ticket + price", "type": "text"}))
        .collect();
    let export = app.export(&organizer, &json!({"dataset": "sales", "columns": columns}), "pdf").await;
    let pages = pages(app.bytes(&organizer, &export).await);
    let mut header: Vec<(f64, f64)> =
        pages[0].runs.iter().filter(|run| run.text.starts_with("Col")).map(|run| (run.left, run.right)).collect();
    header.sort_by(|a, b| a.0.total_cmp(&b.0));
    assert_eq!(header.len(), 100);
    assert!(header.windows(2).all(|two| two[0].1 < two[1].0), "labels overlap: {header:?}");
}

#[tokio::test]
async fn a_pdf_says_what_it_has_not() {
    let app = App::start().await;
    let organizer = app.user(T1, Role::Organizer);
    app.sales(T1, &[]).await;
    app.add(T1, &[json!({"at": "2020-01-01T00:00:00Z", "values": {"ticket": "会議"}})]).await;
    let boxed = app.export(&organizer, &json!({"dataset": "sales"}), "pdf").await;
    assert!(pages(app.bytes(&organizer, &boxed).await)[0].text().contains("shown as boxes"));
    let chart = json!({"type": "pie", "category": "ticket", "values": ["price"]});
    let none = json!([{"column": "ticket", "operator": "isEmpty"}]);
    let definition = json!({"dataset": "sales", "filters": none, "layout": {"chart": chart}});
    let export = app.export(&organizer, &definition, "pdf").await;
    let pages = pages(app.bytes(&organizer, &export).await);
    assert!(pages[0].text().contains("There are no rows"), "{}", pages[0].text());
    assert_eq!((pages.len(), &export["rows"]), (1, &json!(0)));
}

#[tokio::test]
async fn too_much_is_no_pdf() {
    let app = App::start().await;
    let organizer = app.user(T1, Role::Organizer);
    let rows: Vec<Value> = (0..501).map(|n| sale(&"long ".repeat(800), 1.0, n)).collect();
    app.sales(T1, &rows).await;
    let columns: Vec<Value> =
        (0..100).map(|n| json!({"name": format!("c{n}"), "expression": "count", "type": "integer"})).collect();
    let over_pages: Vec<Value> = columns.iter().cloned().chain([json!({"name": "ticket"})]).skip(1).collect();
    for definition in [
        json!({"dataset": "sales", "columns": columns}),
        json!({"dataset": "sales", "columns": columns, "sort": [{"column": "c1"}]}),
        json!({"dataset": "sales", "columns": [{"name": "ticket"}]}),
        json!({"dataset": "sales", "columns": over_pages, "limit": 400}),
    ] {
        let export = app.export(&organizer, &definition, "pdf").await;
        assert_eq!((&export["status"], &export["failure"]["code"]), (&json!("failed"), &json!("FILE_TOO_LARGE")));
        let download = format!("/exports/{}/download", export["id"].as_str().unwrap());
        assert_eq!(app.get(&download).by(&organizer).refused().await, refusal(409, "CONFLICT"));
    }
    let definition = json!({"dataset": "sales", "columns": columns, "limit": 5});
    assert_eq!(app.export(&organizer, &definition, "pdf").await["status"], "completed");
}

/// An axis from minus infinity to infinity would never be drawn to its end.
#[tokio::test]
async fn the_largest_numbers_are_drawn_and_titles_may_be_long() {
    let app = App::start().await;
    let organizer = app.user(T1, Role::Organizer);
    app.sales(T1, &[sale("A", 1.7e308, 1), sale("B", -1.7e308, i64::MIN), sale("C", 5e-324, i64::MAX)]).await;
    for kind in ["column", "bar", "line", "pie"] {
        let definition = json!({"dataset": "sales", "columns": [{"name": "ticket"}, {"name": "price"}, {"name": "count"}],
            "layout": {"title": "Long ".repeat(40), "chart": {"type": kind, "category": "ticket", "values": ["price", "count"]}}});
        let export = app.export(&organizer, &definition, "pdf").await;
        assert_eq!(export["status"], "completed", "{kind}: {export}");
    }
}
