//! The first system account: while there is none, a timer invites the configured address.

use shared::Error;
use shared::auth::{Plan, Role, Roles, SYSTEM_TENANT};
use shared::store::Commit;

use super::create::{By, prepare};
use super::store;
use super::withdraw::withdraw_open;
use crate::State;
use crate::tenants::Tenant;

/// Invites the configured address to the platform's own tenant, unless that has an account or an open invitation.
/// Timers that run at once invite once.
pub(crate) async fn bootstrap(state: &State) -> Result<(), Error> {
    let Some(email) = &state.bootstrap_email else { return Ok(()) };
    if state.accounts.has_members(SYSTEM_TENANT).await? {
        return Ok(());
    }
    let now = state.platform.clock().now();
    let tenant = Tenant {
        id: SYSTEM_TENANT,
        name: "EventZR".to_owned(),
        plan: Plan::Enterprise,
        open_signup: false,
        created_at: now,
    };
    // It may be there.
    state.tenants.create(&tenant).await?;
    let by = By { id: None, name: tenant.name.clone() };
    let mut prepared = prepare(state, &tenant, email, Roles(vec![Role::System]), None, &by).await?;
    let before = store::first(state.platform.table()).await?.filter(|before| before.email != *email);
    if let Some(before) = before {
        // It may have been mistyped: whoever has that address is not to run the platform.
        withdraw_open(state, &mut prepared.transaction, SYSTEM_TENANT, &before.email).await?;
    }
    prepared.transaction.add(store::first_invited(state.platform.table(), email, now));
    if prepared.transaction.commit().await? == Commit::Done {
        tracing::info!("the first system account was invited");
        state.platform.outbox().send(prepared.entries).await;
    }
    Ok(())
}
