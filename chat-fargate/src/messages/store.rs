//! Messages in the table, beside the other rows of their thread.
//!
//! | item | sk |
//! |---|---|
//! | message | `MSG#<seq, twelve digits>` |
//! | guard of a `clientMessageId` | `CLIENT#<sender>#<clientMessageId>` |

use serde::{Deserialize, Serialize};
use shared::Error;
use shared::auth::{TenantId, UserId};
use shared::store::{Key, Table, Transaction};

use super::model::StoredMessage;
use crate::threads::{ThreadId, head_key, membership_key, thread_partition};

/// The messages of every tenant.
#[derive(Clone, Debug)]
pub(crate) struct MessageStore {
    table: Table,
}

/// Which message a sender's `clientMessageId` stands for.
#[derive(Debug, Serialize, Deserialize)]
struct Guard {
    seq: u64,
}

/// The actions of a sending, by their index in its transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// The head still has the number before the message's.
    Head,
    /// The sender is still a member; sending moves the read cursor.
    Cursor,
    /// The message's number is free.
    Message,
    /// This `clientMessageId` was not used before.
    Guard,
}

impl Action {
    /// In the order of [`MessageStore::sending`].
    const ORDER: [Self; 4] = [Self::Head, Self::Cursor, Self::Message, Self::Guard];

    /// The action with this index.
    pub(crate) fn at(index: usize) -> Option<Self> {
        Self::ORDER.get(index).copied()
    }
}

fn message_key(tenant: TenantId, thread: ThreadId, seq: u64) -> Key {
    Key::new(thread_partition(tenant, thread), format!("MSG#{seq:012}"))
}

fn guard_key(tenant: TenantId, thread: ThreadId, sender: UserId, client_message_id: &str) -> Key {
    Key::new(thread_partition(tenant, thread), format!("CLIENT#{sender}#{client_message_id}"))
}

impl MessageStore {
    pub(crate) fn new(table: Table) -> Self {
        Self { table }
    }

    /// The transaction that stores `message` as the next one of its thread, its actions in the order
    /// of [`Action`].
    pub(crate) fn sending(&self, tenant: TenantId, message: &StoredMessage) -> Transaction {
        let (thread, sender) = (message.thread_id, message.sender_id);
        let mut transaction = Transaction::new(self.table.store());
        transaction.add(
            self.table
                .update(&head_key(tenant, thread), "SET lastSeq = :seq, lastAt = :at")
                .when("lastSeq = :before")
                .value(":seq", message.seq)
                .value(":before", message.seq - 1)
                .value(":at", message.created_at),
        );
        transaction.add(
            self.table
                .update(&membership_key(tenant, sender, thread), "SET lastReadSeq = :seq")
                .if_present()
                .value(":seq", message.seq),
        );
        transaction.add(self.table.put(&message_key(tenant, thread, message.seq), message).if_absent());
        if let Some(client_message_id) = &message.client_message_id {
            let key = guard_key(tenant, thread, sender, client_message_id);
            transaction.add(self.table.put(&key, &Guard { seq: message.seq }).if_absent());
        }
        transaction
    }

    /// The message that was stored for a sender's `clientMessageId`.
    pub(crate) async fn of_client_id(
        &self,
        tenant: TenantId,
        thread: ThreadId,
        sender: UserId,
        client_message_id: &str,
    ) -> Result<Option<StoredMessage>, Error> {
        let guard: Option<Guard> = self.table.get(&guard_key(tenant, thread, sender, client_message_id)).await?;
        match guard {
            Some(guard) => self.table.get(&message_key(tenant, thread, guard.seq)).await,
            None => Ok(None),
        }
    }

    /// Up to `limit` messages numbered `from..=to`. May be fewer, since the store reads 1 MB at a time.
    pub(crate) async fn page(
        &self,
        tenant: TenantId,
        thread: ThreadId,
        (from, to): (u64, u64),
        newest_first: bool,
        limit: u32,
    ) -> Result<Vec<StoredMessage>, Error> {
        let (from, to) = (message_key(tenant, thread, from), message_key(tenant, thread, to));
        let query = self.table.query(from.pk).between(from.sk, to.sk).backwards(newest_first).limit(limit);
        Ok(query.page().await?.items)
    }
}
