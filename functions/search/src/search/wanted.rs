//! A search that is checked.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::bodies::{AdvancedRequest, FiltersBody, GeoBody, GeoRequest, OneOrMany, Place, SearchRequest};
use super::paging::{CursorParam, Slice};
use crate::SearchError;
use crate::documents::{Attribute, EntityType, GeoPoint, is_storable};
use crate::index::{attribute_key, attribute_values, key_of};
use crate::query::{Area, Filters, Order, Parsed, parse};

/// A search that is checked.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    /// As it was typed.
    pub(crate) text: String,
    pub(crate) query: Parsed,
    pub(crate) filters: Filters,
    pub(crate) use_semantic: bool,
    pub(crate) include_facets: bool,
    pub(crate) explain: bool,
    /// Relevance, if there is none.
    pub(crate) order: Option<Order>,
    /// From where distances are told.
    pub(crate) from: Option<GeoPoint>,
    pub(crate) slice: Slice,
}

impl Wanted {
    pub(super) fn simple(request: SearchRequest, slice: Slice) -> Result<Self, SearchError> {
        let advanced = AdvancedRequest {
            query: Some(request.query),
            entity_type: request.entity_type,
            filters: FiltersBody::default(),
            use_semantic: request.use_semantic,
            page: None,
            limit: None,
            include_facets: request.include_facets,
            sort_by: request.sort_by,
            explain: request.explain,
        };
        Self::advanced(&advanced, slice)
    }

    pub(super) fn advanced(request: &AdvancedRequest, slice: Slice) -> Result<Self, SearchError> {
        let text = request.query.as_deref().map(checked_query).transpose()?.unwrap_or_default().to_owned();
        let filters = filters(&request.filters, request.entity_type.as_deref())?;
        let from = match filters.area {
            Some(Area::Circle { center, .. }) => Some(center),
            _ => None,
        };
        let order = match request.sort_by.as_deref() {
            None | Some("relevance") => None,
            Some("date") => Some(Order::Date),
            Some("price") => Some(Order::Price),
            Some("rating") => Some(Order::Rating),
            Some("distance") => {
                Some(Order::Distance(from.ok_or(SearchError::InvalidSortBy("distance needs `filters.geo.location`"))?))
            }
            Some(_) => return Err(SearchError::InvalidSortBy("it must be relevance, date, price, rating or distance")),
        };
        Ok(Self {
            query: parse(&text),
            text,
            filters,
            use_semantic: request.use_semantic,
            include_facets: request.include_facets,
            explain: request.explain,
            order,
            from,
            slice,
        })
    }

    /// One that is kept: its results are not looked at.
    pub(crate) fn saved(query: Option<&str>, kind: Option<&str>, filters: &FiltersBody) -> Result<Self, SearchError> {
        let request = AdvancedRequest {
            query: query.map(str::to_owned),
            entity_type: kind.map(str::to_owned),
            filters: filters.clone(),
            use_semantic: false,
            page: None,
            limit: None,
            include_facets: false,
            sort_by: None,
            explain: false,
        };
        Self::advanced(&request, Slice::new(None, None, &CursorParam::default())?)
    }

    pub(super) fn geo(request: &GeoRequest, slice: Slice) -> Result<Self, SearchError> {
        let text = request.query.as_deref().map(checked_query).transpose()?.unwrap_or_default().to_owned();
        let center = point(request.location)?;
        let area = Some(Area::Circle { center, km: radius(request.radius_km)? });
        let entity_types = entity_types(request.entity_type.as_deref())?;
        Ok(Self {
            query: parse(&text),
            text,
            filters: Filters { entity_types, area, ..Filters::default() },
            use_semantic: false,
            include_facets: request.include_facets,
            explain: false,
            order: Some(Order::Distance(center)),
            from: Some(center),
            slice,
        })
    }
}

/// A query of the right length.
pub(crate) fn checked_query(text: &str) -> Result<&str, SearchError> {
    match text.trim().chars().count() {
        0 | 1 => Err(SearchError::QueryTooShort),
        _ if text.chars().count() > 1000 => Err(SearchError::QueryTooLong),
        _ => Ok(text),
    }
}

pub(crate) fn entity_type(name: &str) -> Result<EntityType, SearchError> {
    EntityType::named(name).ok_or(SearchError::InvalidEntityType)
}

fn entity_types(name: Option<&str>) -> Result<Vec<EntityType>, SearchError> {
    name.map(entity_type).transpose().map(|kind| kind.into_iter().collect())
}

fn filters(body: &FiltersBody, kind: Option<&str>) -> Result<Filters, SearchError> {
    let keys = |value: &Option<OneOrMany>| match value {
        None => Vec::new(),
        Some(OneOrMany::One(text)) => vec![key_of(text)],
        Some(OneOrMany::Many(texts)) => texts.iter().map(|text| key_of(text)).collect(),
    };
    let date_from = body.date_from.as_deref().map(|text| date(text, false)).transpose()?;
    let date_to = body.date_to.as_deref().map(|text| date(text, true)).transpose()?;
    if date_from.zip(date_to).is_some_and(|(from, to)| from > to) {
        return Err(SearchError::InvalidDateRange("`date_from` is after `date_to`"));
    }
    let bounds = [body.price_min, body.price_max];
    if bounds.into_iter().flatten().any(|price| !is_storable(price) || price < 0.0) {
        return Err(SearchError::InvalidPriceRange("they must be 0, or between 1e-100 and 1e100"));
    }
    if body.price_min.zip(body.price_max).is_some_and(|(least, most)| least > most) {
        return Err(SearchError::InvalidPriceRange("`price_min` is above `price_max`"));
    }
    let attribute = |(name, value): (&String, &Attribute)| -> Vec<String> {
        attribute_values(value).iter().map(|value| attribute_key(name, value)).collect()
    };
    Ok(Filters {
        entity_types: entity_types(kind)?,
        categories: keys(&body.category),
        tags: body.tags.0.iter().map(|tag| key_of(tag)).collect(),
        cities: keys(&body.city),
        countries: keys(&body.country),
        currency: body.currency.as_deref().map(key_of),
        date_from,
        date_to,
        price_min: body.price_min,
        price_max: body.price_max,
        rating_min: body.rating_min,
        area: body.geo.map(area).transpose()?,
        attributes: body.attributes.iter().map(attribute).collect(),
    })
}

fn date(text: &str, is_end: bool) -> Result<Timestamp, SearchError> {
    if let Ok(time) = text.parse::<Timestamp>() {
        return Ok(time);
    }
    let wrong = || SearchError::InvalidDateRange("a date must be RFC 3339 or YYYY-MM-DD");
    if text.len() != 10 || !text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') {
        return Err(wrong());
    }
    let start =
        text.parse::<Date>().ok().and_then(|day| day.to_zoned(TimeZone::UTC).ok()).ok_or_else(wrong)?.timestamp();
    let whole_day = SignedDuration::from_hours(24) - SignedDuration::from_millis(1);
    Ok(if is_end { start.checked_add(whole_day).map_err(|_| wrong())? } else { start })
}

fn area(body: GeoBody) -> Result<Area, SearchError> {
    match body {
        GeoBody { location: Some(location), radius_km: Some(km), south_west: None, north_east: None } => {
            Ok(Area::Circle { center: point(location)?, km: radius(km)? })
        }
        GeoBody { location: None, radius_km: None, south_west: Some(from), north_east: Some(to) } => {
            let (from, to) = (point(from)?, point(to)?);
            if from.lat > to.lat {
                return Err(SearchError::InvalidGeoLocation("`south_west` is north of `north_east`"));
            }
            Ok(Area::Box { from, to })
        }
        _ => Err(SearchError::InvalidGeoLocation(
            "it needs `location` and `radius_km`, or `south_west` and `north_east`",
        )),
    }
}

fn point(place: Place) -> Result<GeoPoint, SearchError> {
    let is_on_earth = (-90.0..=90.0).contains(&place.lat) && (-180.0..=180.0).contains(&place.lng);
    if is_on_earth && is_storable(place.lat) && is_storable(place.lng) {
        return Ok(place.into());
    }
    Err(SearchError::InvalidGeoLocation("`lat` must be -90 to 90 and `lng` -180 to 180"))
}

fn radius(km: f64) -> Result<f64, SearchError> {
    if (1.0..=500.0).contains(&km) { Ok(km) } else { Err(SearchError::InvalidRadius) }
}
