//! Rows as pages to read and print, set by Typst.
//!
//! The page is one constant source (`report.typ`); everything that users have written reaches it as data.

mod axes;
mod cells;
mod chart;
mod columns;
mod document;
mod fonts;
mod pie;
mod text;
mod words;
mod world;

use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::sync::{Mutex, PoisonError};

use shared::Error;
use tokio::sync::mpsc::Receiver;
use typst::comemo;
use typst::diag::SourceDiagnostic;
use typst::foundations::{Datetime, Dict, Smart};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, Timestamp, pdf};

use super::whole::{Piece, Style};
use crate::ReportsError;
use cells::Cells;
use world::ReportWorld;

/// Cells of a file, without header and totals; one that goes on on other pages is one on each. Each takes some 14 KB
/// while pages are set.
const MOST_CELLS: u32 = 50_000;
/// Letters of them all. Each takes some 200 bytes.
const MOST_LETTERS: usize = 2_000_000;
/// Cells of a file that says how its table is made up, for who has it read out: that makes it much larger.
const MOST_TAGGED: usize = 20_000;

/// One after the other: each takes much memory, and what Typst remembers of it is forgotten at its end.
static AT_WORK: Mutex<()> = Mutex::new(());

/// Rows of so many columns that a file takes.
pub(super) fn most_rows(columns: usize) -> u64 {
    u64::from(MOST_CELLS) / u64::try_from(columns.max(1)).unwrap_or(u64::MAX)
}

/// Writes all pieces into a temporary file, which is read from its beginning next. Blocks.
pub(super) fn write(style: &Style, mut pieces: Receiver<Piece>) -> Result<File, ReportsError> {
    let mut cells = Cells::of(style);
    while let Some(piece) = pieces.blocking_recv() {
        match piece {
            Piece::Rows(rows) => cells.add(&rows)?,
            Piece::Totals(row) => cells.total(&row),
        }
    }
    let is_tagged = cells.count() <= MOST_TAGGED;
    let report = document::report(style, cells)?;
    let bytes = {
        let _alone = AT_WORK.lock().unwrap_or_else(PoisonError::into_inner);
        // Whatever becomes of it: it may panic.
        let _forgotten = Forgotten;
        set(style, report, is_tagged)?
    };
    let mut file = tempfile::tempfile().map_err(Error::internal)?;
    file.write_all(&bytes).map_err(Error::internal)?;
    file.seek(SeekFrom::Start(0)).map_err(Error::internal)?;
    Ok(file)
}

/// Sets the pages.
fn set(style: &Style, report: Dict, tagged: bool) -> Result<Vec<u8>, Error> {
    let world = ReportWorld::of(report);
    let document: PagedDocument = typst::compile(&world).output.map_err(|problems| failed(&problems))?;
    // The pages are set: what it took is not needed while they are written.
    comemo::evict(0);
    let at = style.as_of.to_zoned(jiff::tz::TimeZone::UTC);
    let (year, month, day) = (i32::from(at.year()), at.month().unsigned_abs(), at.day().unsigned_abs());
    let (hour, minute, second) = (at.hour().unsigned_abs(), at.minute().unsigned_abs(), at.second().unsigned_abs());
    let options = PdfOptions {
        creator: Smart::Custom(Some("EventZR".to_owned())),
        // Else its bytes would differ from second to second.
        timestamp: Datetime::from_ymd_hms(year, month, day, hour, minute, second).map(Timestamp::new_utc),
        tagged,
        ..PdfOptions::default()
    };
    pdf(&document, &options).map_err(|problems| failed(&problems))
}

/// Typst's complaints: the page's fault, and never a user's.
fn failed(problems: &[SourceDiagnostic]) -> Error {
    let problems: Vec<&str> = problems.iter().map(|problem| problem.message.as_str()).collect();
    Error::internal(problems.join("; "))
}

/// Lets Typst forget what it remembers of a document, when it is dropped.
struct Forgotten;

impl Drop for Forgotten {
    fn drop(&mut self) {
        comemo::evict(0);
    }
}
