//! `GET /analytics/queries`, `POST /search/click`

use axum::extract::State as Extract;
use garde::Validate;
use jiff::ToSpan;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use shared::Error;
use shared::auth::Principal;
use shared::http::{Envelope, ErrorEnvelope, Json, Query, Reply};
use utoipa::{IntoParams, ToSchema};

use super::model::{QueryCounts, Ranking, ranked};
use super::store::Day;
use crate::documents::DocumentKey;
use crate::search::{checked_query, entity_type};
use crate::{SearchError, State};

/// Days that are counted together, at most.
const MOST_DAYS: usize = 31;
/// Days that are counted unless others are asked for.
const USUAL_DAYS: i64 = 7;

/// Which queries are wanted.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct QueriesWanted {
    #[garde(skip)]
    #[serde(default)]
    #[param(inline, default = "top")]
    ranking: Ranking,
    /// The first day, `YYYY-MM-DD` in UTC; a week ago unless it is given.
    #[garde(skip)]
    #[param(value_type = Option<String>, format = Date)]
    from: Option<Date>,
    /// The last day; today unless it is given. At most 31 days are counted together.
    #[garde(skip)]
    #[param(value_type = Option<String>, format = Date)]
    to: Option<Date>,
    #[garde(inner(range(min = 1, max = 100)))]
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<usize>,
}

/// Shows what was searched for: most often, in vain, or slowly. Counts are some seconds behind, and kept for 90 days.
#[utoipa::path(
    get, path = "/analytics/queries", operation_id = "listQueries", tag = "analytics", params(QueriesWanted),
    responses(
        (status = 200, body = Envelope<Vec<QueryCounts>>),
        (status = 400, description = "VALIDATION_FAILED, INVALID_DATE_RANGE", body = ErrorEnvelope),
    )
)]
pub(crate) async fn list_queries(
    Extract(state): Extract<State>,
    principal: Principal,
    Query(wanted): Query<QueriesWanted>,
) -> Result<Reply<Vec<QueryCounts>>, SearchError> {
    // What this process has counted itself is there at once.
    state.analytics.write().await;
    let to = wanted.to.unwrap_or(Day::of(state.platform.clock().now()).0);
    let from = match wanted.from {
        Some(from) => from,
        None => to.checked_sub((USUAL_DAYS - 1).days()).map_err(|_| SearchError::InvalidDateRange("out of time"))?,
    };
    let days: Vec<Day> = from.series(1.day()).take_while(|day| *day <= to).take(MOST_DAYS + 1).map(Day).collect();
    if days.is_empty() || days.len() > MOST_DAYS {
        return Err(SearchError::InvalidDateRange("it must be 1 to 31 days"));
    }
    let all = state.analytics.queries().of_days(principal.tenant(), &days).await?;
    Ok(Reply::ok(ranked(all, wanted.ranking, wanted.limit.unwrap_or(20))))
}

/// A result that somebody has chosen.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Click {
    /// The query that has found it, as it was asked.
    #[garde(skip)]
    #[schema(min_length = 2, max_length = 1000)]
    query: String,
    /// One of event, venue, artist, destination, brand.
    #[garde(skip)]
    entity_type: String,
    #[garde(length(chars, min = 1, max = 128))]
    #[schema(min_length = 1, max_length = 128)]
    id: String,
    /// Its place among the results, from 1.
    #[garde(range(min = 1, max = 10_000))]
    #[schema(minimum = 1, maximum = 10_000)]
    position: u64,
}

/// That a click is counted.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Clicked {
    /// Always true.
    counted: bool,
}

/// Tells that somebody has chosen a result, for the queries' click-through.
#[utoipa::path(
    post, path = "/search/click", operation_id = "click", tag = "analytics", request_body = Click,
    responses(
        (status = 200, body = Envelope<Clicked>),
        (status = 400, description = "VALIDATION_FAILED, QUERY_TOO_SHORT, QUERY_TOO_LONG, INVALID_ENTITY_TYPE", body = ErrorEnvelope),
        (status = 404, description = "NOT_FOUND: there is no such document", body = ErrorEnvelope),
    )
)]
pub(crate) async fn click(
    Extract(state): Extract<State>,
    principal: Principal,
    Json(click): Json<Click>,
) -> Result<Reply<Clicked>, SearchError> {
    let (query, tenant) = (checked_query(&click.query)?, principal.tenant());
    let key = DocumentKey { entity_type: entity_type(&click.entity_type)?, id: click.id.clone() };
    state.documents.get(tenant, &key).await?.ok_or(Error::NotFound)?;
    state.analytics.clicked(tenant, query, click.position);
    Ok(Reply::ok(Clicked { counted: true }))
}
