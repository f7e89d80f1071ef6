//! The first phase: rows that pass are read in the order of time, and stored in parts.

use std::sync::Arc;
use std::time::Duration;

use shared::Error;
use tokio::time::Instant;

use super::run::{After, Running};
use super::store::Files;
use super::work::{Phase, Written};
use crate::ReportsError;
use crate::definitions::Plan;
use crate::query::project;
use crate::rows::{Place, Reader, Row};

/// Bytes of a part, about.
const PART: usize = 2 * 1024 * 1024;
/// Bytes that a part takes with its last rows, so that it is not copied while it grows.
const BUFFER: usize = PART + 256 * 1024;
/// Rows that are read between two checkpoints, whether they pass or not.
const READ: u64 = 50_000;
/// Rows of one report, before they are counted.
const MOST_ROWS: u64 = 10_000_000;
/// Rows that are computed at a time.
const TURN: usize = 500;
/// The longest time between two checkpoints: rows may be hard to compute.
const PAUSE: Duration = Duration::from_secs(10);
/// What part of the work this is.
pub(super) const SHARE: f64 = 0.5;

impl Running<'_> {
    /// Reads on behind this place. A kill costs what was read since the last checkpoint.
    pub(super) async fn collect(
        &mut self,
        plan: &Arc<Plan>,
        dataset: &str,
        behind: Option<Place>,
        mut read: u64,
    ) -> Result<After, ReportsError> {
        let (tenant, as_of) = (self.which.tenant, self.export.as_of.as_millisecond());
        let rows = &self.state.rows;
        let mut reader = Reader::open(rows, tenant, dataset, self.export.scope, plan.range, behind.as_ref()).await?;
        let (mut part, mut kept, mut since) = (Vec::with_capacity(BUFFER), 0_u64, 0_u64);
        let (mut last, mut waiting): (Option<Row>, Vec<Row>) = (None, Vec::new());
        let mut due = Instant::now() + PAUSE;
        loop {
            let left = plan.enough().map(|enough| enough.saturating_sub(self.work.collected() + kept));
            while waiting.len() < TURN
                && left != Some(0)
                && let Some(row) = reader.next().await?
            {
                waiting.push(row);
            }
            let is_end = waiting.is_empty();
            let before = waiting.len();
            let mut projected = project(plan, std::mem::take(&mut waiting), as_of, due).await?;
            waiting = projected.rest;
            let looked_at = u64::try_from(before - waiting.len()).map_err(Error::internal)?;
            (read, since) = (read + looked_at, since + looked_at);
            projected.kept.truncate(left.map_or(usize::MAX, |left| usize::try_from(left).unwrap_or(usize::MAX)));
            for row in &projected.kept {
                serde_json::to_writer(&mut part, row).map_err(Error::internal)?;
                part.push(b'\n');
                kept += 1;
            }
            last = projected.last.or(last);
            if !is_end && part.len() < PART && since < READ && Instant::now() < due {
                continue;
            }
            if kept > 0 {
                let key = Files::part(tenant, &self.export, self.work.parts.len());
                let full = std::mem::replace(&mut part, Vec::with_capacity(BUFFER));
                self.work.bytes += u64::try_from(full.len()).map_err(Error::internal)?;
                self.state.files.bucket.put(&key, "application/x-ndjson", full).await?;
                self.work.parts.push(std::mem::take(&mut kept));
            }
            due = Instant::now() + PAUSE;
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
