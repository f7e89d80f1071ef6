//! Definitions as callers write them.

use garde::Validate;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use shared::Error;
use shared::http::AtMost;
use shared::http::rules::{refuse_unless, zone_name};
use utoipa::ToSchema;

use crate::values::{Kind, Moments, Unit};

/// Bytes of a definition as JSON.
const LARGEST: usize = 64 * 1024;
/// Rows of an answer.
pub(crate) const MOST_ROWS: u64 = 10_000_000;

/// What a report is: which rows of a dataset, what of them, counted how, in which order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[garde(custom(fits))]
pub(crate) struct Definition {
    /// The dataset's name.
    #[garde(length(min = 1, max = 64))]
    #[schema(max_length = 64)]
    pub(crate) dataset: String,
    /// What is shown of each row, in this order, and what is computed; nothing means every column of the dataset. With
    /// `groupBy` or `aggregates`, only what is computed.
    #[serde(default, skip_serializing_if = "is_empty")]
    #[garde(dive)]
    #[schema(value_type = Vec<ShownColumn>, max_items = 100)]
    pub(crate) columns: AtMost<ShownColumn, 100>,
    /// All of them must hold.
    #[serde(default, skip_serializing_if = "is_empty")]
    #[garde(dive)]
    #[schema(value_type = Vec<Filter>, max_items = 20)]
    pub(crate) filters: AtMost<Filter, 20>,
    /// What is asked for when the report is made.
    #[serde(default, skip_serializing_if = "is_empty")]
    #[garde(dive)]
    #[schema(value_type = Vec<Parameter>, max_items = 20)]
    pub(crate) parameters: AtMost<Parameter, 20>,
    /// One row for each combination of these, at most 50 000.
    #[serde(default, skip_serializing_if = "is_empty")]
    #[garde(dive)]
    #[schema(value_type = Vec<GroupKey>, max_items = 5)]
    pub(crate) group_by: AtMost<GroupKey, 5>,
    /// What is counted of each group, or of everything.
    #[serde(default, skip_serializing_if = "is_empty")]
    #[garde(dive)]
    #[schema(value_type = Vec<Aggregate>, max_items = 20)]
    pub(crate) aggregates: AtMost<Aggregate, 20>,
    /// By columns of the result; without it rows are in the order of time, and groups in that of their keys.
    #[serde(default, skip_serializing_if = "is_empty")]
    #[garde(dive)]
    #[schema(value_type = Vec<Sort>, max_items = 5)]
    pub(crate) sort: AtMost<Sort, 5>,
    /// The first rows only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[garde(inner(range(min = 1, max = MOST_ROWS)))]
    #[schema(minimum = 1, maximum = 10_000_000)]
    pub(crate) limit: Option<u64>,
    /// Whether a last row has the sums of numbers, or the aggregates of everything, of all rows, `limit` or not.
    #[serde(default)]
    #[garde(skip)]
    pub(crate) totals: bool,
    /// IANA; of days, months and moments in words.
    #[serde(default = "utc")]
    #[garde(length(max = 64), custom(zone_name))]
    #[schema(default = "UTC", max_length = 64)]
    pub(crate) time_zone: String,
    #[serde(default)]
    #[garde(dive)]
    pub(crate) layout: Layout,
}

/// A column of the result.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ShownColumn {
    /// A column of the dataset's; with `expression`, a new name.
    #[garde(length(min = 1, max = 64))]
    #[schema(max_length = 64)]
    pub(crate) name: String,
    /// What it is called in the report.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[garde(inner(length(chars, min = 1, max = 100)))]
    #[schema(max_length = 100)]
    pub(crate) label: Option<String>,
    /// Computes it of the dataset's columns and the parameters. A row for which that fails has nothing there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[garde(inner(length(chars, min = 1, max = 1000)))]
    #[schema(max_length = 1000, example = "if results == 0 { \"nothing\" } else { \"something\" }")]
    pub(crate) expression: Option<String>,
    /// Of what is computed; needed with `expression`, and not allowed without.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    #[garde(skip)]
    pub(crate) kind: Option<Kind>,
}

/// Which rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Filter {
    /// A column of the dataset's, or a computed one.
    #[garde(length(min = 1, max = 64))]
    #[schema(max_length = 64)]
    pub(crate) column: String,
    #[garde(skip)]
    pub(crate) operator: Operator,
    /// A value of the column's type, `"{{name}}"` for a parameter, or a list for `in`. Moments may be in words: `today-7d`.
    /// A filter whose parameter has no value lets everything pass.
    #[serde(default, skip_serializing_if = "Json::is_null")]
    #[garde(skip)]
    pub(crate) value: Json,
}

/// How a filter compares. What is nothing passes `isEmpty`, `ne` and no other one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Operator {
    Eq,
    Ne,
    Lt,
    Lte,
    Gt,
    Gte,
    /// One of at most 200.
    In,
    /// Texts only, without case.
    Contains,
    /// Texts only, without case.
    StartsWith,
    IsEmpty,
    IsNotEmpty,
}

/// What is asked for when the report is made; filters name it as `"{{name}}"`, expressions as `name`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Parameter {
    /// Letters, digits and `_`, a letter first; not the name of a column.
    #[garde(length(min = 1, max = 64), custom(parameter_name))]
    #[schema(max_length = 64)]
    pub(crate) name: String,
    #[serde(rename = "type")]
    #[garde(skip)]
    pub(crate) kind: Kind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[garde(inner(length(chars, min = 1, max = 100)))]
    #[schema(max_length = 100)]
    pub(crate) label: Option<String>,
    /// Of the parameter's type; moments may be in words.
    #[serde(default, skip_serializing_if = "Json::is_null")]
    #[garde(skip)]
    pub(crate) default: Json,
    /// Whether no report is made without it.
    #[serde(default)]
    #[garde(skip)]
    pub(crate) required: bool,
}

/// By what rows are grouped.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct GroupKey {
    /// A column of the dataset's, or a computed one.
    #[garde(length(min = 1, max = 64))]
    #[schema(max_length = 64)]
    pub(crate) column: String,
    /// Moments by the beginnings of these.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[garde(skip)]
    pub(crate) by: Option<Unit>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[garde(inner(length(chars, min = 1, max = 100)))]
    #[schema(max_length = 100)]
    pub(crate) label: Option<String>,
}

/// What is counted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Aggregate {
    /// What the result calls it.
    #[garde(length(min = 1, max = 64), custom(parameter_name))]
    #[schema(max_length = 64)]
    pub(crate) name: String,
    #[garde(skip)]
    pub(crate) function: Function,
    /// Of what; `count` without it counts rows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[garde(inner(length(min = 1, max = 64)))]
    #[schema(max_length = 64)]
    pub(crate) column: Option<String>,
    /// Of `percentile`: 50 is the median.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[garde(inner(range(min = 0.0, max = 100.0)))]
    #[schema(minimum = 0, maximum = 100)]
    pub(crate) percentile: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[garde(inner(length(chars, min = 1, max = 100)))]
    #[schema(max_length = 100)]
    pub(crate) label: Option<String>,
}

/// How it is counted. What is nothing does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Function {
    Count,
    /// Of numbers.
    Sum,
    /// Of numbers.
    Avg,
    Min,
    Max,
    /// How many different ones there are: exact, at most 2 000 000 in a report.
    Distinct,
    /// Of numbers, within 1 % of the value (`DDSketch`).
    Percentile,
}

/// By what the result is sorted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Sort {
    /// A column of the result.
    #[garde(length(min = 1, max = 64))]
    #[schema(max_length = 64)]
    pub(crate) column: String,
    #[serde(default)]
    #[garde(skip)]
    pub(crate) direction: Direction,
}

/// Which comes first. What is nothing comes last in both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Direction {
    #[default]
    Ascending,
    Descending,
}

/// How the report looks.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct Layout {
    /// The file is called after it, too.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[garde(inner(length(chars, min = 1, max = 200)))]
    #[schema(max_length = 200)]
    pub(crate) title: Option<String>,
    /// Of the first 200 rows; in workbooks and PDFs.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[garde(dive)]
    pub(crate) chart: Option<ChartOf>,
}

/// A picture of the result.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = Chart)]
pub(crate) struct ChartOf {
    #[serde(rename = "type")]
    #[garde(skip)]
    pub(crate) kind: ChartKind,
    /// The column of the result that its points are named by.
    #[garde(length(min = 1, max = 64))]
    #[schema(max_length = 64)]
    pub(crate) category: String,
    /// Columns of numbers of the result, at least one.
    #[garde(custom(some_values))]
    #[schema(value_type = Vec<String>, min_items = 1, max_items = 5)]
    pub(crate) values: AtMost<String, 5>,
}

/// What kind of picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum ChartKind {
    Column,
    Bar,
    Line,
    Pie,
}

impl Definition {
    /// How moments of it are read, now.
    pub(crate) fn moments(&self, now: Timestamp) -> Result<Moments, Error> {
        let zone = TimeZone::get(&self.time_zone);
        let zone = zone.map_err(|_| Error::field("definition.timeZone", "must be an IANA time zone"))?;
        Ok(Moments::new(now, zone))
    }
}

fn utc() -> String {
    "UTC".to_owned()
}

fn is_empty<T, const N: usize>(list: &AtMost<T, N>) -> bool {
    list.0.is_empty()
}

fn fits<C>(definition: &Definition, _: &C) -> garde::Result {
    let size = serde_json::to_vec(definition).map_or(usize::MAX, |json| json.len());
    refuse_unless(size <= LARGEST, "must be at most 65536 bytes")
}

fn some_values<C>(values: &AtMost<String, 5>, _: &C) -> garde::Result {
    refuse_unless(!values.0.is_empty(), "must name a column")
}

fn parameter_name<C>(text: &str, _: &C) -> garde::Result {
    refuse_unless(crate::datasets::is_name(text), "must be letters, digits and _, a letter first")
}
