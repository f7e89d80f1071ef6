//! reports: datasets, templates of reports, exports that are whole, schedules and webhooks.

mod as_text;
mod datasets;
mod definitions;
mod erasure;
mod error;
mod exports;
mod jobs;
mod known;
mod pages;
mod query;
mod quotas;
mod rows;
mod schedules;
mod secrets;
mod sources;
mod state;
mod templates;
mod values;
mod webhooks;
mod worker;

use std::sync::Arc;

use axum::Router;
use shared::Platform;
use shared::auth::{Plan, Role};
use shared::clock::Clock;
use shared::config::{ConfigError, Env};
use shared::http::{Api, Rule};
use shared::jobs::Worker;
use shared::routes;
use shared::service::REPORTS;

pub use error::ReportsError;
pub use state::State;

/// The body limit of rows, in bytes.
const ROWS_BODY: usize = 5 * 1024 * 1024;
/// The body limit of what comes from sources, in bytes: whatever comes can be kept aside.
const SOURCE_BODY: usize = 256 * 1024;

/// The service, ready to run.
#[derive(Clone)]
pub struct Reports {
    state: State,
}

impl Reports {
    /// Reads the configuration; nothing is called yet.
    pub async fn build(env: &Env, clock: Clock) -> Result<Self, ConfigError> {
        Ok(Self { state: State::new(Platform::connect(&REPORTS, env, clock).await?, env)? })
    }

    /// Its queue and timers.
    #[must_use]
    pub fn worker(&self) -> Arc<dyn Worker> {
        Arc::new(worker::ReportsWorker::new(self.state.clone()))
    }

    /// Every route, with who may call it.
    pub fn router(&self) -> Router {
        let (user, organizer, admin) = (Rule::bearer(), Rule::role(Role::Organizer), Rule::role(Role::Admin));
        let (system, planner) = (Rule::role(Role::System), organizer.with_plan(Plan::Professional));
        Api::new(&self.state.platform)
            .route(user, routes!(datasets::list_datasets))
            .route(organizer, routes!(datasets::create_dataset))
            .route(user, routes!(datasets::get_dataset))
            .route(organizer.with_body_limit(ROWS_BODY), routes!(rows::add_rows))
            .route(organizer, routes!(sources::list_sources, sources::create_source))
            .route(admin, routes!(sources::delete_source))
            .route(admin, routes!(sources::rotate_source_secret))
            .route(organizer, routes!(sources::list_rejected))
            .route(Rule::public().with_body_limit(SOURCE_BODY), routes!(sources::receive_rows))
            .route(user, routes!(templates::list_templates, templates::create_template))
            .route(user, routes!(templates::get_template, templates::put_template, templates::archive_template))
            .route(user, routes!(templates::clone_template))
            .route(user, routes!(templates::preview_template))
            .route(user, routes!(exports::list_exports, exports::create_export))
            .route(user, routes!(exports::get_export, exports::delete_export))
            .route(user, routes!(exports::download_export))
            .route(user, routes!(exports::cancel_export))
            .route(user, routes!(exports::retry_export))
            .route(planner, routes!(schedules::list_schedules, schedules::create_schedule))
            .route(planner, routes!(schedules::get_schedule, schedules::put_schedule, schedules::delete_schedule))
            .route(planner, routes!(schedules::pause_schedule))
            .route(planner, routes!(schedules::resume_schedule))
            .route(planner, routes!(schedules::run_schedule))
            .route(planner, routes!(schedules::list_runs))
            .route(Rule::public(), routes!(schedules::fetch_shared))
            .route(organizer, routes!(webhooks::list_webhooks, webhooks::create_webhook))
            .route(organizer, routes!(webhooks::get_webhook, webhooks::put_webhook))
            .route(admin, routes!(webhooks::delete_webhook))
            .route(admin, routes!(webhooks::rotate_webhook_secret))
            .route(organizer, routes!(webhooks::test_webhook))
            .route(organizer, routes!(webhooks::list_webhook_deliveries))
            .route(organizer, routes!(webhooks::redeliver))
            .route(admin, routes!(exports::list_jobs))
            .route(admin, routes!(quotas::get_quotas, quotas::put_quotas))
            .route(admin, routes!(quotas::get_usage))
            .route(system, routes!(exports::purge_expired))
            .route(system, routes!(quotas::list_tenants_usage))
            .finish(self.state.clone())
    }
}
