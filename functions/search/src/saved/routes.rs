//! `/saved-searches`

use axum::extract::State as Extract;
use serde::Serialize;
use shared::auth::Principal;
use shared::http::{Envelope, ErrorEnvelope, Finished, Idempotency, Json, Paging, PathParams, Reply};
use shared::store::Transaction;
use shared::{Error, ids};
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::{SaveSearch, SavedSearch, SavedSearchView};
use crate::search::Wanted;
use crate::{SearchError, State};

/// Bytes of one saved search as JSON: all of a tenant are read together.
const LARGEST: usize = 16 * 1024;

/// That a saved search is gone.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SavedSearchDeleted {
    /// Always true.
    deleted: bool,
}

/// Saves a search of one's own. Its owner is told of new documents that match, each once, as he wishes to be told of
/// things (see notify's preferences). A user has at most 50, a tenant 500.
#[utoipa::path(
    post, path = "/saved-searches", operation_id = "createSavedSearch", tag = "saved searches",
    request_body = SaveSearch,
    responses(
        (status = 201, body = Envelope<SavedSearchView>),
        (status = 400, description = "As of `/search/advanced`", body = ErrorEnvelope),
        (status = 429, description = "QUOTA_EXCEEDED: the user has 50, or the tenant 500", body = ErrorEnvelope),
    )
)]
pub(crate) async fn create_saved_search(
    Extract(state): Extract<State>,
    principal: Principal,
    idempotency: Idempotency,
    Json(search): Json<SaveSearch>,
) -> Result<Reply<SavedSearchView>, SearchError> {
    search.wanted()?;
    let clock = state.platform.clock();
    let now = clock.now();
    let saved = SavedSearch { id: ids::new(clock), user: principal.user(), search, created_at: now, updated_at: now };
    let mut transaction = Transaction::new(state.platform.store());
    transaction.extend(state.saved.create(principal.tenant(), &saved));
    match idempotency.commit(transaction, Reply::created(saved.view())).await? {
        Finished::Reply(reply) => Ok(reply),
        Finished::Refused(_) => Err(SearchError::QuotaExceeded),
    }
}

/// Lists one's own saved searches, the oldest first.
#[utoipa::path(
    get, path = "/saved-searches", operation_id = "listSavedSearches", tag = "saved searches", params(Paging),
    responses((status = 200, body = Envelope<Vec<SavedSearchView>>))
)]
pub(crate) async fn list_saved_searches(
    Extract(state): Extract<State>,
    principal: Principal,
    paging: Paging,
) -> Result<Reply<Vec<SavedSearchView>>, SearchError> {
    let pager = paging.open(state.platform.sealer(), &principal, "saved-searches", &())?;
    let (tenant, user) = (principal.tenant(), principal.user());
    let rows = state.saved.page(tenant, user, pager.limit(), pager.start().cloned()).await?;
    let page = pager.page(rows.next.as_ref())?;
    Ok(Reply::page(rows.items.into_iter().map(SavedSearch::view).collect(), page))
}

/// Shows one of one's own.
#[utoipa::path(
    get, path = "/saved-searches/{id}", operation_id = "getSavedSearch", tag = "saved searches",
    params(("id" = Uuid, Path)), responses((status = 200, body = Envelope<SavedSearchView>))
)]
pub(crate) async fn get_saved_search(
    Extract(state): Extract<State>,
    principal: Principal,
    PathParams(id): PathParams<Uuid>,
) -> Result<Reply<SavedSearchView>, SearchError> {
    let saved = state.saved.get(principal.tenant(), principal.user(), id).await?.ok_or(Error::NotFound)?;
    Ok(Reply::ok(saved.view()))
}

/// Replaces one of one's own. Of documents that it has told of before it tells no more.
#[utoipa::path(
    put, path = "/saved-searches/{id}", operation_id = "putSavedSearch", tag = "saved searches",
    params(("id" = Uuid, Path)), request_body = SaveSearch,
    responses(
        (status = 200, body = Envelope<SavedSearchView>),
        (status = 400, description = "As of `/search/advanced`", body = ErrorEnvelope),
    )
)]
pub(crate) async fn put_saved_search(
    Extract(state): Extract<State>,
    principal: Principal,
    idempotency: Idempotency,
    PathParams(id): PathParams<Uuid>,
    Json(search): Json<SaveSearch>,
) -> Result<Reply<SavedSearchView>, SearchError> {
    search.wanted()?;
    let (tenant, user) = (principal.tenant(), principal.user());
    let before = state.saved.get(tenant, user, id).await?.ok_or(Error::NotFound)?;
    let saved = SavedSearch { search, updated_at: state.platform.clock().now(), ..before };
    let transaction = Transaction::new(state.platform.store()).with(state.saved.put(tenant, &saved));
    idempotency.commit(transaction, Reply::ok(saved.view())).await?.reply_or(Error::NotFound.into())
}

/// Deletes one of one's own.
#[utoipa::path(
    delete, path = "/saved-searches/{id}", operation_id = "deleteSavedSearch", tag = "saved searches",
    params(("id" = Uuid, Path)), responses((status = 200, body = Envelope<SavedSearchDeleted>))
)]
pub(crate) async fn delete_saved_search(
    Extract(state): Extract<State>,
    principal: Principal,
    idempotency: Idempotency,
    PathParams(id): PathParams<Uuid>,
) -> Result<Reply<SavedSearchDeleted>, SearchError> {
    let mut transaction = Transaction::new(state.platform.store());
    transaction.extend(state.saved.delete(principal.tenant(), principal.user(), id));
    let reply = Reply::ok(SavedSearchDeleted { deleted: true });
    idempotency.commit(transaction, reply).await?.reply_or(Error::NotFound.into())
}

impl SaveSearch {
    /// The search, checked.
    pub(super) fn wanted(&self) -> Result<Wanted, SearchError> {
        let wanted = Wanted::saved(self.query.as_deref(), self.entity_type.as_deref(), &self.filters)?;
        if serde_json::to_vec(self).map_or(usize::MAX, |json| json.len()) > LARGEST {
            return Err(Error::field("filters", "must leave the search below 16384 bytes").into());
        }
        if wanted.query.is_empty() && wanted.filters == crate::query::Filters::default() {
            return Err(Error::field("query", "must be there, or a filter").into());
        }
        Ok(wanted)
    }
}
