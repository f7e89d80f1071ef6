//! Which delivery a provider's message id belongs to: the only way from an event back to a tenant.
//!
//! | pk | sk | what |
//! |---|---|---|
//! | `PROVIDER#<name>#<message id>` | `DELIVERY` | the tenant and the delivery |

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use shared::Error;
use shared::auth::TenantId;
use shared::clock::Clock;
use shared::store::{Action, Key, Table};
use uuid::Uuid;

use crate::deliveries::{Delivery, What};

/// How long events may come after a message was sent.
const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

/// The providers' message ids.
#[derive(Clone, Debug)]
pub(crate) struct Receipts {
    table: Table,
    clock: Clock,
}

/// Whose a provider's message is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Receipt {
    pub(crate) tenant_id: TenantId,
    pub(crate) delivery_id: Uuid,
    /// Where it went: what is told of it is told of this address alone.
    #[serde(default)]
    pub(crate) address: String,
    ttl: i64,
}

impl Receipts {
    pub(crate) fn new(table: Table, clock: Clock) -> Self {
        Self { table, clock }
    }

    /// Whose the message is that `provider` calls this.
    pub(crate) async fn find(&self, provider: &str, message_id: &str) -> Result<Option<Receipt>, Error> {
        self.table.get(&key(provider, message_id)).await
    }

    /// The write that remembers what `provider` calls a delivery's message.
    pub(crate) fn put(
        &self,
        tenant_id: TenantId,
        delivery_id: Uuid,
        provider: &str,
        message_id: &str,
        address: &str,
    ) -> Action {
        let address = address.to_owned();
        let ttl = (self.clock.now() + KEPT).as_second();
        self.table.put(&key(provider, message_id), &Receipt { tenant_id, delivery_id, address, ttl })
    }
}

/// Where it is remembered what providers call a delivery's messages.
pub(crate) fn places(delivery: &Delivery) -> Vec<Key> {
    let sent = delivery.history.iter().filter_map(|event| match &event.what {
        What::Sent { provider, message_id } => Some(key(provider, message_id)),
        _ => None,
    });
    sent.collect()
}

fn key(provider: &str, message_id: &str) -> Key {
    Key::new(format!("PROVIDER#{provider}#{message_id}"), "DELIVERY")
}
