//! `POST /search`, `/search/advanced`, `/search/geo`

use axum::extract::State as Extract;
use shared::auth::Principal;
use shared::http::{Envelope, ErrorEnvelope, Json, Reply};

use super::after::After;
use super::answer::Found;
use super::bodies::{AdvancedRequest, GeoRequest, SearchRequest};
use super::paging::{CursorParam, Slice};
use super::run::answer;
use super::wanted::Wanted;
use crate::{SearchError, State};

/// Finds documents by words (in any form, with typos) and by meaning.
#[utoipa::path(
    post, path = "/search", operation_id = "search", tag = "search", request_body = SearchRequest,
    params(CursorParam, ("x-search-after" = Option<uuid::Uuid>, Header, description = "A task: the search waits up to 10 s until its write can be found")),
    responses(
        (status = 200, body = Envelope<Found>),
        (status = 400, description = "VALIDATION_FAILED, QUERY_TOO_SHORT, QUERY_TOO_LONG, INVALID_ENTITY_TYPE, INVALID_SORT_BY, INVALID_PAGE, INVALID_LIMIT, INVALID_CURSOR", body = ErrorEnvelope),
        (status = 503, description = "INDEX_UNAVAILABLE, UNAVAILABLE", body = ErrorEnvelope),
    )
)]
pub(crate) async fn search(
    Extract(state): Extract<State>,
    principal: Principal,
    after: After,
    cursor: CursorParam,
    Json(request): Json<SearchRequest>,
) -> Result<Reply<Found>, SearchError> {
    let slice = Slice::new(request.page, request.limit, &cursor)?;
    answer(&state, &principal, after, Wanted::simple(request, slice)?).await
}

/// The same with filters, and with other orders than that of relevance.
#[utoipa::path(
    post, path = "/search/advanced", operation_id = "searchAdvanced", tag = "search", request_body = AdvancedRequest,
    params(CursorParam, ("x-search-after" = Option<uuid::Uuid>, Header, description = "A task: the search waits up to 10 s until its write can be found")),
    responses(
        (status = 200, body = Envelope<Found>),
        (status = 400, description = "As of `/search`, and INVALID_GEO_LOCATION, INVALID_RADIUS, INVALID_DATE_RANGE, INVALID_PRICE_RANGE", body = ErrorEnvelope),
        (status = 503, description = "INDEX_UNAVAILABLE, UNAVAILABLE", body = ErrorEnvelope),
    )
)]
pub(crate) async fn search_advanced(
    Extract(state): Extract<State>,
    principal: Principal,
    after: After,
    cursor: CursorParam,
    Json(request): Json<AdvancedRequest>,
) -> Result<Reply<Found>, SearchError> {
    let slice = Slice::new(request.page, request.limit, &cursor)?;
    answer(&state, &principal, after, Wanted::advanced(&request, slice)?).await
}

/// Finds what is around a point, the nearest first.
#[utoipa::path(
    post, path = "/search/geo", operation_id = "searchGeo", tag = "search", request_body = GeoRequest,
    params(CursorParam, ("x-search-after" = Option<uuid::Uuid>, Header, description = "A task: the search waits up to 10 s until its write can be found")),
    responses(
        (status = 200, body = Envelope<Found>),
        (status = 400, description = "As of `/search`, and INVALID_GEO_LOCATION, INVALID_RADIUS", body = ErrorEnvelope),
        (status = 503, description = "INDEX_UNAVAILABLE, UNAVAILABLE", body = ErrorEnvelope),
    )
)]
pub(crate) async fn search_geo(
    Extract(state): Extract<State>,
    principal: Principal,
    after: After,
    cursor: CursorParam,
    Json(request): Json<GeoRequest>,
) -> Result<Reply<Found>, SearchError> {
    let slice = Slice::new(request.page, request.limit, &cursor)?;
    answer(&state, &principal, after, Wanted::geo(&request, slice)?).await
}
