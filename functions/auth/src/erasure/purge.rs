//! auth's own part of an erasure, as a job that can be repeated.

use serde::de::IgnoredAny;
use shared::Error;
use shared::jobs::UserErased;
use shared::store::Key;

use super::confirm::confirm;
use crate::State;

/// Forgets what stands beside the account: its sessions, factors, and what the audit logs say of it.
pub(crate) async fn purge(state: &State, erased: &UserErased) -> Result<(), Error> {
    let table = state.platform.table();
    // Before the passkeys themselves, by which their claims are found.
    for passkey in state.passkeys.all(erased.user_id).await? {
        state.passkeys.release(&passkey).run().await?;
    }
    let rows = table.query(format!("USER#{}", erased.user_id)).all_stored::<IgnoredAny>().await?;
    let keys: Vec<Key> = rows.into_iter().map(|row| row.key).collect();
    table.delete_all(&keys).await?;
    for tenant in &erased.tenants {
        state.audit.forget(*tenant, erased.user_id).await?;
    }
    confirm(state, erased.erasure_id, "auth").await
}
