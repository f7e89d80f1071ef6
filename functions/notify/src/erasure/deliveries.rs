//! What was said to a user.

use jiff::Timestamp;
use shared::Error;
use shared::auth::{TenantId, UserId};
use shared::store::Key;

use crate::State;
use crate::deliveries::{self, Delivery};
use crate::notifications::{self, Notification};
use crate::{metrics, receipts};

/// Deliveries that are read at once.
const PAGE: u32 = 50;

/// Forgets deliveries, with what providers called them and the requests that had no other recipient. `false` if the
/// time was not enough.
pub(super) async fn erase_deliveries(
    state: &State,
    tenant: TenantId,
    user: UserId,
    deadline: Timestamp,
) -> Result<bool, Error> {
    let mut after = None;
    loop {
        let page = state.deliveries.places_of(tenant, user, PAGE, after).await?;
        forget_all(state, tenant, &state.deliveries.at_all(&page.items).await?).await?;
        after = page.next;
        if after.is_none() {
            return Ok(true);
        }
        if state.platform.clock().now() > deadline {
            return Ok(false);
        }
    }
}

/// Forgets one delivery that came about while its recipient was erased.
pub(crate) async fn forget(state: &State, tenant: TenantId, delivery: &Delivery) -> Result<(), Error> {
    forget_all(state, tenant, std::slice::from_ref(delivery)).await?;
    // It was counted when it was accepted.
    match delivery.recipient.user() {
        Some(user) => forget_partition(state, metrics::user_partition(tenant, user)).await,
        None => Ok(()),
    }
}

/// Forgets everything under one key.
pub(super) async fn forget_partition(state: &State, partition: String) -> Result<(), Error> {
    let table = state.platform.table();
    let rows: Vec<Key> = table.query(partition).all().await?;
    table.delete_all(&rows).await
}

async fn forget_all(state: &State, tenant: TenantId, found: &[Delivery]) -> Result<(), Error> {
    let table = state.platform.table();
    let requests: Vec<Key> =
        found.iter().map(|delivery| notifications::key(tenant, delivery.notification_id)).collect();
    let read: Vec<Option<Notification>> = table.get_all(&requests).await?;
    let mut places: Vec<Key> = found.iter().flat_map(receipts::places).collect();
    for (place, request) in requests.iter().zip(read) {
        // What a digest has collected stands beside its request, and may be left when that is gone already.
        if request.is_none_or(|request| request.bulk.is_none()) {
            places.extend([place.clone(), notifications::collected_at(place)]);
        }
    }
    places.sort_by(|one, other| (&one.pk, &one.sk).cmp(&(&other.pk, &other.sk)));
    places.dedup();
    table.delete_all(&places).await?;
    // Last: by them the rest is found.
    let rows: Vec<Key> = found.iter().map(|delivery| deliveries::key(tenant, delivery.id)).collect();
    table.delete_all(&rows).await
}
