//! One search against one version of an index. It does not wait, and is called off the async threads.

use std::collections::HashSet;

use tantivy::collector::{Count, TopDocs};
use tantivy::query::{BooleanQuery, Occur, Query};
use tantivy::{DocAddress, TantivyError};

use super::answer::{Found, SearchResult, SemanticUse};
use super::fuse::{Ranked, fuse, lexical};
use super::wanted::Wanted;
use crate::index::{Open, Quantised};
use crate::query::{Among, Facets, Lexical, Nearest, Order, Sorted, Strictness, distance_km, facets, highlight};
use crate::settings::Settings;

/// Results by all words that are enough: with fewer, some words may be missing.
const ENOUGH: usize = 10;
/// Results by meaning.
const NEAREST: usize = 100;
/// Less alike is something else.
pub(super) const LEAST_COSINE: f32 = 0.3;
/// Results by words that are ranked with those by meaning.
const WINDOW: usize = 1000;

/// What the query means, if that is to count.
pub(super) enum Meaning {
    /// This.
    Vector(Box<Quantised>),
    /// It does not count, for this reason.
    None(SemanticUse),
}

/// Searches.
pub(super) fn run(open: &Open, wanted: &Wanted, meaning: Meaning, settings: &Settings) -> tantivy::Result<Found> {
    let searcher = &open.searcher;
    let filters = wanted.filters.queries();
    let query = Lexical::new(open, &wanted.query, settings)?;
    let (by_words, mut total) = strict_enough(open, &query, &filters)?;
    let (near, semantic) = match meaning {
        Meaning::None(reason) => (Vec::new(), reason),
        Meaning::Vector(to) => {
            let nearest = Nearest { to: *to, limit: NEAREST, least: LEAST_COSINE };
            (searcher.search(&*query.allowed(&filters), &nearest)?, SemanticUse::Used)
        }
    };
    let mut all = by_words.box_clone();
    if !near.is_empty() {
        let among = Among::new(searcher, near.iter().map(|(_, address)| *address)).query();
        all = Box::new(BooleanQuery::new(vec![(Occur::Should, all), (Occur::Should, among)]));
        total = searcher.search(&*all, &Count)?;
    }
    let facets: Option<Facets> = if wanted.include_facets { Some(searcher.search(&*all, &facets())?) } else { None };
    let end = wanted.slice.end();
    // Without words there is no relevance.
    let order = wanted.order.or_else(|| (query.clauses() == 0 && near.is_empty()).then_some(Order::Popularity));
    let ranked = if let Some(order) = order {
        unranked(searcher.search(&*all, &Sorted { order, limit: end })?)
    } else {
        let limit = if near.is_empty() { end } else { end.max(WINDOW) };
        let top = TopDocs::with_limit(limit).order_by_score();
        let found = searcher.search_with_statistics_provider(&*by_words, &top, &query.statistics)?;
        if near.is_empty() { lexical(found) } else { fuse(found, &near) }
    };
    let page = ranked.into_iter().take(end).skip(wanted.slice.offset());
    let results = page.map(|ranked| result(open, ranked, wanted, &query.terms, settings));
    Ok(Found {
        results: results.collect::<tantivy::Result<_>>()?,
        total: u64::try_from(total).unwrap_or(u64::MAX),
        facets,
        semantic,
        is_fresh: None,
        took_ms: 0.0,
    })
}

/// The query by words, as strict as there is enough for it, and how much that is.
fn strict_enough(open: &Open, query: &Lexical, filters: &[Box<dyn Query>]) -> tantivy::Result<(Box<dyn Query>, usize)> {
    let mut last = None;
    for strictness in [Strictness::All, Strictness::Most, Strictness::Any] {
        let strict = query.query(strictness, filters);
        let count = open.searcher.search(&*strict, &Count)?;
        let enough = if strictness == Strictness::All { ENOUGH } else { 1 };
        if count >= enough || query.clauses() < 2 {
            return Ok((strict, count));
        }
        last = Some((strict, count));
    }
    last.ok_or_else(|| TantivyError::InternalError("a query without strictness".to_owned()))
}

fn unranked(found: Vec<DocAddress>) -> Vec<Ranked> {
    found
        .into_iter()
        .map(|address| Ranked { address, score: 0.0, parts: super::answer::ScoreParts::default() })
        .collect()
}

/// A result with everything that is told of it.
pub(super) fn result(
    open: &Open,
    ranked: Ranked,
    wanted: &Wanted,
    terms: &HashSet<String>,
    settings: &Settings,
) -> tantivy::Result<SearchResult> {
    let document = open.document(ranked.address)?;
    let distance_km = wanted.from.zip(document.location).map(|(from, to)| distance_km(from, to));
    let highlights = highlight(&document, terms, &settings.default_language);
    let score_parts = wanted.explain.then_some(ranked.parts);
    Ok(SearchResult { document, score: ranked.score, highlights, distance_km, score_parts })
}
