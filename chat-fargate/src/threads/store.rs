//! Threads in the table.
//!
//! | item | pk | sk |
//! |---|---|---|
//! | head | `TENANT#<t>#THREAD#<id>` | `HEAD` |
//! | member | the same | `MEMBER#<user>` |
//! | meta | the same | `META` |
//! | membership | `TENANT#<t>#USER#<user>` | `THREAD#<id>` |
//! | pair | `TENANT#<t>#DIRECT#<user>#<user>` | `PAIR` |
//!
//! Head, members and meta stand side by side in the key range, so that one query reads a thread.

use futures_util::future::try_join;
use serde::{Deserialize, Serialize};
use shared::Error;
use shared::auth::{TenantId, UserId};
use shared::store::{Key, Table, Transaction};

use super::model::{Activity, Head, Member, Membership, Meta, Thread, ThreadId};
use crate::error::ChatError;

const HEAD: &str = "HEAD";
const META: &str = "META";

/// The threads of every tenant.
#[derive(Clone, Debug)]
pub(crate) struct ThreadStore {
    table: Table,
}

/// The rows that make a thread.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
enum Row {
    Head(Head),
    Member(Member),
    Meta(Meta),
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

fn user_partition(tenant: TenantId, user: UserId) -> String {
    format!("TENANT#{tenant}#USER#{user}")
}

fn pair_key(tenant: TenantId, (first, second): (UserId, UserId)) -> Key {
    Key::new(format!("TENANT#{tenant}#DIRECT#{first}#{second}"), "PAIR")
}

impl ThreadStore {
    pub(crate) fn new(table: Table) -> Self {
        Self { table }
    }

    /// The transaction that makes `thread`. Its first action fails if `pair` has a thread already,
    /// so a pair is always refused with index 0.
    pub(crate) fn creation(&self, tenant: TenantId, thread: &Thread, pair: Option<(UserId, UserId)>) -> Transaction {
        let mut transaction = Transaction::new(self.table.store());
        if let Some(pair) = pair {
            transaction.add(self.table.put(&pair_key(tenant, pair), &Pair { thread_id: thread.id }).if_absent());
        }
        let partition = thread_partition(tenant, thread.id);
        let meta = Meta {
            id: thread.id,
            kind: thread.kind,
            name: thread.name.clone(),
            created_by: thread.created_by,
            created_at: thread.created_at,
        };
        let head = Head { last_seq: thread.last_seq, last_at: thread.last_at };
        transaction.add(self.table.put(&Key::new(&partition, META), &Row::Meta(meta)).if_absent());
        transaction.add(self.table.put(&Key::new(&partition, HEAD), &Row::Head(head)).if_absent());
        for member in &thread.members {
            let key = Key::new(&partition, format!("MEMBER#{}", member.user_id));
            transaction.add(self.table.put(&key, &Row::Member(member.clone())));
            let membership = Membership { thread_id: thread.id, last_read_seq: 0 };
            transaction.add(self.table.put(&membership_key(tenant, member.user_id, thread.id), &membership));
        }
        transaction
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
        let (meta, head, members) = rows.ok_or(ChatError::ThreadNotFound)?;
        let membership = membership.ok_or(ChatError::NotThreadMember)?;
        Ok(Thread::new(meta, head, members, &membership))
    }

    /// The head of a thread, if `user` takes part in it. One call.
    ///
    /// # Errors
    /// [`ChatError::ThreadNotFound`], and [`ChatError::NotThreadMember`] for who takes no part in it.
    pub(crate) async fn head_for(&self, tenant: TenantId, user: UserId, thread: ThreadId) -> Result<Head, ChatError> {
        let (membership, head) = (membership_key(tenant, user, thread), head_key(tenant, thread));
        let (membership, head) = self.table.get_pair::<Membership, Head>(&membership, &head).await?;
        let head = head.ok_or(ChatError::ThreadNotFound)?;
        membership.map(|_| head).ok_or(ChatError::NotThreadMember)
    }

    /// The head of a thread.
    pub(crate) async fn head(&self, tenant: TenantId, thread: ThreadId) -> Result<Head, ChatError> {
        self.table.get(&head_key(tenant, thread)).await?.ok_or(ChatError::ThreadNotFound)
    }

    /// Whether each of `users` takes part in a thread.
    pub(crate) async fn are_members(
        &self,
        tenant: TenantId,
        thread: ThreadId,
        users: &[UserId],
    ) -> Result<Vec<bool>, Error> {
        let keys: Vec<Key> = users.iter().map(|user| membership_key(tenant, *user, thread)).collect();
        let found = self.table.get_all::<Membership>(&keys).await?;
        Ok(found.iter().map(Option::is_some).collect())
    }

    /// All threads that `user` takes part in.
    pub(crate) async fn memberships(&self, tenant: TenantId, user: UserId) -> Result<Vec<Membership>, Error> {
        self.table.query(user_partition(tenant, user)).prefix("THREAD#").all().await
    }

    /// All threads that `user` takes part in with their last activity, newest first.
    pub(crate) async fn by_activity(
        &self,
        tenant: TenantId,
        user: UserId,
    ) -> Result<Vec<(Activity, Membership)>, Error> {
        let memberships = self.memberships(tenant, user).await?;
        let keys: Vec<Key> = memberships.iter().map(|membership| head_key(tenant, membership.thread_id)).collect();
        let heads = self.table.get_all::<Head>(&keys).await?;
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
        Ok(rows.map(|(meta, head, members)| Thread::new(meta, head, members, &membership)))
    }

    async fn rows(&self, tenant: TenantId, thread: ThreadId) -> Result<Option<(Meta, Head, Vec<Member>)>, Error> {
        let rows = self.table.query(thread_partition(tenant, thread)).between(HEAD, META).all::<Row>().await?;
        let (mut meta, mut head, mut members) = (None, None, Vec::new());
        for row in rows {
            match row {
                Row::Meta(found) => meta = Some(found),
                Row::Head(found) => head = Some(found),
                Row::Member(found) => members.push(found),
            }
        }
        Ok(meta.zip(head).map(|(meta, head)| (meta, head, members)))
    }
}
