//! What handlers and jobs work with.

use std::sync::Arc;

use shared::Platform;
use shared::client::PublicClient;
use shared::config::{ConfigError, Env, url};
use shared::exports::ExportFiles;
use shared::files::Bucket;
use shared::jobs::QueueName;

use crate::datasets::Datasets;
use crate::exports::{Exports, Files};
use crate::quotas::Quotas;
use crate::rows::{Batches, Rows};
use crate::schedules::Schedules;
use crate::sources::Sources;
use crate::templates::Templates;
use crate::webhooks::Webhooks;

/// One of each, for the whole process. Clones share it.
#[derive(Clone)]
pub struct State(Arc<Parts>);

/// The parts of a [`State`].
pub struct Parts {
    /// What every service has.
    pub(crate) platform: Platform,
    /// Rows that wait to be stored.
    pub(crate) batches: Batches,
    /// How webhooks are reached.
    pub(crate) client: PublicClient,
    /// What rows belong to.
    pub(crate) datasets: Datasets,
    /// What users want to have of what is known of them.
    pub(crate) export_files: ExportFiles,
    /// What files are made of.
    pub(crate) exports: Exports,
    /// And the files.
    pub(crate) files: Files,
    /// Where callers find the platform: links of mails lead there.
    pub(crate) public_base_url: String,
    /// How much tenants may have.
    pub(crate) quotas: Quotas,
    /// What has happened.
    pub(crate) rows: Rows,
    /// What is made by a calendar.
    pub(crate) schedules: Schedules,
    /// Where rows come from.
    pub(crate) sources: Sources,
    /// Definitions with a name.
    pub(crate) templates: Templates,
    /// Who is told what happens.
    pub(crate) webhooks: Webhooks,
}

impl std::ops::Deref for State {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl State {
    pub(crate) fn new(platform: Platform, env: &Env) -> Result<Self, ConfigError> {
        // Without them, nothing would ever be made or told.
        env.require(QueueName::Reports.variable())?;
        env.require(QueueName::ReportsExports.variable())?;
        env.require(QueueName::ReportsWebhooks.variable())?;
        let (table, clock) = (platform.table().clone(), platform.clock().clone());
        let bucket = Bucket::from_env(env, platform.sdk(), "REPORTS_BUCKET")?;
        Ok(Self(Arc::new(Parts {
            batches: Batches::new(bucket.clone()),
            client: PublicClient::from_env(env)?,
            datasets: Datasets::new(table.clone()),
            export_files: ExportFiles::from_env(env, platform.sdk())?,
            exports: Exports::new(table.clone()),
            files: Files::new(bucket),
            public_base_url: url(env, "PUBLIC_BASE_URL")?,
            quotas: Quotas::new(table.clone(), clock.clone()),
            rows: Rows::new(table.clone(), clock),
            schedules: Schedules::new(table.clone()),
            sources: Sources::new(table.clone()),
            templates: Templates::new(table.clone()),
            webhooks: Webhooks::new(table),
            platform,
        })))
    }
}
