//! A bulk request's deliveries on their way from the request to rows of their own.
//!
//! | pk | sk | what |
//! |---|---|---|
//! | `TENANT#<id>#PART#<request>#<number>` | `PART` | some deliveries, as JSON text |

use futures_util::{StreamExt, TryStreamExt, stream};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use shared::Error;
use shared::auth::{TenantId, UserId};
use shared::jobs::{Entry, Outbox};
use shared::store::{Commit, Key, Transaction};
use uuid::Uuid;

use super::model::{Bulk, Notification};
use super::store::key;
use crate::State;
use crate::deliveries::{Delivery, place_of};
use crate::jobs::{Deliver, Expand, Job};

/// Deliveries of one part: with their counters, their jobs and the part itself one transaction takes them.
const MOST: usize = 30;
/// Bytes of one part, unless one recipient's deliveries are more: well below an item's 400 KB.
const LARGEST: usize = 250 * 1024;
/// Bytes of one recipient's deliveries.
const LARGEST_OF_ONE: usize = 380 * 1024;
/// Bytes of all parts of one request: variables that all recipients share are in each of their deliveries.
const LARGEST_REQUEST: usize = 24 * 1024 * 1024;
/// Parts that one job makes rows of.
const PARTS_OF_A_JOB: u32 = 8;
/// Deliveries of one job.
const DELIVERIES_OF_A_JOB: usize = 10;
/// How long parts wait for a request that is accepted in the next second.
const KEPT: SignedDuration = SignedDuration::from_hours(14 * 24);
/// Parts at a time.
const CONCURRENCY: usize = 4;

/// Deliveries in parts.
#[derive(Default)]
pub(super) struct Parts {
    full: Vec<String>,
    open: Vec<String>,
    bytes: usize,
    total: usize,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Part {
    deliveries: String,
    ttl: i64,
}

impl Parts {
    /// Adds one recipient's deliveries, which stay together.
    pub(super) fn add(&mut self, deliveries: &[Delivery]) -> Result<(), Error> {
        let texts: Vec<String> =
            deliveries.iter().map(serde_json::to_string).collect::<Result<_, _>>().map_err(Error::internal)?;
        let bytes: usize = texts.iter().map(String::len).sum();
        if bytes > LARGEST_OF_ONE {
            return Err(Error::field("variables", "are too large for so many channels"));
        }
        if self.open.len() + texts.len() > MOST || self.bytes + bytes > LARGEST {
            self.close();
        }
        self.bytes += bytes;
        self.total += bytes;
        self.open.extend(texts);
        if self.total > LARGEST_REQUEST {
            return Err(Error::field("variables", "are too large for so many recipients"));
        }
        Ok(())
    }

    fn close(&mut self) {
        if !self.open.is_empty() {
            self.full.push(format!("[{}]", self.open.join(",")));
            (self.open, self.bytes) = (Vec::new(), 0);
        }
    }

    /// Stores all of them; says how many parts there are.
    pub(super) async fn store(mut self, state: &State, tenant: TenantId, of: &Notification) -> Result<u32, Error> {
        self.close();
        let ttl = (of.created_at + KEPT).as_second();
        let rows: Vec<(Key, Part)> = (0..)
            .zip(self.full)
            .map(|(number, deliveries)| (part_key(tenant, of.id, number), Part { deliveries, ttl }))
            .collect();
        state.platform.table().put_all(&rows).await?;
        u32::try_from(rows.len()).map_err(Error::internal)
    }
}

/// Adds the jobs that make rows of all parts.
pub(super) fn expand_all(
    outbox: &Outbox,
    transaction: &mut Transaction,
    tenant_id: TenantId,
    notification_id: Uuid,
    bulk: &Bulk,
) -> Result<Vec<Entry>, Error> {
    let mut entries = Vec::new();
    for first in (0..bulk.parts).step_by(PARTS_OF_A_JOB as usize) {
        let parts = first..bulk.parts.min(first + PARTS_OF_A_JOB);
        let job = Job::Expand(Expand { tenant_id, notification_id, parts, expires_at: bulk.expires_at });
        entries.extend(outbox.add(transaction, bulk.priority.queue(), tenant_id, &job, None)?);
    }
    Ok(entries)
}

/// Sends a bulk request's jobs again, if it still has parts; says whether it has.
pub(crate) async fn expand_again(state: &State, tenant: TenantId, id: Uuid) -> Result<bool, Error> {
    let (table, outbox, now) = (state.platform.table(), state.platform.outbox(), state.platform.clock().now());
    let found: Option<Notification> = table.get(&key(tenant, id)).await?;
    let Some(bulk) = found.and_then(|notification| notification.bulk) else {
        return Ok(false);
    };
    let keys: Vec<Key> = (0..bulk.parts).map(|number| part_key(tenant, id, number)).collect();
    let left: Vec<Option<Part>> = table.get_all(&keys).await?;
    if left.iter().all(Option::is_none) {
        table.update(&key(tenant, id), "REMOVE gsi3pk, gsi3sk").if_present().run().await?;
        return Ok(false);
    }
    let mut transaction = Transaction::new(state.platform.store());
    let later = table.update(&key(tenant, id), "SET gsi3sk = :place").if_present();
    transaction.add(later.value(":place", place_of(now, id)));
    let entries = expand_all(outbox, &mut transaction, tenant, id, &bulk)?;
    let done = transaction.commit().await? == Commit::Done;
    if done {
        outbox.send(entries).await;
    }
    Ok(done)
}

/// Makes rows of some parts, and jobs that send them. What is made is gone from the parts, so a job may come twice.
pub(crate) async fn expand(state: &State, job: &Expand) -> Result<(), Error> {
    let parts: Vec<_> = job.parts.clone().map(|number| expand_part(state, job, number)).collect();
    stream::iter(parts).buffer_unordered(CONCURRENCY).try_collect().await
}

async fn expand_part(state: &State, job: &Expand, number: u32) -> Result<(), Error> {
    let (tenant, table, outbox) = (job.tenant_id, state.platform.table(), state.platform.outbox());
    let part_key = part_key(tenant, job.notification_id, number);
    let Some(part) = table.get::<Part>(&part_key).await? else {
        return Ok(());
    };
    let mut deliveries: Vec<Delivery> = serde_json::from_str(&part.deliveries).map_err(Error::internal)?;
    let users: Vec<UserId> = deliveries.iter().filter_map(|delivery| delivery.recipient.user()).collect();
    let erased = state.contacts.erased_of(&users).await?;
    deliveries.retain(|delivery| delivery.recipient.user().is_none_or(|user| !erased.contains(&user)));
    let mut transaction = Transaction::new(state.platform.store());
    transaction.add(table.delete(&part_key).if_present());
    transaction.extend(state.deliveries.create(tenant, &deliveries, job.expires_at));
    let mut entries = Vec::new();
    for some in deliveries.chunks(DELIVERIES_OF_A_JOB) {
        let deliver = Deliver::all(tenant, job.notification_id, some);
        let (queue, due) = (some[0].priority.queue(), some[0].due());
        entries.extend(outbox.add(&mut transaction, queue, tenant, &Job::Deliver(deliver), due)?);
    }
    // Refused: another worker has done it.
    if transaction.commit().await? == Commit::Done {
        outbox.send(entries).await;
    }
    Ok(())
}

fn part_key(tenant: TenantId, notification: Uuid, number: u32) -> Key {
    Key::new(format!("TENANT#{tenant}#PART#{notification}#{number}"), "PART")
}
