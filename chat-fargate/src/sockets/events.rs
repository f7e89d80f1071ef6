//! What sockets may say. Each event is acknowledged with `{data, error}`.

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use garde::Validate;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use shared::http::{Idempotency, Reply, from_value};
use shared::{Error, ServiceError};
use socketioxide::extract::{SocketRef, TryData};
use tokio::sync::mpsc;
use uuid::Uuid;

use super::acknowledge::Acknowledgement;
use super::handshake::begin;
use super::session::{Request, Session, check_standing};
use crate::error::ChatError;
use crate::hubs::{Hub, replay_from};
use crate::messages::{self, EditMessage, SendMessage, Turn};
use crate::presence::{self, Presence};
use crate::state::State;
use crate::threads::{Receipt, ThreadId, tell_receipt, within};

const EVENTS: [&str; 13] = [
    "message:send",
    "message:edit",
    "message:delete",
    "reaction:add",
    "reaction:remove",
    "typing:start",
    "typing:stop",
    "message:read",
    "thread:join",
    "thread:leave",
    "presence:query",
    "auth:refresh",
    "sync",
];
/// Every event that is none of these.
const UNKNOWN: &str = "unknown";
/// When a socket that spoke too often may speak again.
const SILENCE: Duration = Duration::from_secs(1);
/// Threads of one `sync`.
const MOST_SYNCED: usize = 200;

#[derive(Debug, Deserialize, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[garde(allow_unvalidated)]
struct InThread {
    thread_id: ThreadId,
}

#[derive(Debug, Deserialize, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[garde(allow_unvalidated)]
struct OfMessage {
    message_id: Uuid,
}

#[derive(Debug, Deserialize, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[garde(allow_unvalidated)]
struct Edit {
    message_id: Uuid,
    content: String,
}

#[derive(Debug, Deserialize, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[garde(allow_unvalidated)]
struct React {
    message_id: Uuid,
    emoji: String,
}

#[derive(Debug, Deserialize, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[garde(allow_unvalidated)]
struct Read {
    thread_id: ThreadId,
    seq: Option<u64>,
}

#[derive(Debug, Deserialize, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[garde(allow_unvalidated)]
struct Refresh {
    token: String,
}

#[derive(Debug, Deserialize, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Sync {
    /// The last number that the client has of each thread.
    #[garde(length(max = MOST_SYNCED))]
    threads: HashMap<ThreadId, u64>,
}

/// What typing events tell the other members.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Typing {
    thread_id: ThreadId,
    user_id: shared::auth::UserId,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Joined {
    thread_id: ThreadId,
    /// The newest message's number; what comes after it is heard.
    last_seq: u64,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Left {
    thread_id: ThreadId,
}

#[derive(Debug, Serialize)]
struct Asked {
    presence: Vec<Presence>,
}

/// Until when a token holds: what `auth:refresh` is answered, and `auth:expiring` says.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Expiry {
    pub(super) expires_at: Timestamp,
}

/// The numbers that a `sync` was answered with; `to` is smaller than `from` if nothing was missed.
#[derive(Debug, Serialize)]
struct Span {
    from: u64,
    to: u64,
}

#[derive(Debug, Serialize)]
struct Synced {
    threads: HashMap<ThreadId, Span>,
}

/// Takes the events of a socket from now on.
pub(super) fn listen(state: &State, socket: &SocketRef) {
    for event in EVENTS {
        let state = state.clone();
        // What stands before the future runs in the order in which packets arrive.
        socket.on(event, move |socket: SocketRef, TryData(payload): TryData<Value>, ack: Acknowledgement| {
            take(&state, &socket, Request { event, payload: payload.unwrap_or_default(), ack });
            std::future::ready(())
        });
    }
    let state = state.clone();
    // Counted like the others: an answer costs as much.
    socket.on_fallback(move |socket: SocketRef, ack: Acknowledgement| {
        take(&state, &socket, Request { event: UNKNOWN, payload: Value::Null, ack });
        std::future::ready(())
    });
}

fn take(state: &State, socket: &SocketRef, request: Request) {
    let Some(session) = state.sockets.of(socket.id) else { return };
    if let Err(request) = session.queue(request) {
        request.ack.answer_now(Err(Error::RateLimited { retry_after: SILENCE }.into()));
    }
}

/// Answers the events of one socket, one after the other, until the socket is gone.
pub(super) async fn answer_all(state: State, session: Arc<Session>, mut requests: mpsc::Receiver<Request>) {
    loop {
        let next = tokio::select! {
            biased;
            () = session.gone() => None,
            next = requests.recv() => next,
        };
        let Some(Request { event, payload, ack }) = next else { return };
        // A panic fails its own event; the socket's next ones are answered.
        // In a box, so that a socket that says nothing keeps no room for what it may say.
        let answered = AssertUnwindSafe(Box::pin(answer(&state, &session, event, payload))).catch_unwind().await;
        let result = answered.unwrap_or_else(|_| Err(Error::internal("the handler of an event panicked").into()));
        if let Err(error) = &result {
            tracing::debug!(event, error.code = error.problem().code, "an event was refused");
        }
        ack.answer(&session, result).await;
    }
}

async fn answer(
    state: &State,
    session: &Arc<Session>,
    event: &'static str,
    payload: Value,
) -> Result<Value, ChatError> {
    if event == "auth:refresh" {
        return to_json(&refresh(state, session, from_value(payload)?).await?);
    }
    let principal = session.principal();
    check_standing(state, &principal).await?;
    let none = Idempotency::none();
    match event {
        "message:send" => {
            let message: SendMessage = from_value(payload)?;
            data(&messages::send(state, &principal, message, none).await?)
        }
        "message:edit" => {
            let Edit { message_id, content } = from_value(payload)?;
            data(&messages::edit(state, &principal, message_id, EditMessage { content }, none).await?)
        }
        "message:delete" => {
            let OfMessage { message_id } = from_value(payload)?;
            data(&messages::delete(state, &principal, message_id, none).await?)
        }
        "reaction:add" | "reaction:remove" => {
            let React { message_id, emoji } = from_value(payload)?;
            let turn = if event == "reaction:add" { Turn::Add } else { Turn::Remove };
            data(&messages::react(state, &principal, (message_id, &emoji), turn, none).await?)
        }
        "typing:start" | "typing:stop" => to_json(&typing(state, session, event, from_value(payload)?).await?),
        "message:read" => to_json(&read(state, session, from_value(payload)?).await?),
        "thread:join" => to_json(&join(state, session, from_value(payload)?).await?),
        "thread:leave" => {
            let InThread { thread_id } = from_value(payload)?;
            session.wants_no_more(thread_id);
            state.hubs.leave(session, thread_id);
            to_json(&Left { thread_id })
        }
        "presence:query" => to_json(&Asked { presence: presence::ask(state, session, from_value(payload)?).await? }),
        "sync" => to_json(&sync(state, session, from_value(payload)?).await?),
        _ => Err(Error::NotFound.into()),
    }
}

async fn typing(
    state: &State,
    session: &Session,
    event: &'static str,
    InThread { thread_id }: InThread,
) -> Result<Typing, ChatError> {
    let (tenant, user_id) = (session.tenant(), session.user());
    let standing = state.threads.standing(tenant, user_id, thread_id).await?;
    standing.require_member()?;
    standing.require_unblocked()?;
    let typing = Typing { thread_id, user_id };
    state.hubs.tell_others((tenant, thread_id), user_id, event, &typing);
    Ok(typing)
}

/// Told at once, written within two seconds.
async fn read(state: &State, session: &Session, Read { thread_id, seq }: Read) -> Result<Receipt, ChatError> {
    let (tenant, user_id) = (session.tenant(), session.user());
    let told = session.hub(thread_id).and_then(|hub| hub.told());
    let known = state.receipts.unwritten((tenant, user_id), thread_id);
    let receipt = match (told, known) {
        // Who hears a thread is its member, and how far he has read was looked up a moment ago.
        (Some(told), Some(known)) if seq.is_none_or(|seq| seq <= told) => {
            Receipt { thread_id, user_id, seq: within(seq, told)?.max(known) }
        }
        _ => state.receipts.check(state, (tenant, user_id), thread_id, seq).await?,
    };
    if state.receipts.note(tenant, receipt) {
        tell_receipt(state, tenant, receipt);
    }
    Ok(receipt)
}

async fn join(state: &State, session: &Arc<Session>, InThread { thread_id }: InThread) -> Result<Joined, ChatError> {
    let head = state.threads.head_for(session.tenant(), session.user(), thread_id).await?;
    state.hubs.listen(session, thread_id, Some(head.last_seq)).begin(head.last_seq);
    // He may have been taken out in between.
    let still = state.threads.head_for(session.tenant(), session.user(), thread_id).await;
    if let Err(error @ (ChatError::NotThreadMember | ChatError::ThreadNotFound)) = still {
        state.hubs.leave(session, thread_id);
        return Err(error);
    }
    Ok(Joined { thread_id, last_seq: head.last_seq })
}

/// Replays threads; those that the socket does not hear are left out.
async fn sync(state: &State, session: &Arc<Session>, Sync { threads }: Sync) -> Result<Synced, ChatError> {
    let hubs = threads.into_iter().filter_map(|(thread, seq)| Some((session.hub(thread)?, seq)));
    let hubs: Vec<(Arc<Hub>, u64)> = hubs.collect();
    let new: Vec<Arc<Hub>> = hubs.iter().filter(|(hub, _)| hub.told().is_none()).map(|(hub, _)| hub.clone()).collect();
    begin(state, &new).await?;
    let mut synced = HashMap::new();
    for (hub, seq) in hubs {
        if let Some((after, to)) = replay_from(state, &hub, session, seq).await {
            synced.insert(hub.thread, Span { from: after + 1, to });
        }
    }
    Ok(Synced { threads: synced })
}

/// Goes on with another token of the same session.
async fn refresh(state: &State, session: &Session, Refresh { token }: Refresh) -> Result<Expiry, ChatError> {
    let (old, new) = (session.principal(), state.platform.authenticator().authenticate_token(&token).await?);
    if (new.user(), new.tenant(), new.session()) != (old.user(), old.tenant(), old.session()) {
        return Err(Error::Forbidden.into());
    }
    let expires_at = new.expires_at();
    session.renew(new);
    Ok(Expiry { expires_at })
}

/// What a request of a socket made; it has no key by which an earlier answer would be found.
fn data<T: Serialize>(reply: &Reply<T>) -> Result<Value, ChatError> {
    to_json(&reply.fresh())
}

fn to_json(data: &impl Serialize) -> Result<Value, ChatError> {
    Ok(serde_json::to_value(data).map_err(Error::internal)?)
}
