//! Sending a message: the one way, for HTTP and for sockets.

use shared::Error;
use shared::auth::{Principal, TenantId, UserId};
use shared::error::FieldError;
use shared::http::{Idempotency, Reply, to_its_end};
use uuid::Uuid;

use super::find::find;
use super::lines::Send;
use super::model::{Draft, Message, SendMessage};
use crate::attachments::Attached;
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
/// [`SendMessage::checked`] and the tenant's rules about words refuse, [`Error::Validation`] for a parent or a mention that is none of the thread, and
/// [`Error::Unavailable`] when the store is busy or other nodes were faster every time.
pub(crate) async fn send(
    state: &State,
    sender: &Principal,
    message: SendMessage,
    idempotency: Idempotency,
) -> Result<Reply<Message>, ChatError> {
    let (state, tenant, sender) = (state.clone(), sender.tenant(), sender.user());
    let (mut draft, files) = message.checked()?;
    let sending = async move {
        if !draft.mentions.is_empty() || draft.parent_message_id.is_some() || !files.is_empty() {
            state.threads.head_for(tenant, sender, draft.thread_id).await?;
            // Sent before: its files are used, or gone with it.
            if !files.is_empty()
                && let Some(before) = stored_before(&state, (tenant, sender), &draft).await?
            {
                return Ok(before);
            }
            check_references(&state, tenant, &draft).await?;
            draft.attachments = attached(&state, (tenant, sender), &draft, &files).await?;
        }
        match state.rules.judge(tenant, &draft.content).await {
            Ok(verdict) => (draft.content, draft.reported) = (verdict.content, verdict.reported),
            Err(refusal) => {
                // What is allowed here is told to who takes part alone.
                state.threads.head_for(tenant, sender, draft.thread_id).await?;
                return stored_before(&state, (tenant, sender), &draft).await?.ok_or(refusal);
            }
        }
        let line = state.lines.of(tenant, draft.thread_id);
        line.send(&state, Send { sender, draft, idempotency }).await
    };
    to_its_end(sending).await?
}

/// The answer for a message that its sender has sent before.
pub(super) async fn stored_before(
    state: &State,
    (tenant, sender): (TenantId, UserId),
    draft: &Draft,
) -> Result<Option<Reply<Message>>, ChatError> {
    let Some(id) = &draft.client_message_id else { return Ok(None) };
    let found = state.messages.of_client_id(tenant, draft.thread_id, sender, id).await?;
    Ok(found.map(|stored| Reply::created(stored.into())))
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

/// The files that a message names: the sender's own for this thread, uploaded, each once. One that was sent before is of
/// this message alone if that was, too: its `clientMessageId` will tell.
async fn attached(
    state: &State,
    (tenant, sender): (TenantId, UserId),
    draft: &Draft,
    files: &[Uuid],
) -> Result<Vec<Attached>, Error> {
    let found = state.attachments.all(tenant, files).await?;
    let (mut attached, mut wrong): (Vec<Attached>, Vec<FieldError>) = (Vec::new(), Vec::new());
    for (index, attachment) in found.into_iter().enumerate() {
        let repeated = files[..index].contains(&files[index]);
        let mine = attachment.filter(|it| !repeated && it.user_id == sender && it.thread_id == draft.thread_id);
        let mine = mine.filter(|it| it.used_by.is_none() || draft.client_message_id.is_some());
        match mine {
            Some(attachment) if state.attachments.is_there(tenant, &attachment.file).await? => {
                attached.push(attachment.file);
            }
            _ => wrong.push(FieldError {
                field: format!("attachments[{index}]"),
                message: "is no uploaded file of yours for this thread that was not sent yet".to_owned(),
            }),
        }
    }
    if wrong.is_empty() { Ok(attached) } else { Err(Error::Validation(wrong)) }
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
