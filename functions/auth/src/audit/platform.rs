//! What the platform itself does in a tenant: in that tenant's log, and in its own.

use shared::auth::{SYSTEM_TENANT, TenantId, UserId};
use shared::store::{Action, Transaction};

use super::{Act, Details, Event};
use crate::State;
use crate::caller::Caller;

/// The writes that tell of it. Where from and with what device is the platform's own affair.
pub(crate) fn platform_use(
    state: &State,
    caller: &Caller,
    act: Act,
    tenants: impl IntoIterator<Item = TenantId>,
    (user, details): (Option<UserId>, &Details),
) -> Vec<Action> {
    let now = state.platform.clock().now();
    let actor = caller.principal.user();
    let about = |event: Event| Event { user, details: details.clone(), ..event };
    let own = about(Event::new(SYSTEM_TENANT, act, now).by(actor, &caller.device));
    let theirs = tenants.into_iter().filter(|tenant| *tenant != SYSTEM_TENANT);
    let theirs = theirs.map(|tenant| about(Event { actor: Some(actor), ..Event::new(tenant, act, now) }));
    theirs.chain([own]).map(|event| state.audit.record(&event)).collect()
}

/// Writes them where nothing else is written.
pub(crate) async fn record_platform_use(
    state: &State,
    caller: &Caller,
    act: Act,
    tenants: impl IntoIterator<Item = TenantId>,
    about: (Option<UserId>, &Details),
) -> Result<(), shared::Error> {
    let mut transaction = Transaction::new(state.platform.store());
    transaction.extend(platform_use(state, caller, act, tenants, about));
    // Without conditions there is nothing to refuse.
    transaction.commit().await.map(|_| ())
}
