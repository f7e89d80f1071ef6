//! Documents and their rules.

use std::collections::BTreeMap;

use garde::Validate;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Number;
use shared::http::AtMost;
use shared::http::rules::{language_tag, refuse_unless};
use utoipa::ToSchema;

/// Bytes of one document as JSON, at most: a row of the store is 400 KB.
const LARGEST: usize = 64 * 1024;

/// What can be searched for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum EntityType {
    /// Something that takes place.
    Event,
    /// Where it does.
    Venue,
    /// Who performs.
    Artist,
    /// Where people go.
    Destination,
    /// Whose it is.
    Brand,
}

impl EntityType {
    pub(crate) const ALL: [Self; 5] = [Self::Event, Self::Venue, Self::Artist, Self::Destination, Self::Brand];

    /// As it stands in bodies and paths.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Event => "event",
            Self::Venue => "venue",
            Self::Artist => "artist",
            Self::Destination => "destination",
            Self::Brand => "brand",
        }
    }

    /// The one of this name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// Which document of a tenant: the caller's ids are unique for each type.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct DocumentKey {
    pub(crate) entity_type: EntityType,
    pub(crate) id: String,
}

impl DocumentKey {
    /// One text, by which the index knows it.
    pub(crate) fn text(&self) -> String {
        format!("{}#{}", self.entity_type.name(), self.id)
    }
}

/// A place.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GeoPoint {
    /// Degrees, north is positive.
    #[garde(range(min = -90.0, max = 90.0), custom(storable))]
    pub(crate) lat: f64,
    /// Degrees, east is positive.
    #[garde(range(min = -180.0, max = 180.0), custom(storable))]
    pub(crate) lng: f64,
}

/// A number. Whole ones of 64 bits are exact; others are doubles, and `18.0` comes back as `18`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = f64)]
pub(crate) struct AsWritten(pub(crate) Number);

/// A value of a tenant's own field.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum Attribute {
    /// `true` or `false`.
    Flag(bool),
    // Its type says what it is: a comment of its own would be a second schema.
    Number(#[schema(inline)] AsWritten),
    /// A text of at most 500 characters.
    Text(String),
    /// At most 50 texts.
    Texts(Vec<String>),
}

/// Something that can be found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(custom(fits_together))]
pub(crate) struct Document {
    /// The caller's own, unique among documents of its type.
    #[garde(length(chars, min = 1, max = 128), custom(plain))]
    #[schema(min_length = 1, max_length = 128)]
    pub(crate) id: String,
    #[garde(skip)]
    pub(crate) entity_type: EntityType,
    /// BCP 47, by which words are stemmed; the tenant's default if there is none.
    #[garde(inner(length(max = 35), custom(language_tag)))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) language: Option<String>,
    #[garde(length(chars, min = 1, max = 300), custom(plain))]
    #[schema(min_length = 1, max_length = 300)]
    pub(crate) title: String,
    #[garde(inner(length(chars, max = 10_000)))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 10_000)]
    pub(crate) description: Option<String>,
    /// At most 50.
    #[garde(inner(length(chars, min = 1, max = 64), custom(plain)))]
    #[serde(default, skip_serializing_if = "no_tags")]
    #[schema(value_type = Vec<String>, max_items = 50)]
    pub(crate) tags: AtMost<String, 50>,
    #[garde(inner(length(chars, min = 1, max = 100), custom(plain)))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) category: Option<String>,
    #[garde(dive)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) location: Option<GeoPoint>,
    #[garde(inner(length(chars, min = 1, max = 100), custom(plain)))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) city: Option<String>,
    #[garde(inner(length(chars, min = 1, max = 100), custom(plain)))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) country: Option<String>,
    #[garde(skip)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(crate) start_date: Option<Timestamp>,
    /// Not before `start_date`.
    #[garde(skip)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(crate) end_date: Option<Timestamp>,
    #[garde(inner(range(min = 0.0, max = 1e12), custom(storable)))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) price_min: Option<f64>,
    /// Not below `price_min`.
    #[garde(inner(range(min = 0.0, max = 1e12), custom(storable)))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) price_max: Option<f64>,
    /// ISO 4217.
    #[garde(inner(custom(iso_4217)))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) currency: Option<String>,
    #[garde(inner(range(min = 0.0, max = 5.0), custom(storable)))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) rating: Option<f64>,
    /// How much it is asked for: decides among equals, and orders suggestions.
    #[garde(inner(range(min = 0.0, max = 1e12), custom(storable)))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) popularity: Option<f64>,
    /// At most 50 fields of the tenant's own, to filter by.
    #[garde(custom(good_attributes))]
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) attributes: BTreeMap<String, Attribute>,
}

impl Document {
    pub(crate) fn key(&self) -> DocumentKey {
        DocumentKey { entity_type: self.entity_type, id: self.id.clone() }
    }

    /// Its length as JSON.
    pub(crate) fn bytes(&self) -> usize {
        serde_json::to_vec(self).map_or(usize::MAX, |json| json.len())
    }
}

fn no_tags(tags: &AtMost<String, 50>) -> bool {
    tags.0.is_empty()
}

fn plain<C>(text: &str, _: &C) -> garde::Result {
    refuse_unless(
        !text.trim().is_empty() && !text.chars().any(char::is_control),
        "must not be blank, and without control characters",
    )
}

/// DynamoDB's numbers end at 1e125 and begin at 1e-130.
pub(crate) fn is_storable(number: f64) -> bool {
    number == 0.0 || (1e-100..=1e100).contains(&number.abs())
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the form of garde's rules")]
pub(crate) fn storable<C>(number: &f64, _: &C) -> garde::Result {
    refuse_unless(is_storable(*number), "must be 0, or between 1e-100 and 1e100")
}

fn iso_4217<C>(text: &str, _: &C) -> garde::Result {
    let good = text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase());
    refuse_unless(good, "must be a currency of ISO 4217 like EUR")
}

pub(crate) fn good_attributes<C>(attributes: &BTreeMap<String, Attribute>, _: &C) -> garde::Result {
    refuse_unless(attributes.len() <= 50, "must have at most 50 fields")?;
    for (name, value) in attributes {
        let good = (1..=64).contains(&name.chars().count()) && !name.chars().any(char::is_control);
        refuse_unless(good, "must have names of 1 to 64 characters")?;
        let text = |text: &String| text.chars().count() <= 500;
        let good = match value {
            Attribute::Flag(_) => true,
            Attribute::Number(number) => number.0.as_f64().is_some_and(is_storable),
            Attribute::Text(value) => text(value),
            Attribute::Texts(values) => values.len() <= 50 && values.iter().all(text),
        };
        refuse_unless(good, "must have finite numbers, and at most 50 texts of at most 500 characters")?;
    }
    Ok(())
}

fn fits_together<C>(document: &Document, _: &C) -> garde::Result {
    let Document { start_date, end_date, price_min, price_max, .. } = document;
    let in_order = match (start_date, end_date) {
        (Some(start), Some(end)) => start <= end,
        (None, Some(_)) => false,
        _ => true,
    };
    refuse_unless(in_order, "`end_date` must not be before `start_date`")?;
    let rising = match (price_min, price_max) {
        (Some(least), Some(most)) => least <= most,
        (None, Some(_)) => false,
        _ => true,
    };
    refuse_unless(rising, "`price_max` must not be below `price_min`")?;
    refuse_unless(document.bytes() <= LARGEST, "must be at most 65536 bytes")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(changes: &serde_json::Value) -> bool {
        let mut body = json!({"id": "1", "entity_type": "event", "title": "Jazz night"});
        body.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        serde_json::from_value::<Document>(body).is_ok_and(|document| document.validate().is_ok())
    }

    #[test]
    fn every_field_has_its_rule() {
        for good in [
            json!({}),
            json!({"language": "de-AT", "rating": 5, "currency": "EUR", "price_min": 0, "price_max": 0}),
            json!({"start_date": "2027-01-01T00:00:00Z", "end_date": "2027-01-01T00:00:00Z"}),
            json!({"attributes": {"indoor": true, "age": 18, "genre": "jazz", "halls": ["a", "b"]}}),
        ] {
            assert!(check(&good), "{good}");
        }
        for wrong in [
            json!({"id": ""}),
            json!({"id": "a\u{0}b"}),
            json!({"id": "x".repeat(129)}),
            json!({"entity_type": "film"}),
            json!({"title": " "}),
            json!({"language": "german!"}),
            json!({"tags": vec!["x"; 51]}),
            json!({"location": {"lat": 91, "lng": 0}}),
            json!({"start_date": "2027-01-02T00:00:00Z", "end_date": "2027-01-01T00:00:00Z"}),
            json!({"end_date": "2027-01-01T00:00:00Z"}),
            json!({"start_date": "tomorrow"}),
            json!({"price_min": 2, "price_max": 1}),
            json!({"price_min": -1}),
            json!({"currency": "euro"}),
            json!({"rating": 5.1}),
            json!({"attributes": {"": 1}}),
            json!({"attributes": {"n": 1e200}}),
            json!({"location": {"lat": 1e-200, "lng": 0}}),
            json!({"price_min": 1e-300}),
            json!({"attributes": {"nested": {"a": 1}}}),
            json!({"description": "x".repeat(10_001)}),
            json!({"more": 1}),
        ] {
            assert!(!check(&wrong), "{wrong}");
        }
    }
}
