//! An event changes its delivery, once.
//!
//! | pk | sk | what |
//! |---|---|---|
//! | `EVENT#<provider>#<id>` | `EVENT` | that this event was heard; the id comes from the provider's |
//! | `EVENTS#<provider>#<minute>#<shard>` | `COUNT` | how many were heard in a minute |

use std::time::Duration;

use jiff::SignedDuration;
use serde::Serialize;
use shared::Error;
use shared::seal::name_id;
use shared::store::{Action, Commit, Key, Transaction, minute_of};

use super::model::Told;
use crate::State;
use crate::suppressions::SuppressionSource;

/// How long an event is remembered: longer than any provider repeats it.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(48);
/// How long after it was sent a message may be unknown: what its provider answered is still being written.
const SETTLING: SignedDuration = SignedDuration::from_mins(15);
/// Events of one provider in a minute, in each of its shards.
const MOST_A_MINUTE: u32 = 1_000;
/// So that a busy minute is not one item's.
const SHARDS: u128 = 16;
/// Tries against others who change the same delivery.
const TRIES: usize = 5;

#[derive(Serialize)]
struct Heard {
    ttl: i64,
}

/// Applies what `provider` has told. Twice is once, and what comes late changes nothing.
pub(super) async fn apply(state: &State, provider: &str, told: &Told) -> Result<(), Error> {
    let now = state.platform.clock().now();
    let Some(receipt) = state.receipts.find(provider, &told.message).await? else {
        if now.duration_since(told.at) < SETTLING {
            return Err(Error::unavailable("an event of a message that is not known yet"));
        }
        // Somebody else's message, by the same account.
        return Ok(());
    };
    let tenant = receipt.tenant_id;
    for _ in 0..TRIES {
        let mut transaction = Transaction::new(state.platform.store());
        let heard = transaction.add(remember(state, provider, &told.event));
        let counted = transaction.add(count(state, provider, &told.event));
        let mut entries = Vec::new();
        if let Some(before) = state.deliveries.get(tenant, receipt.delivery_id).await? {
            if let Some(after) = told.what.after(&before, provider, now) {
                entries = state.deliveries.change(&mut transaction, tenant, &before, &after, now)?;
            }
            if let Some(reason) = told.what.suppresses().filter(|_| before.channel.has_addresses()) {
                let (channel, source) = (before.channel, SuppressionSource::Provider);
                transaction.add(state.suppressions.suppress(tenant, channel, &receipt.address, reason, source).1);
            }
        }
        match transaction.commit().await? {
            Commit::Done => {
                state.platform.outbox().send(entries).await;
                return Ok(());
            }
            Commit::Refused(index) if index == heard => return Ok(()),
            Commit::Refused(index) if index == counted => {
                return Err(Error::RateLimited { retry_after: Duration::from_mins(1) });
            }
            // Somebody else has changed the delivery.
            Commit::Refused(_) => {}
        }
    }
    Err(Error::unavailable("a delivery keeps changing"))
}

fn remember(state: &State, provider: &str, event: &str) -> Action {
    let id = name_id("event", event.as_bytes());
    let heard = Heard { ttl: (state.platform.clock().now() + REMEMBERED).as_second() };
    state.platform.table().put(&Key::new(format!("EVENT#{provider}#{id}"), "EVENT"), &heard).if_absent()
}

fn count(state: &State, provider: &str, event: &str) -> Action {
    let now = state.platform.clock().now();
    let (minute, shard) = (minute_of(now), name_id("event", event.as_bytes()).as_u128() % SHARDS);
    let key = Key::new(format!("EVENTS#{provider}#{minute}#{shard}"), "COUNT");
    state.platform.table().count_in_minute(&key, MOST_A_MINUTE, now)
}
