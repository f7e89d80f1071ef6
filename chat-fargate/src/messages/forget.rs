//! What goes when a message is deleted, and when its sender is erased.

use jiff::Timestamp;
use shared::Error;
use shared::auth::{TenantId, UserId};
use shared::jobs::Entry;
use shared::store::{Commit, Transaction};

use super::model::{StoredMessage, grouped};
use crate::attachments::delete_files;
use crate::state::State;

/// The writes by which nothing of what a message said stays, and the jobs that follow them.
pub(crate) fn clear(
    state: &State,
    tenant: TenantId,
    message: &mut StoredMessage,
    deleted_at: Timestamp,
) -> Result<(Transaction, Vec<Entry>), Error> {
    let mut transaction = state.messages.transaction();
    transaction.extend(state.messages.forget_edits(tenant, message));
    let entries = delete_files(state, &mut transaction, tenant, &message.attachments)?;
    message.clear(deleted_at);
    transaction.add(state.messages.save_deleted(tenant, message));
    Ok((transaction, entries))
}

/// Forgets a user in a message: his own becomes a tombstone, of others' go his reactions and that they name him.
pub(crate) async fn forget_user(
    state: &State,
    tenant: TenantId,
    mut message: StoredMessage,
    user: UserId,
) -> Result<(), Error> {
    for kind in grouped(&message.reactions) {
        if kind.user_ids.contains(&user.to_string()) {
            let _ = state.messages.take_back(tenant, &message, user, &kind.emoji).run().await?;
        }
    }
    if message.sender_id != user {
        if message.mentions.contains(&user) {
            message.mentions.retain(|mentioned| *mentioned != user);
            let _ = state.messages.set_mentions(tenant, &message).run().await?;
        }
        return Ok(());
    }
    if message.deleted_at.is_some() {
        return Ok(());
    }
    let (transaction, entries) = clear(state, tenant, &mut message, state.clock().now())?;
    match transaction.commit().await? {
        Commit::Done => {
            state.platform.outbox().send(entries).await;
            Ok(())
        }
        Commit::Refused(_) => Err(Error::unavailable("a message was changed while it was erased")),
    }
}
