//! The jobs that come of messages, written with them.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use shared::Error;
use shared::auth::{TenantId, UserId};
use shared::jobs::{Entry, Outbox, QueueName};
use shared::store::Transaction;

use crate::jobs::Job;
use crate::threads::ThreadId;

/// How long messages wait for who is away before he is told of them.
const WAIT: SignedDuration = SignedDuration::from_mins(5);
/// When the next look is due, a little before the last one: a message that it may miss has one of its own.
const AGAIN: SignedDuration = SignedDuration::from_secs(5 * 60 - 20);
/// How many threads are remembered before those whose time is over are forgotten.
const MOST: usize = 4096;

/// A thread in which messages may wait for members.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Absent {
    pub(super) tenant_id: TenantId,
    pub(super) thread_id: ThreadId,
}

/// Who was mentioned in which messages of a thread.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Mentions {
    pub(super) tenant_id: TenantId,
    pub(super) thread_id: ThreadId,
    /// By the messages' numbers.
    pub(super) by_seq: Vec<(u64, Vec<UserId>)>,
}

/// When this node has last had a thread looked at: once in five minutes is enough, whatever is said there.
#[derive(Debug, Default)]
pub(crate) struct Schedule(Mutex<HashMap<(TenantId, ThreadId), Timestamp>>);

impl Schedule {
    /// Adds the jobs of messages to their transaction: at most two.
    pub(crate) fn add(
        &self,
        outbox: &Outbox,
        transaction: &mut Transaction,
        (tenant_id, thread_id): (TenantId, ThreadId),
        mentions: Vec<(u64, Vec<UserId>)>,
        now: Timestamp,
    ) -> Result<Vec<Entry>, Error> {
        let mut entries = Vec::new();
        if !mentions.is_empty() {
            let job = Job::TellMentioned(Mentions { tenant_id, thread_id, by_seq: mentions });
            entries.extend(outbox.add(transaction, QueueName::Chat, tenant_id, &job, None)?);
        }
        if self.is_due((tenant_id, thread_id), now) {
            let job = Job::TellAbsent(Absent { tenant_id, thread_id });
            entries.extend(outbox.add(transaction, QueueName::Chat, tenant_id, &job, Some(now + WAIT))?);
        }
        Ok(entries)
    }

    /// The jobs are written: the next ones may wait.
    pub(crate) fn added(&self, place: (TenantId, ThreadId), now: Timestamp) {
        let mut looked = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if looked.len() >= MOST {
            looked.retain(|_, at| now < *at + WAIT);
        }
        let at = looked.entry(place).or_insert(now);
        if now >= *at + AGAIN {
            *at = now;
        }
    }

    fn is_due(&self, place: (TenantId, ThreadId), now: Timestamp) -> bool {
        let looked = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        looked.get(&place).is_none_or(|at| now >= *at + AGAIN)
    }
}
