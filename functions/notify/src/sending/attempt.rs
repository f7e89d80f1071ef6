//! Handing a message to its provider, so that it goes out once by our own state.
//!
//! The delivery is claimed before the call and settled after it. The call is repeated only where nobody can know
//! whether the provider has taken the message: its answer was lost on the way, or the process died between the
//! answer and our write. The history says so, as `NO_ANSWER` or `INTERRUPTED`.

use std::time::Duration;

use jiff::SignedDuration;
use shared::store::{Action, Commit};
use shared::{Error, ids};

use super::backoff::{self, MOST_ATTEMPTS};
use super::deliver::{Step, Work};
use crate::deliveries::{Delivery, State as DeliveryState, What};
use crate::providers::{Letter, SendError};
use crate::rendering::Content;

/// How long a worker has for one message: longer than a provider may take, and the tries to write that down.
const LEASE: SignedDuration = SignedDuration::from_secs(35);
/// Tries to write down what a provider has answered: losing it means sending twice.
const TRIES: u32 = 6;
const FIRST_PAUSE: Duration = Duration::from_millis(100);

/// Sends `content` to `address`.
pub(super) async fn attempt(
    work: &Work<'_>,
    delivery: &Delivery,
    address: String,
    content: Content,
) -> Result<Step, Error> {
    let Some(provider) = work.state.providers.of(delivery.channel) else {
        return work.end(delivery, DeliveryState::Failed, What::NoProvider).await;
    };
    let clock = work.state.platform.clock();
    let claim = DeliveryState::Sending { worker: ids::new(clock), until: clock.now() + LEASE };
    let claimed = Delivery { state: claim, ..delivery.clone() };
    if !work.state.deliveries.replace(work.tenant, delivery, &claimed).run().await? {
        // A claim whose answer was lost looks like somebody else's.
        let now = work.state.deliveries.get(work.tenant, delivery.id).await?;
        if now.is_none_or(|now| now.state != claimed.state) {
            return Ok(Step::Changed);
        }
    }
    let unsubscribe = work.state.unsubscribe.link(work.tenant, &claimed, &address)?;
    let letter = Letter { id: delivery.id, address, content, unsubscribe };
    let name = provider.name().to_owned();
    let sent = provider.send(&letter).await;
    let now = work.now();
    match sent {
        Ok(message_id) => {
            let what = What::Sent { provider: name.clone(), message_id: message_id.clone() };
            let after = claimed.after(DeliveryState::Sent, what, now);
            let receipt = || work.state.receipts.put(work.tenant, delivery.id, &name, &message_id);
            write_down(work, &claimed, &after, receipt).await
        }
        Err(SendError::Throttled { after }) => {
            let until = now + backoff::throttled(after, &delivery.history);
            work.defer(&claimed, until, What::Throttled { provider: name, until }).await
        }
        Err(error @ (SendError::Temporary(_) | SendError::Unknown(_))) if delivery.attempts + 1 < MOST_ATTEMPTS => {
            let attempts = delivery.attempts + 1;
            let until = now + backoff::after(attempts);
            let what = match error {
                SendError::Unknown(error) => What::NoAnswer { provider: name, error, until },
                SendError::Temporary(error) | SendError::Permanent(error) => {
                    What::AttemptFailed { provider: name, error, until }
                }
                SendError::Throttled { .. } => What::Throttled { provider: name, until },
            };
            let after = claimed.after(DeliveryState::Scheduled { due: until }, what, now);
            work.put_off(&claimed, &Delivery { attempts, ..after }, until).await
        }
        Err(SendError::Temporary(error) | SendError::Unknown(error)) => {
            let what = What::RetriesExhausted { provider: name, error };
            let after = claimed.after(DeliveryState::Failed, what, now);
            settle(work, &claimed, &Delivery { attempts: delivery.attempts + 1, ..after }).await
        }
        Err(SendError::Permanent(error)) => {
            let what = What::ProviderRefused { provider: name, error };
            let after = claimed.after(DeliveryState::Failed, what, now);
            settle(work, &claimed, &Delivery { attempts: delivery.attempts + 1, ..after }).await
        }
    }
}

async fn settle(work: &Work<'_>, before: &Delivery, after: &Delivery) -> Result<Step, Error> {
    super::deliver::done_or_changed(work.change(before, after).commit().await?)
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
        let transaction = work.change(before, after).with(receipt());
        match transaction.commit().await {
            // Refused: written by a try whose answer was lost, or the lease had ended and somebody else goes on.
            Ok(Commit::Done | Commit::Refused(_)) => return Ok(Step::Done),
            // The delivery's own state matters more than what is written beside it.
            Err(Error::Internal(cause)) => {
                tracing::error!(delivery.id = %after.id, %cause, "a sent message could not be counted");
                let _ = work.state.deliveries.replace(work.tenant, before, after).run().await?;
                return Ok(Step::Done);
            }
            Err(error) if tries + 1 == TRIES => return Err(error),
            Err(_) => tokio::time::sleep(FIRST_PAUSE * (1 << tries)).await,
        }
        tries += 1;
    }
}
