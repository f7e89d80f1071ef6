//! What notify's queues carry.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use shared::Error;
use shared::auth::{SYSTEM_TENANT, TenantId, UserId};
use shared::exports::Exporting;
use shared::jobs::{ExportUser, QueueName, SendMessage, UserChanged, UserErased};
use shared::store::Transaction;
use uuid::Uuid;

use crate::State;
use crate::deliveries::Delivery;

/// A message on one of notify's queues: from another service, as in `shared::jobs::Job`, or from itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "job", rename_all = "camelCase")]
pub(crate) enum Job {
    /// auth tells that an account is new or changed.
    UserChanged(UserChanged),
    /// auth tells that an account was erased.
    UserErased(UserErased),
    /// An erasure is to be looked at again.
    FinishErasure(UserErased),
    /// auth asks what is known of an account.
    ExportUser(ExportUser),
    /// What is left of that is to be stored.
    GoOnExporting(Exporting),
    /// Another service has something to tell somebody.
    SendMessage(SendMessage),
    /// Some parts of a bulk request are to become deliveries.
    Expand(Expand),
    /// The turn of some deliveries of one notification has come.
    Deliver(Deliver),
}

/// Parts of a bulk request that are to become deliveries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Expand {
    pub(crate) tenant_id: TenantId,
    pub(crate) notification_id: Uuid,
    pub(crate) parts: std::ops::Range<u32>,
    /// When the deliveries' rows may go.
    pub(crate) expires_at: Timestamp,
}

/// Deliveries whose turn has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Deliver {
    pub(crate) tenant_id: TenantId,
    pub(crate) notification_id: Uuid,
    pub(crate) deliveries: Vec<Place>,
}

impl Deliver {
    /// Deliveries of one notification.
    pub(crate) fn all(tenant_id: TenantId, notification_id: Uuid, deliveries: &[Delivery]) -> Self {
        let place = |delivery: &Delivery| Place { id: delivery.id, user_id: delivery.recipient.user() };
        Self { tenant_id, notification_id, deliveries: deliveries.iter().map(place).collect() }
    }

    /// One delivery alone.
    pub(crate) fn one(tenant_id: TenantId, delivery: &Delivery) -> Self {
        Self::all(tenant_id, delivery.notification_id, std::slice::from_ref(delivery))
    }
}

/// A delivery, with what it takes to read everything about it at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Place {
    pub(crate) id: Uuid,
    /// The recipient, if it is a member.
    pub(crate) user_id: Option<UserId>,
}

/// Commits `transaction` with a job that is due at a time or at once. The tenants are for fair shares of the queue.
pub(crate) async fn commit_with(
    state: &State,
    transaction: Transaction,
    (queue, tenants, due): (QueueName, &[TenantId], Option<Timestamp>),
    job: &impl Serialize,
) -> Result<(), Error> {
    let tenant = tenants.first().copied().unwrap_or(SYSTEM_TENANT);
    state.platform.outbox().commit_with(transaction, (queue, tenant, due), job).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_other_services_send_can_be_read() {
        let changed = UserChanged {
            user_id: UserId(Uuid::nil()),
            version: 1,
            tenants: Vec::new(),
            verified_email: None,
            display_name: "Ada".to_owned(),
            locale: None,
            time_zone: None,
        };
        let sent = serde_json::to_string(&shared::jobs::Job::UserChanged(changed.clone())).unwrap();
        assert_eq!(serde_json::from_str::<Job>(&sent).unwrap(), Job::UserChanged(changed));
    }
}
