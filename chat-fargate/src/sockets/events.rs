//! What sockets may say. Each event is acknowledged with `{data, error}`.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt;
use garde::Validate;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use shared::auth::Principal;
use shared::http::{ErrorBody, Idempotency, from_value};
use shared::service::CHAT;
use shared::{Error, ServiceError};
use socketioxide::extract::{AckSender, SocketRef, TryData};
use tokio::sync::mpsc;

use super::rooms::Typing;
use super::session::{Request, Session, check_standing};
use crate::error::ChatError;
use crate::messages::{self, SendMessage};
use crate::state::State;
use crate::threads::ThreadId;

const MESSAGE_SEND: &str = "message:send";
const TYPING_START: &str = "typing:start";
const TYPING_STOP: &str = "typing:stop";
const EVENTS: [&str; 3] = [MESSAGE_SEND, TYPING_START, TYPING_STOP];
/// Every event that is none of these.
const UNKNOWN: &str = "unknown";
/// When a socket that spoke too often may speak again.
const SILENCE: Duration = Duration::from_secs(1);

/// An acknowledgement.
#[derive(Debug, Serialize)]
struct Answer {
    data: Option<Value>,
    error: Option<ErrorBody>,
}

#[derive(Debug, Deserialize, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[garde(allow_unvalidated)]
struct InThread {
    thread_id: ThreadId,
}

/// Takes the events of a socket from now on.
pub(super) fn listen(socket: &SocketRef) {
    for event in EVENTS {
        // What stands before the future runs in the order in which packets arrive.
        socket.on(event, move |socket: SocketRef, TryData(payload): TryData<Value>, ack: AckSender| {
            take(&socket, Request { event, payload: payload.unwrap_or_default(), ack });
            std::future::ready(())
        });
    }
    // Counted like the others: an answer costs as much.
    socket.on_fallback(|socket: SocketRef, ack: AckSender| {
        take(&socket, Request { event: UNKNOWN, payload: Value::Null, ack });
        std::future::ready(())
    });
}

fn take(socket: &SocketRef, request: Request) {
    let Some(session) = Session::of(socket) else { return };
    if let Err(request) = session.queue(request) {
        acknowledge(request.ack, Err(Error::RateLimited { retry_after: SILENCE }.into()));
    }
}

/// Answers the events of one socket, one after the other, until the socket is gone.
pub(super) async fn answer_all(state: State, principal: Principal, mut requests: mpsc::Receiver<Request>) {
    while let Some(Request { event, payload, ack }) = requests.recv().await {
        // A panic fails its own event; the socket's next ones are answered.
        let answered = AssertUnwindSafe(answer(&state, &principal, event, payload)).catch_unwind().await;
        let result = answered.unwrap_or_else(|_| Err(Error::internal("the handler of an event panicked").into()));
        if let Err(error) = &result {
            tracing::debug!(event, error.code = error.problem().code, "an event was refused");
        }
        acknowledge(ack, result);
    }
}

async fn answer(state: &State, principal: &Principal, event: &'static str, payload: Value) -> Result<Value, ChatError> {
    check_standing(state, principal).await?;
    if event == UNKNOWN {
        return Err(Error::NotFound.into());
    }
    if event == MESSAGE_SEND {
        let message: SendMessage = from_value(payload)?;
        let reply = messages::send(state, principal, message, Idempotency::none()).await?;
        return to_json(&reply.fresh());
    }
    let InThread { thread_id } = from_value(payload)?;
    state.threads.head_for(principal.tenant(), principal.user(), thread_id).await?;
    let typing = Typing { thread_id, user_id: principal.user() };
    state.rooms.typing(event, principal.tenant(), &typing).await;
    to_json(&typing)
}

fn to_json(data: &impl Serialize) -> Result<Value, ChatError> {
    Ok(serde_json::to_value(data).map_err(Error::internal)?)
}

fn acknowledge(ack: AckSender, result: Result<Value, ChatError>) {
    let answer = match result {
        Ok(data) => Answer { data: Some(data), error: None },
        Err(error) => Answer { data: None, error: Some(ErrorBody::of(&error, CHAT.error_prefix)) },
    };
    if let Err(error) = ack.send(&answer) {
        tracing::debug!(%error, "an acknowledgement found no socket");
    }
}
