//! From a request to its deliveries, in one transaction: rows, quota, outbox and the answer's record.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use shared::auth::{Principal, TenantId};
use shared::http::{Finished, Idempotency, Reply};
use shared::jobs::Entry;
use shared::store::Transaction;
use shared::{Error, ids};
use uuid::Uuid;

use super::model::{Accepted, AcceptedDelivery, Message, Notification, Source, check_address};
use super::words::{Words, words};
use crate::contacts::{Contact, Subject};
use crate::deliveries::{Delivery, Event, Recipient, State as DeliveryState, What};
use crate::jobs::{Deliver, Job, Place};
use crate::kinds::Channel;
use crate::quotas::Plan;
use crate::rendering::Variables;
use crate::{NotifyError, State};

/// How long deliveries are kept after they were to be sent.
const KEPT: SignedDuration = SignedDuration::from_hours(90 * 24);
/// Tries to find a shard of the quota that has something left, against others who take from it.
const TRIES: u32 = 40;

/// What one request makes.
struct Made {
    notification: Notification,
    deliveries: Vec<Delivery>,
    expires_at: Timestamp,
}

/// Which condition of the transaction means what.
struct Conditions {
    quota: std::ops::Range<usize>,
    dedupe: Option<usize>,
}

/// Accepts a message to one recipient.
pub(super) async fn accept(
    state: &State,
    principal: &Principal,
    idempotency: &Idempotency,
    recipient: Recipient,
    message: Message,
    variables: Variables,
) -> Result<Reply<Accepted>, NotifyError> {
    let tenant = principal.tenant();
    for channel in &message.channels {
        if !state.providers.serve(*channel) {
            return Err(NotifyError::InvalidChannel(format!("no provider is configured for {}", channel.name())));
        }
    }
    let contact = check_recipient(state, principal, &recipient, &message.channels).await?;
    let locale = contact.as_ref().and_then(Contact::locale);
    let words = words(state, tenant, &message, &variables, locale).await?;
    let made = make(state, principal, &recipient, &message, words);
    let limits = state.quotas.limits(tenant, principal.plan()).await?;
    let wanted: BTreeMap<Channel, u32> = message.channels.iter().map(|channel| (*channel, 1)).collect();
    let mut plan = state.quotas.plan_one_each(limits.clone(), &message.channels);
    for _ in 0..TRIES {
        let (transaction, reply, entries, conditions) = write(state, tenant, &made, &message, &plan)?;
        match idempotency.commit(transaction, reply).await? {
            Finished::Reply(reply) => {
                if reply.fresh().is_some() {
                    state.platform.outbox().send(entries).await;
                }
                return Ok(reply);
            }
            Finished::Refused(index) if conditions.quota.contains(&index) => {
                let next = state.quotas.plan(tenant, limits.clone(), &wanted).await?;
                plan = next.ok_or(NotifyError::QuotaExceeded)?;
            }
            Finished::Refused(index) if conditions.dedupe == Some(index) => return Err(NotifyError::DuplicateRequest),
            Finished::Refused(_) => return Err(Error::Conflict.into()),
        }
    }
    Err(Error::unavailable("the quota's shards are taken by others each time").into())
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
            let unknown = || NotifyError::InvalidContact("`userId` is no member of the tenant".into());
            found.map(Some).ok_or_else(unknown)
        }
    }
}

fn make(state: &State, principal: &Principal, recipient: &Recipient, message: &Message, words: Vec<Words>) -> Made {
    let clock = state.platform.clock();
    let now = clock.now();
    let (began, what) = match message.scheduled_at {
        Some(due) => (DeliveryState::Scheduled { due }, What::Scheduled { due }),
        None => (DeliveryState::Queued, What::Accepted),
    };
    let content = match &message.source {
        Source::Content(content) => Some(content.clone()),
        Source::Template(_) => None,
    };
    let notification = Notification { id: ids::new(clock), content, created_by: principal.user(), created_at: now };
    let deliveries = words.into_iter().map(|words| Delivery {
        id: ids::new(clock),
        notification_id: notification.id,
        channel: words.channel,
        recipient: recipient.clone(),
        category: message.category,
        priority: message.priority,
        template: words.template,
        variables: words.variables,
        quota: None,
        created_at: now,
        state: began.clone(),
        attempts: 0,
        history: vec![Event { at: now, what: what.clone() }],
    });
    let expires_at = message.scheduled_at.unwrap_or(now) + KEPT;
    Made { deliveries: deliveries.collect(), notification, expires_at }
}

/// The transaction that accepts what was made, with what it takes of the quota.
fn write(
    state: &State,
    tenant: TenantId,
    made: &Made,
    message: &Message,
    plan: &Plan,
) -> Result<(Transaction, Reply<Accepted>, Vec<Entry>, Conditions), Error> {
    let mut transaction = Transaction::new(state.platform.store());
    let take = state.quotas.take(tenant, plan);
    let quota = 0..take.len();
    for action in take {
        transaction.add(action);
    }
    let guard = message.dedupe_key.as_ref().map(|key| state.notifications.guard(tenant, key, &made.notification));
    let dedupe = guard.map(|guard| transaction.add(guard));
    transaction.add(state.notifications.create(tenant, &made.notification, made.expires_at));
    let with_quota = made.deliveries.iter().map(|delivery| {
        let taken = plan.shards(delivery.channel).next();
        Delivery { quota: taken, ..delivery.clone() }
    });
    let deliveries: Vec<Delivery> = with_quota.collect();
    for action in state.deliveries.create(tenant, &deliveries, made.expires_at) {
        transaction.add(action);
    }
    let places = deliveries.iter().map(|delivery| Place { id: delivery.id, user_id: delivery.recipient.user() });
    let job = Deliver { tenant_id: tenant, notification_id: made.notification.id, deliveries: places.collect() };
    let outbox = state.platform.outbox();
    let queue = message.priority.queue();
    let entries = outbox.add(&mut transaction, queue, tenant, &Job::Deliver(job), message.scheduled_at)?;
    let accepted = accepted(made.notification.id, &deliveries);
    Ok((transaction, Reply::accepted(accepted), entries, Conditions { quota, dedupe }))
}

fn accepted(id: Uuid, deliveries: &[Delivery]) -> Accepted {
    let one = |delivery: &Delivery| AcceptedDelivery {
        id: delivery.id,
        channel: delivery.channel,
        status: delivery.state.status(),
    };
    Accepted { id, deliveries: deliveries.iter().map(one).collect() }
}
