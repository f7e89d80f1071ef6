//! Columns, bars and lines.

use std::ops::Range;

use plotters::coord::types::RangedCoordf64;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};
use shared::Error;

use super::chart::{Area, COLOURS, GRID, LETTERS, Points, QUIET, key, letters, width, write};
use super::fonts::Weight;
use super::text::{number, short};

/// Units around everything.
const BORDER: i32 = 12;
/// Units of the line with the series' names.
const KEYS: i32 = 60;
/// Units from the end of such a name to the next.
const BETWEEN_KEYS: i32 = 96;
/// Part of a point's room that its columns take.
const FILLED: f64 = 0.72;
/// Points that are marked on lines, at most.
const MARKED: usize = 40;

type Axes<'a, 'b> = ChartContext<'a, SVGBackend<'b>, Cartesian2d<RangedCoordf64, RangedCoordf64>>;

/// Upright columns.
pub(super) fn columns(area: &Area<'_>, points: &Points) -> Result<(), Error> {
    let mut axes = upright(area, points)?;
    for (number, slot, value) in slots(points) {
        let column = Rectangle::new([(slot.start, 0.0), (slot.end, value)], colour(number).filled());
        axes.draw_series([column]).map_err(Error::internal)?;
    }
    Ok(())
}

/// Lying bars, the first on top.
pub(super) fn bars(area: &Area<'_>, points: &Points) -> Result<(), Error> {
    let top = keys(area, points)?;
    let widest = points.names.iter().map(|name| width(name)).max().unwrap_or_default();
    let count = float(points.names.len());
    let mut axes = ChartBuilder::on(area)
        .margin(BORDER)
        .margin_top(top)
        .margin_right(60)
        .x_label_area_size(50)
        .y_label_area_size(widest + 24)
        .build_cartesian_2d(span(points), 0.0..count)
        .map_err(Error::internal)?;
    let mut mesh = axes.configure_mesh();
    mesh.disable_y_mesh().disable_y_axis().x_labels(7).x_label_formatter(&|value: &f64| number(*value));
    mesh.light_line_style(TRANSPARENT).bold_line_style(GRID).axis_style(GRID);
    mesh.label_style(letters(QUIET, HPos::Center, VPos::Top)).draw().map_err(Error::internal)?;
    for (number, slot, value) in slots(points) {
        let bar = Rectangle::new([(0.0, count - slot.start), (value, count - slot.end)], colour(number).filled());
        axes.draw_series([bar]).map_err(Error::internal)?;
    }
    let left = axes.backend_coord(&(span(points).start, 0.0)).0 - 12;
    let every = every(points.names.len(), axes.plotting_area().dim_in_pixel().1, LETTERS + 4);
    for (place, name) in points.names.iter().enumerate().step_by(every) {
        let y = axes.backend_coord(&(0.0, count - float(place) - 0.5)).1;
        write(area, (left, y), HPos::Right, name.clone())?;
    }
    Ok(())
}

/// Lines, with a gap where there is no value.
pub(super) fn lines(area: &Area<'_>, points: &Points) -> Result<(), Error> {
    let mut axes = upright(area, points)?;
    for (number, series) in points.series.iter().enumerate() {
        let style = colour(number).stroke_width(4);
        let placed = series.values.iter().enumerate().map(|(place, value)| Some((float(place) + 0.5, (*value)?)));
        let placed: Vec<Option<(f64, f64)>> = placed.collect();
        for run in placed.split(Option::is_none).filter(|run| !run.is_empty()) {
            let run: Vec<(f64, f64)> = run.iter().flatten().copied().collect();
            // A point without neighbours is no line.
            if run.len() == 1 || placed.len() <= MARKED {
                let marks = run.iter().map(|point| Circle::new(*point, 7, colour(number).filled()));
                axes.draw_series(marks).map_err(Error::internal)?;
            }
            axes.draw_series([PathElement::new(run, style)]).map_err(Error::internal)?;
        }
    }
    Ok(())
}

/// Values upwards, and names of points below.
fn upright<'a, 'b>(area: &'a Area<'b>, points: &Points) -> Result<Axes<'a, 'b>, Error> {
    let top = keys(area, points)?;
    let count = float(points.names.len());
    let (low, high) = (span(points).start, span(points).end);
    let widest = [low, high, low / 5.0, high / 5.0].map(|value| width(&number(rough(value)))).into_iter().max();
    let mut axes = ChartBuilder::on(area)
        .margin(BORDER)
        .margin_top(top)
        .x_label_area_size(52)
        .y_label_area_size(widest.unwrap_or_default().min(300) + 24)
        .build_cartesian_2d(0.0..count, low..high)
        .map_err(Error::internal)?;
    let mut mesh = axes.configure_mesh();
    mesh.disable_x_mesh().disable_x_axis().y_labels(6).y_label_formatter(&|value: &f64| number(*value));
    mesh.light_line_style(TRANSPARENT).bold_line_style(GRID).axis_style(GRID);
    mesh.label_style(letters(QUIET, HPos::Right, VPos::Center)).draw().map_err(Error::internal)?;
    let bottom = axes.backend_coord(&(0.0, low)).1 + 28;
    let widest = points.names.iter().map(|name| width(name)).max().unwrap_or_default();
    let needed = u32::try_from(widest + 20).unwrap_or(LETTERS);
    let every = every(points.names.len(), axes.plotting_area().dim_in_pixel().0, needed);
    for (place, name) in points.names.iter().enumerate().step_by(every) {
        let x = axes.backend_coord(&(float(place) + 0.5, low)).0;
        // Names of points at the edge stay in the picture.
        let (half, right) = (width(name) / 2, i32::try_from(area.dim_in_pixel().0).unwrap_or(i32::MAX));
        let x = x.clamp(half.min(right / 2), right - half.min(right / 2));
        write(area, (x, bottom), HPos::Center, name.clone())?;
    }
    Ok(axes)
}

/// The names of series, if there are some; how much room above the rest they take.
fn keys(area: &Area<'_>, points: &Points) -> Result<i32, Error> {
    let mut x = BORDER;
    // Each has the same part of the line, at most.
    let room = float(points.series.len()).recip() * f64::from(area.dim_in_pixel().0) - f64::from(BETWEEN_KEYS);
    for (number, series) in points.series.iter().enumerate() {
        let label = short(&series.label, Weight::Regular, room / f64::from(LETTERS));
        key(area, (x, BORDER + KEYS / 3), colour(number), label.clone())?;
        x += width(&label) + BETWEEN_KEYS;
    }
    Ok(BORDER + KEYS)
}

/// From which to which value the axis goes: zero is always there.
fn span(points: &Points) -> Range<f64> {
    let values = || points.series.iter().flat_map(|series| &series.values).flatten();
    let (low, high) = (values().fold(0.0, |a: f64, b| a.min(*b)), values().fold(0.0, |a: f64, b| a.max(*b)));
    let room = (high - low) * 0.05;
    match (low < 0.0, high > 0.0) {
        (false, false) => 0.0..1.0,
        (is_below, is_above) => low - if is_below { room } else { 0.0 }..high + if is_above { room } else { 0.0 },
    }
}

/// A number to two digits, as axes have them.
fn rough(value: f64) -> f64 {
    format!("{value:.1e}").parse().unwrap_or(value)
}

/// Each value with its series, and the room on the axis of points that its column takes.
fn slots(points: &Points) -> impl Iterator<Item = (usize, Range<f64>, f64)> {
    let wide = FILLED / float(points.series.len().max(1));
    points.series.iter().enumerate().flat_map(move |(number, series)| {
        series.values.iter().enumerate().filter_map(move |(place, value)| {
            let start = float(place) + (1.0 - FILLED) / 2.0 + wide * float(number);
            Some((number, start..start + wide, (*value)?))
        })
    })
}

/// Every how many points a name has room.
fn every(count: usize, room: u32, needed: u32) -> usize {
    let names = usize::try_from(room / needed.max(1)).unwrap_or(1).max(1);
    count.div_ceil(names).max(1)
}

fn colour(number: usize) -> RGBColor {
    COLOURS[number % COLOURS.len()]
}

fn float(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::MAX, f64::from)
}
