//! auth's own part of an erasure, as jobs that can be repeated.

use shared::Error;
use shared::auth::SYSTEM_TENANT;
use shared::jobs::UserErased;
use shared::service::AUTH;

use super::confirm::confirm;
use crate::State;

/// Forgets what stands beside the account: its sessions, factors, and what the audit logs say of it.
pub(crate) async fn purge(state: &State, erased: &UserErased) -> Result<(), Error> {
    // Before the passkeys themselves, by which their claims are found.
    for passkey in state.passkeys.all(erased.user_id).await? {
        state.passkeys.release(&passkey).run().await?;
    }
    state.accounts.forget(erased.user_id).await?;
    state.export_files.delete_all(erased.user_id).await?;
    for tenant in erased.tenants.iter().chain([&SYSTEM_TENANT]) {
        state.audit.forget(*tenant, erased.user_id).await?;
    }
    Ok(())
}

/// The same once more: requests that had begun before are over, and the indexes show what they wrote.
pub(crate) async fn finish(state: &State, erased: &UserErased) -> Result<(), Error> {
    purge(state, erased).await?;
    confirm(state, erased.erasure_id, AUTH.name).await
}
