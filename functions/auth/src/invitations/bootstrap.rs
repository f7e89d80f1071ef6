//! The first system account: while there is none, a timer invites the configured address.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use shared::Error;
use shared::auth::{Plan, Role, Roles, SYSTEM_TENANT};
use shared::store::{Commit, Key};

use super::create::{By, prepare};
use crate::State;
use crate::links::{Invitation, Purpose};
use crate::tenants::Tenant;

/// That the first one was invited.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Invited {
    invited_at: Timestamp,
}

/// Invites the configured address to the platform's own tenant, unless that has an account or an open invitation.
/// Timers that run at once invite once.
pub(crate) async fn bootstrap(state: &State) -> Result<(), Error> {
    let Some(email) = &state.bootstrap_email else { return Ok(()) };
    if state.accounts.has_members(SYSTEM_TENANT).await? {
        return Ok(());
    }
    let now = state.platform.clock().now();
    let table = state.platform.table();
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
    let mut prepared = prepare(state, &tenant, email, Roles(vec![Role::System]), None, &by)?;
    let outdated = now - Invitation::LIFETIME - SignedDuration::from_secs(1);
    let put = table.put(&Key::new("BOOTSTRAP", "INVITED"), &Invited { invited_at: now });
    prepared
        .transaction
        .add(put.when("attribute_not_exists(pk) OR invitedAt < :outdated").value(":outdated", outdated));
    if prepared.transaction.commit().await? == Commit::Done {
        tracing::info!("the first system account was invited");
        state.platform.outbox().send(prepared.entries).await;
    }
    Ok(())
}
