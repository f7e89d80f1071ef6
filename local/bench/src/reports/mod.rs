//! reports: how fast files are made, in how much memory, and that they are the same ones each time.

mod bare;
mod process;

use std::time::Instant;

use axum::Router;
use axum::body::{Body, to_bytes};
use http::{Method, Request};
use reports::Reports;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use shared::auth::Role;
use tower::ServiceExt;

use crate::queue::Workers;
use crate::report::{Pair, at_least};
use crate::stage::{BoxError, Stage};
use bare::Bare;
use process::variables;

pub(crate) use process::{PROCESS, in_own_process};

/// Fewer where nothing is optimised.
const ROWS: usize = if cfg!(debug_assertions) { 50_000 } else { 1_000_000 };
/// Rows of one request.
const BATCH: usize = 5000;
/// Files of each format.
const ROUNDS: usize = 3;
/// Of the worker's process while it makes a csv file, in megabytes.
const MOST_MEMORY: f64 = 100.0;
/// Rows of a PDF: as many as it takes of eight columns.
const PAGED: usize = 6250;
/// Of the worker's process while it makes such a PDF, in megabytes: its function has 1769.
const MOST_PAGED_MEMORY: f64 = 1000.0;
/// Seconds for it: its function has 120.
const MOST_PAGED_SECONDS: f64 = 30.0;
const DEFINITION: &str = r#"{"dataset": "sales", "columns": [{"name": "at"}, {"name": "ticket"}, {"name": "price"},
    {"name": "count"}, {"name": "city"}, {"name": "refunded"}, {"name": "channel"}, {"name": "note"}]}"#;

struct Service {
    router: Router,
    token: String,
}

pub(crate) async fn measure() -> Result<(), BoxError> {
    let stage = Stage::start().await?;
    let reports = Reports::build(&variables(&stage)?.into_iter().collect(), stage.clock.clone()).await?;
    let token = stage.member_as("ada", Role::Admin).await?.token;
    let mut service = Service { router: reports.router(), token };
    let queue = variables(&stage)?["REPORTS_QUEUE_URL"].clone();
    let workers = Workers::new(&stage, &queue, reports.worker()).await?;
    let started = Instant::now();
    service.fill(&workers).await?;
    println!("{ROWS} rows stored: {:.0}/s", rate(started.elapsed().as_secs_f64()));
    let bare = Bare::new(&stage).await?;
    for format in ["csv", "xlsx"] {
        let (mut pairs, mut sums, mut peaks) = (Vec::new(), Vec::new(), Vec::new());
        let mut idle = 0.0;
        for round in 0..ROUNDS {
            // Tokens live for a quarter of an hour.
            service.token = stage.member_as(&format!("{format}{round}"), Role::Admin).await?.token;
            let baseline = if format == "csv" { bare.csv().await? } else { bare.workbook().await? };
            let (measured, export) = service.export(&stage, format, ROWS).await?;
            let seconds = measured["seconds"].as_f64().ok_or("no time")?;
            pairs.push(Pair { ours: rate(seconds), baseline: rate(baseline) });
            peaks.push(measured["peak"].as_f64().ok_or("no memory")?);
            idle = measured["before"].as_f64().ok_or("no memory")?;
            sums.push(export["sha256"].clone());
        }
        at_least(&format!("{format} of {ROWS} rows, rows against bare paging and writer"), &pairs, 0.5);
        let peak = peaks.iter().copied().fold(0.0, f64::max);
        let verdict = if format == "csv" && peak > MOST_MEMORY { "MISSED" } else { "ok" };
        println!("    memory of the worker's process: {peak:.0} MB at most, {idle:.0} MB before it works ({verdict})");
        // A workbook says when it was made, so each is its own.
        let same = format == "xlsx" || sums.windows(2).all(|two| two[0] == two[1]);
        println!("    the same bytes each time: {}", if same { "ok" } else { "MISSED" });
    }
    service.token = stage.member_as("pdf", Role::Admin).await?.token;
    service.paged(&stage).await
}

impl Service {
    /// A dataset with all rows.
    async fn fill(&self, workers: &Workers) -> Result<(), BoxError> {
        let column = |(name, kind): (&str, &str)| json!({"name": name, "type": kind});
        let columns = [
            ("ticket", "text"),
            ("price", "number"),
            ("count", "integer"),
            ("city", "text"),
            ("refunded", "boolean"),
            ("channel", "text"),
            ("note", "text"),
        ];
        let dataset = json!({"name": "sales", "columns": columns.map(column)});
        self.call(Method::POST, "/datasets", Some(&dataset)).await?;
        let numbers: Vec<usize> = (0..ROWS).collect();
        for batch in numbers.chunks(BATCH) {
            let rows: Vec<Value> = batch.iter().map(|number| row(*number)).collect();
            self.call(Method::POST, "/datasets/sales/rows", Some(&json!({ "rows": rows }))).await?;
            workers.drain().await?;
        }
        Ok(())
    }

    /// Has a file made by a process of its own; what that took, and the export.
    async fn export(&self, stage: &Stage, format: &str, rows: usize) -> Result<(Value, Value), BoxError> {
        let mut definition: Value = serde_json::from_str(DEFINITION)?;
        definition["limit"] = json!(rows);
        let body = json!({"definition": definition, "format": format});
        let export = self.call(Method::POST, "/exports", Some(&body)).await?;
        let measured = process::start(stage).await?;
        let path = format!("/exports/{}", export["id"].as_str().ok_or("no id")?);
        let export = self.call(Method::GET, &path, None).await?;
        if export["status"] != "completed" || export["rows"] != json!(rows) {
            return Err(format!("not completed: {export}").into());
        }
        let download = self.call(Method::GET, &format!("{path}/download"), None).await?;
        let mut file = stage.http.get(download["url"].as_str().ok_or("no url")?).send().await?;
        let (mut digest, mut bytes) = (Sha256::new(), 0_u64);
        while let Some(some) = file.chunk().await? {
            digest.update(&some);
            bytes += u64::try_from(some.len())?;
        }
        let sum: Vec<String> = digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        if export["sha256"] != json!(sum.concat()) || export["bytes"] != json!(bytes) {
            return Err("the file is not what the export says".into());
        }
        Ok((measured, export))
    }

    /// The largest PDF: there is nothing to compare it with, so it has to stay well below what its function has.
    async fn paged(&self, stage: &Stage) -> Result<(), BoxError> {
        let (measured, export) = self.export(stage, "pdf", PAGED).await?;
        let figure = |name: &str| measured[name].as_f64().ok_or("no figure");
        let (seconds, peak, before) = (figure("seconds")?, figure("peak")?, figure("before")?);
        let verdict = if seconds > MOST_PAGED_SECONDS || peak > MOST_PAGED_MEMORY { "MISSED" } else { "ok" };
        let bytes = export["bytes"].as_u64().ok_or("no size")?;
        println!("pdf of {PAGED} rows of 8 columns, the most that it takes: {seconds:.1} s, {} KB", bytes / 1024);
        println!(
            "    memory of the worker's process: {peak:.0} MB at most, {before:.0} MB before it works ({verdict})"
        );
        Ok(())
    }

    async fn call(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Value, BoxError> {
        let request = Request::builder().method(method).uri(format!("/reports/v1{path}"));
        let request = request.header("authorization", format!("Bearer {}", self.token));
        let request = request.header("content-type", "application/json");
        let body = body.map(|body| Body::from(body.to_string())).unwrap_or_default();
        let answer = self.router.clone().oneshot(request.body(body)?).await?;
        let status = answer.status();
        let mut answer: Value = serde_json::from_slice(&to_bytes(answer.into_body(), usize::MAX).await?)?;
        if status.is_success() { Ok(answer["data"].take()) } else { Err(answer.to_string().into()) }
    }
}

/// A row of eight columns, some 150 bytes.
fn row(number: usize) -> Value {
    let city = ["Wien", "Graz", "Linz", "Salzburg", "Innsbruck"][number % 5];
    let second = 1_760_000_000 + number * 3;
    let at = jiff::Timestamp::from_second(i64::try_from(second).unwrap_or_default()).unwrap_or_default();
    json!({"at": at, "values": {
        "ticket": format!("T-{number:07}"), "price": (number % 900) * 25 / 2, "count": number % 7 + 1, "city": city,
        "refunded": number.is_multiple_of(50), "channel": "web", "note": "a few words, as people write them",
    }})
}

#[expect(clippy::cast_precision_loss, reason = "a rate")]
fn rate(seconds: f64) -> f64 {
    ROWS as f64 / seconds
}
