//! A pie of the first series.

use plotters::prelude::*;
use shared::Error;

use super::chart::{Area, COLOURS, LETTERS, Points, key};

/// Slices that have a colour of their own; the rest is one slice.
const MOST_SLICES: usize = COLOURS.len() - 1;

/// Draws it, and says what its slices are. What is not above zero has none.
pub(super) fn slices(area: &Area<'_>, points: &Points) -> Result<(), Error> {
    let Some(series) = points.series.first() else { return Ok(()) };
    let mut slices: Vec<(String, f64)> = points
        .names
        .iter()
        .zip(&series.values)
        .filter_map(|(name, value)| value.filter(|value| *value > 0.0).map(|value| (name.clone(), value)))
        .collect();
    // The largest ones first; equal ones stay as they are.
    slices.sort_by(|a, b| b.1.total_cmp(&a.1));
    let rest = slices.split_off(slices.len().min(MOST_SLICES));
    if !rest.is_empty() {
        slices.push((format!("{} others", rest.len()), rest.iter().map(|(_, value)| value).sum()));
    }
    let sizes: Vec<f64> = slices.iter().map(|(_, value)| *value).collect();
    let total: f64 = sizes.iter().sum();
    if !(total.is_finite() && total > 0.0) {
        return Ok(());
    }
    let height = i32::try_from(area.dim_in_pixel().1).map_err(Error::internal)?;
    let (radius, centre) = (f64::from(height) * 0.46, (height * 3 / 4, height / 2));
    let unnamed = vec![""; slices.len()];
    let mut pie = Pie::new(&centre, &radius, &sizes, &COLOURS, &unnamed);
    pie.start_angle(-90.0);
    area.draw(&pie).map_err(Error::internal)?;
    let line = i32::try_from(LETTERS * 2).map_err(Error::internal)?;
    let count = i32::try_from(slices.len()).map_err(Error::internal)?;
    let mut y = height / 2 - line * (count - 1) / 2;
    for ((name, value), colour) in slices.iter().zip(COLOURS) {
        key(area, (height * 3 / 2, y), colour, format!("{name}: {:.1} %", value / total * 100.0))?;
        y += line;
    }
    Ok(())
}
