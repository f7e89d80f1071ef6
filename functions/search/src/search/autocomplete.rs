//! `GET /search/autocomplete`

use std::collections::HashSet;

use axum::extract::State as Extract;
use garde::Validate;
use serde::{Deserialize, Serialize};
use shared::Error;
use shared::auth::Principal;
use shared::http::{Envelope, ErrorEnvelope, Query, Reply};
use tantivy::collector::TopDocs;
use utoipa::{IntoParams, ToSchema};

use super::after::After;
use super::run::opened;
use super::wanted::entity_type;
use crate::documents::{Document, EntityType};
use crate::index::Open;
use crate::query::{Filters, Lexical, Strictness, parse};
use crate::settings::{Boosts, Prepared, Settings};
use crate::{SearchError, State};

/// Titles that are looked at for each suggestion: some are the same, and some are asked for more.
const LOOKED_AT: usize = 5;

/// What somebody has typed so far.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Typed {
    /// 1 to 200 characters.
    #[garde(length(chars, min = 1, max = 200))]
    #[param(min_length = 1, max_length = 200)]
    q: String,
    /// One of event, venue, artist, destination, brand.
    #[garde(skip)]
    entity_type: Option<String>,
    #[garde(inner(range(min = 1, max = 20)))]
    #[param(minimum = 1, maximum = 20, default = 10)]
    limit: Option<usize>,
}

/// A title that somebody may mean.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Suggestion {
    text: String,
    entity_type: EntityType,
    /// The document that has it.
    id: String,
}

/// What somebody may mean.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Suggestions {
    suggestions: Vec<Suggestion>,
    /// Whether the write that `x-search-after` names can be found; if not, it was waited for in vain.
    #[serde(skip_serializing_if = "Option::is_none")]
    is_fresh: Option<bool>,
}

/// Suggests titles while somebody types: the last word may be unfinished, and words may be misspelt.
#[utoipa::path(
    get, path = "/search/autocomplete", operation_id = "autocomplete", tag = "search",
    params(Typed, ("x-search-after" = Option<uuid::Uuid>, Header, description = "A task: the search waits up to 10 s until its write can be found")),
    responses(
        (status = 200, body = Envelope<Suggestions>),
        (status = 400, description = "VALIDATION_FAILED, INVALID_ENTITY_TYPE", body = ErrorEnvelope),
        (status = 503, description = "INDEX_UNAVAILABLE, UNAVAILABLE", body = ErrorEnvelope),
    )
)]
pub(crate) async fn autocomplete(
    Extract(state): Extract<State>,
    principal: Principal,
    after: After,
    Query(typed): Query<Typed>,
) -> Result<Reply<Suggestions>, SearchError> {
    let kind = typed.entity_type.as_deref().map(entity_type).transpose()?;
    let (version, is_fresh) = after.version(&state, principal.tenant()).await?;
    let open = opened(&state, principal.tenant(), version).await?;
    let limit = typed.limit.unwrap_or(10);
    let suggestions = tokio::task::spawn_blocking(move || suggest(&open, &typed.q, kind, limit));
    Ok(Reply::ok(Suggestions { suggestions: suggestions.await.map_err(Error::internal)??, is_fresh }))
}

fn suggest(open: &Open, text: &str, kind: Option<EntityType>, limit: usize) -> tantivy::Result<Vec<Suggestion>> {
    let only_titles = Boosts { title: 1.0, tags: 0.0, city: 0.0, description: 0.0 };
    let settings = Prepared::new(Settings { boosts: only_titles, ..Settings::default() });
    let parsed = parse(text);
    let query = Lexical::new(open, &parsed, &settings)?;
    if query.clauses() == 0 {
        return Ok(Vec::new());
    }
    let filters = Filters { entity_types: kind.into_iter().collect(), ..Filters::default() };
    let found = open.searcher.search_with_statistics_provider(
        &*query.query(Strictness::All, &filters.queries()),
        &TopDocs::with_limit(limit * LOOKED_AT).order_by_score(),
        &query.statistics,
    )?;
    let mut found = open.popularities(found)?;
    found.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    let (mut suggestions, mut seen) = (Vec::new(), HashSet::new());
    for (_, address) in found {
        if suggestions.len() == limit {
            break;
        }
        let Document { title, entity_type, id, .. } = open.document(address)?;
        if seen.insert(title.to_lowercase()) {
            suggestions.push(Suggestion { text: title, entity_type, id });
        }
    }
    Ok(suggestions)
}
