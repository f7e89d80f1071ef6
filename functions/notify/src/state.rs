//! What handlers and jobs work with.

use std::sync::Arc;

use shared::Platform;
use shared::config::{ConfigError, Env};
use shared::exports::ExportFiles;
use tokio::sync::Semaphore;

use crate::attachments::Attachments;
use crate::contacts::Contacts;
use crate::deliveries::Deliveries;
use crate::devices::{Devices, Endpoints};
use crate::feedback::SnsVerifier;
use crate::inbox::Inbox;
use crate::kinds::Priority;
use crate::metrics::Metrics;
use crate::notifications::Notifications;
use crate::preferences::PreferencesStore;
use crate::providers::{Gateways, Providers, Watch};
use crate::quotas::Quotas;
use crate::receipts::Receipts;
use crate::rules::Caps;
use crate::suppressions::Suppressions;
use crate::templates::Templates;
use crate::unsubscribe::Unsubscribe;

/// Messages that are rendered and on their way, at a time; each may be some MB.
pub(crate) const AT_ONCE: u32 = 16;

/// One of each, for the whole process. Clones share it.
#[derive(Clone)]
pub struct State(Arc<Parts>);

/// The parts of a [`State`].
pub struct Parts {
    /// What every service has.
    pub(crate) platform: Platform,
    /// Files that mails take along.
    pub(crate) attachments: Attachments,
    /// How much recipients want.
    pub(crate) caps: Caps,
    /// What is known of users.
    pub(crate) contacts: Contacts,
    /// Every message to one recipient.
    pub(crate) deliveries: Deliveries,
    /// Where push messages go.
    pub(crate) devices: Devices,
    /// Devices as SNS knows them.
    pub(crate) endpoints: Endpoints,
    /// What users want to have of what is known of them.
    pub(crate) export_files: ExportFiles,
    /// Providers of somebody else's.
    pub(crate) gateways: Gateways,
    /// The inboxes of the app.
    pub(crate) inbox: Inbox,
    /// What came of messages.
    pub(crate) metrics: Metrics,
    /// What was accepted.
    pub(crate) notifications: Notifications,
    /// Messages that are rendered and on their way, at a time.
    pub(crate) places: Semaphore,
    /// What users want to receive.
    pub(crate) preferences: PreferencesStore,
    /// Who carries messages.
    pub(crate) providers: Providers,
    /// How much a tenant may send.
    pub(crate) quotas: Quotas,
    /// The providers' message ids.
    pub(crate) receipts: Receipts,
    /// Knows what is really of SNS.
    pub(crate) sns: SnsVerifier,
    /// Who must not be written to.
    pub(crate) suppressions: Suppressions,
    /// What tenants send again and again.
    pub(crate) templates: Templates,
    /// The links that end messages.
    pub(crate) unsubscribe: Unsubscribe,
    /// How the providers are.
    pub(crate) watch: Watch,
}

impl std::ops::Deref for State {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl State {
    pub(crate) fn new(platform: Platform, env: &Env) -> Result<Self, ConfigError> {
        // Without a queue, what was accepted would never be sent.
        for queue in [Priority::High, Priority::Normal, Priority::Low].map(Priority::queue) {
            env.require(queue.variable())?;
        }
        let (table, clock) = (platform.table().clone(), platform.clock().clone());
        let metrics = Metrics::new(table.clone());
        let gateways = Gateways::from_env(env, platform.stage())?;
        Ok(Self(Arc::new(Parts {
            attachments: Attachments::from_env(env, platform.sdk(), table.clone())?,
            caps: Caps::new(table.clone()),
            contacts: Contacts::new(table.clone(), clock.clone()),
            deliveries: Deliveries::new(
                table.clone(),
                metrics.clone(),
                platform.outbox().clone(),
                platform.sealer().clone(),
            ),
            devices: Devices::new(table.clone()),
            endpoints: Endpoints::from_env(env, platform.sdk())?,
            export_files: ExportFiles::from_env(env, platform.sdk())?,
            providers: Providers::from_env(env, platform.sdk(), &clock, &gateways)?,
            gateways,
            inbox: Inbox::new(table.clone(), clock.clone()),
            metrics,
            notifications: Notifications::new(table.clone()),
            places: Semaphore::new(AT_ONCE as usize),
            preferences: PreferencesStore::new(table.clone(), clock.clone()),
            quotas: Quotas::new(table.clone(), clock.clone()),
            receipts: Receipts::new(table.clone(), clock.clone()),
            sns: SnsVerifier::from_env(env)?,
            suppressions: Suppressions::new(table.clone(), clock.clone()),
            templates: Templates::new(table.clone()),
            unsubscribe: Unsubscribe::from_env(env, platform.sealer().clone())?,
            watch: Watch::new(table, clock),
            platform,
        })))
    }
}
