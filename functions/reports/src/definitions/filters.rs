//! Filters with their values.

use serde_json::Value as Json;

use super::model::{Filter, Operator};
use super::parameters::{Parameters, read, reference, shown};
use crate::ReportsError;
use crate::values::{Kind, Moments, Value};

/// Values of one `in`.
const MOST_VALUES: usize = 200;

/// A filter of a plan.
#[derive(Clone, Debug)]
pub(crate) struct Test {
    /// Which of the plan's inputs.
    pub(crate) input: usize,
    pub(crate) operator: Operator,
    /// What it compares with: one, or those of `in`. Texts without case, if they are compared without.
    pub(crate) values: Vec<Value>,
}

impl Test {
    /// The filter with its values; `None` if its parameter has none.
    pub(super) fn new(
        filter: &Filter,
        (input, kind): (usize, Kind),
        parameters: &Parameters,
        moments: &Moments,
    ) -> Result<Option<Self>, ReportsError> {
        let name = shown(&filter.column);
        let wrong = |problem: &str| ReportsError::invalid(format!("the filter of {name} {problem}"));
        if matches!(filter.operator, Operator::Contains | Operator::StartsWith) && kind != Kind::Text {
            return Err(wrong("compares texts, and the column is none"));
        }
        let mut values = match (filter.operator, &filter.value) {
            (Operator::IsEmpty | Operator::IsNotEmpty, Json::Null) => Vec::new(),
            (Operator::IsEmpty | Operator::IsNotEmpty, _) => return Err(wrong("takes no value")),
            (Operator::In, Json::Array(list)) if list.len() <= MOST_VALUES => list
                .iter()
                .map(|json| value(json, kind, parameters, moments))
                .collect::<Result<_, _>>()
                .map_err(|p| wrong(&p))?,
            (Operator::In, Json::Array(_)) => return Err(wrong("has more than 200 values")),
            (_, json) => vec![value(json, kind, parameters, moments).map_err(|problem| wrong(&problem))?],
        };
        if values.iter().any(Option::is_none) {
            return Ok(None);
        }
        if matches!(filter.operator, Operator::Contains | Operator::StartsWith) {
            for value in values.iter_mut().flatten() {
                if let Value::Text(text) = value {
                    *text = text.to_lowercase();
                }
            }
        }
        Ok(Some(Self { input, operator: filter.operator, values: values.into_iter().flatten().collect() }))
    }

    /// Whether a value passes.
    pub(crate) fn passes(&self, value: &Value) -> bool {
        let first = self.values.first().unwrap_or(&Value::Null);
        let compares = |wanted: fn(std::cmp::Ordering) -> bool| !value.is_null() && wanted(value.compare(first));
        match self.operator {
            Operator::Eq => !value.is_null() && value == first,
            Operator::Ne => value != first,
            Operator::Lt => compares(std::cmp::Ordering::is_lt),
            Operator::Lte => compares(std::cmp::Ordering::is_le),
            Operator::Gt => compares(std::cmp::Ordering::is_gt),
            Operator::Gte => compares(std::cmp::Ordering::is_ge),
            Operator::In => !value.is_null() && self.values.contains(value),
            Operator::Contains => text_passes(value, first, |text, part| text.contains(part)),
            Operator::StartsWith => text_passes(value, first, |text, part| text.starts_with(part)),
            Operator::IsEmpty => value.is_null(),
            Operator::IsNotEmpty => !value.is_null(),
        }
    }

    /// The first and last milliseconds that can pass, if it is of moments.
    pub(crate) fn range(&self) -> (Option<i64>, Option<i64>) {
        let Some(Value::Time(millis)) = self.values.first() else { return (None, None) };
        match self.operator {
            Operator::Eq => (Some(*millis), Some(*millis)),
            Operator::Lt | Operator::Lte => (None, Some(*millis)),
            Operator::Gt | Operator::Gte => (Some(*millis), None),
            _ => (None, None),
        }
    }
}

fn text_passes(value: &Value, part: &Value, passes: fn(&str, &str) -> bool) -> bool {
    match (value, part) {
        (Value::Text(text), Value::Text(part)) => passes(&text.to_lowercase(), part),
        _ => false,
    }
}

/// A value, or that of a parameter; `None` if that has none.
fn value(json: &Json, kind: Kind, parameters: &Parameters, moments: &Moments) -> Result<Option<Value>, String> {
    if let Some(name) = reference(json) {
        let name_shown = shown(name);
        let (of, value) =
            parameters.get(name).ok_or_else(|| format!("names the parameter {name_shown}, which is not there"))?;
        let fits = *of == kind || of.is_numeric() && kind.is_numeric();
        if !fits {
            return Err(format!("wants {}, and the parameter {name_shown} is {}", kind.name(), of.name()));
        }
        return Ok((!value.is_null()).then(|| value.clone()));
    }
    if json.is_null() {
        return Err("needs a value".to_owned());
    }
    read(kind, json, moments).map(Some).map_err(|problem| format!("has a value that {problem}"))
}
