//! What the page reads: all of it is data.

use typst::foundations::{Bytes, Dict, IntoValue, Value as Typst, dict};

use super::cells::Cells;
use super::columns::{A4_LANDSCAPE, INSET, MARGIN, Placed};
use super::fonts::{Fonts, Weight};
use super::text::{breakable, clean, short};
use super::{chart, words};
use crate::ReportsError;
use crate::exports::whole::Style;

/// Points of letters: of the title, below it, and at the foot of each page.
const TITLE: f64 = 20.0;
const TEXT: f64 = 8.5;
const FOOT: f64 = 7.5;
/// Points between names below the title and what they name.
const GUTTER: f64 = 12.0;
/// What a reader should know of boxes.
const SHAPELESS: &str = "Some letters have no shape in this file and are shown as boxes. Other formats have them.";

/// What the page reads.
pub(super) fn report(style: &Style, mut cells: Cells<'_>) -> Result<Dict, ReportsError> {
    let definition = &style.definition;
    let title = definition.layout.title.as_ref().unwrap_or(&definition.dataset);
    let rows = cells.rows();
    let mut facts = words::facts(style, rows);
    if cells.lack_shapes() {
        facts.push(("Note".to_owned(), SHAPELESS.to_owned()));
    }
    let charted = cells.take_charted();
    let (Placed { paper, size, .. }, columns, texts, totals) = cells.placed()?;
    let width = paper.width - 2.0 * MARGIN;
    let pictured = width.min(A4_LANDSCAPE.width - 2.0 * MARGIN);
    let chart = chart::svg(style, &charted, pictured)?;
    let widths = facts.iter().map(|(name, _)| Fonts::get().width(Weight::Regular, name));
    let named = widths.fold(0.0, f64::max) * TEXT + 2.0;
    let room = (width - named - GUTTER) / TEXT;
    let facts = facts.into_iter().map(|(name, text)| vec![name, breakable(&text, Weight::Regular, room)].into_value());
    let title = clean(title).replace('\n', " ");
    let mut report = dict! {
        // Its last third is for the number of the page.
        "short" => short(&title, Weight::Regular, width / FOOT * 2.0 / 3.0),
        "heading" => breakable(&title, Weight::Bold, width / TITLE),
        "title" => title,
        "facts" => facts.collect::<Vec<Typst>>(),
        "rows" => i64::try_from(rows).unwrap_or(i64::MAX),
        "columns" => columns,
        "cells" => texts,
        "totals" => totals,
    };
    for (name, points) in [
        ("width", paper.width),
        ("height", paper.height),
        ("margin", MARGIN),
        ("inset", INSET * size),
        ("size", size),
        ("titled", TITLE),
        ("written", TEXT),
        ("footed", FOOT),
        ("named", named),
        ("gutter", GUTTER),
        ("pictured", pictured),
    ] {
        report.insert(name.into(), points.into_value());
    }
    if let Some(svg) = chart {
        report.insert("chart".into(), Bytes::from_string(svg).into_value());
    }
    Ok(report)
}
