//! What handlers and jobs work with.

use std::sync::Arc;

use shared::Platform;
use shared::config::{ConfigError, Env, url};
use shared::exports::ExportFiles;
use shared::jobs::QueueName;

use crate::analytics::Recorder;
use crate::documents::Documents;
use crate::imports::Imports;
use crate::index::{Manifests, Readers, Segments};
use crate::indexing::{Maintenance, Reindexing};
use crate::quota::Quota;
use crate::saved::SavedSearches;
use crate::semantic::Semantics;
use crate::settings::SettingsStore;
use crate::tasks::Tasks;

/// One of each, for the whole process. Clones share it.
#[derive(Clone)]
pub struct State(Arc<Parts>);

/// The parts of a [`State`].
pub struct Parts {
    /// What every service has.
    pub(crate) platform: Platform,
    /// What is searched for.
    pub(crate) analytics: Recorder,
    /// Where the application is whose pages alerts lead to.
    pub(crate) app_base_url: String,
    /// The truth that indexes are made of.
    pub(crate) documents: Documents,
    /// What users want to have of what is known of them.
    pub(crate) export_files: ExportFiles,
    /// Files of documents.
    pub(crate) imports: Imports,
    /// Which indexes were written.
    pub(crate) maintenance: Maintenance,
    /// What indexes are made of.
    pub(crate) manifests: Manifests,
    /// How much tenants may have.
    pub(crate) quota: Quota,
    /// Open indexes.
    pub(crate) readers: Readers,
    /// Indexes that are being made anew.
    pub(crate) reindexing: Reindexing,
    /// What users want to hear of.
    pub(crate) saved: SavedSearches,
    /// Their segments.
    pub(crate) segments: Segments,
    /// What texts mean.
    pub(crate) semantics: Semantics,
    /// What tenants decide.
    pub(crate) settings: SettingsStore,
    /// What is done later.
    pub(crate) tasks: Tasks,
}

impl std::ops::Deref for State {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl State {
    pub(crate) fn new(platform: Platform, env: &Env) -> Result<Self, ConfigError> {
        // Without it, what was accepted would never be found.
        env.require(QueueName::Search.variable())?;
        let (table, clock) = (platform.table().clone(), platform.clock().clone());
        let (manifests, tasks) = (Manifests::new(table.clone()), Tasks::new(table.clone()));
        let segments = Segments::from_env(env, platform.sdk())?;
        Ok(Self(Arc::new(Parts {
            analytics: Recorder::new(&platform),
            app_base_url: url(env, if env.get("APP_BASE_URL").is_some() { "APP_BASE_URL" } else { "PUBLIC_BASE_URL" })?,
            documents: Documents::new(table.clone()),
            export_files: ExportFiles::from_env(env, platform.sdk())?,
            imports: Imports::from_env(env, platform.sdk(), table.clone())?,
            maintenance: Maintenance::new(table.clone()),
            quota: Quota::from_env(env, manifests.clone(), tasks.clone(), clock.clone())?,
            readers: Readers::from_env(env, manifests.clone(), segments.clone(), clock.clone())?,
            manifests,
            reindexing: Reindexing::new(table.clone()),
            saved: SavedSearches::new(table.clone()),
            segments,
            semantics: Semantics::load(env),
            settings: SettingsStore::new(table, clock),
            tasks,
            platform,
        })))
    }
}
