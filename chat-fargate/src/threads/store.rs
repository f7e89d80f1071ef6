//! Threads in the table.
//!
//! | item | pk | sk |
//! |---|---|---|
//! | head | `TENANT#<t>#THREAD#<id>` | `HEAD` |
//! | member | the same | `MEMBER#<user>` |
//! | meta | the same | `META` |
//! | membership | `TENANT#<t>#USER#<user>` | `THREAD#<id>` |
//! | that somebody took part once | the same | `PARTED#<id>` |
//! | pair | `TENANT#<t>#DIRECT#<user>#<user>` | `PAIR` |
//!
//! Head, members and meta stand side by side in the key range, so that one query reads a thread.

use std::collections::HashMap;

use futures_util::future::try_join;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use shared::Error;
use shared::auth::{TenantId, UserId};
use shared::clock::Clock;
use shared::store::{Action, Key, Table, Transaction};

use super::membership::Membership;
use super::model::{Activity, Head, Member, Meta, Rows, Thread, ThreadId};
use super::standing::Standing;
use crate::error::ChatError;

const HEAD: &str = "HEAD";
const META: &str = "META";

/// The threads of every tenant.
#[derive(Clone, Debug)]
pub(crate) struct ThreadStore {
    pub(super) table: Table,
    pub(super) clock: Clock,
}

/// The rows that make a thread.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub(super) enum Row {
    Head(Head),
    Member(Member),
    Meta(Meta),
}

/// That somebody took part in a thread once.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Parted {
    pub(super) thread_id: ThreadId,
}

/// Which thread a pair has.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Pair {
    thread_id: ThreadId,
}

/// The partition of everything in a thread.
pub(crate) fn thread_partition(tenant: TenantId, thread: ThreadId) -> String {
    format!("TENANT#{tenant}#THREAD#{thread}")
}

/// Where it is written that a user takes part in a thread.
pub(crate) fn membership_key(tenant: TenantId, user: UserId, thread: ThreadId) -> Key {
    Key::new(user_partition(tenant, user), format!("THREAD#{thread}"))
}

/// Where a thread's head is.
pub(crate) fn head_key(tenant: TenantId, thread: ThreadId) -> Key {
    Key::new(thread_partition(tenant, thread), HEAD)
}

/// Where a thread is described.
pub(super) fn meta_key(tenant: TenantId, thread: ThreadId) -> Key {
    Key::new(thread_partition(tenant, thread), META)
}

/// Where it is written who takes part in a thread, as it is found from the thread.
pub(super) fn member_key(tenant: TenantId, thread: ThreadId, user: UserId) -> Key {
    Key::new(thread_partition(tenant, thread), format!("MEMBER#{user}"))
}

/// Where it is written that a user took part in a thread once.
pub(super) fn parted_key(tenant: TenantId, user: UserId, thread: ThreadId) -> Key {
    Key::new(user_partition(tenant, user), format!("PARTED#{thread}"))
}

/// The partition of everything that is a user's.
pub(crate) fn user_partition(tenant: TenantId, user: UserId) -> String {
    format!("TENANT#{tenant}#USER#{user}")
}

pub(super) fn pair_key(tenant: TenantId, (first, second): (UserId, UserId)) -> Key {
    Key::new(format!("TENANT#{tenant}#DIRECT#{first}#{second}"), "PAIR")
}

impl ThreadStore {
    pub(crate) fn new(table: Table, clock: Clock) -> Self {
        Self { table, clock }
    }

    /// The transaction that makes `thread`. Of a pair, its first action fails if that has a thread already, so it is always
    /// refused with index 0; the next two, of `unblocked`, if one blocks the other.
    pub(crate) fn creation(
        &self,
        tenant: TenantId,
        thread: &Thread,
        pair: Option<(UserId, UserId)>,
        unblocked: impl Fn(UserId, UserId) -> Action,
    ) -> Transaction {
        let mut transaction = Transaction::new(self.table.store());
        if let Some(pair) = pair {
            transaction.add(self.table.put(&pair_key(tenant, pair), &Pair { thread_id: thread.id }).if_absent());
            transaction.extend([unblocked(pair.0, pair.1), unblocked(pair.1, pair.0)]);
        }
        let meta = Meta {
            id: thread.id,
            kind: thread.kind,
            name: thread.name.clone(),
            created_by: thread.created_by,
            created_at: thread.created_at,
            archived_at: None,
            slow_mode_seconds: 0,
            blocked_by: Vec::new(),
            member_count: thread.members.len(),
            version: 0,
        };
        let head = Head { last_seq: thread.last_seq, last_at: thread.last_at };
        transaction.add(self.table.put(&meta_key(tenant, thread.id), &Row::Meta(meta)).if_absent());
        transaction.add(self.table.put(&head_key(tenant, thread.id), &Row::Head(head)).if_absent());
        for member in &thread.members {
            transaction.extend(self.joining(tenant, thread.id, member, 0));
        }
        transaction
    }

    /// The writes by which somebody takes part in a thread who has not before, and has read up to `read`.
    pub(super) fn joining(&self, tenant: TenantId, thread: ThreadId, member: &Member, read: u64) -> [Action; 2] {
        let membership =
            self.table.put(&membership_key(tenant, member.user_id, thread), &Membership::new(thread, read));
        let key = member_key(tenant, thread, member.user_id);
        [self.table.put(&key, &Row::Member(member.clone())).if_absent(), membership]
    }

    /// The thread of a pair, if they have one.
    pub(crate) async fn find_direct(
        &self,
        tenant: TenantId,
        pair: (UserId, UserId),
    ) -> Result<Option<ThreadId>, Error> {
        let found: Option<Pair> = self.table.get(&pair_key(tenant, pair)).await?;
        Ok(found.map(|pair| pair.thread_id))
    }

    /// A thread as `reader` sees it.
    ///
    /// # Errors
    /// [`ChatError::ThreadNotFound`], and [`ChatError::NotThreadMember`] for who takes no part in it.
    pub(crate) async fn read(&self, tenant: TenantId, reader: UserId, thread: ThreadId) -> Result<Thread, ChatError> {
        let key = membership_key(tenant, reader, thread);
        let (membership, rows) = try_join(self.table.get::<Membership>(&key), self.rows(tenant, thread)).await?;
        let rows = rows.ok_or(ChatError::ThreadNotFound)?;
        let membership = membership.ok_or(ChatError::NotThreadMember)?;
        Ok(Thread::new(rows, &membership, self.clock.now()))
    }

    /// A thread and what `user` is in it. One call.
    ///
    /// # Errors
    /// [`ChatError::ThreadNotFound`].
    pub(crate) async fn standing(
        &self,
        tenant: TenantId,
        user: UserId,
        thread: ThreadId,
    ) -> Result<Standing, ChatError> {
        let (meta, member) = (meta_key(tenant, thread), member_key(tenant, thread, user));
        let (meta, member) = self.table.get_pair::<Row, Row>(&meta, &member).await?;
        let Some(Row::Meta(meta)) = meta else { return Err(ChatError::ThreadNotFound) };
        let role = member.and_then(|row| if let Row::Member(member) = row { Some(member.role) } else { None });
        Ok(Standing { meta, role })
    }

    /// Everything of a thread but its messages.
    ///
    /// # Errors
    /// [`ChatError::ThreadNotFound`].
    pub(crate) async fn whole(&self, tenant: TenantId, thread: ThreadId) -> Result<Rows, ChatError> {
        self.rows(tenant, thread).await?.ok_or(ChatError::ThreadNotFound)
    }

    /// The head of a thread, if `user` takes part in it. One call.
    ///
    /// # Errors
    /// [`ChatError::ThreadNotFound`], and [`ChatError::NotThreadMember`] for who takes no part in it.
    pub(crate) async fn head_for(&self, tenant: TenantId, user: UserId, thread: ThreadId) -> Result<Head, ChatError> {
        Ok(self.reading(tenant, user, thread).await?.1)
    }

    /// How `user` takes part in a thread, and its head. One call.
    ///
    /// # Errors
    /// [`ChatError::ThreadNotFound`], and [`ChatError::NotThreadMember`] for who takes no part in it.
    pub(super) async fn reading(
        &self,
        tenant: TenantId,
        user: UserId,
        thread: ThreadId,
    ) -> Result<(Membership, Head), ChatError> {
        let (membership, head) = (membership_key(tenant, user, thread), head_key(tenant, thread));
        let (membership, head) = self.table.get_pair::<Membership, Head>(&membership, &head).await?;
        let head = head.ok_or(ChatError::ThreadNotFound)?;
        Ok((membership.ok_or(ChatError::NotThreadMember)?, head))
    }

    /// The heads of threads, in their order.
    pub(crate) async fn heads(&self, tenant: TenantId, threads: &[ThreadId]) -> Result<Vec<Option<Head>>, Error> {
        let keys: Vec<Key> = threads.iter().map(|thread| head_key(tenant, *thread)).collect();
        self.table.get_all(&keys).await
    }

    /// What a thread is, where it ends, and how each of `users` takes part in it. One call.
    pub(crate) async fn for_senders(
        &self,
        tenant: TenantId,
        thread: ThreadId,
        users: &[UserId],
    ) -> Result<(Option<(Meta, Head)>, HashMap<UserId, Membership>), Error> {
        let (meta, head) = (meta_key(tenant, thread), head_key(tenant, thread));
        let memberships = users.iter().map(|user| (*user, membership_key(tenant, *user, thread)));
        let memberships: Vec<(UserId, Key)> = memberships.collect();
        let keys = [&meta, &head].into_iter().chain(memberships.iter().map(|(_, key)| key));
        let mut found = self.table.get_each(&keys.cloned().collect::<Vec<_>>()).await?;
        let (meta, head) = (found.take::<Row>(&meta)?, found.take::<Row>(&head)?);
        let (Some(Row::Meta(meta)), Some(Row::Head(head))) = (meta, head) else { return Ok((None, HashMap::new())) };
        let mut taking_part = HashMap::with_capacity(users.len());
        for (user, key) in memberships {
            if let Some(membership) = found.take(&key)? {
                taking_part.insert(user, membership);
            }
        }
        Ok((Some((meta, head)), taking_part))
    }

    /// The write by which a thread goes on from one number to another, refused if it is not at the first any more.
    pub(crate) fn move_head(
        &self,
        tenant: TenantId,
        thread: ThreadId,
        (from, to): (u64, u64),
        at: Timestamp,
    ) -> Action {
        let update = self.table.update(&head_key(tenant, thread), "SET lastSeq = :to, lastAt = :at");
        update.when("lastSeq = :from").value(":from", from).value(":to", to).value(":at", at)
    }

    /// All threads that `user` takes part in, or did once; each as often as that is written.
    pub(crate) async fn ever_of(&self, tenant: TenantId, user: UserId) -> Result<Vec<ThreadId>, Error> {
        let parted: Vec<Parted> = self.table.query(user_partition(tenant, user)).prefix("PARTED#").all().await?;
        let now = self.memberships(tenant, user).await?.into_iter().map(|membership| membership.thread_id);
        let mut threads: Vec<ThreadId> = parted.into_iter().map(|parted| parted.thread_id).chain(now).collect();
        threads.sort_unstable();
        threads.dedup();
        Ok(threads)
    }

    /// The threads that `user` takes part in, as he sees them.
    pub(crate) async fn known_of(&self, tenant: TenantId, user: UserId) -> Result<Vec<Thread>, Error> {
        let mut threads = Vec::new();
        for membership in self.memberships(tenant, user).await? {
            threads.extend(self.of_membership(tenant, membership).await?);
        }
        Ok(threads)
    }

    /// Forgets that `user` took part in a thread once.
    pub(crate) async fn forget_parted(&self, tenant: TenantId, user: UserId, thread: ThreadId) -> Result<(), Error> {
        self.table.delete(&parted_key(tenant, user, thread)).run().await.map(|_| ())
    }

    /// All threads that `user` takes part in with their last activity, newest first.
    pub(crate) async fn by_activity(
        &self,
        tenant: TenantId,
        user: UserId,
    ) -> Result<Vec<(Activity, Membership)>, Error> {
        let memberships = self.memberships(tenant, user).await?;
        let threads: Vec<ThreadId> = memberships.iter().map(|membership| membership.thread_id).collect();
        let heads = self.heads(tenant, &threads).await?;
        let mut threads: Vec<(Activity, Membership)> = memberships
            .into_iter()
            .zip(heads)
            .filter_map(|(membership, head)| {
                let activity = Activity { last_at: head?.last_at, id: membership.thread_id };
                Some((activity, membership))
            })
            .collect();
        threads.sort_by(|(a, _), (b, _)| b.cmp(a));
        Ok(threads)
    }

    /// The thread of one of the reader's memberships; `None` if it is gone meanwhile.
    pub(crate) async fn of_membership(
        &self,
        tenant: TenantId,
        membership: Membership,
    ) -> Result<Option<Thread>, Error> {
        let rows = self.rows(tenant, membership.thread_id).await?;
        Ok(rows.map(|rows| Thread::new(rows, &membership, self.clock.now())))
    }

    async fn rows(&self, tenant: TenantId, thread: ThreadId) -> Result<Option<Rows>, Error> {
        let rows = self.table.query(thread_partition(tenant, thread)).between(HEAD, META).all::<Row>().await?;
        let (mut meta, mut head, mut members) = (None, None, Vec::new());
        for row in rows {
            match row {
                Row::Meta(found) => meta = Some(found),
                Row::Head(found) => head = Some(found),
                Row::Member(found) => members.push(found),
            }
        }
        Ok(meta.zip(head).map(|(meta, head)| Rows { meta, head, members }))
    }
}
