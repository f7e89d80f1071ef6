//! Sending a message: the one way, for HTTP and for sockets.

use std::time::Duration;

use shared::Error;
use shared::auth::{Principal, TenantId, UserId};
use shared::error::FieldError;
use shared::http::{Finished, Idempotency, Reply, to_its_end};
use shared::ids;

use super::model::{Draft, Message, SendMessage};
use super::store::Action;
use crate::error::ChatError;
use crate::state::State;

/// Tries of a send whose number other nodes take first.
const TRIES: u32 = 8;
/// How long a send stands in its thread's line: nothing may pile up behind a store that is slow.
const LONGEST_WAIT: Duration = Duration::from_secs(5);
/// The longest pause after the first lost race, in milliseconds; it doubles with each.
const FIRST_PAUSE_MS: u64 = 10;

/// Stores a message as the next one of its thread, then tells the thread's members.
///
/// A message with a `clientMessageId` that its sender used in this thread before is not stored
/// again: the answer is the first one's, and nobody hears of it twice. Once begun it is finished,
/// whether or not the caller waits for the answer: what is stored is also told.
///
/// # Errors
/// [`ChatError::ThreadNotFound`], [`ChatError::NotThreadMember`], what [`SendMessage::checked`] refuses,
/// and [`Error::Unavailable`] when the store is busy or other nodes were faster every time.
pub(crate) async fn send(
    state: &State,
    sender: &Principal,
    message: SendMessage,
    idempotency: Idempotency,
) -> Result<Reply<Message>, ChatError> {
    let sending = Sending {
        state: state.clone(),
        tenant: sender.tenant(),
        sender: sender.user(),
        draft: message.checked()?,
        idempotency,
    };
    to_its_end(sending.run()).await?
}

struct Sending {
    state: State,
    tenant: TenantId,
    sender: UserId,
    draft: Draft,
    idempotency: Idempotency,
}

impl Sending {
    async fn run(self) -> Result<Reply<Message>, ChatError> {
        let Self { state, tenant, sender, draft, .. } = &self;
        let head = state.threads.head_for(*tenant, *sender, draft.thread_id).await?;
        self.check_mentions().await?;
        let line = state.sequencers.of(*tenant, draft.thread_id);
        let waited = tokio::time::timeout(LONGEST_WAIT, line.lock()).await;
        let mut newest = waited.map_err(|_| Error::unavailable("the thread has too many senders"))?;
        *newest = head.last_seq.max(*newest);
        for attempt in 0..TRIES {
            let now = state.clock().now();
            let message = draft.numbered(ids::at(now), *sender, *newest + 1, now);
            let transaction = state.messages.sending(*tenant, &message);
            let refused = match self.idempotency.commit(transaction, Reply::created(Message::from(message))).await? {
                Finished::Reply(reply) => {
                    if let Some(message) = reply.fresh() {
                        *newest = message.seq;
                        state.rooms.message_new(*tenant, message).await;
                    }
                    return Ok(reply);
                }
                Finished::Refused(index) => Action::at(index),
            };
            match refused {
                Some(Action::Head | Action::Message) => {
                    tokio::time::sleep(Duration::from_millis(ids::jitter(FIRST_PAUSE_MS << attempt))).await;
                    *newest = state.threads.head(*tenant, draft.thread_id).await?.last_seq;
                }
                Some(Action::Cursor) => return Err(ChatError::NotThreadMember),
                Some(Action::Guard) => return self.stored_before().await,
                None => return Err(Error::internal("a transaction refused an action that it does not have").into()),
            }
        }
        Err(Error::unavailable("other nodes took every number that this message was to have").into())
    }

    async fn check_mentions(&self) -> Result<(), Error> {
        let mentions = &self.draft.mentions;
        if mentions.is_empty() {
            return Ok(());
        }
        let members = self.state.threads.are_members(self.tenant, self.draft.thread_id, mentions).await?;
        let wrong: Vec<FieldError> = (0_usize..)
            .zip(members)
            .filter(|(_, is_member)| !is_member)
            .map(|(index, _)| FieldError {
                field: format!("mentions[{index}]"),
                message: "is no member of this thread".to_owned(),
            })
            .collect();
        if wrong.is_empty() { Ok(()) } else { Err(Error::Validation(wrong)) }
    }

    async fn stored_before(&self) -> Result<Reply<Message>, ChatError> {
        let id = self.draft.client_message_id.as_deref().unwrap_or_default();
        let found = self.state.messages.of_client_id(self.tenant, self.draft.thread_id, self.sender, id).await?;
        let stored = found.ok_or_else(|| Error::internal("a clientMessageId without its message"))?;
        Ok(Reply::created(stored.into()))
    }
}
