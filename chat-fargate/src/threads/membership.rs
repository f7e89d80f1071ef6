//! How a user takes part in a thread: how far he has read, and whether he is muted or silenced.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use shared::Error;
use shared::auth::{TenantId, UserId};
use shared::store::{Action, Key};

use super::model::ThreadId;
use super::store::{ThreadStore, membership_key, user_partition};
use crate::error::ChatError;

/// That a user takes part in a thread, as it is found from the user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Membership {
    pub(crate) thread_id: ThreadId,
    /// Up to where the user has read. Who sends has read what came before, so sending moves it.
    pub(crate) last_read_seq: u64,
    /// Whether the user wants to be left alone by it, and until when; without an end, until that is taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) mute: Option<Mute>,
    /// When he has last sent something.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) last_sent_at: Option<Timestamp>,
    /// Until when those who keep order there let him write nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) silenced_until: Option<Timestamp>,
    /// Up to where the user was told, while he was away, that messages wait.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) notified_seq: Option<u64>,
    /// The last message that has named him of which he was told so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) mentioned_seq: Option<u64>,
}

/// Up to where a member who is away is told of what waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ToldUpTo {
    /// That there are messages.
    Messages(u64),
    /// That one of them names him.
    Mention(u64),
}

/// That a member is not to be notified of a thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Mute {
    pub(crate) until: Option<Timestamp>,
}

impl Membership {
    /// That of somebody who has read everything up to a number.
    pub(crate) fn new(thread_id: ThreadId, last_read_seq: u64) -> Self {
        Self {
            thread_id,
            last_read_seq,
            mute: None,
            last_sent_at: None,
            silenced_until: None,
            notified_seq: None,
            mentioned_seq: None,
        }
    }

    /// Until when a plain member writes nothing, if that is not over.
    pub(crate) fn silenced_at(&self, now: Timestamp) -> Option<Timestamp> {
        self.silenced_until.filter(|until| now < *until)
    }

    /// That those who keep order let a plain member write now.
    pub(crate) fn require_unsilenced(&self, now: Timestamp) -> Result<(), ChatError> {
        let Some(until) = self.silenced_at(now) else { return Ok(()) };
        Err(ChatError::Silenced { until, retry_after: until.duration_since(now).unsigned_abs() })
    }

    /// The mute that is not over yet.
    pub(crate) fn mute_at(&self, now: Timestamp) -> Option<Mute> {
        self.mute.filter(|mute| mute.until.is_none_or(|until| now < until))
    }
}

impl ThreadStore {
    /// The write by which a sender has read up to his own message, refused if he takes part no more.
    pub(crate) fn read_by_sending(
        &self,
        tenant: TenantId,
        user: UserId,
        thread: ThreadId,
        (seq, at): (u64, Timestamp),
    ) -> Action {
        let key = membership_key(tenant, user, thread);
        let update = self.table.update(&key, "SET lastReadSeq = :seq, lastSentAt = :at");
        update.if_present().value(":seq", seq).value(":at", at)
    }

    /// Moves a member's read cursor forward, never back. `false` if it was there already, or there is no member.
    pub(crate) async fn move_cursor(
        &self,
        tenant: TenantId,
        user: UserId,
        thread: ThreadId,
        seq: u64,
    ) -> Result<bool, Error> {
        let update = self.table.update(&membership_key(tenant, user, thread), "SET lastReadSeq = :seq");
        update.when("lastReadSeq < :seq").value(":seq", seq).run().await
    }

    /// The write that says whether a member is to be notified of a thread.
    pub(super) fn set_mute(&self, tenant: TenantId, user: UserId, thread: ThreadId, mute: Option<Mute>) -> Action {
        let key = membership_key(tenant, user, thread);
        match mute {
            Some(mute) => self.table.update(&key, "SET mute = :mute").value(":mute", mute),
            None => self.table.update(&key, "REMOVE mute"),
        }
        .if_present()
    }

    /// The write that a member was told of what waits; refused if he was before, or takes part no more.
    pub(crate) fn told(&self, tenant: TenantId, user: UserId, thread: ThreadId, up_to: ToldUpTo) -> Action {
        let key = membership_key(tenant, user, thread);
        // Who was mentioned needs not be told that messages wait.
        let (expression, attribute, seq) = match up_to {
            ToldUpTo::Messages(seq) => ("SET notifiedSeq = :seq", "notifiedSeq", seq),
            ToldUpTo::Mention(seq) => ("SET mentionedSeq = :seq, notifiedSeq = :seq", "mentionedSeq", seq),
        };
        let new = format!("attribute_exists(pk) AND (attribute_not_exists({attribute}) OR {attribute} < :seq)");
        self.table.update(&key, expression).when(new).value(":seq", seq)
    }

    /// How each of `users` takes part in a thread.
    pub(crate) async fn memberships_in(
        &self,
        tenant: TenantId,
        thread: ThreadId,
        users: &[UserId],
    ) -> Result<Vec<Option<Membership>>, Error> {
        let keys: Vec<Key> = users.iter().map(|user| membership_key(tenant, *user, thread)).collect();
        self.table.get_all(&keys).await
    }

    /// Whether each of `users` takes part in a thread.
    pub(crate) async fn are_members(
        &self,
        tenant: TenantId,
        thread: ThreadId,
        users: &[UserId],
    ) -> Result<Vec<bool>, Error> {
        Ok(self.memberships_in(tenant, thread, users).await?.iter().map(Option::is_some).collect())
    }

    /// All threads that `user` takes part in.
    pub(crate) async fn memberships(&self, tenant: TenantId, user: UserId) -> Result<Vec<Membership>, Error> {
        self.table.query(user_partition(tenant, user)).prefix("THREAD#").all().await
    }
}
