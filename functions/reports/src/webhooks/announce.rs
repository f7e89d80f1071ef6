//! An event becomes a delivery for each webhook that hears of it.

use serde::{Deserialize, Serialize};
use shared::Error;
use shared::auth::TenantId;
use shared::jobs::{Entry, Outbox, QueueName};
use shared::store::{Commit, Transaction};

use super::deliver::Deliver;
use super::delivery::{Delivery, FileFor};
use super::event::Event;
use super::model::Webhook;
use super::store::Which;
use crate::jobs::Job;
use crate::{State, exports, schedules};

/// Something has happened that webhooks may hear of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Announce {
    pub(crate) tenant: TenantId,
    /// The export, if it is one's end.
    pub(crate) export: Option<exports::Which>,
    pub(crate) event: Event,
}

impl Announce {
    /// Adds it to the transaction of what has happened.
    pub(crate) fn add_to(self, outbox: &Outbox, transaction: &mut Transaction) -> Result<Vec<Entry>, Error> {
        let tenant = self.tenant;
        outbox.add(transaction, QueueName::Reports, tenant, &Job::Announce(self), None)
    }
}

/// Makes the deliveries. Twice is once, since a delivery's id is the event's.
pub(crate) async fn announce(state: &State, job: &Announce) -> Result<(), Error> {
    let webhooks = state.webhooks.all(job.tenant).await?;
    let files = if webhooks.is_empty() { Vec::new() } else { schedules::files_for(state, job).await? };
    for webhook in webhooks.iter().filter(|webhook| webhook.is_enabled()) {
        let file = files.iter().find(|(id, _)| *id == webhook.id).map(|(_, file)| file.clone());
        let hears = job.event.kind().is_some_and(|kind| webhook.wanted.events.0.contains(&kind));
        if hears || file.is_some() {
            add(state, job.tenant, webhook, (job.event.clone(), file)).await?;
        }
    }
    Ok(())
}

async fn add(state: &State, tenant: TenantId, webhook: &Webhook, event: (Event, Option<FileFor>)) -> Result<(), Error> {
    let mut transaction = Transaction::new(state.platform.store());
    let entries = begin(state, &mut transaction, tenant, webhook, event)?.1;
    if transaction.commit().await? == Commit::Done {
        state.platform.outbox().send(entries).await;
    }
    Ok(())
}

/// Adds a delivery and its first try to a transaction, which is refused if there is one of this event.
pub(super) fn begin(
    state: &State,
    transaction: &mut Transaction,
    tenant: TenantId,
    webhook: &Webhook,
    (event, file): (Event, Option<FileFor>),
) -> Result<(Delivery, Vec<Entry>), Error> {
    let which = Which { tenant, webhook: webhook.id, event: event.id };
    let delivery = Delivery::new(event, file, state.platform.clock().now());
    transaction.add(state.webhooks.add_delivery(which, &delivery));
    let job = Job::Deliver(Deliver { which, round: delivery.round });
    let entries = state.platform.outbox().add(transaction, QueueName::ReportsWebhooks, tenant, &job, None)?;
    Ok((delivery, entries))
}
