//! Handing a message to a provider, so that it goes out once by our own state.
//!
//! The delivery is claimed before the call and settled after it. The call is repeated only where nobody can know
//! whether the provider has taken the message: its answer was lost on the way, or the process died between the
//! answer and our write. The history says so, as `NO_ANSWER` or `INTERRUPTED`.

use std::time::Duration;

use jiff::SignedDuration;
use shared::auth::UserId;
use shared::store::{Action, Commit};
use shared::{Error, ids};

use super::backoff::{self, MOST_ATTEMPTS};
use super::deliver::{Step, Work};
use super::route::{Asked, spread};
use crate::deliveries::{Delivery, State as DeliveryState, What};
use crate::devices::Device;
use crate::kinds::Channel;
use crate::providers::{File, Letter, SendError};
use crate::rendering::Content;
use crate::rules::Facts;

/// How long a worker has for one call: longer than a provider may take, and the tries to write that down.
const LEASE: SignedDuration = SignedDuration::from_secs(35);
/// Tries to write down what a provider has answered: losing it means sending twice.
const TRIES: u32 = 6;
const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// How long it may take to tell others how the providers are.
const NOTING: Duration = Duration::from_secs(2);

/// Where one call goes.
pub(super) struct Target {
    address: String,
    /// The device, and its owner.
    device: Option<(UserId, Device)>,
    /// Whether there is another one after this.
    more: bool,
}

impl Target {
    /// An address or a number.
    pub(super) fn address(address: String) -> Self {
        Self { address, device: None, more: false }
    }

    /// The first of the recipient's devices that does not have the push message yet.
    pub(super) fn device(delivery: &Delivery, facts: &Facts) -> Option<Self> {
        let user = delivery.recipient.user().filter(|_| delivery.channel == Channel::Push)?;
        let done = |device: &&Device| delivery.reached.contains(&device.id) || delivery.gone.contains(&device.id);
        let mut left = facts.devices.iter().filter(|device| !done(device));
        let device = left.next()?.clone();
        let more = left.next().is_some();
        Some(Self { address: device.endpoint.clone(), device: Some((user, device)), more })
    }

    fn letter_id(&self, delivery: &Delivery) -> String {
        match &self.device {
            Some((_, device)) => format!("{}.{}", delivery.id, device.id),
            None => delivery.id.to_string(),
        }
    }
}

/// Sends `content` to `target` by the first of `asked` that takes it.
pub(super) async fn attempt(
    work: &Work<'_>,
    delivery: &Delivery,
    mut asked: Vec<Asked<'_>>,
    target: &Target,
    content: Content,
    files: Vec<File>,
) -> Result<Step, Error> {
    // Only now, so that the trial is not used up by a message that goes nowhere.
    if let Some(first) = asked.first().filter(|first| first.on_trial)
        && !work.state.watch.try_out(first.provider.name(), delivery.channel, &first.health).await?
    {
        let provider = first.provider.name().to_owned();
        asked.remove(0);
        if asked.is_empty() {
            return work.wait(delivery, work.now() + spread(), provider).await;
        }
    }
    let letter = Letter {
        id: target.letter_id(delivery),
        channel: delivery.channel,
        category: delivery.category,
        unsubscribe: work.state.unsubscribe.link(work.tenant, delivery, &target.address)?,
        address: target.address.clone(),
        content,
        files,
    };
    let mut heard = Vec::with_capacity(asked.len());
    let step = ask(work, delivery, &asked, target, &letter, &mut heard).await;
    // What came of the message matters more than how the providers are.
    let told = note(work, delivery.channel, &asked, &heard);
    if tokio::time::timeout(NOTING, told).await.is_err() {
        tracing::warn!("the providers' health could not be written down in time");
    }
    step
}

/// Asks one provider after the other, each under a claim of its own that names it.
async fn ask(
    work: &Work<'_>,
    delivery: &Delivery,
    asked: &[Asked<'_>],
    target: &Target,
    letter: &Letter,
    heard: &mut Vec<Result<(), SendError>>,
) -> Result<Step, Error> {
    let clock = work.state.platform.clock();
    let mut before = delivery.clone();
    for (index, one) in asked.iter().enumerate() {
        let provider = one.provider.name().to_owned();
        let (worker, until) = (ids::new(clock), clock.now() + LEASE);
        let claim = DeliveryState::Sending { worker, until, provider: Some(provider.clone()) };
        let mut claimed = before.in_state(claim);
        if !work.state.deliveries.replace(work.tenant, &before, &claimed).run().await? {
            // A claim whose answer was lost looks like somebody else's.
            let now = work.state.deliveries.get(work.tenant, delivery.id).await?;
            if now.is_none_or(|now| now.state != claimed.state) {
                return Ok(Step::Changed);
            }
        }
        let sent = one.provider.send(letter).await;
        heard.push(sent.as_ref().map(|_| ()).map_err(Clone::clone));
        let error = match &sent {
            Err(SendError::Temporary(error)) => Some(error.clone()),
            Err(SendError::Throttled { .. }) => Some("THROTTLED".to_owned()),
            _ => None,
        };
        match error {
            // It was certainly not taken: the next one may have it.
            Some(error) if index + 1 < asked.len() => {
                claimed.note(What::FailedOver { provider, error }, work.now());
                before = claimed;
            }
            _ => return settle(work, &claimed, target, provider, sent).await,
        }
    }
    Err(Error::internal("a message without a provider"))
}

/// Tells the others how the providers are, where that is news.
async fn note(work: &Work<'_>, channel: Channel, asked: &[Asked<'_>], heard: &[Result<(), SendError>]) {
    let watch = &work.state.watch;
    for (one, said) in asked.iter().zip(heard) {
        let name = one.provider.name();
        let answered = match said {
            Err(SendError::Temporary(error) | SendError::Unknown(error)) => {
                watch.failed(name, channel, error, one.on_trial).await;
                false
            }
            Err(SendError::Throttled { after }) => {
                watch.paused(name, channel, work.now() + *after).await;
                true
            }
            Ok(()) | Err(SendError::Permanent(_) | SendError::Gone(_)) => true,
        };
        if answered && !one.health.is_clean() {
            watch.worked(name, channel).await;
        }
    }
}

/// Writes down what came of it.
async fn settle(
    work: &Work<'_>,
    claimed: &Delivery,
    target: &Target,
    provider: String,
    sent: Result<String, SendError>,
) -> Result<Step, Error> {
    let now = work.now();
    let attempts = claimed.attempts + 1;
    match sent {
        Ok(message_id) => {
            let what = What::Sent { provider: provider.clone(), message_id: message_id.clone() };
            let state = if target.more { DeliveryState::Queued } else { DeliveryState::Sent };
            let mut after = claimed.after(state, what, now);
            after.reached.extend(target.device.as_ref().map(|(_, device)| device.id));
            after.bound_to = None;
            let receipt = || work.state.receipts.put(work.tenant, claimed.id, &provider, &message_id, &target.address);
            let step = write_down(work, claimed, &after, receipt).await?;
            Ok(if target.more { Step::Again(Box::new(after)) } else { step })
        }
        Err(SendError::Throttled { .. }) if work.is_too_late(claimed) => give_up(work, claimed, What::TooLate).await,
        Err(SendError::Throttled { after }) => {
            let until = now + backoff::throttled(after, &claimed.history);
            work.defer(claimed, until, What::Throttled { provider, until }).await
        }
        Err(SendError::Temporary(error)) if attempts < MOST_ATTEMPTS => {
            let until = now + backoff::after(attempts);
            let what = What::AttemptFailed { provider, error, until };
            let after = claimed.after(DeliveryState::Scheduled { due: until }, what, now);
            work.put_off(claimed, &Delivery { attempts, ..after }, until).await
        }
        Err(SendError::Unknown(error)) if attempts < MOST_ATTEMPTS => {
            let until = now + backoff::after(attempts);
            let bound_to = Some(provider.clone());
            let what = What::NoAnswer { provider, error, until };
            let after = claimed.after(DeliveryState::Scheduled { due: until }, what, now);
            work.put_off(claimed, &Delivery { attempts, bound_to, ..after }, until).await
        }
        Err(SendError::Temporary(error) | SendError::Unknown(error)) => {
            give_up(work, claimed, What::RetriesExhausted { provider, error }).await
        }
        Err(SendError::Permanent(error)) => give_up(work, claimed, What::ProviderRefused { provider, error }).await,
        Err(SendError::Gone(error)) => {
            let Some((user, device)) = &target.device else {
                return give_up(work, claimed, What::ProviderRefused { provider, error }).await;
            };
            work.state.devices.forget(work.state.platform.store(), work.tenant, *user, device).await?;
            let what = What::DeviceGone { provider, error };
            if !target.more {
                return give_up(work, claimed, what).await;
            }
            // As if it were done; the next one's turn comes.
            let mut after = claimed.after(DeliveryState::Queued, what, now);
            after.gone.push(device.id);
            let replaced = work.state.deliveries.replace(work.tenant, claimed, &after).run().await?;
            Ok(if replaced { Step::Again(Box::new(after)) } else { Step::Changed })
        }
    }
}

/// It goes nowhere any more: it has failed, unless a device has it.
async fn give_up(work: &Work<'_>, claimed: &Delivery, what: What) -> Result<Step, Error> {
    let state = if claimed.reached.is_empty() { DeliveryState::Failed } else { DeliveryState::Sent };
    let after = claimed.after(state, what, work.now());
    work.write(claimed, &Delivery { attempts: claimed.attempts + 1, ..after }).await
}

/// Writes down that a message was sent, and does not give up lightly.
async fn write_down(
    work: &Work<'_>,
    before: &Delivery,
    after: &Delivery,
    receipt: impl Fn() -> Action,
) -> Result<Step, Error> {
    let mut tries = 0;
    loop {
        let written = async {
            let (transaction, entries) = work.change(before, after)?;
            Ok((transaction.with(receipt()).commit().await?, entries))
        };
        match written.await {
            Ok((Commit::Done, entries)) => {
                work.send_after_all(entries);
                return Ok(Step::Done);
            }
            // Written by a try whose answer was lost, or the lease had ended and somebody else goes on.
            Ok((Commit::Refused(_), _)) => return Ok(Step::Done),
            // The delivery's own state matters more than what is written beside it.
            Err(Error::Internal(cause)) => {
                tracing::error!(delivery.id = %after.id, %cause, "a sent message could not be counted, nor told to reports");
                let _ = work.state.deliveries.replace(work.tenant, before, after).run().await?;
                return Ok(Step::Done);
            }
            Err(error) if tries + 1 == TRIES => return Err(error),
            Err(_) => tokio::time::sleep(FIRST_PAUSE * (1 << tries)).await,
        }
        tries += 1;
    }
}
