//! How long searches take, one at a time, against bare engines with the same documents.

use http::Method;
use serde_json::json;

use super::bare_tantivy::Bare;
use super::fts5::Fts5;
use super::queries::Query;
use super::service::Api;
use crate::report::{Pair, compare, median, percentile};
use crate::stage::BoxError;

/// Rounds that count, after one that warms up.
const ROUNDS: usize = 9;
/// Milliseconds that a suggestion may take.
const AT_ONCE: f64 = 5.0;

/// The milliseconds of all queries of one round.
type Round = Vec<f64>;

pub(super) async fn measure(api: &Api, bare: &Bare, fts5: &Fts5, queries: &[Query]) -> Result<(), BoxError> {
    let body = |query: &Query, semantic: bool, facets: bool| {
        Some(json!({"query": query.text, "use_semantic": semantic, "include_facets": facets}).to_string())
    };
    let mut first = Round::new();
    let mut hits = [0, 0, 0];
    for query in queries {
        first.push(api.time(Method::POST, "/search", body(query, false, false)).await?);
        let found = api.call(Method::POST, "/search", body(query, false, false)).await?;
        let counts = [found["results"].as_array().map_or(0, Vec::len), bare.time(&query.text)?.1];
        for (hits, count) in hits.iter_mut().zip(counts.into_iter().chain([fts5.time(&query.text)?.1])) {
            *hits += usize::from(count > 0);
        }
    }
    println!("queries with results, of {}: {} ours, {} tantivy, {} FTS5", queries.len(), hits[0], hits[1], hits[2]);
    println!("    tantivy and FTS5 find neither typos nor prefixes here: such queries are short work for them");
    println!("words that nobody has searched for before: {}", shown(&[first]));
    let (mut ours, mut tantivy, mut sqlite) = (Vec::new(), Vec::new(), Vec::new());
    let (mut hybrid, mut facets, mut typed) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let mut round: [Round; 6] = Default::default();
        for query in queries {
            round[0].push(api.time(Method::POST, "/search", body(query, false, false)).await?);
            round[1].push(bare.time(&query.text)?.0);
            round[2].push(fts5.time(&query.text)?.0);
            round[3].push(api.time(Method::POST, "/search", body(query, true, false)).await?);
            round[4].push(api.time(Method::POST, "/search", body(query, false, true)).await?);
            let path = format!("/search/autocomplete?q={}", query.text.replace(' ', "%20"));
            round[5].push(api.time(Method::GET, &path, None).await?);
        }
        for (all, round) in
            [&mut ours, &mut tantivy, &mut sqlite, &mut hybrid, &mut facets, &mut typed].into_iter().zip(round)
        {
            all.push(round);
        }
    }
    for (which, is_counted) in [("plain queries", plain as fn(&Query) -> bool), ("all queries", |_| true)] {
        for (peer, rounds) in [("tantivy", &tantivy), ("FTS5", &sqlite)] {
            for (name, part) in [("p50", 0.5), ("p99", 0.99)] {
                let of = |round: &Round| {
                    let counted = round.iter().zip(queries).filter(|(_, query)| is_counted(query));
                    percentile(&mut counted.map(|(time, _)| *time).collect::<Vec<_>>(), part)
                };
                let pair = |(ours, baseline): (&Round, &Round)| Pair { ours: of(ours), baseline: of(baseline) };
                let pairs: Vec<Pair> = ours.iter().zip(rounds).map(pair).collect();
                compare(&format!("POST /search by words, {which}, {name} against {peer}"), "ms", &pairs);
            }
        }
    }
    println!("POST /search by words and by meaning: {}", shown(&hybrid));
    println!("POST /search by words, with facets: {}", shown(&facets));
    let slowest = percentile_of(&typed, 0.99);
    let verdict = if slowest < AT_ONCE { "ok" } else { "MISSED" };
    println!("GET /search/autocomplete: {} (p99 below {AT_ONCE:.0} ms: {verdict})", shown(&typed));
    Ok(())
}

fn plain(query: &Query) -> bool {
    query.is_plain
}

/// The median of the rounds' percentiles.
fn percentile_of(rounds: &[Round], part: f64) -> f64 {
    median(rounds.iter().map(|round| percentile(&mut round.clone(), part)).collect())
}

fn shown(rounds: &[Round]) -> String {
    format!("p50 {:.2} ms, p99 {:.2} ms", percentile_of(rounds, 0.5), percentile_of(rounds, 0.99))
}
