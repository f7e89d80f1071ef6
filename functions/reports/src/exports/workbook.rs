//! Rows as a workbook: written to a file row by row, since a workbook is only whole at its end.

use std::io::{Seek, SeekFrom};

use jiff::tz::TimeZone;
use rust_xlsxwriter::{Chart, ChartType, DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};
use shared::Error;
use tokio::sync::mpsc::Receiver;

use super::whole::{CHARTED, Piece, Style};
use crate::ReportsError;
use crate::definitions::ChartKind;
use crate::values::{Kind, Value};

/// Rows of a workbook, without header and totals: a sheet has 1 048 576.
pub(super) const MOST_ROWS: u64 = 1_000_000;
/// The largest whole number that a workbook keeps exactly.
const LARGEST_WHOLE: u64 = 9_007_199_254_740_992;
/// Width of columns, in characters.
const WIDTH: f64 = 18.0;
/// Of columns with moments.
const TIME_WIDTH: f64 = 21.0;

/// Writes a workbook of all pieces into a temporary file, which is read from its beginning next. Blocks.
pub(super) fn write(style: &Style, mut pieces: Receiver<Piece>) -> Result<std::fs::File, ReportsError> {
    let mut workbook = Workbook::new();
    // Else its bytes would differ from second to second.
    let made = style.as_of.to_zoned(TimeZone::UTC).datetime();
    let title = style.definition.layout.title.as_deref().unwrap_or_default();
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&made).set_title(title));
    let bold = Format::new().set_bold();
    let moments = Format::new().set_num_format("yyyy-mm-dd hh:mm:ss");
    let sheet = workbook.add_worksheet_with_constant_memory().map_err(failed)?;
    sheet.set_name("Report").map_err(failed)?.set_freeze_panes(1, 0).map_err(failed)?;
    for (column, output) in (0_u16..).zip(&style.plan.outputs) {
        let width = if output.kind == Kind::Timestamp { TIME_WIDTH } else { WIDTH };
        sheet.set_column_width(column, width).map_err(failed)?;
        sheet.write_string_with_format(0, column, &output.label, &bold).map_err(failed)?;
    }
    let mut rows = 0_u32;
    while let Some(piece) = pieces.blocking_recv() {
        match piece {
            Piece::Rows(batch) => {
                for row in batch {
                    rows += 1;
                    if u64::from(rows) > MOST_ROWS {
                        return Err(ReportsError::FileTooLarge);
                    }
                    cells(sheet, rows, &row, style.zone(), &moments).map_err(failed)?;
                }
            }
            Piece::Totals(row) => {
                sheet.set_row_format(rows + 1, &bold).map_err(failed)?;
                cells(sheet, rows + 1, &row, style.zone(), &moments).map_err(failed)?;
            }
        }
    }
    if let Some(last) = u16::try_from(style.plan.outputs.len()).ok().and_then(|columns| columns.checked_sub(1)) {
        sheet.autofilter(0, 0, rows, last).map_err(failed)?;
    }
    if let Some(chart) = chart(style, rows) {
        let charts = workbook.add_worksheet();
        charts.set_name("Chart").map_err(failed)?.insert_chart(1, 1, &chart).map_err(failed)?;
    }
    let mut file = tempfile::tempfile().map_err(Error::internal)?;
    workbook.save_to_writer(&file).map_err(failed)?;
    file.seek(SeekFrom::Start(0)).map_err(Error::internal)?;
    Ok(file)
}

fn cells(
    sheet: &mut Worksheet,
    row: u32,
    values: &[Value],
    zone: &TimeZone,
    moments: &Format,
) -> Result<(), XlsxError> {
    for (column, value) in (0_u16..).zip(values) {
        match value {
            Value::Null => {}
            Value::Boolean(is) => {
                sheet.write_boolean(row, column, *is)?;
            }
            #[expect(clippy::cast_precision_loss, reason = "only what is exact")]
            Value::Integer(number) if number.unsigned_abs() <= LARGEST_WHOLE => {
                sheet.write_number(row, column, *number as f64)?;
            }
            Value::Number(number) => {
                sheet.write_number(row, column, *number)?;
            }
            Value::Time(_) => match moment(value, zone) {
                Some(moment) => {
                    sheet.write_datetime_with_format(row, column, &moment, moments)?;
                }
                None => {
                    sheet.write_string(row, column, value.shown().to_string())?;
                }
            },
            // Always as a text: nothing in it is a formula.
            Value::Integer(_) | Value::Text(_) => {
                sheet.write_string(row, column, value.shown().to_string())?;
            }
        }
    }
    Ok(())
}

/// A moment as workbooks have them: from 1900 on.
fn moment(value: &Value, zone: &TimeZone) -> Option<ExcelDateTime> {
    let at = value.as_time()?.to_zoned(zone.clone()).datetime();
    let (year, month, day) =
        (u16::try_from(at.year()).ok()?, u8::try_from(at.month()).ok()?, u8::try_from(at.day()).ok()?);
    let (hour, minute) = (u16::try_from(at.hour()).ok()?, u8::try_from(at.minute()).ok()?);
    let seconds = f64::from(at.second()) + f64::from(at.millisecond()) / 1000.0;
    ExcelDateTime::from_ymd(year, month, day).ok()?.and_hms(hour, minute, seconds).ok()
}

/// The chart of the first rows.
fn chart(style: &Style, rows: u32) -> Option<Chart> {
    let wanted = style.definition.layout.chart.as_ref().filter(|_| rows > 0)?;
    let place = |name: &str| {
        let place = style.plan.outputs.iter().position(|output| output.name == name)?;
        u16::try_from(place).ok()
    };
    let (category, last) = (place(&wanted.category)?, rows.min(CHARTED));
    let mut chart = Chart::new(match wanted.kind {
        ChartKind::Column => ChartType::Column,
        ChartKind::Bar => ChartType::Bar,
        ChartKind::Line => ChartType::Line,
        ChartKind::Pie => ChartType::Pie,
    });
    if let Some(title) = &style.definition.layout.title {
        chart.title().set_name(&plain(title));
    }
    for name in &wanted.values.0 {
        let column = place(name)?;
        let series = chart.add_series().set_name(("Report", 0, column));
        series.set_categories(("Report", 1, category, last, category));
        series.set_values(("Report", 1, column, last, column));
    }
    chart.set_width(960).set_height(540);
    Some(chart)
}

/// A title that is not taken for a reference to cells, like `=Report!$A$1`.
fn plain(title: &str) -> String {
    title.trim_start_matches('=').replace('!', "\u{FF01}")
}

fn failed(error: XlsxError) -> Error {
    Error::internal(error)
}
