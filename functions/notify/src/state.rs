//! What handlers and jobs work with.

use std::sync::Arc;

use shared::Platform;
use shared::config::{ConfigError, Env};

use crate::contacts::Contacts;
use crate::deliveries::Deliveries;
use crate::inbox::Inbox;
use crate::metrics::Metrics;
use crate::notifications::Notifications;
use crate::preferences::PreferencesStore;
use crate::providers::Providers;
use crate::quotas::Quotas;
use crate::receipts::Receipts;
use crate::rules::Caps;
use crate::suppressions::Suppressions;
use crate::templates::Templates;
use crate::unsubscribe::Unsubscribe;

/// One of each, for the whole process. Clones share it.
#[derive(Clone)]
pub struct State(Arc<Parts>);

/// The parts of a [`State`].
pub struct Parts {
    /// What every service has.
    pub(crate) platform: Platform,
    /// How much recipients want.
    pub(crate) caps: Caps,
    /// What is known of users.
    pub(crate) contacts: Contacts,
    /// Every message to one recipient.
    pub(crate) deliveries: Deliveries,
    /// The inboxes of the app.
    pub(crate) inbox: Inbox,
    /// What came of messages.
    pub(crate) metrics: Metrics,
    /// What was accepted.
    pub(crate) notifications: Notifications,
    /// What users want to receive.
    pub(crate) preferences: PreferencesStore,
    /// Who carries messages.
    pub(crate) providers: Providers,
    /// How much a tenant may send.
    pub(crate) quotas: Quotas,
    /// The providers' message ids.
    pub(crate) receipts: Receipts,
    /// Who must not be written to.
    pub(crate) suppressions: Suppressions,
    /// What tenants send again and again.
    pub(crate) templates: Templates,
    /// The links that end messages.
    pub(crate) unsubscribe: Unsubscribe,
}

impl std::ops::Deref for State {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl State {
    pub(crate) fn new(platform: Platform, env: &Env) -> Result<Self, ConfigError> {
        let (table, clock) = (platform.table().clone(), platform.clock().clone());
        let metrics = Metrics::new(table.clone());
        Ok(Self(Arc::new(Parts {
            caps: Caps::new(table.clone()),
            contacts: Contacts::new(table.clone(), clock.clone()),
            deliveries: Deliveries::new(table.clone(), metrics.clone()),
            inbox: Inbox::new(table.clone(), clock.clone()),
            metrics,
            notifications: Notifications::new(table.clone()),
            preferences: PreferencesStore::new(table.clone(), clock.clone()),
            providers: Providers::from_env(env, platform.sdk())?,
            quotas: Quotas::new(table.clone(), clock.clone()),
            receipts: Receipts::new(table.clone(), clock.clone()),
            suppressions: Suppressions::new(table.clone(), clock),
            templates: Templates::new(table),
            unsubscribe: Unsubscribe::from_env(env, platform.sealer().clone())?,
            platform,
        })))
    }
}
