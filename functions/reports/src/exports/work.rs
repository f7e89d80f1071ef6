//! How far an export is: what the next worker goes on with.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::digest::common::hazmat::SerializableState;
use sha2::{Digest, Sha256};
use shared::Error;

use crate::rows::Place;

/// How long a worker has it to himself after each step, and after each heartbeat.
pub(super) const CLAIM: SignedDuration = SignedDuration::from_secs(40);

/// A checkpoint. Whoever writes the next one must have read this one, so two workers never mix.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Work {
    /// Counts checkpoints, over all attempts.
    pub(super) step: u64,
    /// Until when a worker has it, in milliseconds.
    pub(super) claimed_until: i64,
    /// How often it was woken since the last checkpoint.
    pub(super) woken: u32,
    /// Parts that are collected: their rows.
    pub(super) parts: Vec<u64>,
    /// Of all parts.
    pub(super) bytes: u64,
    pub(super) phase: Phase,
}

/// What is being done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "kind")]
pub(super) enum Phase {
    /// Rows are read; the next one is behind this place.
    Collect { behind: Option<Place>, read: u64 },
    /// The file is written.
    Render(Written),
    /// Everything is written, and becomes the file.
    Finish { written: Written, sha256: String },
}

/// What of a file is stored.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Written {
    /// The upload's id, once there is one.
    pub(super) upload: Option<String>,
    /// Tags of its parts.
    pub(super) tags: Vec<String>,
    pub(super) rows: u64,
    pub(super) bytes: u64,
    /// The state of SHA-256 after these bytes.
    sha256: Option<String>,
}

impl Work {
    /// That of an attempt that begins.
    pub(super) fn begin(step: u64) -> Self {
        let phase = Phase::Collect { behind: None, read: 0 };
        Self { step, claimed_until: 0, woken: 0, parts: Vec::new(), bytes: 0, phase }
    }

    /// The next checkpoint.
    pub(super) fn next(&self, now: Timestamp, phase: Phase) -> Self {
        let claimed_until = (now + CLAIM).as_millisecond();
        Self { step: self.step + 1, claimed_until, woken: 0, parts: self.parts.clone(), bytes: self.bytes, phase }
    }

    /// Rows that are collected.
    pub(super) fn collected(&self) -> u64 {
        self.parts.iter().sum()
    }

    /// The upload that is under way.
    pub(super) fn upload(&self) -> Option<&str> {
        match &self.phase {
            Phase::Render(written) | Phase::Finish { written, .. } => written.upload.as_deref(),
            Phase::Collect { .. } => None,
        }
    }
}

impl Written {
    /// That of a file that will have so many rows.
    pub(super) fn of_rows(rows: u64) -> Self {
        Self { rows, ..Self::default() }
    }

    /// The digest of what is stored.
    pub(super) fn digest(&self) -> Result<Sha256, Error> {
        let Some(text) = &self.sha256 else { return Ok(Sha256::new()) };
        let bytes = STANDARD.decode(text).map_err(Error::internal)?;
        let bytes = bytes.as_slice().try_into().map_err(Error::internal)?;
        Sha256::deserialize(bytes).map_err(|_| Error::internal("a digest's state that is none"))
    }

    /// Keeps the digest's state.
    pub(super) fn keep_digest(&mut self, digest: &Sha256) {
        self.sha256 = Some(STANDARD.encode(digest.serialize()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_goes_on_where_it_was() {
        let (mut written, mut digest) = (Written::default(), Sha256::new());
        digest.update(b"some bytes, ");
        written.keep_digest(&digest);
        let mut gone_on = written.digest().unwrap();
        gone_on.update(b"and more");
        assert_eq!(gone_on.finalize(), Sha256::digest(b"some bytes, and more"));
    }
}
