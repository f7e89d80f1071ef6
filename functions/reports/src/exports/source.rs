//! The rows of a file, made of the parts that were collected: always the same ones in the same order.

use std::collections::VecDeque;

use shared::Error;
use shared::auth::TenantId;

use super::model::Export;
use super::store::Files;
use super::work::Work;
use crate::ReportsError;
use crate::definitions::Plan;
use crate::query::{Groups, Sorted, Sorting, Totals, parse};
use crate::values::{Kind, Value};

/// Rows at a time, at most.
const BATCH: usize = 1000;
/// Bytes of those, about.
const BATCH_BYTES: usize = 1024 * 1024;
/// Bytes of parts that are sorted, or become a workbook: both need files of their own.
pub(super) const MOST_BYTES: u64 = 1_500_000_000;

type Batch = Vec<Vec<Value>>;

/// Gives the rows of a result, and their totals.
pub(super) struct Source {
    from: From,
    totals: Option<Totals>,
}

enum From {
    /// As they were collected.
    Parts(Box<Parts>),
    /// Sorted, some of them in files.
    Sorted(Option<Box<Sorted>>),
    /// Groups.
    Memory(std::vec::IntoIter<Vec<Value>>),
}

/// Rows as they were collected.
struct Parts {
    files: Files,
    keys: VecDeque<(String, u64)>,
    kinds: Vec<Kind>,
    part: Vec<u8>,
    /// Of the part, what is read.
    offset: usize,
}

impl Source {
    /// Reads everything if it has to be counted or sorted.
    pub(super) async fn open(
        plan: &Plan,
        files: &Files,
        (tenant, export): (TenantId, &Export),
        work: &Work,
    ) -> Result<Self, ReportsError> {
        if work.bytes > MOST_BYTES && !plan.order.is_empty() && Groups::of(plan).is_none() {
            return Err(ReportsError::FileTooLarge);
        }
        let parts = &work.parts;
        let mut totals = Totals::of(plan);
        let keys = parts.iter().enumerate().map(|(number, rows)| (Files::part(tenant, export, number), *rows));
        let (files, keys) = (files.clone(), keys.collect());
        let kinds = plan.kept_kinds();
        let mut parts = Box::new(Parts { files, keys, kinds, part: Vec::new(), offset: 0 });
        if let Some(mut groups) = Groups::of(plan) {
            while let Some(rows) = parts.next().await? {
                for row in &rows {
                    totals.as_mut().map_or(Ok(()), |totals| totals.add(row))?;
                    groups.add(row)?;
                }
                tokio::task::yield_now().await;
            }
            let rows = groups.finish();
            let from = if plan.order.is_empty() {
                From::Memory(rows.into_iter())
            } else {
                From::Sorted(Some(Box::new(blocking(push(sorting(plan), rows)).await?.finish()?)))
            };
            return Ok(Self { from, totals });
        }
        if plan.order.is_empty() {
            return Ok(Self { from: From::Parts(parts), totals });
        }
        let mut sorting = sorting(plan);
        while let Some(rows) = parts.next().await? {
            for row in &rows {
                totals.as_mut().map_or(Ok(()), |totals| totals.add(row))?;
            }
            sorting = blocking(push(sorting, rows)).await?;
        }
        let sorted = blocking(move || sorting.finish()).await?;
        Ok(Self { from: From::Sorted(Some(Box::new(sorted))), totals })
    }

    /// The next rows; `None` at the end.
    pub(super) async fn next(&mut self) -> Result<Option<Batch>, ReportsError> {
        match &mut self.from {
            From::Parts(parts) => {
                let rows = parts.next().await?;
                if let Some(totals) = &mut self.totals {
                    rows.iter().flatten().try_for_each(|row| totals.add(row))?;
                }
                Ok(rows)
            }
            From::Sorted(sorted) => {
                let Some(mut taken) = sorted.take() else { return Ok(None) };
                let (taken, rows) = blocking(move || {
                    let (mut rows, mut bytes) = (Vec::new(), 0);
                    while rows.len() < BATCH
                        && bytes < BATCH_BYTES
                        && let Some(row) = taken.next()?
                    {
                        bytes += row.iter().map(Value::weight).sum::<usize>();
                        rows.push(row);
                    }
                    Ok((taken, rows))
                })
                .await?;
                *sorted = Some(taken);
                Ok((!rows.is_empty()).then_some(rows))
            }
            From::Memory(rows) => {
                let batch: Batch = rows.take(BATCH).collect();
                Ok((!batch.is_empty()).then_some(batch))
            }
        }
    }

    /// Passes over rows that are written already; gives those of a batch that are not.
    pub(super) async fn skip(&mut self, mut rows: u64) -> Result<Batch, ReportsError> {
        // Totals count every row.
        if let (From::Parts(parts), None) = (&mut self.from, &self.totals) {
            while let Some((_, first)) = parts.keys.front().filter(|(_, first)| *first <= rows) {
                rows -= first;
                parts.keys.pop_front();
            }
        }
        while rows > 0 {
            let Some(mut batch) = self.next().await? else { break };
            let passed = usize::try_from(rows).unwrap_or(usize::MAX).min(batch.len());
            rows -= u64::try_from(passed).unwrap_or(0);
            if passed < batch.len() {
                return Ok(batch.split_off(passed));
            }
        }
        Ok(Vec::new())
    }

    /// The totals of all rows, those that nobody has asked for, too.
    pub(super) async fn totals(&mut self, plan: &Plan) -> Result<Option<Vec<Value>>, ReportsError> {
        if self.totals.is_some() && matches!(self.from, From::Parts(_)) {
            while self.next().await?.is_some() {}
        }
        Ok(self.totals.as_ref().map(|totals| totals.finish(&plan.outputs)))
    }
}

impl Parts {
    async fn next(&mut self) -> Result<Option<Batch>, Error> {
        if self.offset >= self.part.len() {
            let Some((key, _)) = self.keys.pop_front() else { return Ok(None) };
            let part = self.files.bucket.get(&key).await?;
            self.part = part.ok_or_else(|| Error::internal("a part of an export is gone"))?;
            self.offset = 0;
        }
        let (mut rows, end) = (Vec::new(), self.offset + BATCH_BYTES);
        while rows.len() < BATCH && self.offset < self.part.len().min(end) {
            let rest = self.part.get(self.offset..).unwrap_or_default();
            let end = rest.iter().position(|byte| *byte == b'\n').map_or(rest.len(), |end| end + 1);
            rows.push(parse(&rest[..end], &self.kinds)?);
            self.offset += end;
        }
        Ok(Some(rows))
    }
}

fn sorting(plan: &Plan) -> Sorting {
    Sorting::new(plan.order.clone(), plan.output_kinds())
}

fn push(mut sorting: Sorting, rows: Batch) -> impl FnOnce() -> Result<Sorting, Error> + Send + 'static {
    move || {
        rows.into_iter().try_for_each(|row| sorting.push(row))?;
        Ok(sorting)
    }
}

/// Off the async threads: it works on files.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, Error> + Send + 'static) -> Result<T, Error> {
    tokio::task::spawn_blocking(work).await.map_err(Error::internal)?
}
