//! notify: messages to people, by every channel, once.

mod attachments;
mod contacts;
mod deliveries;
mod devices;
mod erasure;
mod error;
mod exports;
mod feedback;
mod inbox;
mod jobs;
mod kinds;
mod messages;
mod metrics;
mod notifications;
mod preferences;
mod providers;
mod quotas;
mod receipts;
mod rendering;
mod rules;
mod sending;
mod state;
mod suppressions;
mod templates;
mod timers;
mod unsubscribe;
mod worker;

use std::sync::Arc;

use axum::Router;
use shared::Platform;
use shared::auth::Role;
use shared::clock::Clock;
use shared::config::{ConfigError, Env};
use shared::http::{Api, Rule};
use shared::jobs::Worker;
use shared::routes;
use shared::service::NOTIFY;

pub use error::NotifyError;
pub use state::State;

/// The body limit of bulk requests, in bytes.
const BULK_BODY: usize = 5 * 1024 * 1024;

/// The service, ready to run.
#[derive(Clone)]
pub struct Notify {
    state: State,
}

impl Notify {
    /// Reads the configuration; nothing is called yet.
    pub async fn build(env: &Env, clock: Clock) -> Result<Self, ConfigError> {
        Ok(Self { state: State::new(Platform::connect(&NOTIFY, env, clock).await?, env)? })
    }

    /// Its queue.
    #[must_use]
    pub fn worker(&self) -> Arc<dyn Worker> {
        Arc::new(worker::NotifyWorker::new(self.state.clone()))
    }

    /// Every route, with who may call it.
    pub fn router(&self) -> Router {
        let (user, organizer, admin) = (Rule::bearer(), Rule::role(Role::Organizer), Rule::role(Role::Admin));
        let own_or_organizer = Rule::own_or(Role::Organizer);
        Api::new(&self.state.platform)
            .route(user, routes!(inbox::list_notifications))
            .route(organizer, routes!(notifications::send_notification))
            .route(organizer.with_body_limit(BULK_BODY), routes!(notifications::send_bulk))
            .route(organizer, routes!(notifications::send_test))
            .route(organizer, routes!(attachments::create_attachment))
            .route(user, routes!(inbox::unread_count))
            .route(user, routes!(inbox::read_all))
            .route(user, routes!(inbox::read_one))
            .route(user, routes!(deliveries::list_deliveries))
            .route(user, routes!(deliveries::get_delivery))
            .route(admin, routes!(deliveries::delete_delivery))
            .route(admin, routes!(deliveries::cancel_delivery))
            .route(admin, routes!(deliveries::retry_delivery))
            .route(own_or_organizer, routes!(contacts::get_contact, contacts::put_contact))
            .route(user, routes!(devices::list_devices, devices::create_device))
            .route(user, routes!(devices::delete_device))
            .route(user, routes!(preferences::get_own, preferences::put_own))
            .route(own_or_organizer, routes!(preferences::get_of_user, preferences::put_of_user))
            .route(user, routes!(suppressions::list_suppressions))
            .route(organizer, routes!(suppressions::create_suppression))
            .route(organizer, routes!(suppressions::check_suppression))
            .route(admin, routes!(suppressions::delete_suppression))
            .route(organizer, routes!(templates::list_templates, templates::create_template))
            .route(organizer, routes!(templates::get_template, templates::put_template))
            .route(admin, routes!(templates::delete_template))
            .route(organizer, routes!(templates::preview_template))
            .route(admin, routes!(quotas::get_quotas, quotas::put_quotas))
            .route(admin, routes!(providers::get_providers))
            .route(user, routes!(metrics::get_metrics))
            .route(Rule::internal(), routes!(timers::dispatch_scheduled))
            .route(Rule::internal(), routes!(timers::flush_digests))
            .route(Rule::internal(), routes!(timers::requeue_stuck_now))
            .route(Rule::internal(), routes!(timers::purge_now))
            .route(Rule::public(), routes!(feedback::receive_ses_event))
            .route(Rule::public(), routes!(feedback::receive_gateway_event))
            .route(Rule::public(), routes!(unsubscribe::show_unsubscribe, unsubscribe::confirm_unsubscribe))
            .finish(self.state.clone())
    }
}
