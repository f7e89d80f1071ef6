//! The outbox: the only way to enqueue, to do something later, to retry later, or to tell
//! another service.
//!
//! An entry is written in the same transaction as its effect, sent right after the commit and
//! deleted. What a crash leaves behind is sent by [`Outbox::sweep`], once a minute. A message may
//! therefore come twice, and never not at all.

use jiff::{RoundMode, SignedDuration, SignedDurationRound, Timestamp, Unit};
use serde::{Deserialize, Serialize};

use super::messages::{Fact, Facts, Job};
use super::queue::{Outgoing, QueueName, Queues};
use crate::auth::TenantId;
use crate::clock::Clock;
use crate::error::{Error, chain};
use crate::ids;
use crate::store::{Key, Stored, Table, Transaction};

/// Partitions of one minute, so that a busy minute is not one partition's.
pub(super) const SHARDS: u64 = 8;
/// SQS delays a message by 15 min at most; what is due within that is sent at once.
const SQS_DELAY: SignedDuration = SignedDuration::from_mins(15);
/// The most a payload may be, in bytes.
const LARGEST_PAYLOAD: usize = 250 * 1024;

/// The outbox of one service, in its own table.
#[derive(Clone, Debug)]
pub struct Outbox {
    pub(super) table: Table,
    queues: Queues,
    pub(super) clock: Clock,
}

/// A message that was added to a transaction and is sent after its commit.
#[derive(Clone, Debug)]
#[must_use = "an entry is sent by `Outbox::send` once its transaction is committed"]
pub struct Entry(Stored<Item>);

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Item {
    pub(super) due: Timestamp,
    queue: QueueName,
    group: String,
    payload: String,
}

/// What came of sending rows.
#[derive(Debug, Default)]
pub(super) struct Dispatched {
    pub(super) sent: usize,
    /// The earliest due time of those that were not taken.
    pub(super) left: Option<Timestamp>,
}

impl Outbox {
    /// An outbox in `table`.
    #[must_use]
    pub fn new(table: Table, queues: Queues, clock: Clock) -> Self {
        Self { table, queues, clock }
    }

    /// Adds `job` for `queue` to `transaction`, to be received at `due` (or as soon as possible).
    /// Nothing is added for a queue that this service was not given.
    pub fn add(
        &self,
        transaction: &mut Transaction,
        queue: QueueName,
        tenant: TenantId,
        job: &impl Serialize,
        due: Option<Timestamp>,
    ) -> Result<Vec<Entry>, Error> {
        if !self.queues.has(queue) {
            return Ok(Vec::new());
        }
        // SQS takes the characters of XML 1.0; JSON can say the other ones in ASCII.
        let payload = serde_json::to_string(job).map_err(Error::internal)?;
        let payload = payload.replace('\u{FFFE}', "\\ufffe").replace('\u{FFFF}', "\\uffff");
        if payload.len() > LARGEST_PAYLOAD {
            return Err(Error::internal("a payload holds data where it should hold an id"));
        }
        // Never in a minute that sweeps have left behind.
        let now = self.clock.now();
        let due = due.map_or(now, |due| due.max(now));
        let key = Key::new(
            partition(minute(due), ids::jitter(SHARDS - 1)),
            format!("{:015}#{}", due.as_millisecond(), ids::new(&self.clock)),
        );
        let item = Item { due, queue, group: tenant.to_string(), payload };
        transaction.add(self.table.put(&key, &item));
        Ok(vec![Entry(Stored { key, item })])
    }

    /// Adds facts of a tenant for reports; nothing if there are none.
    pub fn add_facts(
        &self,
        transaction: &mut Transaction,
        tenant_id: TenantId,
        facts: Vec<Fact>,
    ) -> Result<Vec<Entry>, Error> {
        if facts.is_empty() {
            return Ok(Vec::new());
        }
        self.add(transaction, QueueName::Reports, tenant_id, &Job::Facts(Facts { tenant_id, facts }), None)
    }

    /// Commits a transaction of a job that can be repeated together with the job that follows it.
    pub async fn commit_with(
        &self,
        mut transaction: Transaction,
        (queue, tenant, due): (QueueName, TenantId, Option<Timestamp>),
        job: &impl Serialize,
    ) -> Result<(), Error> {
        let entries = self.add(&mut transaction, queue, tenant, job, due)?;
        let _ = transaction.commit().await?;
        self.send(entries).await;
        Ok(())
    }

    /// The queues that this service was given.
    #[must_use]
    pub fn queues(&self) -> &Queues {
        &self.queues
    }

    /// Sends committed entries. What cannot be sent now is left to the sweep, so this never fails.
    pub async fn send(&self, entries: Vec<Entry>) {
        let near = self.clock.now() + SQS_DELAY;
        let rows: Vec<_> = entries.into_iter().map(|Entry(row)| row).filter(|row| row.item.due <= near).collect();
        match self.dispatch(rows).await {
            Ok(Dispatched { left: None, .. }) => {}
            Ok(_) => tracing::warn!("outbox entries are left to the sweep"),
            Err(error) => tracing::warn!(error.chain = chain(&error), "outbox entries are left to the sweep"),
        }
    }

    /// Sends rows and deletes those that were taken. One queue that is down holds up no other.
    pub(super) async fn dispatch(&self, rows: Vec<Stored<Item>>) -> Result<Dispatched, Error> {
        let now = self.clock.now();
        let mut dispatched = Dispatched::default();
        for queue in QueueName::ALL {
            let rows: Vec<_> = rows.iter().filter(|row| row.item.queue == queue).collect();
            if rows.is_empty() {
                continue;
            }
            let messages: Vec<_> = rows.iter().map(|row| outgoing(&row.item, now)).collect();
            let taken = self.queues.send(queue, &messages).await;
            let (done, kept): (Vec<_>, Vec<_>) = rows.into_iter().zip(taken).partition(|(_, taken)| *taken);
            dispatched.left = kept.iter().map(|(row, _)| row.item.due).chain(dispatched.left).min();
            dispatched.sent += done.len();
            let done: Vec<Key> = done.into_iter().map(|(row, _)| row.key.clone()).collect();
            self.table.delete_all(&done).await?;
        }
        Ok(dispatched)
    }
}

fn outgoing(item: &Item, now: Timestamp) -> Outgoing<'_> {
    // Rounded up: not a moment too early.
    let until_due = SignedDurationRound::new().smallest(Unit::Second).mode(RoundMode::Ceil);
    let delay = item.due.duration_since(now).min(SQS_DELAY).round(until_due).map_or(0, |delay| delay.as_secs());
    Outgoing { group: &item.group, body: &item.payload, delay: u16::try_from(delay).unwrap_or(0) }
}

pub(super) fn minute(time: Timestamp) -> i64 {
    time.as_second().div_euclid(60)
}

pub(super) fn partition(minute: i64, shard: u64) -> String {
    format!("DUE#{minute}#{shard}")
}
