//! From a stored row to the cells that a plan wants of it.

use std::sync::Arc;

use serde_json::value::RawValue;
use shared::Error;
use tokio::time::Instant;

use crate::definitions::{Plan, Source};
use crate::rows::Row;
use crate::values::Value;

/// What became of some rows.
pub(crate) struct Projected {
    /// Of those that pass: what is kept of each.
    pub(crate) kept: Vec<Vec<Value>>,
    /// The last one that was looked at.
    pub(crate) last: Option<Row>,
    /// Those for which there was no time.
    pub(crate) rest: Vec<Row>,
}

/// Computes rows that were recorded until then, off the async threads: for this long at most, but one row at least.
pub(crate) async fn project(plan: &Arc<Plan>, rows: Vec<Row>, as_of: i64, until: Instant) -> Result<Projected, Error> {
    let plan = Arc::clone(plan);
    let work = move || {
        let (cells, mut kept, mut last) = (Cells { plan: &plan }, Vec::new(), None);
        let mut rows = rows.into_iter();
        for row in rows.by_ref() {
            if let Some(cells) = (row.recorded_at <= as_of).then(|| cells.of(&row)).flatten() {
                kept.push(plan.project(&cells));
            }
            last = Some(row);
            if Instant::now() > until {
                break;
            }
        }
        Projected { kept, last, rest: rows.collect() }
    };
    tokio::task::spawn_blocking(work).await.map_err(Error::internal)
}

/// Reads rows for a plan.
struct Cells<'a> {
    plan: &'a Plan,
}

impl Cells<'_> {
    /// The plan's inputs of a row; `None` if it does not pass the filters.
    fn of(&self, row: &Row) -> Option<Vec<Value>> {
        let cells = self.inputs(row);
        self.plan
            .tests
            .iter()
            .all(|test| cells.get(test.input).is_some_and(|value| test.passes(value)))
            .then_some(cells)
    }

    fn inputs(&self, row: &Row) -> Vec<Value> {
        // Cells are parsed one by one, and only those that are wanted.
        let declared: std::collections::HashMap<&str, &RawValue> = serde_json::from_str(&row.cells).unwrap_or_default();
        let mut cells: Vec<Value> = Vec::with_capacity(self.plan.inputs.len());
        for input in &self.plan.inputs {
            let value = match &input.source {
                Source::Id => Value::Text(row.id.clone()),
                Source::At => Value::time(row.at),
                Source::RecordedAt => Value::time(row.recorded_at),
                Source::Declared(name) => declared.get(name.as_str()).map_or(Value::Null, |raw| {
                    serde_json::from_str(raw.get()).map_or(Value::Null, |json| input.kind.stored(json))
                }),
                Source::Computed(formula) => formula.compute(&cells),
                Source::StartOf(place, unit) => match cells.get(*place).and_then(Value::as_time) {
                    Some(time) => {
                        let start = self.plan.moments.start(*unit, time);
                        start.map_or(Value::Null, |start| Value::time(start.as_millisecond()))
                    }
                    None => Value::Null,
                },
            };
            cells.push(value);
        }
        cells
    }
}
