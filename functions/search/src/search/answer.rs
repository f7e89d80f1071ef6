//! What callers get.

use serde::Serialize;
use utoipa::ToSchema;

use crate::documents::Document;
use crate::query::{Facets, Highlights};

/// Whether results were found by what they mean, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum SemanticUse {
    /// They were.
    Used,
    /// It was not asked for, or there was no query.
    Off,
    /// The model is being loaded; the next search may have it.
    Loading,
    /// There is no model, or not for all documents of this index.
    Unavailable,
}

/// What a result's score is made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, ToSchema)]
pub(crate) struct ScoreParts {
    /// BM25 with boosts, if its words match.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) lexical: Option<f32>,
    /// Its place by that, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) lexical_rank: Option<usize>,
    /// The cosine between what the query and the document mean.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) semantic: Option<f32>,
    /// Its place by that, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) semantic_rank: Option<usize>,
}

/// Something that was found.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SearchResult {
    #[serde(flatten)]
    pub(super) document: Document,
    /// By what results are sorted, unless `sort_by` says otherwise: comparable within one answer only.
    pub(super) score: f32,
    pub(super) highlights: Highlights,
    /// From the point that was searched around.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) distance_km: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) score_parts: Option<ScoreParts>,
}

/// What came of a search.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Found {
    pub(super) results: Vec<SearchResult>,
    /// How many there are on all pages.
    pub(super) total: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) facets: Option<Facets>,
    pub(super) semantic: SemanticUse,
    /// Whether the write that `x-search-after` names can be found; if not, it was waited for in vain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) is_fresh: Option<bool>,
    /// Milliseconds.
    pub(super) took_ms: f64,
}
