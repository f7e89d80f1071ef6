//! The first phase: rows that pass are read in the order of time, and stored in parts.

use shared::Error;

use super::run::{After, Running};
use super::store::Files;
use super::work::{Phase, Written};
use crate::ReportsError;
use crate::definitions::Plan;
use crate::query::Cells;
use crate::rows::{Place, Reader, Row};

/// Bytes of a part, about.
const PART: usize = 4 * 1024 * 1024;
/// Rows that are read between two checkpoints, whether they pass or not.
const READ: u64 = 50_000;
/// Rows of one report, before they are counted.
const MOST_ROWS: u64 = 10_000_000;
/// Rows after which others of this process have their turn.
const TURN: u64 = 500;
/// What part of the work this is.
pub(super) const SHARE: f64 = 0.5;

impl Running<'_> {
    /// Reads on behind this place. A kill costs what was read since the last checkpoint.
    pub(super) async fn collect(
        &mut self,
        plan: &Plan,
        dataset: &str,
        behind: Option<Place>,
        mut read: u64,
    ) -> Result<After, ReportsError> {
        let (tenant, as_of) = (self.which.tenant, self.export.as_of.as_millisecond());
        let rows = &self.state.rows;
        let mut reader = Reader::open(rows, tenant, dataset, self.export.scope, plan.range, behind.as_ref()).await?;
        let cells = Cells::new(plan);
        let (mut part, mut kept, mut since) = (Vec::new(), 0_u64, 0_u64);
        let mut last: Option<Row> = None;
        loop {
            let is_enough = plan.enough().is_some_and(|enough| self.work.collected() + kept >= enough);
            let next = if is_enough { None } else { reader.next().await? };
            let is_end = next.is_none();
            if let Some(row) = next {
                (read, since) = (read + 1, since + 1);
                if let Some(cells) = (row.recorded_at <= as_of).then(|| cells.of(&row)).flatten() {
                    serde_json::to_writer(&mut part, &plan.project(&cells)).map_err(Error::internal)?;
                    part.push(b'\n');
                    kept += 1;
                }
                last = Some(row);
                if since.is_multiple_of(TURN) {
                    tokio::task::yield_now().await;
                }
            }
            if !is_end && part.len() < PART && since < READ {
                continue;
            }
            if kept > 0 {
                let key = Files::part(tenant, &self.export, self.work.parts.len());
                let full = std::mem::take(&mut part);
                self.state.files.bucket.put(&key, "application/x-ndjson", full).await?;
                self.work.parts.push(std::mem::take(&mut kept));
            }
            if self.work.collected() > MOST_ROWS {
                return Err(ReportsError::invalid("there are more than 10000000 rows"));
            }
            since = 0;
            let phase = match &last {
                _ if is_end => Phase::Render(Written::default()),
                last => Phase::Collect { behind: last.as_ref().map(Row::place).or_else(|| behind.clone()), read },
            };
            let progress = if is_end { 1.0 } else { reader.progress() };
            let after = self.checkpoint(phase, progress * SHARE, read).await?;
            if is_end || after == After::Stop {
                return Ok(after);
            }
        }
    }
}
