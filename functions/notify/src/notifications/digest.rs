//! Digests: many triggers become one message at the end of a window.
//!
//! | pk | sk | what |
//! |---|---|---|
//! | `TENANT#<id>#DIGEST#<id>` | `WINDOW` | the newest window; the id comes from recipient and key |
//! | `TENANT#<id>#NOTIFICATION#<id>` | `DIGEST` | what a window has collected |
//!
//! A trigger adds to a window on condition that it is still open, and the worker closes it before it reads it. So
//! whoever comes too late finds that out, and opens the next one.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use shared::Error;
use shared::auth::{Principal, TenantId};
use shared::http::{Finished, Idempotency, Reply};
use shared::store::{Action, Key, Table, Transaction};
use uuid::Uuid;

use super::commit::Request;
use super::model::{Accepted, Message};
use super::store::key;
use crate::deliveries::{Delivery, Recipient};
use crate::jobs::{Deliver, Job};
use crate::kinds::Channel;
use crate::rendering::Variables;
use crate::{NotifyError, State};

/// Triggers of one window; the next one opens another.
const MOST_ITEMS: usize = 200;
/// Bytes of one window's triggers.
const LARGEST: usize = 256 * 1024;
/// Tries against others who open or close the same window.
const TRIES: u32 = 10;
/// How long a window's items stay after it has closed.
const KEPT: SignedDuration = SignedDuration::from_hours(90 * 24);

/// The newest window of a recipient and key.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Window {
    accepted: Accepted,
    /// In milliseconds, so that conditions can compare it.
    #[serde(with = "jiff::fmt::serde::timestamp::millisecond::required")]
    closes_at: Timestamp,
    ttl: i64,
}

/// What a window has collected.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Collected {
    /// Each trigger's variables, as JSON text.
    items: Vec<String>,
    bytes: usize,
    #[serde(with = "jiff::fmt::serde::timestamp::millisecond::required")]
    closes_at: Timestamp,
    closed: bool,
    ttl: i64,
}

/// Variables that a digest's words may name.
pub(super) fn variables(items: Vec<Value>) -> Variables {
    let count = items.len().into();
    Variables::from_iter([("items".to_owned(), Value::Array(items)), ("count".to_owned(), count)])
}

/// Adds a trigger to its window, or opens one with these `deliveries`.
pub(super) async fn collect(
    state: &State,
    principal: &Principal,
    idempotency: &Idempotency,
    request: &Request<'_>,
    message: &Message,
    deliveries: &[Delivery],
    trigger: &Variables,
) -> Result<Reply<Accepted>, NotifyError> {
    let (tenant, table) = (principal.tenant(), state.platform.table());
    let (Some(first), Some(digest)) = (deliveries.first(), &message.digest) else {
        return Err(Error::internal("a digest without a delivery").into());
    };
    let item = serde_json::to_string(trigger).map_err(Error::internal)?;
    let place = window_key(tenant, &first.recipient, &digest.key);
    for _ in 0..TRIES {
        let now = state.platform.clock().now();
        let window: Option<Window> = table.get(&place).await?;
        if let Some(window) = window.as_ref().filter(|window| window.closes_at > now) {
            let mut transaction = Transaction::new(state.platform.store());
            transaction.add(add(table, tenant, window, &item, now));
            // Whoever has cancelled it has closed it.
            for delivery in &window.accepted.deliveries {
                transaction.add(state.deliveries.still_scheduled(tenant, delivery.id));
            }
            let guard = message.dedupe_key.as_ref();
            let guard = guard.map(|key| state.notifications.guard(tenant, key, &request.notification));
            let dedupe = guard.map(|guard| transaction.add(guard));
            match idempotency.commit(transaction, Reply::accepted(window.accepted.clone())).await? {
                Finished::Reply(reply) => return Ok(reply),
                Finished::Refused(index) if dedupe == Some(index) => return Err(NotifyError::DuplicateRequest),
                // Closed, or full: the next window.
                Finished::Refused(_) => {}
            }
        }
        let opened = open(state, principal, idempotency, request, message, deliveries, (&place, window, &item)).await;
        match opened {
            Err(NotifyError::Common(Error::Conflict)) => {}
            other => return other,
        }
    }
    Err(Error::unavailable("others open and close this digest each time").into())
}

/// Opens a window; [`Error::Conflict`] if somebody else has.
async fn open(
    state: &State,
    principal: &Principal,
    idempotency: &Idempotency,
    request: &Request<'_>,
    message: &Message,
    deliveries: &[Delivery],
    (place, before, item): (&Key, Option<Window>, &str),
) -> Result<Reply<Accepted>, NotifyError> {
    let (tenant, table, outbox) = (principal.tenant(), state.platform.table(), state.platform.outbox());
    let Some(closes_at) = message.scheduled_at else {
        return Err(Error::internal("a digest without an end").into());
    };
    let accepted = super::accept::accepted(request.notification.id, deliveries);
    let ttl = (closes_at + KEPT).as_second();
    let window = Window { accepted: accepted.clone(), closes_at, ttl };
    let collected = Collected { items: vec![item.to_owned()], bytes: item.len(), closes_at, closed: false, ttl };
    let wanted: BTreeMap<Channel, u32> = message.channels.iter().map(|channel| (*channel, 1)).collect();
    let job = Job::Deliver(Deliver::all(tenant, request.notification.id, deliveries));
    let write = |transaction: &mut Transaction| {
        transaction.extend(state.deliveries.create(tenant, deliveries, request.expires_at));
        transaction.add(table.put(&collected_key(tenant, request.notification.id), &collected));
        let put = table.put(place, &window);
        transaction.add(match &before {
            Some(before) => put.when("accepted.id = :before").value(":before", before.accepted.id),
            None => put.if_absent(),
        });
        let entries = outbox.add(transaction, message.priority.queue(), tenant, &job, Some(closes_at))?;
        Ok((Reply::accepted(accepted.clone()), entries))
    };
    request.commit(state, principal, idempotency, &wanted, write).await
}

/// The write that adds a trigger; refused if the window is closed or full.
fn add(table: &Table, tenant: TenantId, window: &Window, item: &str, now: Timestamp) -> Action {
    let update = "SET #items = list_append(#items, :item) ADD bytes :size";
    let open = "closed = :no AND closesAt > :now AND size(#items) < :most AND bytes <= :room";
    table
        .update(&collected_key(tenant, window.accepted.id), update)
        .when(open)
        .name("#items", "items")
        .value(":item", [item])
        .value(":size", item.len())
        .value(":no", false)
        .value(":now", now.as_millisecond())
        .value(":most", MOST_ITEMS)
        .value(":room", LARGEST.saturating_sub(item.len()))
}

/// Closes a window and gives what it has collected; `None` for a notification that is no digest.
pub(crate) async fn close(state: &State, tenant: TenantId, notification: Uuid) -> Result<Option<Variables>, Error> {
    let close = state.platform.table().update(&collected_key(tenant, notification), "SET closed = :yes");
    let Some(collected) = close.if_present().value(":yes", true).run_and_read::<Collected>().await? else {
        return Ok(None);
    };
    collected.variables().map(Some)
}

/// What each of these requests has collected, if it is a digest's.
pub(crate) async fn collected(state: &State, requests: &[Key]) -> Result<Vec<Option<Variables>>, Error> {
    let keys: Vec<Key> = requests.iter().map(collected_at).collect();
    let found: Vec<Option<Collected>> = state.platform.table().get_all(&keys).await?;
    found.into_iter().map(|collected| collected.map(|it| it.variables()).transpose()).collect()
}

impl Collected {
    fn variables(&self) -> Result<Variables, Error> {
        let items: Result<Vec<Value>, _> = self.items.iter().map(|item| serde_json::from_str(item)).collect();
        Ok(variables(items.map_err(Error::internal)?))
    }
}

fn window_key(tenant: TenantId, recipient: &Recipient, text: &str) -> Key {
    let to = match recipient {
        Recipient::UserId(user) => user.to_string(),
        Recipient::To(address) => address.to_lowercase(),
    };
    let id = shared::seal::name_id("digest", format!("{tenant}#{to}#{text}").as_bytes());
    Key::new(format!("TENANT#{tenant}#DIGEST#{id}"), "WINDOW")
}

fn collected_key(tenant: TenantId, notification: Uuid) -> Key {
    collected_at(&key(tenant, notification))
}

/// Where it is what the digest has collected whose request is there.
pub(crate) fn collected_at(notification: &Key) -> Key {
    Key::new(notification.pk.clone(), "DIGEST")
}
