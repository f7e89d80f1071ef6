//! search: a tenant's own documents, found by words and by meaning.

mod admin;
mod analytics;
mod copies;
mod documents;
mod erasure;
mod error;
mod exports;
mod imports;
mod index;
mod indexing;
mod jobs;
mod query;
mod quota;
mod saved;
mod search;
mod semantic;
mod settings;
mod state;
mod tasks;
mod worker;

use std::sync::Arc;

use axum::Router;
use shared::auth::{Role, TenantId};
use shared::clock::Clock;
use shared::config::{ConfigError, Env};
use shared::http::{Api, Rule, from_value};
use shared::jobs::Worker;
use shared::routes;
use shared::service::SEARCH;
use shared::{Error, Platform};

use documents::Document;

pub use error::SearchError;
pub use state::State;

/// The body limit of documents, in bytes.
const DOCUMENTS_BODY: usize = 5 * 1024 * 1024;

/// The service, ready to run.
#[derive(Clone)]
pub struct Search {
    state: State,
}

impl Search {
    /// Reads the configuration; nothing is called yet.
    pub async fn build(env: &Env, clock: Clock) -> Result<Self, ConfigError> {
        Ok(Self { state: State::new(Platform::connect(&SEARCH, env, clock).await?, env)? })
    }

    /// Its queue.
    #[must_use]
    pub fn worker(&self) -> Arc<dyn Worker> {
        Arc::new(worker::SearchWorker::new(self.state.clone()))
    }

    /// Stores documents of a tenant, each as `PUT /documents` takes it, for whoever runs this process. If the tenant has
    /// the first one already, nothing is stored.
    ///
    /// # Errors
    /// For a document that is none, and when the store fails.
    pub async fn ensure_documents(&self, tenant: TenantId, documents: Vec<serde_json::Value>) -> Result<(), Error> {
        let documents: Vec<Document> = documents.into_iter().map(from_value).collect::<Result<_, _>>()?;
        let Some(first) = documents.first() else { return Ok(()) };
        if self.state.documents.get(tenant, &first.key()).await?.is_some() {
            return Ok(());
        }
        let accepting = documents::put(&self.state, tenant, &documents).await?;
        let _ = accepting.transaction.commit().await?;
        self.state.platform.outbox().send(accepting.entries).await;
        Ok(())
    }

    /// Every route, with who may call it.
    pub fn router(&self) -> Router {
        let (user, organizer, admin) = (Rule::bearer(), Rule::role(Role::Organizer), Rule::role(Role::Admin));
        Api::new(&self.state.platform)
            .route(user, routes!(search::search))
            .route(user, routes!(search::search_advanced))
            .route(user, routes!(search::search_similar))
            .route(user, routes!(search::search_geo))
            .route(user, routes!(search::autocomplete))
            .route(user, routes!(analytics::click))
            .route(organizer, routes!(analytics::list_queries))
            .route(organizer.with_body_limit(DOCUMENTS_BODY), routes!(documents::put_documents))
            .route(user, routes!(documents::get_document))
            .route(organizer, routes!(documents::delete_document))
            .route(organizer, routes!(tasks::get_task))
            .route(organizer, routes!(imports::create_import))
            .route(organizer, routes!(imports::get_import))
            .route(user, routes!(saved::list_saved_searches, saved::create_saved_search))
            .route(user, routes!(saved::get_saved_search, saved::put_saved_search, saved::delete_saved_search))
            .route(admin, routes!(settings::get_settings, settings::put_settings))
            .route(admin, routes!(admin::reindex))
            .route(admin, routes!(admin::get_stats))
            .finish(self.state.clone())
    }
}
