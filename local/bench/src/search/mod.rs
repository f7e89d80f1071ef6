//! search: how fast it indexes and finds, against bare engines with the same documents.

mod bare_tantivy;
mod corpus;
mod fts5;
mod latency;
mod process;
mod queries;
mod service;

use std::time::Instant;

use serde_json::json;

use crate::report::median;
use crate::stage::{BoxError, Stage};
use bare_tantivy::Bare;
use corpus::{Corpus, Document};
use fts5::Fts5;
use queries::queries;

pub(crate) use process::{PROCESS, in_own_process};
pub(crate) use service::Service;

/// Fewer where nothing is optimised.
const DOCUMENTS: usize = if cfg!(debug_assertions) { 3000 } else { 100_000 };
/// Documents of one request.
const BATCH: usize = 1000;
/// Results of a page.
const LIMIT: usize = 20;
/// Of title, tags, city and description.
const BOOSTS: [f32; 4] = [4.0, 2.5, 2.0, 1.0];
/// The bare index is made so often.
const BUILDS: usize = 3;

pub(crate) async fn measure() -> Result<(), BoxError> {
    let corpus = Corpus::new();
    let documents: Vec<Document> = (0..DOCUMENTS).map(|number| corpus.document(number)).collect();
    let (mut seconds, mut built) = (Vec::new(), None);
    for _ in 0..BUILDS {
        let (bare, took) = Bare::build(&documents)?;
        seconds.push(took);
        built = Some(bare);
    }
    let bare = built.ok_or("no index")?;
    let (fts5, of_fts5) = Fts5::build(&documents)?;
    let stage = Stage::start().await?;
    let mut service = Service::start(&stage).await?;
    process::measure_model(&stage, &service).await?;
    index(&service, &documents, median(seconds), of_fts5).await?;
    service.maintain().await?;
    service.change_caller(&stage).await?;
    let stats = service.stats().await?;
    println!(
        "the index: {} segments, {:.0} MB (bare tantivy: {} segments)",
        stats["segments"],
        stats["bytes"].as_f64().unwrap_or_default() / 1e6,
        bare.segments()
    );
    let queries = queries(&documents);
    latency::measure(&service.api, &bare, &fts5, &queries).await?;
    let some = queries.first().ok_or("no query")?;
    process::measure_index(&stage, &service, &some.text).await
}

/// Takes and indexes all documents; prints how fast that is.
async fn index(service: &Service, documents: &[Document], of_tantivy: f64, of_fts5: f64) -> Result<(), BoxError> {
    let (mut accepting, mut last) = (0.0, String::new());
    for batch in documents.chunks(BATCH) {
        let batch: Vec<_> = batch.iter().map(|document| &document.json).collect();
        let body = json!({ "documents": batch }).to_string();
        let started = Instant::now();
        last = service.put(body).await?;
        accepting += started.elapsed().as_secs_f64();
    }
    let started = Instant::now();
    service.work(&last).await?;
    let working = started.elapsed().as_secs_f64();
    let rate = |seconds: f64| {
        #[expect(clippy::cast_precision_loss, reason = "a count")]
        let count = documents.len() as f64;
        count / seconds
    };
    let whole = accepting + working;
    println!(
        "indexing {} documents: {:.0}/s from request to found, {:.0} % of that in the worker, which does {:.0}/s",
        documents.len(),
        rate(whole),
        working / whole * 100.0,
        rate(working)
    );
    println!(
        "    bare tantivy {:.0}/s: ratio {:.2}, of the worker alone {:.2}; FTS5 {:.0}/s: ratio {:.2}",
        rate(of_tantivy),
        of_tantivy / whole,
        of_tantivy / working,
        rate(of_fts5),
        of_fts5 / whole
    );
    Ok(())
}
