//! Schedules: each period once, and who is told.

use std::collections::BTreeMap;

use http::Method;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use shared::auth::{Plan, Role, TenantId};
use shared::jobs::{About, Addressee, Job, QueueName, SendMessage, UserChanged};

use crate::support::{App, T1, T2, User, refusal};

async fn start() -> (App, User, String) {
    let app = App::start().await;
    let organizer = app.user(T1, Role::Organizer).with_plan(Plan::Professional);
    let definition = json!({"dataset": "searches", "columns": [{"name": "query"}],
        "parameters": [{"name": "from", "type": "timestamp"}, {"name": "to", "type": "timestamp"}],
        "filters": [{"column": "at", "operator": "gte", "value": "{{from}}"}, {"column": "at", "operator": "lt", "value": "{{to}}"}]});
    let template =
        app.post("/templates", &json!({"name": "Searches", "definition": definition})).by(&organizer).data().await;
    (app, organizer, template["id"].as_str().unwrap().to_owned())
}

fn body(template: &str, cron: &str, more: &Value) -> Value {
    let mut body = json!({"name": "Daily", "templateId": template, "format": "csv", "cron": cron});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

async fn create(app: &App, user: &User, body: &Value) -> String {
    app.post("/schedules", body).by(user).data().await["id"].as_str().unwrap().to_owned()
}

/// Lets time pass until this moment.
fn until(app: &App, time: &str) {
    let time: Timestamp = time.parse().unwrap();
    app.advance(time.duration_since(app.now()));
}

/// The runs of a schedule, the oldest first: when they were due, and how they are.
async fn runs(app: &App, user: &User, id: &str) -> Vec<(String, String)> {
    let mut runs = Vec::new();
    let mut path = format!("/schedules/{id}/runs?limit=100");
    loop {
        let page = app.get(&path).by(user).send().await.body;
        for run in page["data"].as_array().unwrap() {
            runs.push((run["due"].as_str().unwrap().to_owned(), run["outcome"].as_str().unwrap().to_owned()));
        }
        let Some(cursor) = page["page"]["next_cursor"].as_str() else { break };
        path = format!("/schedules/{id}/runs?cursor={cursor}");
    }
    runs.reverse();
    runs
}

async fn told(app: &App) -> Vec<SendMessage> {
    let jobs = app.told(QueueName::Notify).await.into_iter();
    jobs.map(|job| if let Job::SendMessage(message) = job { message } else { panic!("{job:?}") }).collect()
}

#[tokio::test]
async fn a_run_is_made_at_its_time_of_its_period_and_mailed() {
    let (app, organizer, template) = start().await;
    until(&app, "2027-03-01T06:00:00Z");
    let (ada, bob) = (app.user(T1, Role::User), app.user(T1, Role::User));
    let id = create(
        &app,
        &organizer,
        &body(&template, "0 8 * * *", &json!({"timeZone": "Europe/Vienna", "recipients": [ada.id, bob.id]})),
    )
    .await;
    let shown = app.get(&format!("/schedules/{id}")).by(&organizer).data().await;
    assert_eq!(shown["nextRuns"][0], "2027-03-01T07:00:00Z");
    app.searched(T1, ada.id, &[("of this period", 1)]).await;
    until(&app, "2027-03-01T07:00:00Z");
    app.searched(T1, ada.id, &[("of the next one", 1)]).await;
    for _ in 0..3 {
        assert!(app.timer("schedules").await);
    }
    assert_eq!(app.work().await, 0);
    assert_eq!(runs(&app, &organizer, &id).await, [("2027-03-01T07:00:00Z".to_owned(), "completed".to_owned())]);
    let mails = told(&app).await;
    assert_eq!(mails.len(), 2);
    assert!(mails.iter().all(|mail| mail.to == Addressee::User(ada.id) || mail.to == Addressee::User(bob.id)));
    let About::ReportReady { report, link, valid_hours, file } = &mails[0].about else { panic!("{mails:?}") };
    assert_eq!((report.as_str(), *valid_hours, file), ("Daily", 168, &None));
    // Whoever has the link gets the file, without a token.
    let path = link.split_once("/reports/v1").unwrap().1;
    let location = app.location(path).await;
    assert_eq!(testing::fetch(&location).await.text().await.unwrap(), "query\r\nof this period\r\n");
    assert_eq!(app.get("/shared/1.nonsense").refused().await, refusal(404, "EXPORT_NOT_FOUND"));
    app.advance(SignedDuration::from_hours(7 * 24));
    assert_eq!(app.get(path).refused().await, refusal(404, "EXPORT_NOT_FOUND"));
}

#[tokio::test]
async fn whoever_takes_a_schedule_over_hears_nothing_of_the_run_before() {
    let (app, organizer, template) = start().await;
    let admin = app.user(T1, Role::Admin).with_plan(Plan::Professional);
    let id = create(&app, &admin, &body(&template, "0 8 * * *", &json!({"recipients": [admin.id]}))).await;
    app.post(&format!("/schedules/{id}/run"), &json!({})).by(&admin).data().await;
    let taken = body(&template, "0 8 * * *", &json!({"recipients": [organizer.id], "delivery": "attachment"}));
    app.put(&format!("/schedules/{id}"), &taken).by(&organizer).data().await;
    assert_eq!((app.work().await, told(&app).await.len()), (0, 0));
    assert_eq!(runs(&app, &organizer, &id).await[0].1, "completed");
    app.post(&format!("/schedules/{id}/run"), &json!({})).by(&organizer).data().await;
    assert_eq!((app.work().await, told(&app).await.len()), (0, 1));
}

#[tokio::test]
async fn a_mail_takes_its_file_along_unless_it_is_too_large() {
    let (app, organizer, template) = start().await;
    let ada = app.user(T1, Role::User);
    let more = json!({"recipients": [ada.id], "delivery": "attachment"});
    let id = create(&app, &organizer, &body(&template, "0 8 * * *", &more)).await;
    let mailed = async || {
        app.advance(SignedDuration::from_secs(1));
        app.post(&format!("/schedules/{id}/run"), &json!({})).by(&organizer).data().await;
        assert_eq!(app.work().await, 0);
        let mails = told(&app).await;
        let [SendMessage { about: About::ReportReady { file, .. }, .. }] = mails.as_slice() else {
            panic!("{mails:?}")
        };
        file.clone()
    };
    app.searched(T1, ada.id, &[("jazz", 1)]).await;
    let file = mailed().await.unwrap();
    assert_eq!((app.files(&file.key).await.len(), file.content_type.as_str()), (1, "text/csv; charset=utf-8"));
    assert!(file.name.contains(".csv") && file.bytes == "query\r\njazz\r\n".len() as u64, "{file:?}");
    let long = "x".repeat(16_000);
    app.searched(T1, ada.id, &vec![(long.as_str(), 1); 450]).await;
    assert_eq!(mailed().await, None);
}

/// A year over both changes of the clocks in three zones, with timers that fire twice, and once not at all.
#[tokio::test]
async fn in_a_year_each_period_is_made_once() {
    let (app, organizer, template) = start().await;
    let enterprise = organizer.with_plan(Plan::Enterprise);
    until(&app, "2027-01-01T00:00:00Z");
    let mut ids = BTreeMap::new();
    let zones = ["Europe/Vienna", "America/New_York", "Australia/Lord_Howe"];
    for zone in zones {
        for catch_up in ["skip", "run_latest", "run_all"] {
            let more = json!({"timeZone": zone, "catchUp": catch_up});
            ids.insert((zone, catch_up), create(&app, &enterprise, &body(&template, "30 2 * * *", &more)).await);
        }
    }
    let is_near = |time: Timestamp| {
        zones.iter().any(|zone| [2, 3].contains(&time.to_zoned(jiff::tz::TimeZone::get(zone).unwrap()).hour()))
    };
    let end: Timestamp = "2028-01-01T00:00:00Z".parse().unwrap();
    let (gap, back): (Timestamp, Timestamp) =
        ("2027-06-01T00:00:00Z".parse().unwrap(), "2027-06-04T00:00:00Z".parse().unwrap());
    while app.now() < end {
        app.advance(SignedDuration::from_mins(30));
        let now = app.now();
        // Besides, nothing is due.
        if now > gap && now < back || !is_near(now) {
            continue;
        }
        let (first, second) = tokio::join!(app.timer("schedules"), app.timer("schedules"));
        assert!(first && second);
    }
    for ((zone, catch_up), id) in ids {
        let runs = runs(&app, &enterprise, &id).await;
        let mut days: Vec<String> = runs
            .iter()
            .map(|(due, _)| {
                due.parse::<Timestamp>().unwrap().to_zoned(jiff::tz::TimeZone::get(zone).unwrap()).date().to_string()
            })
            .collect();
        days.dedup();
        assert_eq!((runs.len(), days.len()), (365, 365), "{zone}: no day twice and none left out");
        let skipped = runs.iter().filter(|(_, outcome)| outcome == "skipped").count();
        let wanted = match catch_up {
            "skip" => 3,
            "run_latest" => 2,
            _ => 0,
        };
        assert_eq!(skipped, wanted, "{zone} {catch_up}");
    }
    assert_eq!(app.get("/admin/usage?month=2027-05").by(&app.user(T1, Role::Admin)).data().await["exports"], 9 * 31);
}

#[tokio::test]
async fn what_cannot_be_made_is_told_to_its_owner() {
    let (app, organizer, template) = start().await;
    let id =
        create(&app, &organizer, &body(&template, "* * * * *", &json!({"recipients": [app.user(T1, Role::User).id]})))
            .await;
    app.delete(&format!("/templates/{template}")).by(&organizer).data().await;
    app.advance(SignedDuration::from_mins(1));
    assert!(app.timer("schedules").await);
    assert_eq!(runs(&app, &organizer, &id).await[0].1, "failed");
    let mails = told(&app).await;
    let [SendMessage { to, about: About::ReportFailed { report, problem }, .. }] = mails.as_slice() else {
        panic!("{mails:?}")
    };
    assert_eq!(
        (to, report.as_str(), problem.as_str()),
        (&Addressee::User(organizer.id), "Daily", "The template is archived.")
    );
}

#[tokio::test]
async fn nobody_is_told_of_nothing_if_that_is_wanted() {
    let (app, organizer, template) = start().await;
    let more = json!({"recipients": [organizer.id], "skipWhenEmpty": true});
    let id = create(&app, &organizer, &body(&template, "* * * * *", &more)).await;
    app.advance(SignedDuration::from_mins(1));
    assert!(app.timer("schedules").await);
    assert_eq!(app.work().await, 0);
    assert_eq!(runs(&app, &organizer, &id).await[0].1, "empty");
    assert!(told(&app).await.is_empty());
}

#[tokio::test]
async fn it_is_paused_resumed_run_and_deleted() {
    let (app, organizer, template) = start().await;
    let id = create(&app, &organizer, &body(&template, "*/5 * * * *", &json!({"catchUp": "run_all"}))).await;
    let call = |action: &str| app.call(Method::POST, &format!("/schedules/{id}/{action}")).by(&organizer);
    let paused = call("pause").data().await;
    assert_eq!((&paused["paused"], &paused["nextRuns"]), (&json!(true), &json!([])));
    app.advance(SignedDuration::from_mins(20));
    assert!(app.timer("schedules").await);
    assert!(runs(&app, &organizer, &id).await.is_empty(), "what it was due for is not made up for");
    call("run").header("idempotency-key", "once").data().await;
    call("run").header("idempotency-key", "once").data().await;
    assert_eq!(app.work().await, 0);
    assert_eq!(runs(&app, &organizer, &id).await.len(), 1);
    let resumed = call("resume").data().await;
    assert_eq!(resumed["nextRuns"].as_array().unwrap().len(), 5);
    app.advance(SignedDuration::from_mins(5));
    assert!(app.timer("schedules").await);
    assert_eq!(runs(&app, &organizer, &id).await.len(), 2);
    let path = format!("/schedules/{id}");
    assert_eq!(
        app.delete(&path).by(&organizer.with_plan(Plan::Base)).refused().await,
        refusal(403, "SUBSCRIPTION_REQUIRED")
    );
    assert_eq!(
        app.get(&path).by(&app.user(T2, Role::Admin).with_plan(Plan::Enterprise)).refused().await,
        refusal(404, "SCHEDULE_NOT_FOUND")
    );
    app.delete(&path).by(&organizer).data().await;
    assert_eq!(app.get(&path).by(&organizer).refused().await, refusal(404, "SCHEDULE_NOT_FOUND"));
    app.advance(SignedDuration::from_mins(5));
    assert!(app.timer("schedules").await);
    assert_eq!(app.work().await, 0);
}

#[tokio::test]
async fn what_is_no_schedule_is_refused() {
    let (app, organizer, template) = start().await;
    for cron in ["* * * *", "61 * * * *", "@daily", "0 0 31 2 *", "0 0 0 * * *"] {
        let refused = app.post("/schedules", &body(&template, cron, &json!({}))).by(&organizer).refused().await;
        assert_eq!(refused, refusal(400, "INVALID_CRON"), "{cron}");
    }
    let with =
        async |more: Value| app.post("/schedules", &body(&template, "0 8 * * *", &more)).by(&organizer).refused().await;
    assert_eq!(with(json!({"timeZone": "Mars/Olympus"})).await, refusal(400, "VALIDATION_FAILED"));
    assert_eq!(with(json!({"format": "docx"})).await, refusal(400, "INVALID_FORMAT"));
    assert_eq!(with(json!({"catchUp": "sometimes"})).await, refusal(400, "VALIDATION_FAILED"));
    let nobody = uuid::Uuid::from_u128(7);
    assert_eq!(with(json!({"templateId": nobody})).await, refusal(404, "TEMPLATE_NOT_FOUND"));
}

#[tokio::test]
async fn a_worker_that_dies_begins_each_period_once() {
    let (app, organizer, template) = start().await;
    let id = create(
        &app,
        &organizer,
        &body(&template, "* * * * *", &json!({"catchUp": "run_all", "recipients": [organizer.id]})),
    )
    .await;
    let begun = app.now();
    for round in 0..10_u64 {
        app.advance(SignedDuration::from_mins(1));
        let _ = tokio::time::timeout(std::time::Duration::from_millis(3 * round), app.timer("schedules")).await;
        let _ = tokio::time::timeout(std::time::Duration::from_millis(4 * round), app.work()).await;
    }
    for _ in 0..4 {
        app.advance(SignedDuration::from_secs(800));
        for timer in ["schedules", "outbox", "wake"] {
            assert!(app.timer(timer).await);
        }
        app.work().await;
    }
    let minutes = app.now().duration_since(begun).as_mins();
    let runs = runs(&app, &organizer, &id).await;
    let due: std::collections::BTreeSet<&String> = runs.iter().map(|(due, _)| due).collect();
    assert_eq!(due.len(), runs.len(), "no period twice");
    assert!(i64::try_from(runs.len()).unwrap() <= minutes + 1);
    assert!(runs[..10].iter().all(|(_, outcome)| outcome == "completed"), "{runs:?}");
    let mails = told(&app).await;
    let ids: std::collections::BTreeSet<_> = mails.iter().map(|mail| mail.id).collect();
    assert!(ids.len() >= 10, "what comes twice has the same id");
}

#[tokio::test]
async fn who_has_left_the_tenant_has_no_reports_made() {
    let (app, organizer, template) = start().await;
    let id = create(&app, &organizer, &body(&template, "* * * * *", &json!({}))).await;
    let changed = |tenants: Vec<TenantId>| {
        Job::UserChanged(UserChanged {
            user_id: organizer.id,
            version: 2,
            tenants,
            verified_email: None,
            display_name: "Ada".to_owned(),
            locale: None,
            time_zone: None,
        })
    };
    let path = format!("/schedules/{id}");
    for (tenants, paused) in [(vec![T2, T1], false), (vec![T2], true)] {
        assert!(app.receive(&[changed(tenants)]).await.is_empty());
        assert_eq!(app.get(&path).by(&organizer).data().await["paused"], paused);
    }
    app.advance(SignedDuration::from_mins(2));
    assert!(app.timer("schedules").await);
    assert!(runs(&app, &organizer, &id).await.is_empty());
}
