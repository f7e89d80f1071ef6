//! Sorting more rows than fit into memory: sorted runs in files, merged.

use std::cmp::Ordering;
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Seek, Write};

use shared::Error;

use crate::values::{Kind, Value};

/// Bytes of rows in memory, about.
const RUN: usize = 24 * 1024 * 1024;

/// By which column of a row, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Order {
    pub(crate) place: usize,
    pub(crate) descending: bool,
}

/// Takes rows in any order.
#[derive(Debug)]
pub(crate) struct Sorting {
    order: Vec<Order>,
    kinds: Vec<Kind>,
    largest_run: usize,
    rows: Vec<Vec<Value>>,
    bytes: usize,
    runs: Vec<File>,
}

/// Gives them in theirs; rows that compare equal as they came.
#[derive(Debug)]
pub(crate) struct Sorted {
    order: Vec<Order>,
    kinds: Vec<Kind>,
    runs: Vec<Run>,
}

#[derive(Debug)]
struct Run {
    source: Lines,
    head: Option<Vec<Value>>,
}

#[derive(Debug)]
enum Lines {
    Memory(std::vec::IntoIter<Vec<Value>>),
    File(BufReader<File>),
}

impl Sorting {
    /// Rows of these columns.
    pub(crate) fn new(order: Vec<Order>, kinds: Vec<Kind>) -> Self {
        Self { order, kinds, largest_run: RUN, rows: Vec::new(), bytes: 0, runs: Vec::new() }
    }

    /// Takes a row. Blocks where a run is written.
    pub(crate) fn push(&mut self, row: Vec<Value>) -> Result<(), Error> {
        self.bytes += row.iter().map(Value::weight).sum::<usize>();
        self.rows.push(row);
        if self.bytes > self.largest_run { self.spill() } else { Ok(()) }
    }

    fn spill(&mut self) -> Result<(), Error> {
        self.sort();
        let mut file = BufWriter::new(tempfile::tempfile().map_err(Error::internal)?);
        for row in self.rows.drain(..) {
            serde_json::to_writer(&mut file, &row).map_err(Error::internal)?;
            file.write_all(b"\n").map_err(Error::internal)?;
        }
        let mut file = file.into_inner().map_err(Error::internal)?;
        file.rewind().map_err(Error::internal)?;
        self.runs.push(file);
        self.bytes = 0;
        Ok(())
    }

    fn sort(&mut self) {
        let order = std::mem::take(&mut self.order);
        self.rows.sort_by(|a, b| compare(&order, a, b));
        self.order = order;
    }

    /// The rows in their order.
    pub(crate) fn finish(mut self) -> Result<Sorted, Error> {
        self.sort();
        let files = self.runs.into_iter().map(|file| Lines::File(BufReader::new(file)));
        let sources = files.chain([Lines::Memory(self.rows.into_iter())]);
        let mut runs: Vec<Run> = sources.map(|source| Run { source, head: None }).collect();
        for run in &mut runs {
            run.head = run.source.next(&self.kinds)?;
        }
        Ok(Sorted { order: self.order, kinds: self.kinds, runs })
    }
}

impl Sorted {
    /// The next row. Blocks where a run is read.
    pub(crate) fn next(&mut self) -> Result<Option<Vec<Value>>, Error> {
        let mut first: Option<usize> = None;
        for (place, run) in self.runs.iter().enumerate() {
            let Some(head) = &run.head else { continue };
            let best = first.and_then(|first| self.runs.get(first)).and_then(|run| run.head.as_ref());
            if best.is_none_or(|best| compare(&self.order, head, best) == Ordering::Less) {
                first = Some(place);
            }
        }
        let Some(run) = first.and_then(|first| self.runs.get_mut(first)) else { return Ok(None) };
        let next = run.source.next(&self.kinds)?;
        Ok(std::mem::replace(&mut run.head, next))
    }
}

impl Lines {
    fn next(&mut self, kinds: &[Kind]) -> Result<Option<Vec<Value>>, Error> {
        match self {
            Self::Memory(rows) => Ok(rows.next()),
            Self::File(file) => {
                let mut line = Vec::new();
                let read = file.read_until(b'\n', &mut line).map_err(Error::internal)?;
                if read == 0 { Ok(None) } else { parse(&line, kinds).map(Some) }
            }
        }
    }
}

/// A row as it was written.
pub(crate) fn parse(line: &[u8], kinds: &[Kind]) -> Result<Vec<Value>, Error> {
    let cells: Vec<serde_json::Value> = serde_json::from_slice(line).map_err(Error::internal)?;
    Ok(cells.into_iter().zip(kinds).map(|(json, kind)| kind.stored(json)).collect())
}

fn compare(order: &[Order], a: &[Value], b: &[Value]) -> Ordering {
    let each = order.iter().map(|Order { place, descending }| {
        let (a, b) = (a.get(*place).unwrap_or(&Value::Null), b.get(*place).unwrap_or(&Value::Null));
        match (a.is_null(), b.is_null(), descending) {
            (false, false, true) => b.compare(a),
            // What is nothing comes last in both directions.
            _ => a.compare(b),
        }
    });
    each.fold(Ordering::Equal, Ordering::then)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cell() -> impl Strategy<Value = (Value, Value)> {
        let number = prop_oneof![Just(Value::Null), (0_i64..5).prop_map(Value::Integer)];
        (number, "[a-c]{0,2}".prop_map(Value::Text))
    }

    proptest! {
        #[test]
        fn runs_in_files_give_what_one_sort_gives(cells in prop::collection::vec(cell(), 0..60), run in 40_usize..400, descending: bool) {
            let order = vec![Order { place: 0, descending }, Order { place: 1, descending: false }];
            let kinds = vec![Kind::Integer, Kind::Text, Kind::Integer];
            let rows: Vec<Vec<Value>> = (0_i64..).zip(cells).map(|(number, (a, b))| vec![a, b, Value::Integer(number)]).collect();
            let mut sorting = Sorting { largest_run: run, ..Sorting::new(order.clone(), kinds) };
            for row in rows.clone() {
                sorting.push(row).unwrap();
            }
            let mut sorted = sorting.finish().unwrap();
            let mut found = Vec::new();
            while let Some(row) = sorted.next().unwrap() {
                found.push(row);
            }
            let mut wanted = rows;
            wanted.sort_by(|a, b| compare(&order, a, b));
            prop_assert_eq!(found, wanted);
        }
    }
}
