//! Sends of one thread stand in line here, and whoever's turn it is writes as many of them as go into one transaction: a
//! busy thread is not one round trip a message.
//!
//! The order itself is the store's: messages are written only if the thread's head still has the number before them.

use std::collections::{HashMap, HashSet, VecDeque};
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use shared::Error;
use shared::auth::{TenantId, UserId};
use shared::http::{Idempotency, Reply};
use tokio::sync::oneshot;

use super::batch::write;
use super::model::{Draft, Message};
use crate::error::ChatError;
use crate::state::State;
use crate::threads::ThreadId;

/// How long a send stands in line: nothing may pile up behind a store that is slow.
const LONGEST_WAIT: Duration = Duration::from_secs(5);
/// How many lines are kept before the unused ones are looked for.
const FIRST_SWEEP: usize = 1024;
/// What DynamoDB takes in one transaction, but for the two jobs that messages may have, and what reports are told of all.
const MOST_ACTIONS: usize = 100 - 3;

/// Bytes of one transaction, of which DynamoDB takes 4 MB, and mentions, which stand in a job of 250 KB, too.
const MOST_BYTES: usize = 3_000_000;
const MOST_MENTIONS: usize = 4000;
/// Bytes of a message besides what it says and names.
const OVERHEAD: usize = 2000;

type Answer = Result<Reply<Message>, ChatError>;

/// A message that is to be written.
pub(super) struct Send {
    pub(super) sender: UserId,
    pub(super) draft: Draft,
    pub(super) idempotency: Idempotency,
}

/// One that stands in line.
pub(super) struct Waiting {
    pub(super) send: Send,
    ticket: u64,
    answer: oneshot::Sender<Answer>,
}

/// The sends of one thread on this node.
pub(super) struct Line {
    pub(super) tenant: TenantId,
    pub(super) thread: ThreadId,
    waiting: Mutex<Queue>,
    /// Held by who writes; the newest number that is known here.
    turn: tokio::sync::Mutex<u64>,
}

#[derive(Default)]
struct Queue {
    sends: VecDeque<Waiting>,
    tickets: u64,
}

/// The lines of all threads that are written to at the moment.
#[derive(Default)]
pub(crate) struct Lines(Mutex<ByThread>);

#[derive(Default)]
struct ByThread {
    lines: HashMap<(TenantId, ThreadId), Weak<Line>>,
    sweep_at: usize,
}

impl Lines {
    /// The line of a thread.
    pub(super) fn of(&self, tenant: TenantId, thread: ThreadId) -> Arc<Line> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(line) = all.lines.get(&(tenant, thread)).and_then(Weak::upgrade) {
            return line;
        }
        if all.lines.len() >= all.sweep_at.max(FIRST_SWEEP) {
            all.lines.retain(|_, line| line.strong_count() > 0);
            all.sweep_at = all.lines.len() * 2;
        }
        let line = Arc::new(Line { tenant, thread, waiting: Mutex::default(), turn: tokio::sync::Mutex::default() });
        all.lines.insert((tenant, thread), Arc::downgrade(&line));
        line
    }
}

impl Line {
    /// Stands in line until the message is written, by this task or by another one.
    pub(super) async fn send(&self, state: &State, send: Send) -> Answer {
        let (ticket, mut answer) = self.enter(send);
        let turn = tokio::time::timeout(LONGEST_WAIT, self.turn.lock());
        let turn = tokio::select! {
            biased;
            answered = &mut answer => return answered.unwrap_or_else(|_| Err(unanswered())),
            turn = turn => turn,
        };
        let Ok(mut newest) = turn else {
            if self.leave(ticket) {
                return Err(Error::unavailable("the thread has too many senders").into());
            }
            return answer.await.unwrap_or_else(|_| Err(unanswered()));
        };
        loop {
            match answer.try_recv() {
                Ok(answered) => return answered,
                Err(oneshot::error::TryRecvError::Closed) => return Err(unanswered()),
                Err(oneshot::error::TryRecvError::Empty) => write(state, self, self.take(), &mut newest).await,
            }
        }
    }

    fn enter(&self, send: Send) -> (u64, oneshot::Receiver<Answer>) {
        let (sender, answer) = oneshot::channel();
        let mut queue = self.queue();
        let ticket = queue.tickets;
        queue.tickets += 1;
        queue.sends.push_back(Waiting { send, ticket, answer: sender });
        (ticket, answer)
    }

    /// Whether it was still in line.
    fn leave(&self, ticket: u64) -> bool {
        let mut queue = self.queue();
        let before = queue.sends.len();
        queue.sends.retain(|waiting| waiting.ticket != ticket);
        queue.sends.len() < before
    }

    /// The first ones that go into one transaction together.
    fn take(&self) -> Vec<Waiting> {
        let mut queue = self.queue();
        let fitting = fitting(queue.sends.iter().map(|waiting| &waiting.send));
        let rest = queue.sends.split_off(fitting);
        mem::replace(&mut queue.sends, rest).into()
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    /// Tells the sender what became of his message.
    pub(super) fn answer(self, answer: Answer) {
        // Nobody listens if the process is stopping.
        let _ = self.answer.send(answer);
    }
}

fn unanswered() -> ChatError {
    Error::internal("a send was dropped without an answer").into()
}

/// How many of the first sends make one transaction: the head; of each message itself, its guard, its files, and a rule's
/// report of it; of each sender his cursor. No item may stand in it twice. One with an `Idempotency-Key` is written alone,
/// with its record.
fn fitting<'a>(sends: impl Iterator<Item = &'a Send>) -> usize {
    let (mut actions, mut count, mut bytes, mut mentions) = (1, 0, 0, 0);
    let (mut senders, mut guards, mut files) = (HashSet::new(), HashSet::new(), HashSet::new());
    for send in sends {
        if send.idempotency.is_given() {
            return count.max(1);
        }
        if let Some(id) = &send.draft.client_message_id {
            if !guards.insert((send.sender, id)) {
                return count;
            }
            actions += 1;
        }
        if !send.draft.attachments.iter().all(|file| files.insert(file.id)) {
            return count;
        }
        actions += 1 + send.draft.attachments.len() + usize::from(senders.insert(send.sender));
        if let Some(reported) = &send.draft.reported {
            actions += 2;
            bytes += reported.said.len() + OVERHEAD;
        }
        mentions += send.draft.mentions.len();
        bytes += send.draft.content.len() + OVERHEAD;
        if actions > MOST_ACTIONS || bytes > MOST_BYTES || mentions > MOST_MENTIONS {
            return count;
        }
        count += 1;
    }
    count
}

#[cfg(test)]
mod tests;
