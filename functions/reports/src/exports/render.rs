//! The second phase: the file is written, part by part, and becomes one when it is whole.

use std::fmt::Write;

use sha2::{Digest, Sha256};
use shared::Error;

use super::collect::SHARE;
use super::formats::{TextFormat, WrittenAs};
use super::model::{FILE_KEPT, File, State as ExportState};
use super::run::{After, Running};
use super::source::Source;
use super::store::Files;
use super::work::{Phase, Written};
use crate::ReportsError;
use crate::definitions::{Plan, Shape};

/// Bytes of an upload's part, at least; S3 wants 5 MiB.
pub(super) const PART: usize = 5 * 1024 * 1024 + 256 * 1024;
/// Bytes that a part takes with the rows of its last batch, so that it is not copied while it grows.
const BUFFER: usize = PART + 768 * 1024;

impl Running<'_> {
    /// Writes on where a part ended.
    pub(super) async fn render(&mut self, plan: &Plan, written: Written) -> Result<After, ReportsError> {
        match self.export.format.written() {
            WrittenAs::Text(format) => self.render_text(plan, format, written).await,
            WrittenAs::Whole(format) => self.render_whole(plan, format).await,
        }
    }

    async fn render_text(
        &mut self,
        plan: &Plan,
        format: TextFormat,
        mut written: Written,
    ) -> Result<After, ReportsError> {
        let outputs = &plan.outputs;
        let mut digest = written.digest()?;
        let place = (self.which.tenant, &self.export);
        let mut source = Source::open(plan, &self.state.files, place, &self.work).await?;
        let mut rows = source.skip(written.rows).await?;
        let limit = plan.limit.unwrap_or(u64::MAX);
        let expected = self.expected(plan);
        let mut buffer = Vec::with_capacity(BUFFER);
        if written.bytes == 0 {
            format.head(outputs, &mut buffer)?;
        }
        loop {
            for row in rows {
                if written.rows < limit {
                    format.row(outputs, &row, written.rows == 0, &mut buffer)?;
                    written.rows += 1;
                }
            }
            if buffer.len() >= PART {
                self.store_part(&mut written, &mut digest, std::mem::replace(&mut buffer, Vec::with_capacity(BUFFER)))
                    .await?;
                let progress = SHARE + (1.0 - SHARE) * part_of(written.rows, expected);
                if self.checkpoint(Phase::Render(written.clone()), progress, written.rows).await? == After::Stop {
                    return Ok(After::Stop);
                }
            }
            tokio::task::yield_now().await;
            rows = match if written.rows < limit { source.next().await? } else { None } {
                Some(rows) => rows,
                None => break,
            };
        }
        format.foot(source.totals(plan).await?.as_deref(), &mut buffer)?;
        self.store_last(written, digest, buffer).await
    }

    /// Stores what is left, the whole file if it is small; it is finished next.
    pub(super) async fn store_last(
        &mut self,
        mut written: Written,
        mut digest: Sha256,
        last: Vec<u8>,
    ) -> Result<After, ReportsError> {
        if written.upload.is_some() {
            if !last.is_empty() {
                self.store_part(&mut written, &mut digest, last).await?;
            }
        } else {
            written.bytes = length(&last)?;
            digest.update(&last);
            let key = Files::file(self.which.tenant, &self.export);
            self.state.files.bucket.put(&key, self.export.format.content_type(), last).await?;
        }
        let (rows, sha256) = (written.rows, hex(&digest.finalize()));
        self.checkpoint(Phase::Finish { written, sha256 }, 1.0, rows).await.map_err(Into::into)
    }

    pub(super) async fn store_part(
        &self,
        written: &mut Written,
        digest: &mut Sha256,
        bytes: Vec<u8>,
    ) -> Result<(), Error> {
        let (bucket, key) = (&self.state.files.bucket, Files::file(self.which.tenant, &self.export));
        let upload = match &written.upload {
            Some(upload) => upload.clone(),
            None => bucket.begin_upload(&key, self.export.format.content_type()).await?,
        };
        written.bytes += length(&bytes)?;
        digest.update(&bytes);
        written.tags.push(bucket.put_part(&key, &upload, written.tags.len() + 1, bytes).await?);
        written.upload = Some(upload);
        written.keep_digest(digest);
        Ok(())
    }

    /// What is stored becomes the file. Only a whole one is ever told of.
    pub(super) async fn finish(&mut self, written: &Written, sha256: String) -> Result<(), Error> {
        let (bucket, key) = (&self.state.files.bucket, Files::file(self.which.tenant, &self.export));
        let is_there = bucket.length(&key).await? == Some(written.bytes);
        // A worker may have died after it has become one.
        if let Some(upload) = written.upload.as_ref().filter(|_| !is_there) {
            bucket.complete_upload(&key, upload, &written.tags).await?;
        }
        if !is_there && bucket.length(&key).await? != Some(written.bytes) {
            return Err(Error::unavailable("the file of an export is not whole"));
        }
        let at = self.state.platform.clock().now();
        let file = File { name: self.export.file_name(), bytes: written.bytes, sha256 };
        self.end(ExportState::Completed { file, at, expires_at: at + FILE_KEPT }, written.rows).await
    }

    /// Rows of the file, if that is known.
    pub(super) fn expected(&self, plan: &Plan) -> u64 {
        match plan.shape {
            Shape::Rows(_) => self.work.collected().min(plan.limit.unwrap_or(u64::MAX)),
            Shape::Groups { .. } => 0,
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "a progress")]
fn part_of(done: u64, all: u64) -> f64 {
    if all == 0 { 0.5 } else { done as f64 / all as f64 }
}

fn length(bytes: &[u8]) -> Result<u64, Error> {
    u64::try_from(bytes.len()).map_err(Error::internal)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
