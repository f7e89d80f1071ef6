//! Files that one worker makes from beginning to end, since they are only whole at their end.

use std::fs::File;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use tokio::sync::mpsc::Receiver;

use super::{pdf, workbook};
use crate::ReportsError;
use crate::definitions::{Definition, Plan};
use crate::values::Value;

/// Rows that a chart shows.
pub(super) const CHARTED: u32 = 200;

/// A format that is made from beginning to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WholeFormat {
    Xlsx,
    Pdf,
}

/// What such a file is made of.
pub(super) enum Piece {
    Rows(Vec<Vec<Value>>),
    Totals(Vec<Value>),
}

/// What is the same for all its rows.
pub(super) struct Style {
    pub(super) definition: Definition,
    pub(super) plan: Plan,
    /// When it says that it was made.
    pub(super) as_of: Timestamp,
}

impl Style {
    /// Of moments, which have none in such files.
    pub(super) fn zone(&self) -> &TimeZone {
        self.plan.moments.zone()
    }
}

impl WholeFormat {
    /// Rows of so many columns that a file takes.
    pub(super) fn most_rows(self, columns: usize) -> u64 {
        match self {
            Self::Xlsx => workbook::MOST_ROWS,
            Self::Pdf => pdf::most_rows(columns),
        }
    }

    /// Writes all pieces into a temporary file, which is read from its beginning next. Blocks.
    ///
    /// # Errors
    /// `FILE_TOO_LARGE`.
    pub(super) fn write(self, style: &Style, pieces: Receiver<Piece>) -> Result<File, ReportsError> {
        match self {
            Self::Xlsx => workbook::write(style, pieces),
            Self::Pdf => pdf::write(style, pieces),
        }
    }
}
