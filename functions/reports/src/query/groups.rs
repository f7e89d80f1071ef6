//! Groups of rows, and totals.

use std::collections::HashMap;

use super::aggregates::Accumulator;
use crate::ReportsError;
use crate::definitions::{Function, Measure, Plan, Shape};
use crate::values::{Kind, Value};

/// Groups of one report.
const MOST_GROUPS: usize = 50_000;
/// Bytes of all groups of one report, about: two million different values, or six thousand percentiles.
const MOST_BYTES: usize = 128 * 1024 * 1024;
/// Bytes of a group, besides its keys and measures.
const GROUP: usize = 100;

/// Counts projected rows by their keys.
pub(crate) struct Groups {
    keys: usize,
    measures: Vec<Measure>,
    found: HashMap<Vec<Value>, Vec<Accumulator>>,
    bytes: usize,
}

impl Groups {
    /// `None` for a plan that shows rows.
    pub(crate) fn of(plan: &Plan) -> Option<Self> {
        let Shape::Groups { keys, measures } = &plan.shape else { return None };
        let (keys, measures) = (keys.len(), measures.clone());
        Some(Self { keys, measures, found: HashMap::new(), bytes: 0 })
    }

    /// Counts a row.
    ///
    /// # Errors
    /// `INVALID_TEMPLATE` for a report with too many groups or different values.
    pub(crate) fn add(&mut self, row: &[Value]) -> Result<(), ReportsError> {
        let (key, values) = row.split_at(self.keys.min(row.len()));
        if !self.found.contains_key(key) {
            if self.found.len() == MOST_GROUPS {
                return Err(ReportsError::invalid("there are more than 50000 groups"));
            }
            self.bytes += GROUP + key.iter().map(Value::weight).sum::<usize>();
            self.bytes += self.measures.iter().map(Accumulator::weight).sum::<usize>();
            self.found.insert(key.to_vec(), accumulators(&self.measures));
        }
        if let Some(group) = self.found.get_mut(key) {
            self.bytes += count(&self.measures, group, values);
        }
        fits(self.bytes)
    }

    /// A row for each group, in the order of their keys. Without keys there is always one.
    pub(crate) fn finish(mut self) -> Vec<Vec<Value>> {
        if self.keys == 0 && self.found.is_empty() {
            self.found.insert(Vec::new(), accumulators(&self.measures));
        }
        let mut rows: Vec<(Vec<Value>, Vec<Accumulator>)> = self.found.into_iter().collect();
        rows.sort_by(|(a, _), (b, _)| a.cmp(b));
        rows.into_iter().map(|(key, group)| key.into_iter().chain(values(&self.measures, &group)).collect()).collect()
    }
}

/// The last row of a report that has one.
pub(crate) struct Totals {
    /// Columns of the result before the first measure.
    keys: usize,
    measures: Vec<Measure>,
    accumulators: Vec<Accumulator>,
    /// Whether measures stand for columns one by one, with holes.
    columns: Option<Vec<bool>>,
    bytes: usize,
}

impl Totals {
    /// `None` for a plan without them.
    pub(crate) fn of(plan: &Plan) -> Option<Self> {
        if !plan.totals {
            return None;
        }
        let (keys, measures, columns) = match &plan.shape {
            Shape::Groups { keys, measures } => (keys.len(), measures.clone(), None),
            Shape::Rows(_) => {
                let sum = |kind| Measure { function: Function::Sum, input: Some(0), kind, quantile: 0.0 };
                let measures = plan.outputs.iter().map(|output| sum(output.kind)).collect();
                (0, measures, Some(plan.outputs.iter().map(|output| output.kind.is_numeric()).collect()))
            }
        };
        Some(Self { keys, accumulators: accumulators(&measures), measures, columns, bytes: 0 })
    }

    /// Counts a projected row.
    ///
    /// # Errors
    /// As of [`Groups::add`].
    pub(crate) fn add(&mut self, row: &[Value]) -> Result<(), ReportsError> {
        self.bytes += count(&self.measures, &mut self.accumulators, row.get(self.keys..).unwrap_or_default());
        fits(self.bytes)
    }

    /// The row. A first column that holds no total says so.
    pub(crate) fn finish(&self, outputs: &[crate::definitions::Output]) -> Vec<Value> {
        let totals = values(&self.measures, &self.accumulators);
        let mut row: Vec<Value> = match &self.columns {
            None => (0..self.keys).map(|_| Value::Null).chain(totals).collect(),
            Some(counted) => {
                totals.zip(counted).map(|(value, counted)| if *counted { value } else { Value::Null }).collect()
            }
        };
        if let (Some(first), Some(output)) = (row.first_mut(), outputs.first())
            && first.is_null()
            && output.kind == Kind::Text
        {
            *first = Value::Text("Total".to_owned());
        }
        row
    }
}

fn fits(bytes: usize) -> Result<(), ReportsError> {
    if bytes > MOST_BYTES {
        return Err(ReportsError::invalid("there are too many groups, percentiles or different values to be counted"));
    }
    Ok(())
}

fn accumulators(measures: &[Measure]) -> Vec<Accumulator> {
    measures.iter().map(Accumulator::new).collect()
}

/// Each measure that has an input takes the next of the values; gives by how many bytes they have grown.
fn count(measures: &[Measure], accumulators: &mut [Accumulator], values: &[Value]) -> usize {
    let (mut values, mut grown) = (values.iter(), 0);
    for (measure, accumulator) in measures.iter().zip(accumulators) {
        let value = measure.input.and_then(|_| values.next());
        if measure.input.is_none() || value.is_some() {
            grown += accumulator.add(value);
        }
    }
    grown
}

fn values<'a>(measures: &'a [Measure], accumulators: &'a [Accumulator]) -> impl Iterator<Item = Value> + 'a {
    measures.iter().zip(accumulators).map(|(measure, accumulator)| accumulator.value(measure))
}
