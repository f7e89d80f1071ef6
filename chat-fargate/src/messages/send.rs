//! Sending a message: the one way, for HTTP and for sockets.

use shared::Error;
use shared::auth::{Principal, TenantId};
use shared::error::FieldError;
use shared::http::{Idempotency, Reply, to_its_end};

use super::find::find;
use super::lines::Send;
use super::model::{Draft, Message, SendMessage};
use crate::error::ChatError;
use crate::state::State;

/// Stores a message as the next one of its thread, then tells the thread's members.
///
/// A message with a `clientMessageId` that its sender used in this thread before is not stored
/// again: the answer is the first one's, and nobody hears of it twice. Once begun it is finished,
/// whether or not the caller waits for the answer: what is stored is also told.
///
/// # Errors
/// [`ChatError::ThreadNotFound`], [`ChatError::NotThreadMember`], [`ChatError::ThreadArchived`], what
/// [`SendMessage::checked`] refuses, [`Error::Validation`] for a parent or a mention that is none of the thread, and
/// [`Error::Unavailable`] when the store is busy or other nodes were faster every time.
pub(crate) async fn send(
    state: &State,
    sender: &Principal,
    message: SendMessage,
    idempotency: Idempotency,
) -> Result<Reply<Message>, ChatError> {
    let (state, tenant, sender) = (state.clone(), sender.tenant(), sender.user());
    let draft = message.checked()?;
    let sending = async move {
        if !draft.mentions.is_empty() || draft.parent_message_id.is_some() {
            state.threads.head_for(tenant, sender, draft.thread_id).await?;
            check_references(&state, tenant, &draft).await?;
        }
        let line = state.lines.of(tenant, draft.thread_id);
        line.send(&state, Send { sender, draft, idempotency }).await
    };
    to_its_end(sending).await?
}

/// That what a message names belongs to its thread.
async fn check_references(state: &State, tenant: TenantId, draft: &Draft) -> Result<(), ChatError> {
    check_mentions(state, tenant, draft).await?;
    let Some(parent) = draft.parent_message_id else { return Ok(()) };
    match find(state, tenant, parent).await {
        Ok(parent) if parent.thread_id == draft.thread_id => Ok(()),
        Ok(_) | Err(ChatError::MessageNotFound) => {
            Err(Error::field("parentMessageId", "is no message of this thread").into())
        }
        Err(error) => Err(error),
    }
}

async fn check_mentions(state: &State, tenant: TenantId, draft: &Draft) -> Result<(), Error> {
    if draft.mentions.is_empty() {
        return Ok(());
    }
    let members = state.threads.are_members(tenant, draft.thread_id, &draft.mentions).await?;
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
