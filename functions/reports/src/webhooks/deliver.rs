//! One try of a delivery: claimed before the call, and settled after it.
//!
//! A worker that dies between the two leaves it claimed; its message comes again, and another one goes on when the claim has ended.
//! So an endpoint may hear an event twice, with the same `webhook-id`, and never not at all.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use shared::Error;
use shared::client::{Answer, NotSent};
use shared::jobs::QueueName;
use shared::store::{Commit, Transaction};
use shared::webhooks::WebhookKey;

use super::delivery::{Attempt, Delivery, State as DeliveryState};
use super::model::Webhook;
use super::store::Which;
use crate::jobs::Job;
use crate::secrets::Kind;
use crate::{State, schedules};

/// How long a worker has for one call: longer than it may take, and to write that down.
const CLAIM: SignedDuration = SignedDuration::from_secs(20);

/// A delivery is to be tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Deliver {
    #[serde(flatten)]
    pub(super) which: Which,
    /// Of the delivery: a later one has its own message.
    pub(super) round: u64,
}

/// Tries a delivery once.
pub(crate) async fn deliver(state: &State, job: &Deliver) -> Result<(), Error> {
    let (webhook, delivery) = state.webhooks.delivery(job.which).await?;
    let Some((webhook, before)) = webhook.zip(delivery) else { return Ok(()) };
    let now = state.platform.clock().now();
    let tried = match before.state {
        _ if before.round != job.round => return Ok(()),
        DeliveryState::Pending { tried, .. } => tried,
        DeliveryState::Sending { until, tried } if until <= now => tried,
        DeliveryState::Sending { until, .. } => return look_again(state, job, until).await,
        DeliveryState::Delivered | DeliveryState::Failed => return Ok(()),
    };
    let claimed = before.claimed(now + CLAIM, tried);
    if !state.webhooks.replace_delivery(job.which, &before, &claimed).run().await? {
        return look_again(state, job, now + CLAIM).await;
    }
    if webhook.is_enabled() {
        return send(state, job.which, &webhook, &claimed, tried + 1).await;
    }
    let problem = Some("the webhook is disabled".to_owned());
    let attempt = Attempt { at: now, status: None, problem, duration_ms: 0 };
    settle(state, job.which, &claimed, &claimed.after(DeliveryState::Failed, Some(attempt))).await
}

/// Whoever has claimed it may have died: then this goes on.
async fn look_again(state: &State, job: &Deliver, then: Timestamp) -> Result<(), Error> {
    let (transaction, next) = (Transaction::new(state.platform.store()), Job::Deliver(*job));
    let place = (QueueName::ReportsWebhooks, job.which.tenant, Some(then));
    state.platform.outbox().commit_with(transaction, place, &next).await
}

async fn send(state: &State, which: Which, webhook: &Webhook, claimed: &Delivery, tried: usize) -> Result<(), Error> {
    let clock = state.platform.clock();
    let began = clock.now();
    let keys = webhook.secrets.open(state.platform.sealer(), Kind::Outgoing, webhook.id, began)?;
    let file = claimed.file.as_ref().filter(|file| file.url == webhook.wanted.url);
    let body = match file {
        Some(file) => claimed.event.body_with(schedules::link_of(state, file.export)?)?,
        None => claimed.event.body()?,
    };
    let body = body.to_string();
    let headers = WebhookKey::sign_with(&keys, &claimed.event.id.to_string(), began, &body)?;
    let answer = state.client.post(&webhook.wanted.url, &headers, body).await;
    let now = clock.now();
    let duration_ms = u64::try_from(now.duration_since(began).as_millis()).unwrap_or_default();
    let attempt = Attempt {
        at: began,
        status: answer.as_ref().ok().map(|answer| answer.status),
        problem: problem(&answer),
        duration_ms,
    };
    let gone = matches!(answer, Ok(Answer { status: 410, .. }));
    let after = match answer {
        Ok(Answer { status: 200..=299, .. }) => DeliveryState::Delivered,
        _ if gone => DeliveryState::Failed,
        other => match claimed.next_try(tried, other.ok().and_then(|answer| answer.retry_after), now) {
            Some(due) => DeliveryState::Pending { due, tried },
            None => DeliveryState::Failed,
        },
    };
    settle(state, which, claimed, &claimed.after(after, Some(attempt))).await?;
    if gone {
        // Who changes it at this moment may mean another address.
        state.webhooks.replace(which.tenant, &webhook.without_endpoint(now)).run().await?;
    }
    Ok(())
}

fn problem(answer: &Result<Answer, NotSent>) -> Option<String> {
    match answer {
        Ok(Answer { status: 200..=299, .. }) => None,
        Ok(Answer { status: 410, .. }) => Some("the endpoint is gone; the webhook is disabled".to_owned()),
        Ok(Answer { status: 300..=399, .. }) => Some("redirects are not followed".to_owned()),
        Ok(_) => Some("the endpoint has not taken it".to_owned()),
        Err(error) => Some(error.to_string()),
    }
}

/// Writes down what came of a try, with the next one. What somebody else has written meanwhile stays.
async fn settle(state: &State, which: Which, claimed: &Delivery, after: &Delivery) -> Result<(), Error> {
    let mut transaction = Transaction::new(state.platform.store());
    transaction.add(state.webhooks.replace_delivery(which, claimed, after));
    let mut entries = Vec::new();
    if let DeliveryState::Pending { due, .. } = after.state {
        let job = Job::Deliver(Deliver { which, round: after.round });
        entries =
            state.platform.outbox().add(&mut transaction, QueueName::ReportsWebhooks, which.tenant, &job, Some(due))?;
    }
    if transaction.commit().await? == Commit::Done {
        state.platform.outbox().send(entries).await;
    }
    Ok(())
}
