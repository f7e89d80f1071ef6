//! Preferences' items: `TENANT#<id>#USER#<id>` / `PREFERENCES`.

use shared::Error;
use shared::auth::{TenantId, UserId};
use shared::clock::Clock;
use shared::store::{Action, Key, Table};

use super::model::{Preferences, SetPreferences};

/// What users want to receive.
#[derive(Clone, Debug)]
pub(crate) struct PreferencesStore {
    table: Table,
    clock: Clock,
}

impl PreferencesStore {
    pub(crate) fn new(table: Table, clock: Clock) -> Self {
        Self { table, clock }
    }

    /// A user's preferences; the defaults if none were ever set.
    pub(crate) async fn get(&self, tenant: TenantId, user: UserId) -> Result<Preferences, Error> {
        Ok(self.table.get::<Preferences>(&Self::key(tenant, user)).await?.unwrap_or_default().completed())
    }

    /// Where they are, for reading them together with other items.
    pub(crate) fn key(tenant: TenantId, user: UserId) -> Key {
        Key::new(format!("TENANT#{tenant}#USER#{user}"), "PREFERENCES")
    }

    /// The preferences as they will be, and the write that makes them so.
    pub(crate) fn set(&self, tenant: TenantId, user: UserId, change: SetPreferences) -> (Preferences, Action) {
        let preferences = change.preferences(self.clock.now());
        let write = self.table.put(&Self::key(tenant, user), &preferences);
        (preferences.completed(), write)
    }
}
