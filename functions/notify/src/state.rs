//! What handlers and jobs work with.

use std::sync::Arc;

use shared::Platform;

use crate::contacts::Contacts;
use crate::preferences::PreferencesStore;

/// One of each, for the whole process. Clones share it.
#[derive(Clone)]
pub struct State(Arc<Parts>);

/// The parts of a [`State`].
pub struct Parts {
    /// What every service has.
    pub(crate) platform: Platform,
    /// What is known of users.
    pub(crate) contacts: Contacts,
    /// What users want to receive.
    pub(crate) preferences: PreferencesStore,
}

impl std::ops::Deref for State {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl State {
    pub(crate) fn new(platform: Platform) -> Self {
        let table = platform.table().clone();
        Self(Arc::new(Parts {
            contacts: Contacts::new(table.clone(), platform.clock().clone()),
            preferences: PreferencesStore::new(table, platform.clock().clone()),
            platform,
        }))
    }
}
