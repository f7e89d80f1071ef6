//! The second phase of workbooks and PDFs: one worker makes the whole file, and begins again if it dies.

use std::fs::File;
use std::io::Read;
use std::time::Duration;

use sha2::{Digest, Sha256};
use shared::Error;
use tokio::sync::mpsc;

use super::render::PART;
use super::run::{After, Running};
use super::source::{MOST_BYTES, Source};
use super::whole::{Piece, Style, WholeFormat};
use super::work::Written;
use crate::ReportsError;
use crate::definitions::Plan;

/// How long a file may take when all its rows are there: nothing that goes wrong with one may hold up others.
const PATIENCE: Duration = Duration::from_mins(5);
/// Batches of rows that wait for the one who writes.
const WAITING: usize = 4;

impl Running<'_> {
    pub(super) async fn render_whole(&mut self, plan: &Plan, format: WholeFormat) -> Result<After, ReportsError> {
        let limit = plan.limit.unwrap_or(u64::MAX);
        let expected = self.expected(plan);
        if expected > format.most_rows(plan.outputs.len()) || self.work.bytes > MOST_BYTES && expected > 0 {
            return Err(ReportsError::FileTooLarge);
        }
        let style = Style { definition: self.export.definition.clone(), plan: plan.clone(), as_of: self.export.as_of };
        let place = (self.which.tenant, &self.export);
        let mut source = Source::open(plan, &self.state.files, place, &self.work).await?;
        let (sender, pieces) = mpsc::channel(WAITING);
        let writer = tokio::task::spawn_blocking(move || format.write(&style, pieces));
        let mut rows = 0_u64;
        while let Some(mut batch) = if rows < limit { source.next().await? } else { None } {
            batch.truncate(usize::try_from(limit - rows).unwrap_or(usize::MAX));
            rows += u64::try_from(batch.len()).map_err(Error::internal)?;
            if sender.send(Piece::Rows(batch)).await.is_err() {
                break;
            }
        }
        if let Some(totals) = source.totals(plan).await? {
            // If nobody listens any more, the writer says why.
            let _ = sender.send(Piece::Totals(totals)).await;
        }
        drop(sender);
        let written = tokio::time::timeout(PATIENCE, writer).await;
        let file = written.map_err(|_| Error::internal("a file is never written"))?.map_err(Error::internal)??;
        self.store_file(file, rows).await
    }

    /// Stores a file part by part.
    async fn store_file(&mut self, mut file: File, rows: u64) -> Result<After, ReportsError> {
        let (mut written, mut digest) = (Written::of_rows(rows), Sha256::new());
        loop {
            let (rest, part) = tokio::task::spawn_blocking(move || read(file)).await.map_err(Error::internal)??;
            if part.len() < PART {
                return self.store_last(written, digest, part).await;
            }
            file = rest;
            self.store_part(&mut written, &mut digest, part).await?;
        }
    }
}

fn read(file: File) -> Result<(File, Vec<u8>), Error> {
    let mut part = Vec::with_capacity(PART);
    let limit = u64::try_from(PART).map_err(Error::internal)?;
    (&file).take(limit).read_to_end(&mut part).map_err(Error::internal)?;
    Ok((file, part))
}
