//! `POST /search/similar`

use std::collections::HashSet;
use std::time::Instant;

use axum::extract::State as Extract;
use shared::Error;
use shared::auth::Principal;
use shared::http::{Envelope, ErrorEnvelope, Json, Reply};
use tantivy::Term;
use tantivy::collector::TopDocs;
use tantivy::query::{BooleanQuery, Occur, Query, TermQuery};
use tantivy::schema::IndexRecordOption;

use super::after::After;
use super::answer::{Found, SearchResult, SemanticUse};
use super::bodies::SimilarRequest;
use super::fuse::{fuse, lexical};
use super::paging::{CursorParam, Slice};
use super::run::opened;
use super::wanted::entity_type;
use crate::documents::{Document, DocumentKey};
use crate::index::{Open, Stem, StopWords, Word, fields, words};
use crate::query::{Filters, Highlights, Nearest};
use crate::semantic::{Semantics, vector_of};
use crate::settings::Prepared;
use crate::{SearchError, State};

/// The document's words that count: the rarest ones.
const WORDS: usize = 25;
/// Less alike is something else: documents have more in common than a query has with them.
const LEAST_COSINE: f32 = 0.3;
/// Words that something must share to be alike.
const SHARED: usize = 2;

/// Finds documents of the same type that are like a given one, by its words and by what it means.
#[utoipa::path(
    post, path = "/search/similar", operation_id = "searchSimilar", tag = "search", request_body = SimilarRequest,
    params(("x-search-after" = Option<uuid::Uuid>, Header, description = "A task: the search waits up to 10 s until its write can be found")),
    responses(
        (status = 200, body = Envelope<Found>),
        (status = 400, description = "VALIDATION_FAILED, INVALID_ENTITY_TYPE, INVALID_LIMIT", body = ErrorEnvelope),
        (status = 404, description = "NOT_FOUND: there is no such document", body = ErrorEnvelope),
        (status = 503, description = "INDEX_UNAVAILABLE, UNAVAILABLE", body = ErrorEnvelope),
    )
)]
pub(crate) async fn search_similar(
    Extract(state): Extract<State>,
    principal: Principal,
    after: After,
    Json(request): Json<SimilarRequest>,
) -> Result<Reply<Found>, SearchError> {
    let slice = Slice::new(None, request.limit, &CursorParam::default())?;
    let (tenant, key) =
        (principal.tenant(), DocumentKey { entity_type: entity_type(&request.entity_type)?, id: request.id });
    let (version, is_fresh) = after.version(&state, tenant).await?;
    let began = Instant::now();
    let document = state.documents.get(tenant, &key).await?.ok_or(Error::NotFound)?;
    let settings = state.settings.get(tenant).await?;
    let open = opened(&state, tenant, version).await?;
    let semantics = state.semantics.clone();
    let found = tokio::task::spawn_blocking(move || similar(&open, &document, &semantics, &settings, slice.limit));
    let found = found.await.map_err(Error::internal)??;
    let page = slice.page(found.total)?;
    Ok(Reply::page(Found { is_fresh, took_ms: began.elapsed().as_secs_f64() * 1000.0, ..found }, page))
}

fn similar(
    open: &Open,
    document: &Document,
    semantics: &Semantics,
    settings: &Prepared,
    limit: usize,
) -> tantivy::Result<Found> {
    let filters = Filters { entity_types: vec![document.entity_type], ..Filters::default() };
    let own: Box<dyn Query> =
        Box::new(TermQuery::new(Term::from_field_text(fields().key, &document.key().text()), IndexRecordOption::Basic));
    let others = |query: Box<dyn Query>| {
        let filters = filters.queries().into_iter().map(|filter| (Occur::Must, filter));
        let all = [(Occur::Must, query), (Occur::MustNot, own.box_clone())];
        Box::new(BooleanQuery::new(all.into_iter().chain(filters).collect()))
    };
    let shared_words = telling(open, document, settings)?;
    let least = SHARED.min(shared_words.len());
    let by_words = if shared_words.is_empty() {
        Vec::new()
    } else {
        let query = BooleanQuery::union_with_minimum_required_clauses(shared_words, least);
        open.searcher.search(&*others(Box::new(query)), &TopDocs::with_limit(limit).order_by_score())?
    };
    let vector = semantics
        .ready()
        .filter(|embedder| open.manifest.model.as_deref() == Some(embedder.model()))
        .map(|embedder| vector_of(embedder.as_ref(), document));
    let semantic = match (&vector, semantics.is_loading()) {
        (Some(_), _) => SemanticUse::Used,
        (None, true) => SemanticUse::Loading,
        (None, false) => SemanticUse::Unavailable,
    };
    let ranked = match vector.flatten() {
        None => lexical(by_words),
        Some(to) => {
            let nearest = Nearest { to, limit, least: LEAST_COSINE };
            let all: Box<dyn Query> = Box::new(tantivy::query::AllQuery);
            fuse(by_words, 1.0, &open.searcher.search(&*others(all), &nearest)?)
        }
    };
    let results: Vec<SearchResult> = ranked
        .into_iter()
        .take(limit)
        .map(|ranked| {
            let document = open.document(ranked.address)?;
            let (highlights, score) = (Highlights::default(), ranked.score);
            Ok(SearchResult { document, score, highlights, distance_km: None, score_parts: None })
        })
        .collect::<tantivy::Result<_>>()?;
    let total = u64::try_from(results.len()).unwrap_or(0);
    Ok(Found { results, total, facets: None, semantic, is_fresh: None, took_ms: 0.0 })
}

/// The document's rarest words that others have, too, each as a query.
fn telling(open: &Open, document: &Document, settings: &Prepared) -> tantivy::Result<Vec<Box<dyn Query>>> {
    let stem = Stem::of(document.language.as_deref().unwrap_or(&settings.default_language));
    let texts =
        std::iter::once(&document.title).chain(&document.tags.0).chain(&document.category).chain(&document.description);
    let language = stem.as_ref().map(|stem| stem.language().to_owned());
    let mut usual = StopWords::of(&language);
    let term = |word: Word| stem.as_ref().map_or_else(|| word.folded.clone(), |stem| stem.term(&word));
    let terms: HashSet<String> =
        texts.flat_map(|text| words(text)).filter(|word| !usual.contain(&word.lower)).map(term).collect();
    let (documents, mut rarest) = (open.searcher.num_docs(), Vec::new());
    for text in terms {
        let count = open.searcher.doc_freq(&Term::from_field_text(fields().vocabulary, &text))?;
        // What every fifth document has tells nothing.
        if count > 1 && count * 5 <= documents.max(10) {
            rarest.push((count, text));
        }
    }
    rarest.sort_unstable();
    let query = |(_, text): (u64, String)| -> Box<dyn Query> {
        let in_field = |field| -> (Occur, Box<dyn Query>) {
            let term = Term::from_field_text(field, &text);
            (Occur::Should, Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs)))
        };
        Box::new(BooleanQuery::new([fields().title, fields().tags, fields().description].map(in_field).into()))
    };
    Ok(rarest.into_iter().take(WORDS).map(query).collect())
}
