//! What can go wrong in search.

use axum::response::{IntoResponse, Response};
use shared::{Error, Problem, ServiceError};
use std::time::Duration;

/// When to ask again for an index that cannot be read now.
const INDEX_RETRY: Duration = Duration::from_secs(2);

/// search's errors; each has one code.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// What every service can answer.
    #[error(transparent)]
    Common(#[from] Error),
    /// Too little to search for.
    #[error("`query` must have at least 2 characters.")]
    QueryTooShort,
    /// Too much to search for.
    #[error("`query` must have at most 1000 characters.")]
    QueryTooLong,
    /// Nothing that can be searched for.
    #[error("`entity_type` must be one of event, venue, artist, destination, brand.")]
    InvalidEntityType,
    /// No order that there is, or one that lacks its point.
    #[error("`sort_by` cannot be used: {0}.")]
    InvalidSortBy(&'static str),
    /// No page, or one too far.
    #[error("`page` must be at least 1, and page × limit at most 10000.")]
    InvalidPage,
    /// Too few or too many results.
    #[error("`limit` must be 1 to 100.")]
    InvalidLimit,
    /// No place on earth.
    #[error("The place is not valid: {0}.")]
    InvalidGeoLocation(&'static str),
    /// Too near or too far.
    #[error("`radius_km` must be 1 to 500.")]
    InvalidRadius,
    /// No dates, or in the wrong order.
    #[error("The dates are not valid: {0}.")]
    InvalidDateRange(&'static str),
    /// No prices, or in the wrong order.
    #[error("The prices are not valid: {0}.")]
    InvalidPriceRange(&'static str),
    /// The tenant has as much as it may have.
    #[error("The tenant has as many as it may have.")]
    QuotaExceeded,
    /// The index was made by another version of search, and is being made anew.
    #[error("The index is being made anew; try again later.")]
    IndexOutdated,
    /// The index is there but cannot be read now.
    #[error("The index cannot be read now; try again.")]
    IndexUnavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl SearchError {
    /// The index cannot be read, for this reason.
    pub(crate) fn index(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::IndexUnavailable(cause.into())
    }
}

impl From<tantivy::TantivyError> for SearchError {
    fn from(error: tantivy::TantivyError) -> Self {
        Self::index(error)
    }
}

impl ServiceError for SearchError {
    fn problem(&self) -> Problem {
        match self {
            Self::Common(error) => error.problem(),
            Self::QueryTooShort => Problem::new(400, "QUERY_TOO_SHORT"),
            Self::QueryTooLong => Problem::new(400, "QUERY_TOO_LONG"),
            Self::InvalidEntityType => Problem::new(400, "INVALID_ENTITY_TYPE"),
            Self::InvalidSortBy(_) => Problem::new(400, "INVALID_SORT_BY"),
            Self::InvalidPage => Problem::new(400, "INVALID_PAGE"),
            Self::InvalidLimit => Problem::new(400, "INVALID_LIMIT"),
            Self::InvalidGeoLocation(_) => Problem::new(400, "INVALID_GEO_LOCATION"),
            Self::InvalidRadius => Problem::new(400, "INVALID_RADIUS"),
            Self::InvalidDateRange(_) => Problem::new(400, "INVALID_DATE_RANGE"),
            Self::InvalidPriceRange(_) => Problem::new(400, "INVALID_PRICE_RANGE"),
            Self::QuotaExceeded => Problem::later(429, "QUOTA_EXCEEDED"),
            Self::IndexOutdated | Self::IndexUnavailable(_) => {
                Problem::retry_after(503, "INDEX_UNAVAILABLE", INDEX_RETRY)
            }
        }
    }
}

impl IntoResponse for SearchError {
    fn into_response(self) -> Response {
        shared::http::refuse(&self).into_response()
    }
}
