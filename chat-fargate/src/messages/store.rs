//! Messages in the table, beside the other rows of their thread.
//!
//! | item | sk | gsi1 |
//! |---|---|---|
//! | message | `MSG#<seq, twelve digits>` | `TENANT#<t>#MESSAGE#<id>` / `MSG` |
//! | guard of a `clientMessageId` | `CLIENT#<sender>#<clientMessageId>` | |
//! | earlier content | `EDIT#<seq, twelve digits>#<edit, three digits>` | |

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use shared::Error;
use shared::auth::{TenantId, UserId};
use shared::store::{Action, Key, Table, TextSet, Transaction};
use uuid::Uuid;

use super::model::{EarlierContent, StoredMessage, stored_reaction};
use crate::threads::{ThreadId, thread_partition};

/// Reactions of one message in all: they are a part of it.
const MOST_REACTIONS: usize = 500;

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

/// A message with what its index finds it by.
#[derive(Serialize)]
struct Row<'a> {
    gsi1pk: String,
    gsi1sk: &'static str,
    #[serde(flatten)]
    message: &'a StoredMessage,
}

fn message_key(tenant: TenantId, thread: ThreadId, seq: u64) -> Key {
    Key::new(thread_partition(tenant, thread), format!("MSG#{seq:012}"))
}

fn guard_key(tenant: TenantId, thread: ThreadId, sender: UserId, client_message_id: &str) -> Key {
    Key::new(thread_partition(tenant, thread), format!("CLIENT#{sender}#{client_message_id}"))
}

fn edit_key(tenant: TenantId, thread: ThreadId, seq: u64, edit: u32) -> Key {
    Key::new(thread_partition(tenant, thread), format!("EDIT#{seq:012}#{edit:03}"))
}

fn id_partition(tenant: TenantId, id: Uuid) -> String {
    format!("TENANT#{tenant}#MESSAGE#{id}")
}

impl MessageStore {
    pub(crate) fn new(table: Table) -> Self {
        Self { table }
    }

    /// The write of a new message, refused if its number is taken.
    pub(super) fn put_new(&self, tenant: TenantId, message: &StoredMessage) -> Action {
        self.table.put(&message_key(tenant, message.thread_id, message.seq), &row(tenant, message)).if_absent()
    }

    /// The write by which a `clientMessageId` stands for a message, refused if it was used before.
    pub(super) fn guard(&self, tenant: TenantId, message: &StoredMessage) -> Option<Action> {
        let id = message.client_message_id.as_deref()?;
        let key = guard_key(tenant, message.thread_id, message.sender_id, id);
        Some(self.table.put(&key, &Guard { seq: message.seq }).if_absent())
    }

    /// The message that was stored for a sender's `clientMessageId`.
    pub(super) async fn of_client_id(
        &self,
        tenant: TenantId,
        thread: ThreadId,
        sender: UserId,
        client_message_id: &str,
    ) -> Result<Option<StoredMessage>, Error> {
        let guard: Option<Guard> = self.table.get(&guard_key(tenant, thread, sender, client_message_id)).await?;
        match guard {
            Some(guard) => self.get(tenant, thread, guard.seq).await,
            None => Ok(None),
        }
    }

    /// The message with this number.
    pub(crate) async fn get(
        &self,
        tenant: TenantId,
        thread: ThreadId,
        seq: u64,
    ) -> Result<Option<StoredMessage>, Error> {
        self.table.get(&message_key(tenant, thread, seq)).await
    }

    /// The message with this id, as its index has it: a moment late.
    pub(super) async fn of_id(&self, tenant: TenantId, id: Uuid) -> Result<Option<StoredMessage>, Error> {
        let found = self.table.query(id_partition(tenant, id)).index("gsi1").limit(1).page().await?;
        Ok(found.items.into_iter().next())
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

    /// The write of an edited message, refused if its content was changed since it was read.
    pub(super) fn save_edited(&self, tenant: TenantId, message: &mut StoredMessage) -> Action {
        let expression = "SET content = :content, editedAt = :at, edits = :edits, version = :version";
        let save = self.save(tenant, message, expression).value(":content", &message.content);
        save.value(":at", message.edited_at).value(":edits", message.edits)
    }

    /// The write of a deleted message, refused if its content was changed since it was read.
    pub(super) fn save_deleted(&self, tenant: TenantId, message: &mut StoredMessage) -> Action {
        let expression = "SET content = :content, mentions = :mentions, attachments = :attachments, deletedAt = :at, edits = :none, \
                          version = :version REMOVE clientMessageId, reactions";
        let save = self.save(tenant, message, expression).value(":content", &message.content);
        let save = save.value(":attachments", &message.attachments);
        save.value(":mentions", &message.mentions).value(":at", message.deleted_at).value(":none", 0)
    }

    fn save(&self, tenant: TenantId, message: &mut StoredMessage, expression: &str) -> Action {
        let read = message.version;
        message.version += 1;
        let update = self.update(tenant, message, expression).when("version = :read");
        update.value(":read", read).value(":version", message.version)
    }

    /// The write that keeps a content which an edit replaces.
    pub(super) fn keep(&self, tenant: TenantId, message: &StoredMessage, now: Timestamp) -> Action {
        let key = edit_key(tenant, message.thread_id, message.seq, message.edits);
        let earlier = EarlierContent {
            content: message.content.clone(),
            written_at: message.edited_at.unwrap_or(message.created_at),
            replaced_at: now,
        };
        self.table.put(&key, &earlier)
    }

    /// The writes that delete all earlier contents of a message.
    pub(super) fn forget_edits(&self, tenant: TenantId, message: &StoredMessage) -> impl Iterator<Item = Action> {
        (0..message.edits).map(move |edit| self.table.delete(&edit_key(tenant, message.thread_id, message.seq, edit)))
    }

    /// Up to `limit` earlier contents of a message from an edit on, oldest first.
    pub(super) async fn edits(
        &self,
        tenant: TenantId,
        message: &StoredMessage,
        from: u32,
        limit: u32,
    ) -> Result<Vec<EarlierContent>, Error> {
        let key = |edit| edit_key(tenant, message.thread_id, message.seq, edit);
        let (from, to) = (key(from), key(message.edits));
        Ok(self.table.query(from.pk).between(from.sk, to.sk).limit(limit).page().await?.items)
    }

    /// The write of whom a message names, in the place of whom it named; refused of a deleted one.
    pub(super) fn set_mentions(&self, tenant: TenantId, message: &StoredMessage) -> Action {
        let update = self.update(tenant, message, "SET mentions = :mentions").when("attribute_not_exists(deletedAt)");
        update.value(":mentions", &message.mentions)
    }

    /// Forgets which `clientMessageId`s a user has used in a thread.
    pub(crate) async fn forget_guards(&self, tenant: TenantId, thread: ThreadId, user: UserId) -> Result<(), Error> {
        let query = self.table.query(thread_partition(tenant, thread)).prefix(format!("CLIENT#{user}#"));
        let guards = query.all_stored::<Guard>().await?;
        self.table.delete_all(&guards.into_iter().map(|guard| guard.key).collect::<Vec<_>>()).await
    }

    /// The write of a user's reaction; refused if it is there, if there are too many, and of a deleted message.
    pub(super) fn add_reaction(&self, tenant: TenantId, message: &StoredMessage, user: UserId, emoji: &str) -> Action {
        let own = stored_reaction(emoji, user);
        let condition = "attribute_not_exists(deletedAt) AND (attribute_not_exists(reactions) \
                         OR (size(reactions) < :most AND NOT contains(reactions, :one)))";
        let update = self.update(tenant, message, "ADD reactions :own").when(condition);
        update.value(":one", &own).value(":own", TextSet(vec![own.clone()])).value(":most", MOST_REACTIONS)
    }

    /// The write that takes a user's reaction back; refused if there is none.
    pub(super) fn take_back(&self, tenant: TenantId, message: &StoredMessage, user: UserId, emoji: &str) -> Action {
        let own = stored_reaction(emoji, user);
        let update = self.update(tenant, message, "DELETE reactions :own").when("contains(reactions, :one)");
        update.value(":one", &own).value(":own", TextSet(vec![own.clone()]))
    }

    /// A change of a message by an update expression, in a transaction of its own.
    pub(super) fn update(&self, tenant: TenantId, message: &StoredMessage, expression: &str) -> Action {
        self.table.update(&message_key(tenant, message.thread_id, message.seq), expression)
    }

    /// A transaction that is empty yet.
    pub(super) fn transaction(&self) -> Transaction {
        Transaction::new(self.table.store())
    }
}

fn row(tenant: TenantId, message: &StoredMessage) -> Row<'_> {
    Row { gsi1pk: id_partition(tenant, message.id), gsi1sk: "MSG", message }
}
