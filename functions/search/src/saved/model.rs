//! Saved searches and their rules.

use garde::Validate;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use shared::auth::UserId;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::search::FiltersBody;

fn yes() -> bool {
    true
}

/// A search that is to be repeated for its owner. It needs a query or a filter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SaveSearch {
    /// What its owner calls it; alerts name it.
    #[garde(length(chars, min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    pub(super) name: String,
    /// 2 to 1000 characters, as in `/search`. Documents match by its words, all of them, not by what it means.
    #[garde(skip)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 2, max_length = 1000)]
    pub(super) query: Option<String>,
    /// One of event, venue, artist, destination, brand.
    #[garde(skip)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) entity_type: Option<String>,
    #[garde(dive)]
    #[serde(default)]
    pub(super) filters: FiltersBody,
    /// Whether its owner is told of new documents that match.
    #[garde(skip)]
    #[serde(default = "yes")]
    #[schema(default = true)]
    pub(super) alerts: bool,
}

/// A saved search as it is stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct SavedSearch {
    pub(crate) id: Uuid,
    pub(super) user: UserId,
    pub(super) search: SaveSearch,
    pub(super) created_at: Timestamp,
    pub(super) updated_at: Timestamp,
}

/// A saved search as its owner sees it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = SavedSearch)]
pub(crate) struct SavedSearchView {
    id: Uuid,
    #[serde(flatten)]
    search: SaveSearch,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
}

impl SavedSearch {
    pub(crate) fn view(self) -> SavedSearchView {
        let Self { id, search, created_at, updated_at, .. } = self;
        SavedSearchView { id, search, created_at, updated_at }
    }
}
