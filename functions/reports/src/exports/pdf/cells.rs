//! The table's texts.

use typst::foundations::{Dict, IntoValue, Str, Value as Typst, dict};

use super::columns::{Measured, Placed};
use super::fonts::{Fonts, Weight};
use super::text::{breakable, clean, shown};
use super::{MOST_CELLS, MOST_LETTERS};
use crate::ReportsError;
use crate::exports::whole::{CHARTED, Style};
use crate::values::{Kind, Value};

/// What a moment at the beginning of a day ends with.
const MIDNIGHT: &str = " 00:00:00";
/// Letters that the end of a line counts for: lines become pages.
const LINE: usize = 40;

/// All cells, as they are read.
pub(super) struct Cells<'a> {
    style: &'a Style,
    texts: Vec<String>,
    letters: usize,
    totals: Vec<String>,
    /// The first rows, for the chart.
    charted: Vec<Vec<Value>>,
}

/// The table with how it is placed: columns, cells row by row, and totals.
pub(super) type Table = (Placed, Vec<Dict>, Vec<Typst>, Vec<Typst>);

impl<'a> Cells<'a> {
    pub(super) fn of(style: &'a Style) -> Self {
        Self { style, texts: Vec::new(), letters: 0, totals: Vec::new(), charted: Vec::new() }
    }

    /// Adds rows.
    ///
    /// # Errors
    /// `FILE_TOO_LARGE`.
    pub(super) fn add(&mut self, rows: &[Vec<Value>]) -> Result<(), ReportsError> {
        let room = usize::try_from(CHARTED).unwrap_or_default().saturating_sub(self.charted.len());
        self.charted.extend(rows.iter().take(room).cloned());
        let zone = self.style.zone();
        for text in rows.iter().flatten().map(|value| shown(value, zone)) {
            self.letters += text.chars().map(|letter| if letter == '\n' { LINE } else { 1 }).sum::<usize>();
            self.texts.push(text);
        }
        let has_room = u32::try_from(self.texts.len()).is_ok_and(|cells| cells <= MOST_CELLS);
        if has_room && self.letters <= MOST_LETTERS { Ok(()) } else { Err(ReportsError::FileTooLarge) }
    }

    /// How many there are, without totals.
    pub(super) fn count(&self) -> usize {
        self.texts.len()
    }

    pub(super) fn total(&mut self, row: &[Value]) {
        self.totals = row.iter().map(|value| shown(value, self.style.zone())).collect();
    }

    pub(super) fn rows(&self) -> usize {
        self.texts.len() / self.columns()
    }

    /// Whether some letters of it have no shape.
    pub(super) fn lack_shapes(&self) -> bool {
        self.texts.iter().any(|text| !Fonts::get().cover(text))
    }

    pub(super) fn take_charted(&mut self) -> Vec<Vec<Value>> {
        std::mem::take(&mut self.charted)
    }

    fn columns(&self) -> usize {
        self.style.plan.outputs.len().max(1)
    }

    /// The table as Typst gets it.
    ///
    /// # Errors
    /// `FILE_TOO_LARGE` if it has too many pages.
    pub(super) fn placed(mut self) -> Result<Table, ReportsError> {
        let (outputs, count) = (&self.style.plan.outputs, self.columns());
        let mut measured = Vec::with_capacity(count);
        let labels: Vec<String> = outputs.iter().map(|output| clean(&output.label).replace('\n', " ")).collect();
        for (column, (output, label)) in outputs.iter().zip(&labels).enumerate() {
            if output.kind == Kind::Timestamp {
                self.shorten(column);
            }
            let mut widths = Measured::of(label, !matches!(output.kind, Kind::Text | Kind::User));
            self.texts.iter().skip(column).step_by(count).for_each(|text| widths.add(Weight::Regular, text));
            self.totals.get(column).into_iter().for_each(|text| widths.add(Weight::Bold, text));
            measured.push(widths);
        }
        let placed = Placed::of(&measured);
        let pieces: f64 = self.texts.chunks(count).map(|row| placed.pieces(row)).sum();
        if pieces > f64::from(MOST_CELLS) {
            return Err(ReportsError::FileTooLarge);
        }
        let fitting = |texts: Vec<String>, weight| -> Vec<Typst> {
            let fitting = |(number, text): (usize, String)| {
                Str::from(breakable(&text, weight, placed.room(number % count))).into_value()
            };
            texts.into_iter().enumerate().map(fitting).collect()
        };
        let (texts, totals) = (fitting(self.texts, Weight::Regular), fitting(self.totals, Weight::Bold));
        let column = |((output, width), label): ((&crate::definitions::Output, &f64), Typst)| {
            dict! { "label" => label, "width" => *width, "right" => output.kind.is_numeric() }
        };
        let columns = outputs.iter().zip(&placed.widths).zip(fitting(labels, Weight::Bold)).map(column).collect();
        Ok((placed, columns, texts, totals))
    }

    /// Leaves only the days of a column's moments if all are beginnings of days.
    fn shorten(&mut self, column: usize) {
        let count = self.columns();
        let moments = || self.texts.iter().skip(column).step_by(count);
        if moments().all(|text| text.is_empty() || text.ends_with(MIDNIGHT)) {
            for text in self.texts.iter_mut().skip(column).step_by(count) {
                text.truncate(text.len().saturating_sub(MIDNIGHT.len()));
            }
        }
    }
}
