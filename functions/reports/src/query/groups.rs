//! Groups of rows, and totals.

use std::collections::HashMap;

use super::aggregates::Accumulator;
use crate::ReportsError;
use crate::definitions::{Function, Measure, Plan, Shape};
use crate::values::{Kind, Value};

/// Groups of one report.
const MOST_GROUPS: usize = 50_000;
/// Different values that are told apart in one report.
const MOST_DISTINCT: usize = 2_000_000;

/// Counts projected rows by their keys.
pub(crate) struct Groups {
    keys: usize,
    measures: Vec<Measure>,
    found: HashMap<Vec<Value>, Vec<Accumulator>>,
    distinct: usize,
}

impl Groups {
    /// `None` for a plan that shows rows.
    pub(crate) fn of(plan: &Plan) -> Option<Self> {
        let Shape::Groups { keys, measures } = &plan.shape else { return None };
        let (keys, measures) = (keys.len(), measures.clone());
        Some(Self { keys, measures, found: HashMap::new(), distinct: 0 })
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
            self.found.insert(key.to_vec(), accumulators(&self.measures));
        }
        if let Some(group) = self.found.get_mut(key) {
            self.distinct += count(&self.measures, group, values);
        }
        if self.distinct > MOST_DISTINCT {
            return Err(ReportsError::invalid("there are more than 2000000 different values to be told apart"));
        }
        Ok(())
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
    distinct: usize,
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
        Some(Self { keys, accumulators: accumulators(&measures), measures, columns, distinct: 0 })
    }

    /// Counts a projected row.
    ///
    /// # Errors
    /// As of [`Groups::add`].
    pub(crate) fn add(&mut self, row: &[Value]) -> Result<(), ReportsError> {
        self.distinct += count(&self.measures, &mut self.accumulators, row.get(self.keys..).unwrap_or_default());
        if self.distinct > MOST_DISTINCT {
            return Err(ReportsError::invalid("there are more than 2000000 different values to be told apart"));
        }
        Ok(())
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

fn accumulators(measures: &[Measure]) -> Vec<Accumulator> {
    measures.iter().map(Accumulator::new).collect()
}

/// Each measure that has an input takes the next of the values; gives how many different ones are new.
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
