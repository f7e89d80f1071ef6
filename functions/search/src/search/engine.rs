//! One search against one version of an index. It does not wait, and is called off the async threads.

use tantivy::DocAddress;
use tantivy::collector::{Count, TopDocs};
use tantivy::query::{BooleanQuery, Occur, Query};

use super::answer::{Found, SearchResult, SemanticUse};
use super::fuse::{Ranked, fuse, lexical};
use super::wanted::Wanted;
use crate::index::{Open, Quantised};
use crate::query::{Among, Facets, Highlighter, Lexical, Nearest, Order, Sorted, Strictness, distance_km, facets};
use crate::settings::Prepared;

/// Results by all words that are enough: with fewer, some words may be other or missing.
const ENOUGH: usize = 10;
/// Results by meaning.
const NEAREST: usize = 100;
/// Less alike is something else.
const LEAST_COSINE: f32 = 0.2;
/// Results by words that are ranked with those by meaning.
const WINDOW: usize = 1000;
/// How much the ranking by words counts if no document has all of them.
const SOME_WORDS: f32 = 0.5;

/// What the query means, if that is to count.
pub(super) enum Meaning {
    /// This.
    Vector(Box<Quantised>),
    /// It does not count, for this reason.
    None(SemanticUse),
}

/// What was found by words.
struct ByWords<'a> {
    lexical: Lexical<'a>,
    query: Box<dyn Query>,
    total: usize,
    /// The first ones.
    top: Vec<(f32, DocAddress)>,
    /// Whether there are documents with all words, in some form.
    has_all: bool,
}

/// Searches.
pub(super) fn run(open: &Open, wanted: &Wanted, meaning: Meaning, settings: &Prepared) -> tantivy::Result<Found> {
    let searcher = &open.searcher;
    let filters = wanted.filters.queries();
    let end = wanted.slice.end();
    let limit = if matches!(meaning, Meaning::Vector(_)) { end.max(WINDOW) } else { end };
    let ByWords { lexical: words, query, mut total, top, has_all } = by_words(open, wanted, &filters, settings, limit)?;
    let (near, semantic) = match meaning {
        Meaning::None(reason) => (Vec::new(), reason),
        Meaning::Vector(to) => {
            let nearest = Nearest { to: *to, limit: NEAREST, least: LEAST_COSINE };
            (searcher.search(&*words.allowed(&filters), &nearest)?, SemanticUse::Used)
        }
    };
    let mut all = query;
    if !near.is_empty() {
        let among = Among::new(searcher, near.iter().map(|(_, address)| *address)).query();
        all = Box::new(BooleanQuery::new(vec![(Occur::Should, all), (Occur::Should, among)]));
        total = searcher.search(&*all, &Count)?;
    }
    let facets: Option<Facets> = if wanted.include_facets { Some(searcher.search(&*all, &facets())?) } else { None };
    // Without words there is no relevance.
    let order = wanted.order.or_else(|| (words.clauses() == 0 && near.is_empty()).then_some(Order::Popularity));
    let ranked = match order {
        Some(order) => unranked(searcher.search(&*all, &Sorted { order, limit: end })?),
        None if near.is_empty() => lexical(top),
        None => fuse(top, if has_all { 1.0 } else { SOME_WORDS }, &near),
    };
    let page = ranked.into_iter().take(end).skip(wanted.slice.offset());
    let mut highlighter = Highlighter::new(&words.terms, &settings.default_language);
    let results = page.map(|ranked| result(open, ranked, wanted, &mut highlighter));
    Ok(Found {
        results: results.collect::<tantivy::Result<_>>()?,
        total: u64::try_from(total).unwrap_or(u64::MAX),
        facets,
        semantic,
        is_fresh: None,
        took_ms: 0.0,
    })
}

/// Searches by words, as strictly as there is enough for it: all words as they are; then also what they begin and what
/// they may be a misspelling of; then most of them; then one.
fn by_words<'a>(
    open: &'a Open,
    wanted: &Wanted,
    filters: &[Box<dyn Query>],
    settings: &Prepared,
    limit: usize,
) -> tantivy::Result<ByWords<'a>> {
    let find = |lexical: &Lexical, strictness: Strictness| {
        let query = lexical.query(strictness, filters);
        let both = (TopDocs::with_limit(limit).order_by_score(), Count);
        let (top, total) = open.searcher.search_with_statistics_provider(&*query, &both, &lexical.statistics)?;
        tantivy::Result::Ok((query, top, total))
    };
    let count = |lexical: &Lexical| open.searcher.search(&*lexical.matching_all(filters), &Count);
    let exact = Lexical::new(open, &wanted.query.clone().exact(), settings)?;
    if exact.clauses() == 0 || count(&exact)? >= ENOUGH {
        let (query, top, total) = find(&exact, Strictness::All)?;
        return Ok(ByWords { lexical: exact, query, total, top, has_all: true });
    }
    let forgiving = Lexical::new(open, &wanted.query, settings)?;
    let with_all = count(&forgiving)?;
    let strictness = if with_all >= ENOUGH || forgiving.clauses() == 1 { Strictness::All } else { Strictness::Most };
    let (mut query, mut top, mut total) = find(&forgiving, strictness)?;
    if total == 0 && forgiving.clauses() > 1 {
        (query, top, total) = find(&forgiving, Strictness::Any)?;
    }
    Ok(ByWords { lexical: forgiving, query, total, top, has_all: with_all > 0 })
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
    highlighter: &mut Highlighter,
) -> tantivy::Result<SearchResult> {
    let document = open.document(ranked.address)?;
    let distance_km = wanted.from.zip(document.location).map(|(from, to)| distance_km(from, to));
    let highlights = highlighter.highlight(&document);
    let score_parts = wanted.explain.then_some(ranked.parts);
    Ok(SearchResult { document, score: ranked.score, highlights, distance_km, score_parts })
}
