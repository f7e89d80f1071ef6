//! A job of another service becomes a notification with its deliveries.

use shared::jobs::{About, Addressee, ReportFile, SendMessage};
use shared::store::{Commit, Transaction};
use shared::{Error, ids};
use uuid::Uuid;

use super::words::{content, manner, variables};
use crate::State;
use crate::attachments::Attached;
use crate::contacts::{Contact, Subject};
use crate::deliveries::{Delivery, Event, Recipient, State as DeliveryState, What};
use crate::jobs::{Deliver, Job};
use crate::notifications::{KEPT, Notification};
use crate::rendering::Variables;

/// How often a message comes before its recipient counts as unknown; it comes every six minutes.
const PATIENCE: u32 = 2;

/// Accepts what `message` asks for. A second time changes nothing.
pub(crate) async fn accept(state: &State, message: &SendMessage, receives: u32) -> Result<(), Error> {
    let (tenant, now) = (message.tenant_id, state.platform.clock().now());
    let (recipient, locale) = match &message.to {
        Addressee::User(user) => {
            let contact = state.contacts.find(tenant, Subject::Member(*user)).await?;
            // The job that tells of a new account may come after this one: queues keep no order.
            if contact.is_none() && receives <= PATIENCE {
                return Err(Error::unavailable("a message to somebody who is not known yet"));
            }
            (Recipient::UserId(*user), contact.as_ref().and_then(Contact::locale).map(str::to_owned))
        }
        Addressee::Address { email, locale } => (Recipient::To(email.clone()), locale.clone()),
    };
    let notification = Notification {
        id: message.id,
        content: Some(content(&message.about, locale.as_deref())),
        attachments: attachments(&message.about, message.id),
        digest: false,
        bulk: None,
        created_by: None,
        created_at: now,
    };
    let (manner, told) = (manner(&message.about), variables(&message.about)?);
    let mut deliveries = Vec::with_capacity(manner.channels.len());
    for channel in manner.channels {
        let id = ids::new(state.platform.clock());
        deliveries.push(Delivery {
            id,
            notification_id: message.id,
            channel: *channel,
            recipient: recipient.clone(),
            category: manner.category,
            priority: manner.priority,
            template: None,
            variables: Variables::new(),
            sealed: Some(state.deliveries.seal(id, &told)?),
            quota_month: None,
            created_at: now,
            wanted_at: None,
            version: 0,
            state: DeliveryState::Queued,
            attempts: 0,
            bound_to: None,
            reached: Vec::new(),
            gone: Vec::new(),
            history: vec![Event { at: now, what: What::Accepted }],
        });
    }
    let mut transaction = Transaction::new(state.platform.store());
    transaction.add(state.notifications.create(tenant, &notification, now + KEPT));
    transaction.extend(state.deliveries.create(tenant, &deliveries, now + KEPT));
    let job = Job::Deliver(Deliver::all(tenant, message.id, &deliveries));
    let entries = state.platform.outbox().add(&mut transaction, manner.priority.queue(), tenant, &job, None)?;
    // Refused: it was accepted before.
    if transaction.commit().await? == Commit::Done {
        state.platform.outbox().send(entries).await;
    }
    Ok(())
}

/// The files that a message takes along.
fn attachments(about: &About, id: Uuid) -> Vec<Attached> {
    let About::ReportReady { file: Some(file), .. } = about else { return Vec::new() };
    let ReportFile { key, name, content_type, bytes } = file.clone();
    vec![Attached { id, name, content_type, size: bytes, report: Some(key) }]
}
