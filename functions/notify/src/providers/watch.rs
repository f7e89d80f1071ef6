//! What all workers know of the providers together.
//!
//! | pk | sk | what |
//! |---|---|---|
//! | `PROVIDER#<name>` | `HEALTH#<channel>` | a provider that has failed or asked to slow down lately |
//!
//! A provider that works costs no write; its row is read together with what is read anyway.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use shared::Error;
use shared::clock::Clock;
use shared::store::{Key, Table};

use super::health::Health;
use crate::kinds::Channel;

/// How long a row is kept after its last change.
const KEPT: SignedDuration = SignedDuration::from_hours(24);
/// Tries against others who write down the same.
const TRIES: usize = 3;

/// Knows how providers are.
#[derive(Clone, Debug)]
pub(crate) struct Watch {
    table: Table,
    clock: Clock,
}

#[derive(Serialize)]
struct Row<'a> {
    #[serde(flatten)]
    health: &'a Health,
    ttl: i64,
}

impl Watch {
    pub(crate) fn new(table: Table, clock: Clock) -> Self {
        Self { table, clock }
    }

    /// Where a provider's health is, for reading it together with other items.
    pub(crate) fn key(provider: &str, channel: Channel) -> Key {
        Key::new(format!("PROVIDER#{provider}"), format!("HEALTH#{}", channel.name()))
    }

    /// Several providers' health, in their order.
    pub(crate) async fn of(&self, providers: &[(&str, Channel)]) -> Result<Vec<Health>, Error> {
        let keys: Vec<Key> = providers.iter().map(|(name, channel)| Self::key(name, *channel)).collect();
        let found: Vec<Option<Health>> = self.table.get_all(&keys).await?;
        Ok(found.into_iter().map(Option::unwrap_or_default).collect())
    }

    /// Whether the caller is the one whose message tries.
    pub(crate) async fn try_out(&self, provider: &str, channel: Channel, read: &Health) -> Result<bool, Error> {
        self.write(provider, channel, read, read.tried(self.clock.now())).await
    }

    /// It has failed: with the message that `tried`, or with another one.
    pub(crate) async fn failed(&self, provider: &str, channel: Channel, error: &str, tried: bool) {
        let now = self.clock.now();
        self.change(provider, channel, |health| health.failed(error, tried, now)).await;
    }

    /// It works again.
    pub(crate) async fn worked(&self, provider: &str, channel: Channel) {
        self.change(provider, channel, Health::worked).await;
    }

    /// It asked to slow down.
    pub(crate) async fn paused(&self, provider: &str, channel: Channel, until: Timestamp) {
        self.change(provider, channel, |health| health.paused(until)).await;
    }

    /// Changes what is known. What cannot be written down holds up no message.
    async fn change(&self, provider: &str, channel: Channel, after: impl Fn(&Health) -> Health) {
        for _ in 0..TRIES {
            let outcome = async {
                let read: Health = self.table.get(&Self::key(provider, channel)).await?.unwrap_or_default();
                self.write(provider, channel, &read, after(&read)).await
            };
            match outcome.await {
                Ok(true) => return,
                Ok(false) => {}
                Err(error) => {
                    tracing::warn!(provider, channel = channel.name(), %error, "a provider's health is not written down");
                    return;
                }
            }
        }
    }

    async fn write(&self, provider: &str, channel: Channel, read: &Health, after: Health) -> Result<bool, Error> {
        let after = Health { version: read.version + 1, ..after };
        let row = Row { health: &after, ttl: (self.clock.now() + KEPT).as_second() };
        let put = self.table.put(&Self::key(provider, channel), &row);
        put.when("attribute_not_exists(pk) OR version = :read").value(":read", read.version).run().await
    }
}
