//! From a stored row to the cells that a plan wants of it.

use serde_json::value::RawValue;

use crate::definitions::{Plan, Source};
use crate::rows::Row;
use crate::values::Value;

/// Reads rows for a plan.
pub(crate) struct Cells<'a> {
    plan: &'a Plan,
}

impl<'a> Cells<'a> {
    pub(crate) fn new(plan: &'a Plan) -> Self {
        Self { plan }
    }

    /// The plan's inputs of a row; `None` if it does not pass the filters.
    pub(crate) fn of(&self, row: &Row) -> Option<Vec<Value>> {
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
