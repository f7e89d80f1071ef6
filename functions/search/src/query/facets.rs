//! How many results have which values.

use std::collections::HashMap;

use serde::Serialize;
use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::{Column, StrColumn};
use tantivy::index::SegmentReader;
use tantivy::{DocId, Score, SegmentOrdinal, TantivyError};
use utoipa::ToSchema;

use crate::index::key_of;

/// Values of one facet, at most.
const MOST: usize = 50;
/// Where price ranges begin.
const PRICES: [f64; 7] = [0.0, 0.01, 25.0, 50.0, 100.0, 250.0, 1000.0];
/// Facets and the columns that they count.
const NAMED: [(&str, &str); 5] =
    [("entity_type", "type"), ("category", "category"), ("tags", "tag"), ("city", "city_name"), ("country", "country")];

/// A value with the number of results that have it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct FacetCount {
    value: String,
    count: u64,
}

/// A range of prices with the number of results that begin in it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(crate) struct PriceRange {
    /// Inclusive.
    from: f64,
    /// Exclusive; none for the last one.
    to: Option<f64>,
    count: u64,
}

/// Counts over all results, the most frequent values first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
pub(crate) struct Facets {
    entity_type: Vec<FacetCount>,
    category: Vec<FacetCount>,
    tags: Vec<FacetCount>,
    city: Vec<FacetCount>,
    country: Vec<FacetCount>,
    /// By the lowest price; what is free has a range of its own.
    price: Vec<PriceRange>,
    /// By `YYYY-MM` of the beginning, in the order of time.
    month: Vec<FacetCount>,
}

/// Counts facets.
pub(crate) struct CountFacets;

/// The collector of facets.
pub(crate) fn facets() -> CountFacets {
    CountFacets
}

/// What was counted: values of each of [`NAMED`], prices, months since 1970.
pub(crate) struct Counted {
    values: [HashMap<String, u64>; 5],
    prices: [u64; 7],
    months: HashMap<String, u64>,
}

/// The counts of one segment, by the columns' own numbers.
pub(crate) struct CountedOfSegment {
    columns: Vec<Option<(StrColumn, Vec<u64>)>>,
    price: Column<f64>,
    prices: [u64; 7],
    start: Column<i64>,
    days: HashMap<i64, u64>,
}

impl Collector for CountFacets {
    type Fruit = Facets;
    type Child = CountedOfSegment;

    fn for_segment(&self, _: SegmentOrdinal, segment: &SegmentReader) -> tantivy::Result<CountedOfSegment> {
        let fast = segment.fast_fields();
        let column = |(_, name): (&str, &str)| {
            Ok(fast.str(name)?.map(|column| {
                let counts = vec![0; column.num_terms()];
                (column, counts)
            }))
        };
        let columns = NAMED.into_iter().map(column).collect::<tantivy::Result<_>>()?;
        Ok(CountedOfSegment {
            columns,
            price: fast.f64("price_min")?,
            prices: [0; 7],
            start: fast.i64("start")?,
            days: HashMap::new(),
        })
    }

    fn requires_scoring(&self) -> bool {
        false
    }

    fn merge_fruits(&self, segments: Vec<tantivy::Result<Counted>>) -> tantivy::Result<Facets> {
        let mut values: [HashMap<String, u64>; 5] = Default::default();
        let (mut prices, mut months) = ([0; 7], HashMap::<String, u64>::new());
        for segment in segments {
            let segment = segment?;
            for (all, of_segment) in values.iter_mut().zip(segment.values) {
                for (value, count) in of_segment {
                    *all.entry(value).or_default() += count;
                }
            }
            prices.iter_mut().zip(segment.prices).for_each(|(all, count)| *all += count);
            for (month, count) in segment.months {
                *months.entry(month).or_default() += count;
            }
        }
        let mut month: Vec<FacetCount> = months.into_iter().map(|(value, count)| FacetCount { value, count }).collect();
        month.sort_unstable_by(|a, b| a.value.cmp(&b.value));
        let [entity_type, category, tags, city, country] = values.map(most_frequent);
        Ok(Facets { entity_type, category, tags, city, country, price: ranges(prices), month })
    }
}

/// Values that a filter takes for the same are one, by its most frequent spelling.
fn most_frequent(values: HashMap<String, u64>) -> Vec<FacetCount> {
    let mut spellings: Vec<(String, u64)> = values.into_iter().collect();
    spellings.sort_unstable_by(|(a, many_a), (b, many_b)| many_b.cmp(many_a).then_with(|| a.cmp(b)));
    let mut by_key: HashMap<String, FacetCount> = HashMap::new();
    for (value, count) in spellings {
        let known = by_key.entry(key_of(&value)).or_insert(FacetCount { value, count: 0 });
        known.count += count;
    }
    let mut all: Vec<FacetCount> = by_key.into_values().collect();
    all.sort_unstable_by(|a, b| b.count.cmp(&a.count).then_with(|| a.value.cmp(&b.value)));
    all.truncate(MOST);
    all
}

fn ranges(counts: [u64; 7]) -> Vec<PriceRange> {
    let range = |(at, count): (usize, u64)| PriceRange { from: PRICES[at], to: PRICES.get(at + 1).copied(), count };
    counts.into_iter().enumerate().filter(|(_, count)| *count > 0).map(range).collect()
}

impl SegmentCollector for CountedOfSegment {
    type Fruit = tantivy::Result<Counted>;

    fn collect(&mut self, document: DocId, _: Score) {
        for (column, counts) in self.columns.iter_mut().flatten() {
            for value in column.term_ords(document) {
                if let Some(count) = usize::try_from(value).ok().and_then(|value| counts.get_mut(value)) {
                    *count += 1;
                }
            }
        }
        if let Some(price) = self.price.first(document) {
            let range = PRICES.partition_point(|from| *from <= price).saturating_sub(1);
            self.prices[range] += 1;
        }
        if let Some(start) = self.start.first(document) {
            *self.days.entry(start.div_euclid(86_400_000)).or_default() += 1;
        }
    }

    fn harvest(self) -> tantivy::Result<Counted> {
        let mut values: [HashMap<String, u64>; 5] = Default::default();
        for (counted, column) in values.iter_mut().zip(self.columns) {
            let Some((column, counts)) = column else { continue };
            for (value, count) in counts.into_iter().enumerate().filter(|(_, count)| *count > 0) {
                let mut text = String::new();
                let known = column.ord_to_str(u64::try_from(value).unwrap_or(u64::MAX), &mut text);
                if !known.map_err(|error| TantivyError::IoError(std::sync::Arc::new(error)))? {
                    return Err(TantivyError::InternalError("a column without its value".to_owned()));
                }
                counted.insert(text, count);
            }
        }
        let mut months = HashMap::new();
        for (day, count) in self.days {
            let start = jiff::Timestamp::from_second(day * 86_400);
            let month = start.map(|start| start.to_zoned(jiff::tz::TimeZone::UTC).strftime("%Y-%m").to_string());
            *months.entry(month.unwrap_or_default()).or_default() += count;
        }
        Ok(Counted { values, prices: self.prices, months })
    }
}
