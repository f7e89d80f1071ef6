//! Telling members who are away. Each is told once of the same, also when a job comes twice.

use std::collections::HashMap;

use futures_util::{StreamExt, TryStreamExt, stream};
use shared::auth::{TenantId, UserId};
use shared::jobs::{About, Addressee, Job, QueueName, SendMessage};
use shared::store::{Commit, Transaction};
use shared::{Error, ids};

use super::schedule::{Absent, Mentions};
use crate::error::ChatError;
use crate::state::State;
use crate::threads::{Membership, Rows, ThreadId, ToldUpTo};

/// Members who are told at a time.
const CONCURRENCY: usize = 8;
/// What a thread without a name is called.
const NAMELESS: &str = "Chat";

/// Tells those for whom messages wait that they were not told of since they last read.
pub(crate) async fn tell_absent(state: &State, absent: &Absent) -> Result<(), Error> {
    let (tenant, thread) = (absent.tenant_id, absent.thread_id);
    let Some(rows) = open(state, tenant, thread).await? else { return Ok(()) };
    let users: Vec<UserId> = rows.members.iter().map(|member| member.user_id).collect();
    let (last_seq, title) = (rows.head.last_seq, title(&rows));
    let waiting = away(state, tenant, thread, &users).await?.into_iter().filter_map(|(user, membership)| {
        let read = membership.last_read_seq;
        let count = last_seq.saturating_sub(read);
        let told = membership.notified_seq.is_some_and(|told| told > read);
        let about = About::NewMessages { thread: title.clone(), count: u32::try_from(count).unwrap_or(u32::MAX) };
        (count > 0 && !told).then_some((user, ToldUpTo::Messages(last_seq), about))
    });
    tell_all(state, tenant, thread, waiting.collect()).await
}

/// Tells those who were mentioned, and have not read it.
pub(crate) async fn tell_mentioned(state: &State, mentioned: &Mentions) -> Result<(), Error> {
    let (tenant, thread) = (mentioned.tenant_id, mentioned.thread_id);
    let Some(rows) = open(state, tenant, thread).await? else { return Ok(()) };
    // Of several mentions the last one is told.
    let latest: HashMap<UserId, u64> =
        mentioned.by_seq.iter().flat_map(|(seq, users)| users.iter().map(|user| (*user, *seq))).collect();
    let users: Vec<UserId> = latest.keys().copied().collect();
    let waiting = away(state, tenant, thread, &users).await?.into_iter().filter_map(|(user, membership)| {
        let seq = *latest.get(&user)?;
        let about = About::Mentioned { thread: title(&rows) };
        (membership.last_read_seq < seq).then_some((user, ToldUpTo::Mention(seq), about))
    });
    tell_all(state, tenant, thread, waiting.collect()).await
}

/// A thread that is still there, and not archived.
async fn open(state: &State, tenant: TenantId, thread: ThreadId) -> Result<Option<Rows>, Error> {
    match state.threads.whole(tenant, thread).await {
        Ok(rows) => Ok(Some(rows).filter(|rows| rows.meta.archived_at.is_none())),
        Err(ChatError::Shared(error)) => Err(error),
        Err(_) => Ok(None),
    }
}

/// Those members who have no socket, and have not muted the thread.
async fn away(
    state: &State,
    tenant: TenantId,
    thread: ThreadId,
    users: &[UserId],
) -> Result<Vec<(UserId, Membership)>, Error> {
    let here = state.presence.here(state, tenant, users).await;
    let users: Vec<UserId> = users.iter().filter(|user| !here.contains(user)).copied().collect();
    let memberships = state.threads.memberships_in(tenant, thread, &users).await?;
    let now = state.clock().now();
    let away = users.into_iter().zip(memberships).filter_map(|(user, membership)| Some((user, membership?)));
    Ok(away.filter(|(_, membership)| membership.mute_at(now).is_none()).collect())
}

async fn tell_all(
    state: &State,
    tenant: TenantId,
    thread: ThreadId,
    told: Vec<(UserId, ToldUpTo, About)>,
) -> Result<(), Error> {
    let telling = told.into_iter().map(|(user, up_to, about)| async move {
        let mut transaction = Transaction::new(state.platform.store());
        transaction.add(state.threads.told(tenant, user, thread, up_to));
        let message = SendMessage { id: ids::new(state.clock()), tenant_id: tenant, to: Addressee::User(user), about };
        let outbox = state.platform.outbox();
        let job = Job::SendMessage(message);
        let entries = outbox.add(&mut transaction, QueueName::Notify, tenant, &job, None)?;
        // Refused: he was told by another delivery of this job, or takes part no more.
        if transaction.commit().await? == Commit::Done {
            outbox.send(entries).await;
        }
        Ok(())
    });
    stream::iter(telling).buffer_unordered(CONCURRENCY).try_collect().await
}

fn title(rows: &Rows) -> String {
    rows.meta.name.clone().unwrap_or_else(|| NAMELESS.to_owned())
}
