//! A message to one recipient: its deliveries are written with the request itself.

use std::collections::BTreeMap;

use shared::auth::Principal;
use shared::http::{Idempotency, Reply};
use uuid::Uuid;

use super::commit::Request;
use super::digest;
use super::model::{Accepted, AcceptedDelivery, Message, check_address};
use super::words::Wording;
use crate::contacts::{Contact, Subject};
use crate::deliveries::{Delivery, Recipient};
use crate::jobs::{Deliver, Job};
use crate::kinds::Channel;
use crate::rendering::Variables;
use crate::{NotifyError, State};

/// Accepts a message to one recipient.
pub(super) async fn accept(
    state: &State,
    principal: &Principal,
    idempotency: &Idempotency,
    recipient: Recipient,
    message: Message,
    variables: Variables,
) -> Result<Reply<Accepted>, NotifyError> {
    let (tenant, outbox) = (principal.tenant(), state.platform.outbox());
    message.check_providers(state)?;
    let contact = check_recipient(state, principal, &recipient, &message.channels).await?;
    let locale = contact.as_ref().and_then(Contact::locale);
    let wording = Wording::read(state, tenant, &message).await?;
    let words = match message.digest {
        // Its items come later.
        Some(_) => wording.words(&message.channels, &digest::variables(Vec::new()), locale)?,
        None => wording.words(&message.channels, &variables, locale)?,
    };
    let attached = message.attached(state, tenant).await?;
    let request = Request::new(state, principal, &message, attached);
    let deliveries: Vec<Delivery> = request.deliveries(state, &recipient, words).collect();
    if message.digest.is_some() {
        return digest::collect(state, principal, idempotency, &request, &message, &deliveries, &variables).await;
    }
    let wanted: BTreeMap<Channel, u32> = message.channels.iter().map(|channel| (*channel, 1)).collect();
    let notification_id = request.notification.id;
    let job = Job::Deliver(Deliver::all(tenant, notification_id, &deliveries));
    let write = |transaction: &mut shared::store::Transaction| {
        transaction.extend(state.deliveries.create(tenant, &deliveries, request.expires_at));
        let entries = outbox.add(transaction, message.priority.queue(), tenant, &job, message.scheduled_at)?;
        Ok((Reply::accepted(accepted(notification_id, &deliveries)), entries))
    };
    request.commit(state, principal, idempotency, &wanted, write).await
}

/// Refuses whom no channel can reach; what is known of a member.
async fn check_recipient(
    state: &State,
    principal: &Principal,
    recipient: &Recipient,
    channels: &[Channel],
) -> Result<Option<Contact>, NotifyError> {
    match recipient {
        Recipient::To(address) => {
            channels.iter().try_for_each(|channel| check_address(address, *channel))?;
            Ok(None)
        }
        Recipient::UserId(user) => {
            let found = state.contacts.find(principal.tenant(), Subject::of(principal, *user)).await?;
            found.map(Some).ok_or_else(NotifyError::not_member)
        }
    }
}

pub(super) fn accepted(id: Uuid, deliveries: &[Delivery]) -> Accepted {
    let one = |delivery: &Delivery| AcceptedDelivery {
        id: delivery.id,
        channel: delivery.channel,
        status: delivery.state.status(),
    };
    Accepted { id, deliveries: deliveries.iter().map(one).collect() }
}
