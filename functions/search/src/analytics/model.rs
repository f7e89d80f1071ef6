//! Counts of queries.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::index::key_of;

/// Characters of a query that are told apart.
const LONGEST: usize = 100;

/// What was counted of one query.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Counts {
    #[serde(default)]
    pub(super) searches: u64,
    /// Searches that found nothing.
    #[serde(default)]
    pub(super) empty: u64,
    /// Of all of them together.
    #[serde(default)]
    pub(super) took_micros: u64,
    /// Results that were clicked.
    #[serde(default)]
    pub(super) clicks: u64,
    /// Their places, added up.
    #[serde(default)]
    pub(super) positions: u64,
}

impl Counts {
    pub(super) fn add(&mut self, other: Self) {
        self.searches += other.searches;
        self.empty += other.empty;
        self.took_micros += other.took_micros;
        self.clicks += other.clicks;
        self.positions += other.positions;
    }
}

/// A query as callers see it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(crate) struct QueryCounts {
    /// Without case, accents and needless spaces; at most 100 characters of it.
    query: String,
    searches: u64,
    /// Searches that found nothing.
    without_results: u64,
    clicks: u64,
    /// Clicks for each search.
    click_through: f64,
    /// Where clicked results stood, on average, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    click_position: Option<f64>,
    /// Milliseconds, on average.
    took_ms: f64,
}

/// Which queries come first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Ranking {
    /// Those that are asked most.
    #[default]
    Top,
    /// Those that find nothing, the most frequent first.
    WithoutResults,
    /// Those that take longest on average.
    Slow,
}

/// Queries that differ in nothing that matters are one.
pub(super) fn normalized(query: &str) -> String {
    let folded = key_of(query);
    folded.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(LONGEST).collect()
}

/// The first queries of a ranking.
#[expect(clippy::cast_precision_loss, reason = "counts and microseconds, for people")]
pub(super) fn ranked(all: HashMap<String, Counts>, ranking: Ranking, limit: usize) -> Vec<QueryCounts> {
    let view = |(query, counts): (String, Counts)| {
        let searches = counts.searches.max(1) as f64;
        QueryCounts {
            query,
            searches: counts.searches,
            without_results: counts.empty,
            clicks: counts.clicks,
            click_through: counts.clicks as f64 / searches,
            click_position: (counts.clicks > 0).then(|| counts.positions as f64 / counts.clicks as f64),
            took_ms: counts.took_micros as f64 / 1000.0 / searches,
        }
    };
    let mut all: Vec<QueryCounts> = all
        .into_iter()
        .filter(|(_, counts)| counts.searches > 0 && (ranking != Ranking::WithoutResults || counts.empty > 0))
        .map(view)
        .collect();
    all.sort_by(|a, b| {
        let order = match ranking {
            Ranking::Top => b.searches.cmp(&a.searches),
            Ranking::WithoutResults => b.without_results.cmp(&a.without_results),
            Ranking::Slow => b.took_ms.total_cmp(&a.took_ms),
        };
        order.then_with(|| a.query.cmp(&b.query))
    });
    all.truncate(limit);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_that_differ_in_nothing_that_matters_are_one() {
        assert_eq!(normalized("  Jazz   im PÄRK "), "jazz im park");
        assert_eq!(normalized(&"x".repeat(300)).len(), 100);
    }
}
