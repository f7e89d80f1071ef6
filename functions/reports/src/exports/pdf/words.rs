//! What was asked, in words: the lines below the title.

use super::super::whole::Style;
use super::fonts::Weight;
use super::text::{short, shown};
use crate::definitions::{Operator, Test};

/// Ems of a name.
pub(super) const NAME: f64 = 16.0;
/// Ems of a value.
const VALUE: f64 = 200.0;
/// Values of a filter that are named.
const NAMED: usize = 8;

/// Names and what they are, the dataset first.
pub(super) fn facts(style: &Style, rows: usize) -> Vec<(String, String)> {
    let (definition, zone) = (&style.definition, style.zone());
    let as_of = style.as_of.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M:%S");
    let mut facts = vec![
        ("Dataset".to_owned(), named(&definition.dataset)),
        ("As of".to_owned(), format!("{as_of} ({})", definition.time_zone)),
        ("Rows".to_owned(), rows.to_string()),
    ];
    for asked in &style.plan.parameters {
        facts.push((named(&asked.label), short(&shown(&asked.value, zone), Weight::Regular, VALUE)));
    }
    let filters: Vec<String> = style.plan.tests.iter().map(|test| in_words(style, test)).collect();
    if !filters.is_empty() {
        facts.push(("Filter".to_owned(), filters.join("\n")));
    }
    facts
}

/// A filter, as `price ≥ 10`.
fn in_words(style: &Style, test: &Test) -> String {
    let operator = match test.operator {
        Operator::Eq => "=",
        Operator::Ne => "≠",
        Operator::Lt => "<",
        Operator::Lte => "≤",
        Operator::Gt => ">",
        Operator::Gte => "≥",
        Operator::In => "is one of",
        Operator::Contains => "contains",
        Operator::StartsWith => "starts with",
        Operator::IsEmpty => "is empty",
        Operator::IsNotEmpty => "is not empty",
    };
    let values = test.values.iter().take(NAMED).map(|value| short(&shown(value, style.zone()), Weight::Regular, VALUE));
    let values = values.collect::<Vec<_>>().join(", ");
    let more = test.values.len().saturating_sub(NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{} {operator} {values}{more}", named(style.plan.filtered(test))).trim_end().to_owned()
}

fn named(name: &str) -> String {
    short(name, Weight::Regular, NAME)
}
