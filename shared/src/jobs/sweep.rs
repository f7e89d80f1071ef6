//! The outbox's timer: sends what is due soon and what a crash has left behind.

use futures_util::{StreamExt, TryStreamExt, stream};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Outbox;
use super::outbox::{Item, SHARDS, minute, partition};
use crate::error::Error;
use crate::store::{Key, Stored, Transaction};

/// How far ahead a sweep looks: the timer fires once a minute, not to the second.
const AHEAD: i64 = 2;
/// How far back a sweep looks again: transactions that took long, clocks that differ.
const BEHIND: i64 = 5;
/// Minutes of one sweep; after a long stop the next sweeps catch up.
const MOST_MINUTES: i64 = 240;
/// How far back the very first sweep of a table looks.
const FIRST_MINUTES: i64 = 60;
/// Partitions that are read at a time.
const CONCURRENCY: usize = 16;
/// Entries this young are being sent by whoever committed them.
const BEING_SENT: SignedDuration = SignedDuration::from_secs(10);
/// Partition of rows that no version of ours could read.
const UNREADABLE: &str = "OUTBOX#UNREADABLE";

/// The minute up to which everything is sent.
#[derive(Serialize, Deserialize)]
struct Watermark {
    minute: i64,
}

impl Outbox {
    /// Sends what is due soon and what a crash has left behind. Called once a minute.
    /// Returns how many entries were sent.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when entries could not be sent; the next sweep tries them again.
    pub async fn sweep(&self) -> Result<usize, Error> {
        let now = self.clock.now();
        let watermark = Key::new("OUTBOX#WATERMARK", "WATERMARK");
        let stored: Option<Watermark> = self.table.get(&watermark).await?;
        let newest = minute(now) + AHEAD;
        let from = stored.map_or(newest - FIRST_MINUTES, |mark| mark.minute);
        let to = newest.min(from + MOST_MINUTES);
        // While older minutes are caught up with, what is due now does not wait for them.
        let recent = (to + 1).max(newest - AHEAD - BEHIND)..=newest;
        let rows = self.read((from..=to).chain(recent)).await?;
        let being_sent = |due: Timestamp| due <= now && due + BEING_SENT > now;
        let dispatched = self.dispatch(rows.into_iter().filter(|row| !being_sent(row.item.due)).collect()).await?;
        let settled = dispatched.left.map_or(i64::MAX, minute);
        let mark = Watermark { minute: to.min(minute(now) - BEHIND).min(settled).max(from) };
        let forwards = self.table.put(&watermark, &mark).when("attribute_not_exists(pk) OR #minute <= :minute");
        // Another sweep may have gone further meanwhile.
        let _ = forwards.name("#minute", "minute").value(":minute", mark.minute).run().await?;
        match dispatched.left {
            None => Ok(dispatched.sent),
            Some(due) => Err(Error::unavailable(format!("outbox entries since {due} could not be sent"))),
        }
    }

    async fn read(&self, minutes: impl Iterator<Item = i64>) -> Result<Vec<Stored<Item>>, Error> {
        let partitions = minutes.flat_map(|minute| (0..SHARDS).map(move |shard| partition(minute, shard)));
        let rows: Vec<Vec<Stored<Value>>> = stream::iter(partitions)
            .map(|pk| self.table.query(pk).all_stored())
            .buffered(CONCURRENCY)
            .try_collect()
            .await?;
        let mut readable = Vec::new();
        for row in rows.into_iter().flatten() {
            match Item::deserialize(&row.item) {
                Ok(item) => readable.push(Stored { key: row.key, item }),
                Err(error) => self.set_aside(row, &error).await?,
            }
        }
        Ok(readable)
    }

    /// Moves a row that cannot be read out of the way of the others, and keeps it.
    async fn set_aside(&self, row: Stored<Value>, error: &serde_json::Error) -> Result<(), Error> {
        tracing::error!(row.pk = row.key.pk, row.sk = row.key.sk, %error, "an outbox row cannot be read and is set aside");
        let aside = Key::new(UNREADABLE, format!("{}#{}", row.key.pk, row.key.sk));
        let moved = Transaction::new(self.table.store())
            .with(self.table.delete(&row.key))
            .with(self.table.put(&aside, &row.item));
        // Without a condition there is nothing to refuse.
        let _ = moved.commit().await?;
        Ok(())
    }
}
