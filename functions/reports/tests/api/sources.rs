//! Incoming webhooks: rows of a dataset, signed by somebody else.

use http::Method;
use jiff::SignedDuration;
use serde_json::{Value, json};
use shared::auth::{Role, UserId};
use shared::ids;
use shared::jobs::{ExportUser, Job, QueueName, UserErased};
use shared::webhooks::WebhookKey;
use testing::Answer;

use crate::support::{App, T1, T2, User, refusal};

const NOBODY: (u16, &str) = (401, "INVALID_SIGNATURE");

struct Source {
    id: String,
    secret: String,
}

async fn source(app: &App, organizer: &User) -> Source {
    let body = json!({"name": "box office"});
    let made = app.post("/datasets/sales/sources", &body).by(organizer).data().await;
    let id = made["id"].as_str().unwrap().to_owned();
    assert!(made["url"].as_str().unwrap().ends_with(&format!("/reports/v1/webhooks/incoming/{id}")));
    Source { secret: made["secret"].as_str().unwrap().to_owned(), id }
}

/// Posts a body that this source has signed now.
async fn post(app: &App, source: &Source, message: &str, body: &str) -> Answer {
    let signed = WebhookKey::parse(&source.secret).unwrap().sign(message, app.now(), body).unwrap();
    let call = app.call(Method::POST, &format!("/webhooks/incoming/{}", source.id)).raw("application/json", body);
    signed.iter().fold(call, |call, (name, value)| call.header(name, value)).send().await
}

/// Posts and gives how many rows were accepted, and how many rejected.
async fn taken(app: &App, source: &Source, message: &str, body: &Value) -> (u64, u64) {
    let answer = post(app, source, message, &body.to_string()).await;
    assert_eq!(answer.status, 202, "{}", answer.body);
    assert_eq!(app.work().await, 0);
    let count = |name: &str| answer.body["data"][name].as_u64().unwrap();
    (count("accepted"), count("rejected"))
}

async fn tickets(app: &App) -> Vec<String> {
    let definition =
        json!({"dataset": "sales", "columns": [{"name": "ticket"}, {"name": "price"}], "sort": [{"column": "ticket"}]});
    app.csv(&app.user(T1, Role::Organizer), &definition).await
}

async fn rejected(app: &App, source: &Source) -> Value {
    let path = format!("/datasets/sales/sources/{}/rejected", source.id);
    app.get(&path).by(&app.user(T1, Role::Organizer)).data().await
}

async fn start() -> (App, Source) {
    let app = App::start().await;
    app.sales(T1, &[]).await;
    let source = source(&app, &app.user(T1, Role::Organizer)).await;
    (app, source)
}

#[tokio::test]
async fn rows_come_once_and_those_that_do_not_fit_are_kept_aside() {
    let (app, source) = start().await;
    let body = json!({"rows": [
        {"values": {"ticket": "A", "price": 5.5}},
        {"values": {"ticket": "B", "price": "dear"}},
        {"values": {"price": 1}},
        {"values": {"ticket": "C", "seat": 7}},
        {"at": "1850-01-01T00:00:00Z", "values": {"ticket": "D"}},
        {"at": "yesterday", "values": {"ticket": "E"}},
        {"values": {"ticket": "F"}, "color": "red"},
        7,
        {"values": {"ticket": "G", "price": null}},
    ]});
    assert_eq!(taken(&app, &source, "one", &body).await, (2, 7));
    assert_eq!(tickets(&app).await, ["A,5.5", "G,"]);
    let aside = rejected(&app, &source).await;
    let mut found: Vec<(&str, &Value)> =
        aside.as_array().unwrap().iter().map(|row| (row["reason"].as_str().unwrap(), &row["row"])).collect();
    found.reverse();
    let wanted = [
        "values.price: must be",
        "values.ticket: is required",
        "values.seat: is no column",
        "at: must be from 1970",
        "",
        "unknown field `color`",
        "",
    ];
    assert_eq!(found.len(), wanted.len());
    for ((reason, row), (wanted, number)) in found.iter().zip(wanted.iter().zip([1, 2, 3, 4, 5, 6, 7])) {
        assert!(reason.starts_with(wanted) && !reason.is_empty(), "{reason}");
        assert_eq!(**row, body["rows"][number]);
    }
    // The same message again, and once more with other rows, does nothing; after a day it is a new one.
    let again = post(&app, &source, "one", &json!({"rows": [{"values": {"ticket": "Z"}}]}).to_string()).await;
    assert_eq!((again.status.as_u16(), &again.body["data"]["duplicate"]), (200, &json!(true)));
    assert_eq!(app.work().await, 0);
    assert_eq!(tickets(&app).await.len(), 2);
    app.advance(SignedDuration::from_hours(24));
    assert_eq!(taken(&app, &source, "one", &json!({"rows": [{"values": {"ticket": "Z"}}]})).await, (1, 0));
    assert!(app.files("batches/").await.is_empty(), "nothing is left where it waited");
    // What does not fit is forgotten in time.
    app.advance(SignedDuration::from_hours(29 * 24 + 1));
    assert_eq!(rejected(&app, &source).await, json!([]));
}

#[tokio::test]
async fn events_of_standard_webhooks_are_rows_too() {
    let (app, source) = start().await;
    let organizer = app.user(T1, Role::Organizer);
    let dataset =
        json!({"name": "events", "columns": [{"name": "type", "type": "text"}, {"name": "who", "type": "text"}]});
    app.post("/datasets", &dataset).by(&organizer).data().await;
    let made = app.post("/datasets/events/sources", &json!({"name": "x"})).by(&organizer).data().await;
    let own =
        Source { id: made["id"].as_str().unwrap().to_owned(), secret: made["secret"].as_str().unwrap().to_owned() };
    let at = "2026-01-02T03:04:05Z";
    let event = json!({"type": "ticket.sold", "timestamp": at, "data": {"who": "Ada"}});
    assert_eq!(taken(&app, &own, "1", &event).await, (1, 0));
    assert_eq!(
        taken(&app, &own, "2", &json!({"type": "x", "data": [{"who": "Bob"}, {"type": "own"}, {"when": 1}, 5]})).await,
        (2, 2)
    );
    let aside = app.get(&format!("/datasets/events/sources/{}/rejected", own.id)).by(&organizer).data().await;
    assert_eq!(aside[0]["row"], json!({"type": "x", "timestamp": null, "data": 5}));
    let columns =
        json!({"dataset": "events", "columns": [{"name": "type"}, {"name": "who"}], "sort": [{"column": "type"}]});
    assert_eq!(app.csv(&organizer, &columns).await, ["own,", "ticket.sold,Ada", "x,Bob"]);
    let filter = json!({"dataset": "events", "columns": [{"name": "who"}], "filters": [{"column": "at", "operator": "eq", "value": at}]});
    assert_eq!(app.csv(&organizer, &filter).await, ["Ada"]);
    // `sales` has no column for a type, so it is left out; what is no event at all is kept as it came.
    assert_eq!(taken(&app, &source, "1", &json!({"type": "ticket.sold", "data": {"ticket": "A"}})).await, (1, 0));
    for (number, odd) in [
        json!({"type": "x", "data": {"ticket": "A"}, "version": 2}),
        json!({"timestamp": "soon", "data": {"ticket": "A"}}),
        json!({"rows": {"ticket": "A"}}),
        json!({"rows": [], "data": {}}),
        json!({"hello": "world"}),
        json!([{"values": {"ticket": "A"}}]),
        json!("text"),
        json!(null),
    ]
    .iter()
    .enumerate()
    {
        assert_eq!(taken(&app, &source, &format!("odd {number}"), odd).await, (0, 1), "{odd}");
        assert_eq!(rejected(&app, &source).await[0]["row"], *odd);
    }
    assert_eq!(taken(&app, &source, "none", &json!({"rows": []})).await, (0, 0));
}

#[tokio::test]
async fn what_is_odd_is_kept_as_it_came_and_not_many_times() {
    let (app, source) = start().await;
    // Numbers as they are written, whatever they would become; and what no number can be.
    let large = format!("{{\"rows\":{{\"a\":[{}]}}}}", vec!["1e15"; 40_000].join(","));
    let deep = format!("{{\"rows\":[{{\"values\":{{\"ticket\":{}1{}}}}}]}}", "[".repeat(3000), "]".repeat(3000));
    let rows =
        "{\"rows\":[{\"values\":{\"ticket\":\"A\"}},{\"values\":{\"price\":1e999}},{\"values\": {\"ticket\":1.0}}]}";
    for (message, body, rejected) in [("1", large.as_str(), 1), ("2", deep.as_str(), 1), ("3", rows, 2)] {
        let answer = post(&app, &source, message, body).await;
        assert_eq!((answer.status.as_u16(), &answer.body["data"]["rejected"]), (202, &json!(rejected)), "{message}");
        assert_eq!(app.work().await, 0);
    }
    assert_eq!(tickets(&app).await, ["A,"]);
    let path = format!("/datasets/sales/sources/{}/rejected?limit=1", source.id);
    let listed = app.get(&path).by(&app.user(T1, Role::Organizer)).send().await;
    assert_eq!(listed.body["data"][0]["row"], json!({"values": {"ticket": 1.0}}));
    // What stands beside each of an event's rows is short.
    let long = json!({"type": "x".repeat(100_000), "data": vec![1; 1000]});
    assert_eq!(taken(&app, &source, "4", &long).await, (0, 1));
    // Nor are more users remembered for a message than can be forgotten again.
    let ids: Vec<String> = (0..6000).map(|_| ids::new(app.clock()).to_string()).collect();
    assert_eq!(taken(&app, &source, "6", &json!({"rows": [{"values": {"who": ids}}, 7]})).await, (0, 2));
    let aside = app.get(&path.replace("limit=1", "limit=2")).by(&app.user(T1, Role::Organizer)).data().await;
    assert_eq!(aside[0]["row"], json!(7));
    assert!(aside[1]["row"].is_null() && aside[1]["reason"].as_str().unwrap().ends_with("too many users to be kept"));
    let short = json!({"type": "x".repeat(256), "data": vec![1; 1000]});
    assert_eq!(taken(&app, &source, "5", &short).await, (0, 1000));
}

#[tokio::test]
async fn whoever_is_not_the_source_is_not_heard_and_learns_nothing() {
    let (app, source) = start().await;
    let nobody = refusal(NOBODY.0, NOBODY.1);
    let body = json!({"rows": [{"values": {"ticket": "A"}}]}).to_string();
    let other = WebhookKey::generate().unwrap();
    for wrong in [
        Source { id: source.id.clone(), secret: other.clone() },
        Source { id: ids::new(app.clock()).to_string(), secret: source.secret.clone() },
        Source { id: "nonsense".to_owned(), secret: source.secret.clone() },
    ] {
        let answer = post(&app, &wrong, "1", &body).await;
        assert_eq!(
            (answer.status.as_u16(), answer.body["error"]["code"].as_str()),
            (401, Some("ERR_REPORTS_INVALID_SIGNATURE"))
        );
        assert_eq!(answer.body["error"]["message"], "The signature is not valid.");
    }
    let path = format!("/webhooks/incoming/{}", source.id);
    assert_eq!(app.call(Method::POST, &path).raw("application/json", &body).refused().await, nobody);
    // Signed for another body, or too long ago.
    let key = WebhookKey::parse(&source.secret).unwrap();
    for (signed, at) in [("{}", app.now()), (body.as_str(), app.now() - SignedDuration::from_secs(301))] {
        let headers = key.sign("1", at, signed).unwrap();
        let call = app.call(Method::POST, &path).raw("application/json", &body);
        assert_eq!(headers.iter().fold(call, |call, (name, value)| call.header(name, value)).refused().await, nobody);
    }
    // Genuine, but no JSON, or too much.
    assert_eq!(post(&app, &source, "2", "{\"rows\":").await.body["error"]["code"], "ERR_REPORTS_INVALID_JSON");
    let many = json!({"rows": vec![json!({"values": {}}); 1001]}).to_string();
    assert_eq!(post(&app, &source, "3", &many).await.body["error"]["code"], "ERR_REPORTS_VALIDATION_FAILED");
    let large = format!("{{\"rows\":[{{\"values\":{{\"ticket\":\"{}\"}}}}]}}", "x".repeat(256 * 1024));
    assert_eq!(post(&app, &source, "4", &large).await.status, 413);
    assert_eq!(app.work().await, 0);
    assert!(tickets(&app).await.is_empty());
}

#[tokio::test]
async fn a_source_has_a_limit_and_a_secret_that_is_exchanged_with_an_overlap() {
    let (app, source) = start().await;
    let (organizer, admin) = (app.user(T1, Role::Organizer), app.user(T1, Role::Admin));
    let body = json!({"rows": []}).to_string();
    let mut statuses = Vec::new();
    for number in 0..601 {
        statuses.push(post(&app, &source, &number.to_string(), &body).await.status.as_u16());
    }
    assert_eq!((statuses.iter().filter(|status| **status == 202).count(), statuses[600]), (600, 429));
    app.advance(SignedDuration::from_mins(1));
    assert_eq!(post(&app, &source, "600", &body).await.status, 202);
    let path = format!("/datasets/sales/sources/{}", source.id);
    let rotated = app.post(&format!("{path}/rotate-secret"), &json!({})).by(&admin).data().await;
    let new = Source { id: source.id.clone(), secret: rotated["secret"].as_str().unwrap().to_owned() };
    let status = async |source: &Source, message: &str| post(&app, source, message, &body).await.status.as_u16();
    assert_eq!((status(&source, "a").await, status(&new, "b").await), (202, 202));
    app.advance(SignedDuration::from_hours(24));
    assert_eq!((status(&source, "c").await, status(&new, "d").await), (401, 202));
    // Nobody is shown a secret again, and what is deleted is not heard.
    let listed = app.get("/datasets/sales/sources").by(&organizer).data().await;
    assert!(listed[0]["id"] == source.id.as_str() && listed[0]["secret"] == Value::Null, "{listed}");
    app.delete(&path).by(&admin).data().await;
    assert_eq!(status(&new, "e").await, 401);
    assert_eq!(app.get(&format!("{path}/rejected")).by(&organizer).refused().await, refusal(404, "WEBHOOK_NOT_FOUND"));
    for _ in 0..20 {
        self::source(&app, &organizer).await;
    }
    let more = app.post("/datasets/sales/sources", &json!({"name": "x"})).by(&organizer).refused().await;
    assert_eq!(more, refusal(429, "QUOTA_EXCEEDED"));
    let platforms = app.post("/datasets/searches/sources", &json!({"name": "x"})).by(&organizer).refused().await;
    assert_eq!(platforms, refusal(403, "FORBIDDEN"));
    let foreign = app.user(T2, Role::Admin);
    assert_eq!(app.get("/datasets/sales/sources").by(&foreign).refused().await, refusal(404, "DATASET_NOT_FOUND"));
}

#[tokio::test]
async fn what_sources_send_counts_and_a_full_month_is_told() {
    let (app, source) = start().await;
    let admin = app.user(T1, Role::Admin);
    app.put("/admin/quotas", &json!({"rowsPerMonth": 4})).by(&admin).data().await;
    let rows = |count: usize| json!({"rows": vec![json!({"values": {"ticket": "A"}}); count]});
    assert_eq!(taken(&app, &source, "1", &rows(2)).await, (2, 0));
    let misfits = json!({"rows": [{"values": {"price": 1}}]});
    assert_eq!(taken(&app, &source, "misfits", &misfits).await, (0, 1));
    let full = post(&app, &source, "2", &rows(2).to_string()).await;
    assert_eq!((full.status.as_u16(), full.body["error"]["code"].as_str()), (429, Some("ERR_REPORTS_QUOTA_EXCEEDED")));
    assert_eq!(taken(&app, &source, "2", &rows(1)).await, (1, 0), "it was not heard yet");
    // What came before is told so, also when the month is full, and nothing of it is kept.
    let again = post(&app, &source, "1", &rows(2).to_string()).await;
    assert_eq!((again.status.as_u16(), &again.body["data"]["duplicate"]), (200, &json!(true)));
    assert_eq!(post(&app, &source, "3", &rows(1).to_string()).await.status, 429);
    assert_eq!(taken(&app, &source, "4", &rows(0)).await, (0, 0));
    assert!(app.files("batches/").await.is_empty());
    assert_eq!(tickets(&app).await.len(), 3);
}

#[tokio::test]
async fn what_does_not_fit_is_known_and_erased_like_other_rows() {
    let (app, source) = start().await;
    let (ada, bob) = (app.user(T1, Role::User), app.user(T1, Role::User));
    let row = |user: UserId, text: &str| json!({"values": {"ticket": text, "buyer": user, "price": "dear"}});
    let body = json!({"rows": [row(ada.id, "hers"), row(bob.id, "his")]});
    assert_eq!(taken(&app, &source, "1", &body).await, (0, 2));
    // Wherever her id stands.
    for (number, odd) in [
        json!({"rows": [row(ada.id, "hers")], "extra": 1}),
        json!([{"who": ada.id}]),
        json!({"event": "x", "who": format!("user:{}", ada.id.to_string().to_uppercase())}),
        json!({"data": {"user": {"who": ada.id}}}),
        json!({"rows": [{"who": ada.id}]}),
        json!({"rows": [{"values": {"ticket": 1, "note": ada.id.0.simple()}}]}),
    ]
    .iter()
    .enumerate()
    {
        assert_eq!(taken(&app, &source, &format!("odd {number}"), odd).await, (0, 1));
    }
    let wanted = ExportUser { export_id: ids::new(app.clock()), user_id: ada.id, tenants: vec![T1] };
    assert!(app.receive(&[Job::ExportUser(wanted)]).await.is_empty());
    let told = app.told(QueueName::Auth).await;
    let [Job::UserExported(exported)] = told.as_slice() else { panic!("{told:?}") };
    let file = app.known_file(&exported.files[0].name).await;
    assert!(file.contains("hers") && !file.contains("his\""), "{file}");
    let erased = UserErased { erasure_id: ids::new(app.clock()), user_id: ada.id, tenants: vec![T1] };
    assert!(app.receive(&[Job::UserErased(erased)]).await.is_empty());
    assert_eq!(taken(&app, &source, "late", &json!({"rows": [row(ada.id, "late")]})).await, (0, 1));
    let left = rejected(&app, &source).await;
    assert_eq!((left.as_array().unwrap().len(), &left[0]["row"]["values"]["ticket"]), (1, &json!("his")));
}
