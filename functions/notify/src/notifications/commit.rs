//! The transaction that accepts a request: with what it takes of the quota, its `dedupeKey` and the record of its answer.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use shared::auth::Principal;
use shared::http::{Finished, Idempotency, Reply};
use shared::jobs::Entry;
use shared::store::Transaction;
use shared::{Error, ids};

use super::model::{Message, Notification, Source};
use super::words::Words;
use crate::attachments::Attached;
use crate::deliveries::{Delivery, Event, Recipient, State as DeliveryState, What};
use crate::kinds::Channel;
use crate::{NotifyError, State, quotas};

/// How long deliveries are kept after they were to be sent.
pub(crate) const KEPT: SignedDuration = SignedDuration::from_hours(90 * 24);
/// Tries to find shards of the quota that have something left, against others who take from it.
const TRIES: u32 = 40;
/// The longest pause between two of them, in milliseconds.
const LONGEST_PAUSE_MS: u64 = 40;

/// A request on its way to being accepted.
pub(super) struct Request<'a> {
    pub(super) notification: Notification,
    message: &'a Message,
    /// When its rows may go.
    pub(super) expires_at: Timestamp,
}

impl<'a> Request<'a> {
    pub(super) fn new(state: &State, principal: &Principal, message: &'a Message, attachments: Vec<Attached>) -> Self {
        let clock = state.platform.clock();
        let now = clock.now();
        let content = match &message.source {
            Source::Content(content) => Some(content.clone()),
            Source::Template(_) => None,
        };
        let (id, digest) = (ids::new(clock), message.digest.is_some());
        let notification = Notification {
            id,
            content,
            attachments,
            digest,
            bulk: None,
            created_by: Some(principal.user()),
            created_at: now,
        };
        Self { notification, message, expires_at: message.scheduled_at.unwrap_or(now) + KEPT }
    }

    /// The deliveries of these words to one recipient.
    pub(super) fn deliveries<'b>(
        &'b self,
        state: &'b State,
        recipient: &'b Recipient,
        words: Vec<Words>,
    ) -> impl Iterator<Item = Delivery> + 'b {
        let now = self.notification.created_at;
        let (began, what) = match self.message.scheduled_at {
            Some(due) if self.notification.digest => (DeliveryState::Scheduled { due }, What::Digest { due }),
            Some(due) => (DeliveryState::Scheduled { due }, What::Scheduled { due }),
            None => (DeliveryState::Queued, What::Accepted),
        };
        words.into_iter().map(move |words| Delivery {
            id: ids::new(state.platform.clock()),
            notification_id: self.notification.id,
            channel: words.channel,
            recipient: recipient.clone(),
            category: self.message.category,
            priority: self.message.priority,
            template: words.template,
            variables: words.variables,
            sealed: None,
            quota_month: Some(quotas::month(now)),
            created_at: now,
            wanted_at: self.message.scheduled_at,
            version: 0,
            state: began.clone(),
            attempts: 0,
            bound_to: None,
            reached: Vec::new(),
            gone: Vec::new(),
            history: vec![Event { at: now, what: what.clone() }],
        })
    }

    /// Refuses what would be refused in the end, before anything is stored.
    pub(super) async fn check(
        &self,
        state: &State,
        principal: &Principal,
        wanted: &BTreeMap<Channel, u32>,
    ) -> Result<(), NotifyError> {
        let month = quotas::month(self.notification.created_at);
        let plan = state.quotas.plan(principal.tenant(), principal.plan(), &month, wanted).await?;
        plan.map(|_| ()).ok_or(NotifyError::QuotaExceeded)
    }

    /// Commits the request with what `write` adds, for as many messages of each channel as are `wanted`.
    pub(super) async fn commit<T: Serialize>(
        &self,
        state: &State,
        principal: &Principal,
        idempotency: &Idempotency,
        wanted: &BTreeMap<Channel, u32>,
        write: impl Fn(&mut Transaction) -> Result<(Reply<T>, Vec<Entry>), Error>,
    ) -> Result<Reply<T>, NotifyError> {
        let tenant = principal.tenant();
        let month = quotas::month(self.notification.created_at);
        let take = || state.quotas.plan(tenant, principal.plan(), &month, wanted);
        let mut plan = take().await?.ok_or(NotifyError::QuotaExceeded)?;
        for _ in 0..TRIES {
            let mut transaction = Transaction::new(state.platform.store());
            let takes = state.quotas.take(tenant, &plan);
            let quota = 0..takes.len();
            transaction.extend(takes);
            let key = self.message.dedupe_key.as_ref();
            let guard = key.map(|key| state.notifications.guard(tenant, key, &self.notification));
            let dedupe = guard.map(|guard| transaction.add(guard));
            let keep = state.attachments.keep(tenant, &self.notification.attachments, self.expires_at).await?;
            let keep = keep.ok_or_else(|| NotifyError::InvalidAttachment("one of them is gone".to_owned()))?;
            let kept: Vec<usize> = keep.into_iter().map(|keep| transaction.add(keep)).collect();
            transaction.add(state.notifications.create(tenant, &self.notification, self.expires_at));
            let (reply, entries) = write(&mut transaction)?;
            match idempotency.commit(transaction, reply).await? {
                Finished::Reply(reply) => {
                    reply.send(state.platform.outbox(), entries).await;
                    return Ok(reply);
                }
                Finished::Refused(index) if quota.contains(&index) => {
                    tokio::time::sleep(Duration::from_millis(ids::jitter(LONGEST_PAUSE_MS))).await;
                    plan = take().await?.ok_or(NotifyError::QuotaExceeded)?;
                }
                Finished::Refused(index) if dedupe == Some(index) => return Err(NotifyError::DuplicateRequest),
                // Somebody else keeps a file for longer, or it is going.
                Finished::Refused(index) if kept.contains(&index) => {
                    tokio::time::sleep(Duration::from_millis(ids::jitter(LONGEST_PAUSE_MS))).await;
                }
                Finished::Refused(_) => return Err(Error::Conflict.into()),
            }
        }
        Err(Error::unavailable("the quota's shards are taken by others each time").into())
    }
}
