//! Writing the sends of one thread whose turn has come, as its next messages.

use std::collections::HashSet;
use std::time::Duration;

use futures_util::future::join_all;
use jiff::Timestamp;
use shared::Error;
use shared::auth::{TenantId, UserId};
use shared::http::{Finished, Reply};
use shared::ids;
use shared::jobs::Entry;
use shared::store::Transaction;

use super::fact::fact;
use super::lines::{Line, Waiting};
use super::model::{Message, StoredMessage};
use super::pace::Pace;
use super::send::stored_before;
use crate::error::ChatError;
use crate::moderation::reports::Report;
use crate::state::State;
use crate::threads::ThreadId;

/// Tries of a batch whose numbers other nodes take first.
const TRIES: u32 = 8;
/// The longest pause after the first lost race, in milliseconds; it doubles with each.
const FIRST_PAUSE_MS: u64 = 10;

/// What an action of a batch's transaction stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    /// The head still has the number before the first message's.
    Head,
    /// This sender still takes part; sending moves his read cursor.
    Cursor(UserId),
    /// The number of this message of the batch is free; or a rule's report of it.
    Message,
    /// The `clientMessageId` of this message of the batch was not used before.
    Guard(usize),
    /// The files of this message of the batch were not sent before.
    File(usize),
}

/// How a try ended.
enum Written {
    Done(Vec<Reply<Message>>),
    Refused(Vec<Part>),
}

/// Writes a batch as the next messages after `newest`, tells the thread's members, and answers the senders. Who may not
/// send, or has sent the same before, falls out of it alone.
pub(super) async fn write(state: &State, line: &Line, batch: Vec<Waiting>, newest: &mut u64) {
    let mut batch = match admit(state, line, batch, newest).await {
        Ok(batch) => batch,
        Err((batch, error)) => return fail(batch, error),
    };
    for attempt in 0..TRIES {
        if batch.is_empty() {
            return;
        }
        let now = state.clock().now();
        let messages: Vec<StoredMessage> = (*newest + 1..)
            .zip(&batch)
            .map(|(seq, waiting)| waiting.send.draft.numbered(ids::at(now), waiting.send.sender, seq, now))
            .collect();
        match transact(state, line, &batch, &messages, now).await {
            Ok(Written::Done(replies)) => {
                *newest += u64::try_from(replies.len()).unwrap_or(0);
                state.hubs.tell_messages(state, (line.tenant, line.thread), replies.iter().filter_map(Reply::fresh));
                batch.into_iter().zip(replies).for_each(|(waiting, reply)| waiting.answer(Ok(reply)));
                return;
            }
            Ok(Written::Refused(parts)) => {
                let lost = parts.iter().any(|part| matches!(part, Part::Head | Part::Message));
                batch = drop_refused(state, line, batch, &parts).await;
                if lost {
                    tokio::time::sleep(Duration::from_millis(ids::jitter(FIRST_PAUSE_MS << attempt))).await;
                    // Others wrote meanwhile: who may send now is another question.
                    batch = match admit(state, line, batch, newest).await {
                        Ok(batch) => batch,
                        Err((batch, error)) => return fail(batch, error),
                    };
                }
            }
            Err(error) => return fail(batch, error),
        }
    }
    fail(batch, Error::unavailable("other nodes took every number that these messages were to have").into());
}

/// Those who may send now, by one read about all of them; the others are answered.
async fn admit(
    state: &State,
    line: &Line,
    batch: Vec<Waiting>,
    newest: &mut u64,
) -> Result<Vec<Waiting>, (Vec<Waiting>, ChatError)> {
    let senders: HashSet<UserId> = batch.iter().map(|waiting| waiting.send.sender).collect();
    let senders: Vec<UserId> = senders.into_iter().collect();
    let (thread, members) = match state.threads.for_senders(line.tenant, line.thread, &senders).await {
        Ok(read) => read,
        Err(error) => return Err((batch, error.into())),
    };
    let Some((meta, head)) = thread else { return Err((batch, ChatError::ThreadNotFound)) };
    *newest = head.last_seq.max(*newest);
    let (batch, strangers): (Vec<_>, Vec<_>) =
        batch.into_iter().partition(|waiting| members.contains_key(&waiting.send.sender));
    for stranger in strangers {
        stranger.answer(Err(ChatError::NotThreadMember));
    }
    if meta.archived_at.is_some() {
        return Err((batch, ChatError::ThreadArchived));
    }
    if !meta.blocked_by.is_empty() {
        return Err((batch, ChatError::UserBlocked));
    }
    let mut pace = match Pace::of(state, line, &meta, members, batch.len()).await {
        Ok(pace) => pace,
        Err(error) => return Err((batch, error.into())),
    };
    let (mut admitted, mut refused) = (Vec::with_capacity(batch.len()), Vec::new());
    for waiting in batch {
        match pace.admit(waiting.send.sender) {
            Ok(()) => admitted.push(waiting),
            Err(refusal) => refused.push(refuse(state, line, waiting, refusal)),
        }
    }
    join_all(refused).await;
    Ok(admitted)
}

async fn transact(
    state: &State,
    line: &Line,
    batch: &[Waiting],
    messages: &[StoredMessage],
    now: Timestamp,
) -> Result<Written, ChatError> {
    let Line { tenant, thread, .. } = *line;
    let (Some(first), Some(last)) = (messages.first(), messages.last()) else { return Ok(Written::Done(Vec::new())) };
    let (mut transaction, mut parts) = (Transaction::new(state.platform.store()), vec![Part::Head]);
    transaction.add(state.threads.move_head(tenant, thread, (first.seq - 1, last.seq), now));
    let mut senders = HashSet::new();
    // The last message of each is how far he has read.
    for message in messages.iter().rev().filter(|message| senders.insert(message.sender_id)) {
        transaction.add(state.threads.read_by_sending(tenant, message.sender_id, thread, (message.seq, now)));
        parts.push(Part::Cursor(message.sender_id));
    }
    for (place, message) in messages.iter().enumerate() {
        transaction.add(state.messages.put_new(tenant, message));
        parts.push(Part::Message);
        if let Some(guard) = state.messages.guard(tenant, message) {
            transaction.add(guard);
            parts.push(Part::Guard(place));
        }
        if let Some(reported) = batch.get(place).and_then(|waiting| waiting.send.draft.reported.as_ref()) {
            transaction.extend(state.reports.put_new(tenant, &Report::by_rule(reported, message, now)));
            parts.extend([Part::Message, Part::Message]);
        }
        for file in &message.attachments {
            transaction.add(state.attachments.use_for(tenant, file.id, message.id));
            parts.push(Part::File(place));
        }
    }
    let mentions = messages.iter().filter(|message| !message.mentions.is_empty());
    let mentions = mentions.map(|message| (message.seq, message.mentions.clone())).collect();
    let outbox = state.platform.outbox();
    let mut entries = state.notices.add(outbox, &mut transaction, (tenant, thread), mentions, now)?;
    entries.extend(outbox.add_facts(&mut transaction, tenant, messages.iter().map(fact).collect())?);
    let replies = messages.iter().cloned().map(|message| Reply::created(Message::from(message)));
    let refused = match batch {
        [Waiting { send, .. }] if send.idempotency.is_given() => {
            let reply = Reply::created(Message::from(first.clone()));
            match send.idempotency.commit(transaction, reply).await? {
                Finished::Reply(reply) => {
                    if reply.fresh().is_some() {
                        written(state, (tenant, thread), entries, now);
                    }
                    return Ok(Written::Done(vec![reply]));
                }
                Finished::Refused(index) => vec![index],
            }
        }
        _ => transaction.commit_each().await?,
    };
    if refused.is_empty() {
        written(state, (tenant, thread), entries, now);
        return Ok(Written::Done(replies.collect()));
    }
    let named = refused.into_iter().map(|index| parts.get(index).copied());
    let named: Option<Vec<Part>> = named.collect();
    Ok(Written::Refused(named.ok_or_else(|| Error::internal("a transaction refused what it does not have"))?))
}

/// The jobs of messages are written; the line does not wait until they are sent.
fn written(state: &State, place: (TenantId, ThreadId), entries: Vec<Entry>, now: Timestamp) {
    state.notices.added(place, now);
    if !entries.is_empty() {
        let state = state.clone();
        tokio::spawn(async move { state.platform.outbox().send(entries).await });
    }
}

/// Answers those whose own part was refused; gives the others.
async fn drop_refused(state: &State, line: &Line, batch: Vec<Waiting>, parts: &[Part]) -> Vec<Waiting> {
    let mut rest = Vec::with_capacity(batch.len());
    for (place, waiting) in batch.into_iter().enumerate() {
        if parts.contains(&Part::Cursor(waiting.send.sender)) {
            waiting.answer(Err(ChatError::NotThreadMember));
        } else if parts.contains(&Part::Guard(place)) {
            let lost = Error::internal("a clientMessageId without its message");
            refuse(state, line, waiting, lost.into()).await;
        } else if parts.contains(&Part::File(place)) {
            waiting.answer(Err(Error::field("attachments", "were sent meanwhile, or are gone").into()));
        } else {
            rest.push(waiting);
        }
    }
    rest
}

/// Answers one who may not send now, unless he asks once more for what he has sent before.
async fn refuse(state: &State, line: &Line, waiting: Waiting, refusal: ChatError) {
    let answer = match stored_before(state, (line.tenant, waiting.send.sender), &waiting.send.draft).await {
        Ok(None) => Err(refusal),
        Ok(Some(before)) => Ok(before),
        Err(error) => Err(error),
    };
    waiting.answer(answer);
}

/// Every sender learns that his message was not written, or that nobody knows; the first one with the cause.
fn fail(batch: Vec<Waiting>, error: ChatError) {
    let mut waiting = batch.into_iter();
    let again = |error: &ChatError| match error {
        ChatError::ThreadNotFound => ChatError::ThreadNotFound,
        ChatError::ThreadArchived => ChatError::ThreadArchived,
        ChatError::UserBlocked => ChatError::UserBlocked,
        ChatError::Shared(Error::Unavailable(_)) => Error::unavailable("as of the first message of its batch").into(),
        _ => Error::internal("as of the first message of its batch").into(),
    };
    let first = waiting.next();
    waiting.for_each(|waiting| waiting.answer(Err(again(&error))));
    if let Some(first) = first {
        first.answer(Err(error));
    }
}
