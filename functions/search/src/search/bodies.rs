//! What callers ask for. What has a code of its own is checked in `wanted.rs`.

use std::collections::BTreeMap;

use garde::Validate;
use serde::{Deserialize, Serialize};
use shared::http::AtMost;
use shared::http::rules::refuse_unless;
use utoipa::ToSchema;

use crate::documents::{Attribute, GeoPoint, good_attributes, storable};

fn yes() -> bool {
    true
}

/// A search by words and by meaning.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub(crate) struct SearchRequest {
    /// 2 to 1000 characters. `"words in quotes"` must stand side by side; a word after `-` must not be there.
    #[schema(min_length = 2, max_length = 1000)]
    pub(super) query: String,
    /// One of event, venue, artist, destination, brand.
    pub(super) entity_type: Option<String>,
    /// Whether other words for the same thing are found, too.
    #[serde(default = "yes")]
    #[schema(default = true)]
    pub(super) use_semantic: bool,
    /// From 1; page × limit is at most 10 000.
    #[schema(minimum = 1, default = 1)]
    pub(super) page: Option<i64>,
    #[schema(minimum = 1, maximum = 100, default = 20)]
    pub(super) limit: Option<i64>,
    #[serde(default)]
    pub(super) include_facets: bool,
    /// One of relevance, date, price, rating.
    pub(super) sort_by: Option<String>,
    /// Whether each result tells the parts of its score.
    #[serde(default)]
    pub(super) explain: bool,
}

/// A search with filters.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub(crate) struct AdvancedRequest {
    /// 2 to 1000 characters, as in `/search`; without it everything that the filters let through is found.
    #[schema(min_length = 2, max_length = 1000)]
    pub(super) query: Option<String>,
    /// One of event, venue, artist, destination, brand.
    pub(super) entity_type: Option<String>,
    #[serde(default)]
    #[garde(dive)]
    pub(super) filters: FiltersBody,
    /// Whether other words for the same thing are found, too.
    #[serde(default = "yes")]
    #[schema(default = true)]
    pub(super) use_semantic: bool,
    /// From 1; page × limit is at most 10 000.
    #[schema(minimum = 1, default = 1)]
    pub(super) page: Option<i64>,
    #[schema(minimum = 1, maximum = 100, default = 20)]
    pub(super) limit: Option<i64>,
    #[serde(default)]
    pub(super) include_facets: bool,
    /// One of relevance, date, price, rating, distance; distance needs the middle of a circle in `filters.geo`.
    pub(super) sort_by: Option<String>,
    /// Whether each result tells the parts of its score.
    #[serde(default)]
    pub(super) explain: bool,
}

/// A search around a point, the nearest first.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub(crate) struct GeoRequest {
    pub(super) location: Place,
    /// 1 to 500.
    #[schema(minimum = 1, maximum = 500)]
    pub(super) radius_km: f64,
    /// 2 to 1000 characters, as in `/search`; it is searched for by its words alone.
    #[schema(min_length = 2, max_length = 1000)]
    pub(super) query: Option<String>,
    /// One of event, venue, artist, destination, brand.
    pub(super) entity_type: Option<String>,
    /// From 1; page × limit is at most 10 000.
    #[schema(minimum = 1, default = 1)]
    pub(super) page: Option<i64>,
    #[schema(minimum = 1, maximum = 100, default = 20)]
    pub(super) limit: Option<i64>,
    #[serde(default)]
    pub(super) include_facets: bool,
}

/// What results are to be like.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub(crate) struct SimilarRequest {
    /// The document's own id.
    #[garde(length(chars, min = 1, max = 128))]
    #[schema(min_length = 1, max_length = 128)]
    pub(super) id: String,
    /// One of event, venue, artist, destination, brand; results are of the same type.
    pub(super) entity_type: String,
    #[schema(minimum = 1, maximum = 100, default = 20)]
    pub(super) limit: Option<i64>,
}

/// One value or several, of which one is enough.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum OneOrMany {
    One(String),
    /// At most 50.
    Many(Vec<String>),
}

/// A point before it is checked.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SearchPoint)]
pub(crate) struct Place {
    /// Degrees, -90 to 90.
    pub(super) lat: f64,
    /// Degrees, -180 to 180.
    pub(super) lng: f64,
}

impl From<Place> for GeoPoint {
    fn from(Place { lat, lng }: Place) -> Self {
        Self { lat, lng }
    }
}

/// A circle (`location` and `radius_km`) or a box (`south_west` and `north_east`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = GeoFilter)]
pub(crate) struct GeoBody {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) location: Option<Place>,
    /// 1 to 500.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) radius_km: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) south_west: Option<Place>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) north_east: Option<Place>,
}

/// What results must have. Texts are compared without case and accents.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(as = Filters)]
pub(crate) struct FiltersBody {
    #[garde(inner(custom(texts)))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) city: Option<OneOrMany>,
    #[garde(inner(custom(texts)))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) country: Option<OneOrMany>,
    #[garde(inner(custom(texts)))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) category: Option<OneOrMany>,
    /// All of them, at most 20.
    #[serde(default, skip_serializing_if = "no_tags")]
    #[garde(inner(length(chars, min = 1, max = 64)))]
    #[schema(value_type = Vec<String>, max_items = 20)]
    pub(super) tags: AtMost<String, 20>,
    /// RFC 3339 or `YYYY-MM-DD`: what ends before is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) date_from: Option<String>,
    /// RFC 3339 or `YYYY-MM-DD`, of which the whole day counts: what begins after it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) date_to: Option<String>,
    /// What costs less at most is left out; so is what has no price.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) price_min: Option<f64>,
    /// What costs more at least is left out; so is what has no price.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) price_max: Option<f64>,
    /// ISO 4217.
    #[garde(inner(length(chars, min = 3, max = 3)))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) currency: Option<String>,
    /// 0 to 5.
    #[garde(inner(range(min = 0.0, max = 5.0), custom(storable)))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) rating_min: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) geo: Option<GeoBody>,
    /// The tenant's own fields, at most 20; of several values one is enough.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[garde(custom(at_most_20))]
    pub(super) attributes: BTreeMap<String, Attribute>,
}

fn no_tags(tags: &AtMost<String, 20>) -> bool {
    tags.0.is_empty()
}

fn texts<C>(value: &OneOrMany, _: &C) -> garde::Result {
    let good = |text: &String| (1..=100).contains(&text.chars().count());
    let all = match value {
        OneOrMany::One(text) => good(text),
        OneOrMany::Many(texts) => (1..=50).contains(&texts.len()) && texts.iter().all(good),
    };
    refuse_unless(all, "must be 1 to 50 texts of 1 to 100 characters")
}

fn at_most_20<C>(attributes: &BTreeMap<String, Attribute>, _: &C) -> garde::Result {
    refuse_unless(attributes.len() <= 20, "must be at most 20 fields")?;
    good_attributes(attributes, &())
}
