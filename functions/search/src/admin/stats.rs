//! `GET /admin/stats`

use axum::extract::State as Extract;
use jiff::Timestamp;
use serde::Serialize;
use shared::auth::Principal;
use shared::http::{Envelope, Reply};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::index::Which;
use crate::{SearchError, State};

/// The tenant's index.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Stats {
    /// Documents that can be found.
    documents: u64,
    /// Bytes of all segments.
    bytes: u64,
    segments: u64,
    /// Counts what was written.
    version: u64,
    /// Languages of which words are stemmed.
    languages: Vec<String>,
    /// Whether all documents can be found by what they mean.
    semantic: bool,
    #[schema(value_type = Option<String>, format = DateTime)]
    updated_at: Option<Timestamp>,
    /// The task that makes it anew, if that has begun.
    reindexing: Option<Uuid>,
    /// Documents that wait; at most some thousands are counted.
    waiting: u64,
}

/// Shows how large the tenant's index is, and what waits for it.
#[utoipa::path(
    get, path = "/admin/stats", operation_id = "getStats", tag = "admin",
    responses((status = 200, body = Envelope<Stats>))
)]
pub(crate) async fn get_stats(
    Extract(state): Extract<State>,
    principal: Principal,
) -> Result<Reply<Stats>, SearchError> {
    let tenant = principal.tenant();
    let live = state.manifests.get(tenant, Which::Live).await?;
    let reindexing = state.reindexing.get(tenant).await?.map(|progress| progress.task);
    let waiting = state.tasks.backlog(tenant, 0).await?.documents;
    let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
    Ok(Reply::ok(Stats {
        documents: live.as_ref().map_or(0, crate::index::Manifest::documents),
        bytes: live.as_ref().map_or(0, |live| count(live.bytes())),
        segments: live.as_ref().map_or(0, |live| count(live.segments.len())),
        version: live.as_ref().map_or(0, |live| live.version),
        languages: live.iter().flat_map(|live| live.languages.iter().cloned()).collect(),
        semantic: live.as_ref().is_some_and(|live| live.model.is_some()),
        updated_at: live.map(|live| live.updated_at),
        reindexing,
        waiting,
    }))
}
