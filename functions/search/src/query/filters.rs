//! What results must have besides words.

use std::ops::Bound;

use jiff::Timestamp;
use tantivy::index::SegmentReader;
use tantivy::query::doc_predicate_query::{DocPredicateQuery, FunctionPredicate};
use tantivy::query::{BooleanQuery, EmptyQuery, Query, RangeQuery, TermQuery, TermSetQuery};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, Term};

use super::sorted::distance_km;
use crate::documents::{EntityType, GeoPoint};
use crate::index::{Fields, fields};

/// Where results must be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Area {
    /// Within some kilometres of a point.
    Circle {
        /// Its middle.
        center: GeoPoint,
        /// Its radius.
        km: f64,
    },
    /// Between two corners; one that begins in the east of where it ends goes over the date line.
    Box {
        /// South-west.
        from: GeoPoint,
        /// North-east.
        to: GeoPoint,
    },
}

/// What results must have. Texts are compared without case and accents; a list means one of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Filters {
    pub(crate) entity_types: Vec<EntityType>,
    pub(crate) categories: Vec<String>,
    /// All of them.
    pub(crate) tags: Vec<String>,
    pub(crate) cities: Vec<String>,
    pub(crate) countries: Vec<String>,
    pub(crate) currency: Option<String>,
    /// It must not have ended before.
    pub(crate) date_from: Option<Timestamp>,
    /// It must not begin after.
    pub(crate) date_to: Option<Timestamp>,
    pub(crate) price_min: Option<f64>,
    pub(crate) price_max: Option<f64>,
    pub(crate) rating_min: Option<f64>,
    pub(crate) area: Option<Area>,
    /// A tenant's own fields, each with values of which it must have one.
    pub(crate) attributes: Vec<Vec<String>>,
}

impl Filters {
    /// One query for each of them.
    pub(crate) fn queries(&self) -> Vec<Box<dyn Query>> {
        let fields = fields();
        let mut queries: Vec<Box<dyn Query>> = Vec::new();
        let types: Vec<String> = self.entity_types.iter().map(|kind| kind.name().to_owned()).collect();
        let currency: Vec<String> = self.currency.iter().cloned().collect();
        let any = [
            (fields.entity_type, &types),
            (fields.category_key, &self.categories),
            (fields.city_key, &self.cities),
            (fields.country_key, &self.countries),
            (fields.currency_key, &currency),
        ];
        queries
            .extend(any.into_iter().filter(|(_, texts)| !texts.is_empty()).map(|(field, texts)| one_of(field, texts)));
        queries.extend(self.tags.iter().map(|tag| one_of(fields.tag_keys, std::slice::from_ref(tag))));
        queries.extend(self.attributes.iter().map(|values| one_of(fields.attributes, values)));
        queries.extend(self.ranges(fields));
        queries.extend(self.area.map(inside));
        queries
    }

    fn ranges(&self, fields: &Fields) -> Vec<Box<dyn Query>> {
        let field = |name: &str| fields.schema.get_field(name);
        let date =
            |name: &str, time: Timestamp| field(name).map(|field| Term::from_field_i64(field, time.as_millisecond()));
        let number = |name: &str, number: f64| field(name).map(|field| Term::from_field_f64(field, number));
        let at_least = |term: Term| (Bound::Included(term), Bound::Unbounded);
        let at_most = |term: Term| (Bound::Unbounded, Bound::Included(term));
        let bounds = [
            self.date_from.map(|from| date("end", from).map(at_least)),
            self.date_to.map(|to| date("start", to).map(at_most)),
            self.price_min.map(|least| number("price_max", least).map(at_least)),
            self.price_max.map(|most| number("price_min", most).map(at_most)),
            self.rating_min.map(|least| number("rating", least).map(at_least)),
        ];
        let range = |(lower, upper)| -> Box<dyn Query> { Box::new(RangeQuery::new(lower, upper)) };
        bounds.into_iter().flatten().map(|bounds| bounds.map_or_else(|_| Box::new(EmptyQuery) as _, range)).collect()
    }
}

fn one_of(field: Field, texts: &[String]) -> Box<dyn Query> {
    let mut terms = texts.iter().map(|text| Term::from_field_text(field, text));
    match (terms.next(), texts.len()) {
        (Some(only), 1) => Box::new(TermQuery::new(only, IndexRecordOption::Basic)),
        (first, _) => Box::new(TermSetQuery::new(first.into_iter().chain(terms))),
    }
}

/// A rectangle by the index, and the exact form by looking at each document in it.
fn inside(area: Area) -> Box<dyn Query> {
    let exact = FunctionPredicate::from(move |segment: &SegmentReader| {
        let (lat, lng) = (segment.fast_fields().f64("lat")?, segment.fast_fields().f64("lng")?);
        Ok(move |document: DocId| match (lat.first(document), lng.first(document)) {
            (Some(lat), Some(lng)) => area.contains(GeoPoint { lat, lng }),
            _ => false,
        })
    });
    let exact: Box<dyn Query> = Box::new(DocPredicateQuery::from(exact));
    let (south, north) = area.latitudes();
    let Ok(field) = fields().schema.get_field("lat") else { return Box::new(EmptyQuery) };
    let bound = |lat: f64| Bound::Included(Term::from_field_f64(field, lat));
    let band: Box<dyn Query> = Box::new(RangeQuery::new(bound(south), bound(north)));
    Box::new(BooleanQuery::intersection(vec![band, exact]))
}

impl Area {
    fn contains(self, place: GeoPoint) -> bool {
        match self {
            Self::Circle { center, km } => distance_km(center, place) <= km,
            Self::Box { from, to } => {
                let between = if from.lng <= to.lng {
                    (from.lng..=to.lng).contains(&place.lng)
                } else {
                    place.lng >= from.lng || place.lng <= to.lng
                };
                between && (from.lat..=to.lat).contains(&place.lat)
            }
        }
    }

    fn latitudes(self) -> (f64, f64) {
        match self {
            // A degree is 111 km everywhere.
            Self::Circle { center, km } => (center.lat - km / 110.0, center.lat + km / 110.0),
            Self::Box { from, to } => (from.lat, to.lat),
        }
    }
}
