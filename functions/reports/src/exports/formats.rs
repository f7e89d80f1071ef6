//! Rows as bytes of a file: the same rows are always the same bytes.

use csv::{Terminator, WriterBuilder};
use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize, Serializer};
use shared::Error;
use utoipa::ToSchema;

use super::whole::WholeFormat;
use crate::definitions::Output;
use crate::values::Value;

/// What a cell of a spreadsheet must not begin with, unless it is a number: it would be a formula.
const FORMULAS: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// What kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Format {
    /// RFC 4180, UTF-8, a line of labels first. Texts that a spreadsheet would take for a formula begin with `'`.
    Csv,
    /// An array with an object for each row. It has no totals.
    Json,
    /// An object for each row, each on a line of its own. It has no totals.
    JsonLines,
    /// A workbook (Office Open XML) of at most 1 000 000 rows: types, a filter, totals, and the layout's chart.
    Xlsx,
    /// Pages to read and print, of at most 50 000 cells: what was asked, the layout's chart, and a table with totals.
    Pdf,
}

impl Format {
    pub(crate) fn named(name: &str) -> Option<Self> {
        match name {
            "csv" => Some(Self::Csv),
            "json" => Some(Self::Json),
            "jsonLines" => Some(Self::JsonLines),
            "xlsx" => Some(Self::Xlsx),
            "pdf" => Some(Self::Pdf),
            _ => None,
        }
    }

    pub(super) fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Json => "json",
            Self::JsonLines => "ndjson",
            Self::Xlsx => "xlsx",
            Self::Pdf => "pdf",
        }
    }

    pub(super) fn content_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Json => "application/json",
            Self::JsonLines => "application/x-ndjson",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Pdf => "application/pdf",
        }
    }

    /// How it is written.
    pub(super) fn written(self) -> WrittenAs {
        match self {
            Self::Csv => WrittenAs::Text(TextFormat::Csv),
            Self::Json => WrittenAs::Text(TextFormat::Json),
            Self::JsonLines => WrittenAs::Text(TextFormat::JsonLines),
            Self::Xlsx => WrittenAs::Whole(WholeFormat::Xlsx),
            Self::Pdf => WrittenAs::Whole(WholeFormat::Pdf),
        }
    }
}

/// How a format is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WrittenAs {
    Text(TextFormat),
    Whole(WholeFormat),
}

/// A format that is written row by row, and goes on where it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TextFormat {
    Csv,
    Json,
    JsonLines,
}

impl TextFormat {
    /// What stands before the first row.
    pub(super) fn head(self, outputs: &[Output], file: &mut Vec<u8>) -> Result<(), Error> {
        match self {
            Self::Csv => record(outputs.iter().map(|output| defused(&output.label)), file),
            Self::Json => {
                file.push(b'[');
                Ok(())
            }
            Self::JsonLines => Ok(()),
        }
    }

    /// A row, the first or not.
    pub(super) fn row(
        self,
        outputs: &[Output],
        row: &[Value],
        is_first: bool,
        file: &mut Vec<u8>,
    ) -> Result<(), Error> {
        match self {
            Self::Csv => record(row.iter().map(cell), file),
            Self::Json => {
                file.extend_from_slice(if is_first { b"\n" } else { b",\n" });
                serde_json::to_writer(file, &Object { outputs, row }).map_err(Error::internal)
            }
            Self::JsonLines => {
                serde_json::to_writer(&mut *file, &Object { outputs, row }).map_err(Error::internal)?;
                file.push(b'\n');
                Ok(())
            }
        }
    }

    /// What stands behind the last row.
    pub(super) fn foot(self, totals: Option<&[Value]>, file: &mut Vec<u8>) -> Result<(), Error> {
        match (self, totals) {
            (Self::Csv, Some(totals)) => record(totals.iter().map(cell), file),
            (Self::Json, _) => {
                file.extend_from_slice(b"\n]\n");
                Ok(())
            }
            (Self::Csv, None) | (Self::JsonLines, _) => Ok(()),
        }
    }
}

/// A row by the names of its columns.
struct Object<'a> {
    outputs: &'a [Output],
    row: &'a [Value],
}

impl Serialize for Object<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.outputs.len()))?;
        for (output, value) in self.outputs.iter().zip(self.row) {
            map.serialize_entry(&output.name, &value.shown())?;
        }
        map.end()
    }
}

fn record(cells: impl Iterator<Item = String>, file: &mut Vec<u8>) -> Result<(), Error> {
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(file);
    writer.write_record(cells).map_err(Error::internal)?;
    writer.flush().map_err(Error::internal)
}

fn cell(value: &Value) -> String {
    match value {
        Value::Text(text) => defused(text),
        other => other.shown().to_string(),
    }
}

fn defused(text: &str) -> String {
    // `inf` and `NaN` are none that spreadsheets know.
    let is_number = text.parse::<f64>().is_ok() && !text.contains(['i', 'n', 'I', 'N']);
    if text.starts_with(FORMULAS) && !is_number { format!("'{text}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::Kind;
    use proptest::prelude::*;

    fn outputs(names: &[&str]) -> Vec<Output> {
        let output = |name: &&str| Output { name: (*name).to_owned(), label: (*name).to_owned(), kind: Kind::Text };
        names.iter().map(output).collect()
    }

    fn file(format: TextFormat, rows: &[Vec<Value>]) -> String {
        let (outputs, mut bytes) = (outputs(&["a", "b"]), Vec::new());
        format.head(&outputs, &mut bytes).unwrap();
        for (number, row) in rows.iter().enumerate() {
            format.row(&outputs, row, number == 0, &mut bytes).unwrap();
        }
        format.foot(None, &mut bytes).unwrap();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn files_are_as_their_standards_say() {
        let rows = [
            vec![Value::Text("x, \"y\"\nz".to_owned()), Value::Null],
            vec![Value::Integer(-3), Value::time(1_700_000_000_000)],
        ];
        assert_eq!(file(TextFormat::Csv, &rows), "a,b\r\n\"x, \"\"y\"\"\nz\",\r\n-3,2023-11-14T22:13:20.000Z\r\n");
        let json: serde_json::Value = serde_json::from_str(&file(TextFormat::Json, &rows)).unwrap();
        assert_eq!(json[1], serde_json::json!({"a": -3, "b": "2023-11-14T22:13:20.000Z"}));
        assert_eq!(file(TextFormat::JsonLines, &rows).lines().count(), 2);
        assert_eq!(file(TextFormat::Json, &[]), "[\n]\n");
    }

    #[test]
    fn formulas_are_defused_and_numbers_stay() {
        for (text, wanted) in [
            ("=1+1", "'=1+1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("+43 664", "'+43 664"),
            ("-5.5", "-5.5"),
            ("-1e9", "-1e9"),
            ("-inf", "'-inf"),
            ("+NaN", "'+NaN"),
            ("\n=1", "'\n=1"),
            ("＝1", "'＝1"),
            ("+7", "+7"),
            ("\tx", "'\tx"),
            ("a=1", "a=1"),
            ("", ""),
        ] {
            assert_eq!(defused(text), wanted, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(texts in prop::collection::vec(".{0,12}", 1..20)) {
            let rows: Vec<Vec<Value>> = texts.iter().map(|text| vec![Value::Text(text.clone()), Value::Integer(1)]).collect();
            let csv = file(TextFormat::Csv, &rows);
            let mut reader = csv::Reader::from_reader(csv.as_bytes());
            let read: Vec<String> = reader.records().map(|record| record.unwrap()[0].to_owned()).collect();
            prop_assert_eq!(read, texts.iter().map(|text| defused(text)).collect::<Vec<_>>());
        }
    }
}
