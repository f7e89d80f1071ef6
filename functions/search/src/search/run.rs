//! From a checked search to its answer.

use std::sync::Arc;
use std::time::Instant;

use shared::Error;
use shared::auth::{Principal, TenantId};
use shared::http::Reply;

use super::after::After;
use super::answer::{Found, SemanticUse};
use super::engine::{Meaning, run};
use super::wanted::Wanted;
use crate::index::{Open, Quantised};
use crate::indexing::wake_now;
use crate::semantic::Semantics;
use crate::{SearchError, State};

/// Searches the caller's tenant.
pub(super) async fn answer(
    state: &State,
    principal: &Principal,
    after: After,
    wanted: Wanted,
) -> Result<Reply<Found>, SearchError> {
    let (tenant, user) = (principal.tenant(), principal.user());
    let (version, is_fresh) = after.version(state, tenant).await?;
    let began = Instant::now();
    let settings = state.settings.get(tenant).await?;
    let open = opened(state, tenant, version).await?;
    let text = wanted.text.clone();
    let (semantics, slice) = (state.semantics.clone(), wanted.slice);
    let found = tokio::task::spawn_blocking(move || {
        let meaning = meaning(&semantics, &open, &wanted);
        run(&open, &wanted, meaning, &settings)
    });
    let found = found.await.map_err(Error::internal)??;
    let took = began.elapsed();
    // Further pages are the same search.
    if slice.offset() == 0 {
        state.analytics.searched(tenant, user, &text, found.total, took);
    }
    let took_ms = took.as_secs_f64() * 1000.0;
    let page = slice.page(found.total)?;
    Ok(Reply::page(Found { is_fresh, took_ms, ..found }, page))
}

/// The tenant's index. If it has to be made anew, the worker is told.
pub(super) async fn opened(state: &State, tenant: TenantId, version: u64) -> Result<Arc<Open>, SearchError> {
    let opened = state.readers.get(tenant, version).await;
    let needs_worker = match &opened {
        Err(SearchError::IndexOutdated) => true,
        Ok(open) => lacks_vectors(&state.semantics, open),
        Err(_) => false,
    };
    // The search's answer does not depend on it.
    if needs_worker
        && state.readers.reports(tenant)
        && let Err(error) = wake_now(state, tenant, None).await
    {
        tracing::warn!(%tenant, %error, "the worker was not told of an index that is to be made anew");
    }
    opened
}

/// Whether there is a model that the index has no vectors of.
fn lacks_vectors(semantics: &Semantics, open: &Open) -> bool {
    // Of nothing nothing is missing.
    let is_empty = open.manifest.segments.is_empty();
    semantics.ready().is_some_and(|embedder| !is_empty && open.manifest.model.as_deref() != Some(embedder.model()))
}

fn meaning(semantics: &Semantics, open: &Arc<Open>, wanted: &Wanted) -> Meaning {
    let text = wanted.query.meaning.trim();
    if !wanted.use_semantic || text.is_empty() {
        return Meaning::None(SemanticUse::Off);
    }
    let Some(embedder) = semantics.ready() else {
        let reason = if semantics.is_loading() { SemanticUse::Loading } else { SemanticUse::Unavailable };
        return Meaning::None(reason);
    };
    if lacks_vectors(semantics, open) {
        return Meaning::None(SemanticUse::Unavailable);
    }
    let vector = embedder.embed(text).and_then(|vector| Quantised::of(&vector));
    vector.map_or(Meaning::None(SemanticUse::Used), |vector| Meaning::Vector(Box::new(vector)))
}
