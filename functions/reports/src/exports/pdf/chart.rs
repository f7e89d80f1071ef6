//! The layout's chart, as a picture (SVG).

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use shared::Error;

use super::super::whole::Style;
use super::fonts::{Fonts, Weight};
use super::text::{short, shown};
use super::{axes, pie};
use crate::definitions::ChartKind;
use crate::values::Value;

/// The largest number that is drawn.
const LARGEST: f64 = 1e300;
/// Units of the picture in a point: plotters draws whole ones.
const UNITS: f64 = 3.6;
/// Points of its height.
const HEIGHT: f64 = 216.0;
/// Units of letters.
pub(super) const LETTERS: u32 = 29;
/// Ems of a point's name.
const NAME: f64 = 14.0;
/// plotters makes letters smaller by this.
const ENLARGED: f64 = 1.24;
/// How plotters shifts texts at the bottom: not at all, since what is written from the right would get out of line.
/// Quotes of users' texts are escaped.
const SHIFT: &str = " dy=\"-0.5ex\"";
/// Ems from the middle of letters to the line that they stand on.
const MIDDLE: f64 = 0.36;
pub(super) const INK: RGBColor = RGBColor(0x1B, 0x27, 0x33);
pub(super) const QUIET: RGBColor = RGBColor(0x64, 0x71, 0x7F);
pub(super) const GRID: RGBColor = RGBColor(0xD5, 0xDC, 0xE4);
/// Of series, and of a pie's slices: told apart by who sees few colours, too (Okabe and Ito), the first of our own.
pub(super) const COLOURS: [RGBColor; 7] = [
    RGBColor(0x1F, 0x4E, 0x79),
    RGBColor(0xE6, 0x9F, 0x00),
    RGBColor(0x00, 0x9E, 0x73),
    RGBColor(0xD5, 0x5E, 0x00),
    RGBColor(0x56, 0xB4, 0xE9),
    RGBColor(0xCC, 0x79, 0xA7),
    RGBColor(0x9A, 0xA5, 0xB1),
];

pub(super) type Area<'a> = DrawingArea<SVGBackend<'a>, plotters::coord::Shift>;

/// What is drawn.
pub(super) struct Points {
    /// What each point is called.
    pub(super) names: Vec<String>,
    pub(super) series: Vec<Series>,
}

/// Values of one column.
pub(super) struct Series {
    pub(super) label: String,
    pub(super) values: Vec<Option<f64>>,
}

/// The picture of these rows, so many points wide; `None` if none is wanted, or there is nothing to be seen.
pub(super) fn svg(style: &Style, rows: &[Vec<Value>], wide: f64) -> Result<Option<String>, Error> {
    let Some(wanted) = style.definition.layout.chart.as_ref() else { return Ok(None) };
    let place = |name: &str| style.plan.outputs.iter().position(|output| output.name == name);
    let Some(category) = place(&wanted.category) else { return Ok(None) };
    let name =
        |row: &Vec<Value>| row.get(category).map(|value| short(&shown(value, style.zone()), Weight::Regular, NAME));
    let series = wanted.values.0.iter().filter_map(|name| {
        let column = place(name)?;
        let number = |row: &Vec<Value>| row.get(column).and_then(Value::as_number).map(drawable);
        let values = rows.iter().map(number).collect();
        Some(Series { label: style.plan.outputs.get(column)?.label.clone(), values })
    });
    let points = Points { names: rows.iter().filter_map(name).collect(), series: series.collect() };
    if points.series.iter().flat_map(|series| &series.values).flatten().next().is_none() {
        return Ok(None);
    }
    let mut svg = String::new();
    let size = [wide, HEIGHT].map(|points| u32::try_from(whole(points * UNITS)).unwrap_or_default());
    let area = SVGBackend::with_string(&mut svg, size.into()).into_drawing_area();
    match wanted.kind {
        ChartKind::Column => axes::columns(&area, &points)?,
        ChartKind::Bar => axes::bars(&area, &points)?,
        ChartKind::Line => axes::lines(&area, &points)?,
        ChartKind::Pie => pie::slices(&area, &points)?,
    }
    area.present().map_err(Error::internal)?;
    drop(area);
    Ok(Some(svg.replace(SHIFT, "")))
}

/// A text whose middle stands at this height.
pub(super) fn write(area: &Area<'_>, (x, y): (i32, i32), across: HPos, text: String) -> Result<(), Error> {
    let base = y + whole(f64::from(LETTERS) * MIDDLE);
    let text = Text::new(text, (x, base), letters(INK, across, VPos::Bottom));
    area.draw(&text).map_err(Error::internal)
}

/// How letters look, and stand to their place.
pub(super) fn letters(colour: RGBColor, across: HPos, along: VPos) -> TextStyle<'static> {
    ("DejaVu Sans", f64::from(LETTERS) * ENLARGED).into_font().color(&colour).pos(Pos::new(across, along))
}

/// How wide a text is, in the picture's units.
pub(super) fn width(text: &str) -> i32 {
    whole(Fonts::get().width(Weight::Regular, text) * f64::from(LETTERS))
}

/// A square of a colour, and what it stands for.
pub(super) fn key(area: &Area<'_>, (x, y): (i32, i32), colour: RGBColor, text: String) -> Result<(), Error> {
    let side = whole(f64::from(LETTERS) * 0.7);
    let square = Rectangle::new([(x, y - side / 2), (x + side, y + side / 2)], colour.filled());
    area.draw(&square).map_err(Error::internal)?;
    write(area, (x + side + 10, y), HPos::Left, text)
}

/// The nearest number that can be drawn: the axis of larger ones would have no end.
fn drawable(value: f64) -> f64 {
    if value.is_nan() { 0.0 } else { value.clamp(-LARGEST, LARGEST) }
}

/// The nearest unit.
#[expect(clippy::cast_possible_truncation, reason = "a place in the picture")]
pub(super) fn whole(units: f64) -> i32 {
    units.round() as i32
}
