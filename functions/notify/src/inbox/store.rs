//! The inbox's items.
//!
//! | pk | sk | what |
//! |---|---|---|
//! | `TENANT#<id>#INBOX#<user>` | `MESSAGE#<time>#<id>` | a message |
//! | `TENANT#<id>#INBOX#<user>` | `UNREAD#<time>#<id>` | that it is not read yet |
//! | `TENANT#<id>#INBOX#<user>` | `ID#<id>` | where the message with this id is |

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use shared::Error;
use shared::auth::{TenantId, UserId};
use shared::clock::Clock;
use shared::store::{Action, Key, Position, Query, Table};
use uuid::Uuid;

use super::model::InboxMessage;
use crate::deliveries::Delivery;
use crate::rendering::Content;

/// How long a message stays.
pub(super) const KEPT: SignedDuration = SignedDuration::from_hours(90 * 24);

/// The inboxes.
#[derive(Clone, Debug)]
pub(crate) struct Inbox {
    table: Table,
    clock: Clock,
}

/// A message's item.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Row {
    message: InboxMessage,
    ttl: i64,
}

/// Where something is.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Pointer {
    /// `<time>#<id>`
    pub(super) place: String,
    pub(super) id: Uuid,
    ttl: i64,
}

impl Inbox {
    pub(crate) fn new(table: Table, clock: Clock) -> Self {
        Self { table, clock }
    }

    /// The writes that put `content` into the inbox of `user`.
    pub(crate) fn put(&self, tenant: TenantId, user: UserId, delivery: &Delivery, content: Content) -> Vec<Action> {
        let message = InboxMessage::new(delivery, content, self.clock.now());
        let (place, ttl) = (place(&message), (message.created_at + KEPT).as_second());
        let pointer = Pointer { place: place.clone(), id: message.id, ttl };
        vec![
            self.table.put(&key(tenant, user, &format!("MESSAGE#{place}")), &Row { message, ttl }),
            self.table.put(&key(tenant, user, &format!("UNREAD#{place}")), &pointer),
            self.table.put(&key(tenant, user, &format!("ID#{}", pointer.id)), &pointer),
        ]
    }

    /// One page, newest first.
    pub(crate) async fn page(
        &self,
        tenant: TenantId,
        user: UserId,
        limit: u32,
        after: Option<Position>,
    ) -> Result<(Vec<InboxMessage>, Option<Position>), Error> {
        let query = self.kept(tenant, user, "MESSAGE").backwards(true);
        let rows = query.limit(limit).after(after).page::<Row>().await?;
        Ok((rows.items.into_iter().map(|row| row.message).collect(), rows.next))
    }

    /// A message, by its id.
    pub(super) async fn get(&self, tenant: TenantId, user: UserId, id: Uuid) -> Result<Option<InboxMessage>, Error> {
        let Some(pointer) = self.table.get::<Pointer>(&key(tenant, user, &format!("ID#{id}"))).await? else {
            return Ok(None);
        };
        let row: Option<Row> = self.table.get(&key(tenant, user, &format!("MESSAGE#{}", pointer.place))).await?;
        let kept_since = self.clock.now() - KEPT;
        Ok(row.map(|row| row.message).filter(|message| message.created_at >= kept_since))
    }

    /// Some that are not read, oldest first.
    pub(super) async fn unread(&self, tenant: TenantId, user: UserId, most: u32) -> Result<Vec<Pointer>, Error> {
        Ok(self.kept(tenant, user, "UNREAD").limit(most).page::<Pointer>().await?.items)
    }

    /// Those items of a kind whose time is not over, whether or not the others are deleted yet.
    fn kept(&self, tenant: TenantId, user: UserId, kind: &str) -> Query {
        let since = (self.clock.now() - KEPT).as_millisecond();
        // `~` comes after every digit.
        self.table.query(partition(tenant, user)).between(format!("{kind}#{since:015}"), format!("{kind}#~"))
    }

    /// The writes that mark messages as read; the first ones are refused if one is read already.
    pub(super) fn mark_read(&self, tenant: TenantId, user: UserId, places: &[String], now: Timestamp) -> Vec<Action> {
        let unread =
            places.iter().map(|place| self.table.delete(&key(tenant, user, &format!("UNREAD#{place}"))).if_present());
        let messages = places.iter().map(|place| {
            let update =
                self.table.update(&key(tenant, user, &format!("MESSAGE#{place}")), "SET message.readAt = :now");
            update.if_present().value(":now", now)
        });
        unread.chain(messages).collect()
    }
}

/// Where a message is among the others: by the time it came.
pub(super) fn place(message: &InboxMessage) -> String {
    format!("{:015}#{}", message.created_at.as_millisecond(), message.id)
}

pub(crate) fn partition(tenant: TenantId, user: UserId) -> String {
    format!("TENANT#{tenant}#INBOX#{user}")
}

fn key(tenant: TenantId, user: UserId, sk: &str) -> Key {
    Key::new(partition(tenant, user), sk)
}
