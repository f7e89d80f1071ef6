//! Pages of results, by number: the index may have gone on between two of them.

use axum::extract::FromRequestParts;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::request::Parts;
use serde::{Deserialize, Serialize};
use shared::Error;
use shared::http::{Page, Refusal};
use utoipa::IntoParams;

use crate::SearchError;

const DEFAULT_LIMIT: i64 = 20;
const HIGHEST_LIMIT: i64 = 100;
/// The last result that can be looked at.
const LAST: i64 = 10_000;

/// Where a page goes on.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct CursorParam {
    /// `page.next_cursor` of the page before; it goes before `page` and `limit` of the body.
    cursor: Option<String>,
}

impl<S: Send + Sync> FromRequestParts<S> for CursorParam {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        let query = axum::extract::Query::<Self>::try_from_uri(&parts.uri);
        query.map(|axum::extract::Query(cursor)| cursor).map_err(|_| Error::InvalidCursor.into())
    }
}

/// Base64url JSON, in the open: pages of results are not bound to anything.
#[derive(Debug, Serialize, Deserialize)]
struct Cursor {
    page: i64,
    limit: i64,
}

/// Some results of all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Slice {
    page: usize,
    pub(crate) limit: usize,
}

impl Slice {
    /// The page that is asked for.
    pub(crate) fn new(page: Option<i64>, limit: Option<i64>, cursor: &CursorParam) -> Result<Self, SearchError> {
        let (page, limit) = match &cursor.cursor {
            Some(cursor) => {
                let Cursor { page, limit } = open(cursor).ok_or(Error::InvalidCursor)?;
                Self::new(Some(page), Some(limit), &CursorParam::default()).map_err(|_| Error::InvalidCursor)?;
                (page, limit)
            }
            None => (page.unwrap_or(1), limit.unwrap_or(DEFAULT_LIMIT)),
        };
        if !(1..=HIGHEST_LIMIT).contains(&limit) {
            return Err(SearchError::InvalidLimit);
        }
        if page < 1 || page.checked_mul(limit).is_none_or(|last| last > LAST) {
            return Err(SearchError::InvalidPage);
        }
        let number = |number: i64| usize::try_from(number).map_err(|_| SearchError::InvalidPage);
        Ok(Self { page: number(page)?, limit: number(limit)? })
    }

    /// Results before it.
    pub(crate) fn offset(self) -> usize {
        (self.page - 1) * self.limit
    }

    /// Results up to its end.
    pub(crate) fn end(self) -> usize {
        self.page * self.limit
    }

    /// The answer's `page`, if there are `total` results.
    pub(crate) fn page(self, total: u64) -> Result<Page, SearchError> {
        let last = usize::try_from(LAST).unwrap_or(usize::MAX);
        let reachable = usize::try_from(total).unwrap_or(usize::MAX).min(last);
        let has_more = self.end() < reachable && (self.page + 1) * self.limit <= last;
        let number = |number: usize| i64::try_from(number).map_err(Error::internal);
        let next = Cursor { page: number(self.page + 1)?, limit: number(self.limit)? };
        let next = URL_SAFE_NO_PAD.encode(serde_json::to_vec(&next).map_err(Error::internal)?);
        let limit = u32::try_from(self.limit).map_err(Error::internal)?;
        Ok(Page { next_cursor: has_more.then_some(next), has_more, limit })
    }
}

fn open(text: &str) -> Option<Cursor> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::ServiceError;

    fn slice(page: i64, limit: i64) -> Result<Slice, &'static str> {
        Slice::new(Some(page), Some(limit), &CursorParam::default()).map_err(|error| error.problem().code)
    }

    #[test]
    fn pages_have_bounds() {
        assert_eq!(slice(2, 20).unwrap().offset(), 20);
        assert_eq!(slice(100, 100).unwrap().end(), 10_000);
        for (page, limit, code) in [(0, 20, "INVALID_PAGE"), (-1, 20, "INVALID_PAGE"), (101, 100, "INVALID_PAGE")] {
            assert_eq!(slice(page, limit), Err(code));
        }
        assert_eq!(slice(i64::MAX, 100), Err("INVALID_PAGE"));
        for limit in [0, 101, -5] {
            assert_eq!(slice(1, limit), Err("INVALID_LIMIT"));
        }
    }

    #[test]
    fn the_cursor_of_the_documentation_is_the_second_page() {
        let cursor = CursorParam { cursor: Some("eyJwYWdlIjoyLCJsaW1pdCI6MjB9".to_owned()) };
        assert_eq!(Slice::new(None, None, &cursor).unwrap(), slice(2, 20).unwrap());
        assert_eq!(slice(1, 20).unwrap().page(21).unwrap().next_cursor.as_deref(), cursor.cursor.as_deref());
        for broken in ["", "x", "eyJwYWdlIjowLCJsaW1pdCI6MjB9"] {
            let cursor = CursorParam { cursor: Some(broken.to_owned()) };
            let refused = Slice::new(None, None, &cursor).map_err(|error| error.problem().code);
            assert_eq!(refused, Err("INVALID_CURSOR"), "{broken}");
        }
        assert!(slice(500, 20).unwrap().page(20_000).unwrap().next_cursor.is_none());
    }
}
