//! notify: who can be reached how, and who wants to be.

mod contacts;
mod error;
mod preferences;
mod state;
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

/// The service, ready to run.
#[derive(Clone)]
pub struct Notify {
    state: State,
}

impl Notify {
    /// Reads the configuration; nothing is called yet.
    pub async fn build(env: &Env, clock: Clock) -> Result<Self, ConfigError> {
        Ok(Self { state: State::new(Platform::connect(&NOTIFY, env, clock).await?) })
    }

    /// Its queue.
    #[must_use]
    pub fn worker(&self) -> Arc<dyn Worker> {
        Arc::new(worker::NotifyWorker::new(self.state.clone()))
    }

    /// Every route, with who may call it.
    pub fn router(&self) -> Router {
        Api::new(&self.state.platform)
            .route(Rule::own_or(Role::Organizer), routes!(contacts::get_contact, contacts::put_contact))
            .route(Rule::bearer(), routes!(preferences::get_own, preferences::put_own))
            .route(Rule::own_or(Role::Organizer), routes!(preferences::get_of_user, preferences::put_of_user))
            .finish(self.state.clone())
    }
}
