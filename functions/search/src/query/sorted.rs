//! Results in another order than that of relevance.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::Column;
use tantivy::index::SegmentReader;
use tantivy::{DocAddress, DocId, Score, SegmentOrdinal};

use crate::documents::GeoPoint;

/// Of the earth, in kilometres.
const RADIUS: f64 = 6371.0088;

/// What results are sorted by. What lacks it comes last.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Order {
    /// What begins first.
    Date,
    /// What costs least.
    Price,
    /// What is rated best.
    Rating,
    /// What is asked for most.
    Popularity,
    /// What is nearest to this point.
    Distance(GeoPoint),
}

/// Collects the first results in an order.
pub(crate) struct Sorted {
    pub(crate) order: Order,
    pub(crate) limit: usize,
}

/// What is compared: the smallest comes first.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Place {
    by: f64,
    address: DocAddress,
}

impl Eq for Place {}

impl Ord for Place {
    fn cmp(&self, other: &Self) -> Ordering {
        self.by.total_cmp(&other.by).then_with(|| self.address.cmp(&other.address))
    }
}

impl PartialOrd for Place {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// What a segment's documents are sorted by.
enum Values {
    Dates(Column<i64>),
    Rising(Column<f64>),
    Falling(Column<f64>),
    Distances(GeoPoint, Column<f64>, Column<f64>),
}

impl Values {
    fn open(order: Order, segment: &SegmentReader) -> tantivy::Result<Self> {
        let columns = segment.fast_fields();
        Ok(match order {
            Order::Date => Self::Dates(columns.i64("start")?),
            Order::Price => Self::Rising(columns.f64("price_min")?),
            Order::Rating => Self::Falling(columns.f64("rating")?),
            Order::Popularity => Self::Falling(columns.f64("popularity")?),
            Order::Distance(from) => Self::Distances(from, columns.f64("lat")?, columns.f64("lng")?),
        })
    }

    #[expect(clippy::cast_precision_loss, reason = "milliseconds of the year 9999 fit")]
    fn of(&self, document: DocId) -> f64 {
        let value = match self {
            Self::Dates(column) => column.first(document).map(|at| at as f64),
            Self::Rising(column) => column.first(document),
            Self::Falling(column) => column.first(document).map(|value| -value),
            Self::Distances(from, lat, lng) => match (lat.first(document), lng.first(document)) {
                (Some(lat), Some(lng)) => Some(distance_km(*from, GeoPoint { lat, lng })),
                _ => None,
            },
        };
        value.unwrap_or(f64::INFINITY)
    }
}

/// The first documents of one segment.
pub(crate) struct FirstOfSegment {
    values: Values,
    segment: SegmentOrdinal,
    limit: usize,
    first: BinaryHeap<Place>,
}

impl Collector for Sorted {
    type Fruit = Vec<DocAddress>;
    type Child = FirstOfSegment;

    fn for_segment(&self, segment: SegmentOrdinal, reader: &SegmentReader) -> tantivy::Result<FirstOfSegment> {
        let values = Values::open(self.order, reader)?;
        Ok(FirstOfSegment { values, segment, limit: self.limit, first: BinaryHeap::new() })
    }

    fn requires_scoring(&self) -> bool {
        false
    }

    fn merge_fruits(&self, segments: Vec<Vec<(f64, DocAddress)>>) -> tantivy::Result<Vec<DocAddress>> {
        let mut all: Vec<Place> = segments.into_iter().flatten().map(|(by, address)| Place { by, address }).collect();
        all.sort_unstable();
        Ok(all.into_iter().take(self.limit).map(|place| place.address).collect())
    }
}

impl SegmentCollector for FirstOfSegment {
    type Fruit = Vec<(f64, DocAddress)>;

    fn collect(&mut self, document: DocId, _: Score) {
        let place = Place { by: self.values.of(document), address: DocAddress::new(self.segment, document) };
        if self.first.len() < self.limit {
            self.first.push(place);
        } else if self.first.peek().is_some_and(|last| place < *last) {
            self.first.pop();
            self.first.push(place);
        }
    }

    fn harvest(self) -> Self::Fruit {
        self.first.into_iter().map(|place| (place.by, place.address)).collect()
    }
}

/// Along the earth's surface, in kilometres (haversine).
pub(crate) fn distance_km(from: GeoPoint, to: GeoPoint) -> f64 {
    let (lat, lng) = ((to.lat - from.lat).to_radians(), (to.lng - from.lng).to_radians());
    let half =
        (lat / 2.0).sin().powi(2) + from.lat.to_radians().cos() * to.lat.to_radians().cos() * (lng / 2.0).sin().powi(2);
    2.0 * RADIUS * half.sqrt().min(1.0).asin()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_those_of_the_map() {
        let (vienna, bratislava) = (GeoPoint { lat: 48.2082, lng: 16.3738 }, GeoPoint { lat: 48.1486, lng: 17.1077 });
        assert!((distance_km(vienna, bratislava) - 54.9).abs() < 0.5);
        let (west, east) = (GeoPoint { lat: 0.0, lng: 179.9 }, GeoPoint { lat: 0.0, lng: -179.9 });
        assert!((distance_km(west, east) - 22.2).abs() < 0.1);
        assert!(distance_km(vienna, vienna) < 1e-9);
    }
}
